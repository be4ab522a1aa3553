/**
 * Programs that run what their arguments say (interpreters), and programs through which an elevated tree escapes. Both are
 * recognised by file name, or by the original or internal name of the version resource in any of its languages, so
 * that a renamed copy is still known.
 */
import type { FileFacts } from '../model/file-facts.ts';
import { equalsFolded, foldText, hashFolded } from '../text/compare.ts';
import { HashTable } from './hash-table.ts';
import { someVersionText } from './version-texts.ts';

const INTERPRETERS = [
  'cmd',
  'powershell',
  'powershell_ise',
  'pwsh',
  'wscript',
  'cscript',
  'mshta',
  'rundll32',
  'regsvr32',
  'msiexec',
  'msbuild',
  'installutil',
  'regasm',
  'regsvcs',
  'forfiles',
  'wmic',
  'bash',
  'wsl',
  'ssh',
  'python',
  'pythonw',
  'py',
  'pyw',
  'perl',
  'ruby',
  'node',
  'bun',
  'deno',
  'java',
  'javaw',
  'php',
  'lua',
  'rscript',
  'dotnet',
  'csi',
  'csc',
  'autoit3',
  'autohotkey',
  'conhost',
  'openconsole',
  'wt',
  'hh',
  'mmc',
  'netsh',
  'sudo',
  'gsudo',
  'psexec',
  'psexec64',
  'nircmd',
  'electron',
] as const;

const ESCAPE_TOOLS = [
  'schtasks',
  'at',
  'sc',
  'net',
  'net1',
  'wmic',
  'reg',
  'regsvr32',
  'rundll32',
  'mshta',
  'wscript',
  'cscript',
  'cmd',
  'powershell',
  'pwsh',
  'bitsadmin',
  'certutil',
  'msiexec',
] as const;

/** Programs by name, found without making a text of the name that is asked for. */
export class ProgramSet {
  /** Folded, without extension. */
  readonly names: readonly string[];
  readonly #table: HashTable<string>;
  readonly #longest: number;

  /** @param names with or without `.exe` */
  constructor(names: readonly string[]) {
    const folded = new Set<string>();
    for (const name of names) {
      const text = foldText(name);
      const stem = text?.endsWith('.EXE') === true ? text.slice(0, -4) : text;
      if (stem !== undefined && stem !== '') folded.add(stem);
    }
    this.names = [...folded];
    this.#table = new HashTable(
      this.names.map((name) => hashFolded(name)),
      this.names,
    );
    this.#longest = Math.max(0, ...this.names.map(({ length }) => length));
  }

  /** Whether the beginning of a text, up to `end`, is one of the names without case. */
  has(text: string, end: number): boolean {
    if (end > this.#longest) return false;
    let cursor = this.#table.first(hashFolded(text, 0, end));
    for (; cursor !== 0; cursor = this.#table.next(cursor)) {
      if (equalsFolded(text, this.#table.valueAt(cursor), 0, end)) return true;
    }
    return false;
  }
}

const KNOWN_INTERPRETERS = new ProgramSet(INTERPRETERS);

/** @param additional names that a policy adds, with or without `.exe` */
export function interpreterSet(additional: readonly string[] = []): ProgramSet {
  return additional.length === 0 ? KNOWN_INTERPRETERS : new ProgramSet([...INTERPRETERS, ...additional]);
}

export const ESCAPE_TOOL_SET = new ProgramSet(ESCAPE_TOOLS);

/**
 * Whether the file is one of the programs of `set`. A package or a script is none; of a file that is refused the type is
 * not known, and its names say what it is all the same.
 */
export function isProgramOf(
  set: ProgramSet,
  facts: Pick<FileFacts, 'type' | 'name' | 'originalName' | 'internalName' | 'executable'>,
): boolean {
  if (facts.type === 'msi' || facts.type === 'ps1') return false;
  const { name } = facts;
  const end = withoutEnding(name, name.length, '.EXE');
  if (end < name.length && set.has(name, end)) return true;
  const isNamed = (text: string): boolean => isResourceName(set, text);
  return someVersionText(facts, 'originalName', isNamed) || someVersionText(facts, 'internalName', isNamed);
}

function isResourceName(set: ProgramSet, text: string): boolean {
  const name = text.trim();
  // Localised Windows programs carry "CMD.EXE.MUI"; pwsh.exe, like every .NET app host, carries "pwsh.dll".
  const whole = withoutEnding(name, name.length, '.MUI');
  const end = withoutEnding(name, whole, '.EXE');
  return set.has(name, end < whole ? end : withoutEnding(name, whole, '.DLL'));
}

/** Where the text ends without an ending of four units, if it has it. */
function withoutEnding(text: string, end: number, ending: string): number {
  return end >= 4 && equalsFolded(text, ending, end - 4, end) ? end - 4 : end;
}
