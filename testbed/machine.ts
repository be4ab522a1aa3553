/** What tests may use on this machine, as `npm run bootstrap` wrote it to build/machine.json. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const projectRoot = path.resolve(import.meta.dirname, '..');
export const isWindows = process.platform === 'win32';

export interface Wine {
  readonly kind: 'system' | 'chroot';
  readonly version: string;
  /** Words that come before a command to run it where Wine is. */
  readonly before: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A prefix that was started once; copied for every test bed. */
  readonly template: string;
}

export interface Machine {
  readonly wine: Wine | null;
  /** Folder of the copies of the prefix. */
  readonly beds: string;
  readonly node: string;
  readonly windowsNode: string;
  readonly powerShellHost: { readonly linux: string | null; readonly windows: string | null };
  /** Folder of epmbed.exe and epmprobe.exe. */
  readonly testPrograms: string;
  readonly epm: { readonly production: string; readonly testBed: string };
  /** The packed runtime with nothing in it, packed as each edition is. */
  readonly bare: { readonly production: string; readonly testBed: string };
  readonly lacks: readonly { readonly title: string; readonly reason: string }[];
}

const file = path.join(projectRoot, 'build', 'machine.json');

/** Undefined before the first `npm run bootstrap`. */
export const machine: Machine | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Machine)
  : undefined;

const lack = (title: string, otherwise: string): string =>
  machine?.lacks.find((entry) => entry.title === title)?.reason ?? otherwise;

/** Why no Windows program can be started here; undefined when it can. */
export function whyNoWindows(): string | undefined {
  if (machine === undefined) return 'the machine is not prepared (npm run bootstrap)';
  if (!isWindows && (machine.wine === null || !existsSync(machine.wine.template)))
    return lack('Wine', 'no Wine 10 here');
  if (!existsSync(path.join(machine.testPrograms, 'epmbed.exe'))) {
    return lack('epm.exe for the test bed', 'epmbed.exe is not built (npm run build)');
  }
  return undefined;
}

/** Why an edition of epm.exe cannot be tested here; undefined when it can. */
export function whyNoEpm(edition: 'production' | 'testBed' = 'testBed'): string | undefined {
  const reason = whyNoWindows();
  if (reason !== undefined || machine === undefined) return reason;
  if (existsSync(path.join(machine.epm[edition], 'epm.exe'))) return undefined;
  return lack(edition === 'production' ? 'epm.exe for Windows' : 'epm.exe for the test bed', 'epm.exe is not built');
}

/** Real PowerShell to use instead of the host around its engine. */
const pwsh = process.env['EPM_PWSH'];

/** PowerShell that runs on this system; undefined when there is none. */
export function localPowerShell(): string | undefined {
  if (pwsh !== undefined && (isWindows || !pwsh.toLowerCase().endsWith('.exe'))) return pwsh;
  const host = isWindows ? machine?.powerShellHost.windows : machine?.powerShellHost.linux;
  return typeof host === 'string' && existsSync(host) ? host : undefined;
}

/** PowerShell for Windows, by its path on this machine, and whether it is a complete pwsh, which needs a console. */
export function windowsPowerShell(): { readonly program: string; readonly needsConsole: boolean } | undefined {
  if (pwsh?.toLowerCase().endsWith('.exe')) return { program: pwsh, needsConsole: !isWindows };
  const host = machine?.powerShellHost.windows;
  return typeof host === 'string' && existsSync(host) ? { program: host, needsConsole: false } : undefined;
}

export const whyNoPowerShell = (): string =>
  lack('PowerShell host', 'the PowerShell host is not built (npm run bootstrap)');
