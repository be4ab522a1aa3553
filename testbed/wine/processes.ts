/** Programs that run in a Wine prefix, found by their environment in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** What Wine starts for itself in every prefix. */
const OWN = new Set([
  'services.exe',
  'winedevice.exe',
  'plugplay.exe',
  'svchost.exe',
  'rpcss.exe',
  'explorer.exe',
  'conhost.exe',
  'wineboot.exe',
]);

export interface WineProcess {
  readonly pid: number;
  readonly commandLine: string;
  /** Started by Wine, not by a test. */
  readonly own: boolean;
  /** Wine's loader, which has not become the program yet. */
  readonly isLoader: boolean;
}

const nameOf = (word: string | undefined): string => word?.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';

const LOADERS: ReadonlySet<string> = new Set(['wine', 'wine64']);

const firstName = ([first]: readonly string[]): string => nameOf(first?.split(' ')[0]);

/** While Wine's loader starts a program, the program is the loader's first argument. */
function programOf(words: readonly string[]): string {
  const name = firstName(words);
  return LOADERS.has(name) ? nameOf(words[1]) : name;
}

export function processesOf(prefix: string): readonly WineProcess[] {
  const found: WineProcess[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      if (!environment.split('\0').includes(`WINEPREFIX=${prefix}`)) continue;
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const program = programOf(words);
      found.push({
        pid: Number(name),
        commandLine: words.join(' ').trim(),
        own: OWN.has(program) || program.startsWith('wineserver'),
        isLoader: LOADERS.has(firstName(words)),
      });
    } catch {
      // The process has ended, or belongs to somebody else.
    }
  }
  return found;
}
