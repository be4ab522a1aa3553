/**
 * Programs that run what their arguments say (interpreters), and programs through which an elevated tree escapes. Both are
 * recognised by file name, or by the original or internal name of the version resource, so that a renamed copy is
 * still known.
 */
import type { FileFacts } from '../model/file-facts.ts';
import { foldText } from '../text/compare.ts';

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
  'perl',
  'ruby',
  'node',
  'deno',
  'java',
  'javaw',
  'php',
  'autoit3',
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

/** Folded names without extension. */
export type ProgramSet = ReadonlySet<string>;

/** @param additional names a policy adds, with or without `.exe` */
export function interpreterSet(additional: readonly string[] = []): ProgramSet {
  return programSet([...INTERPRETERS, ...additional]);
}

export const ESCAPE_TOOL_SET: ProgramSet = programSet(ESCAPE_TOOLS);

/** Interpreter names a rule author is warned about. */
export const INTERPRETER_NAMES: readonly string[] = INTERPRETERS;

function programSet(names: readonly string[]): ProgramSet {
  const set = new Set<string>();
  for (const name of names) {
    const folded = foldText(name);
    if (folded !== undefined) set.add(folded.endsWith('.EXE') ? folded.slice(0, -4) : folded);
  }
  return set;
}

/** Whether the file is one of the programs of `set`. Only an .exe can be one. */
export function isProgramOf(
  set: ProgramSet,
  facts: Pick<FileFacts, 'type' | 'name' | 'originalName' | 'internalName'>,
): boolean {
  if (facts.type !== 'exe') return false;
  const name = foldText(facts.name);
  if (name?.endsWith('.EXE') === true && set.has(name.slice(0, -4))) return true;
  return resourceName(set, facts.originalName) || resourceName(set, facts.internalName);
}

function resourceName(set: ProgramSet, text: string | undefined): boolean {
  let name = foldText(text);
  if (name === undefined) return false;
  // Localised Windows programs carry "CMD.EXE.MUI"; pwsh.exe, like every .NET app host, carries "pwsh.dll".
  if (name.endsWith('.MUI')) name = name.slice(0, -4);
  if (name.endsWith('.EXE') || name.endsWith('.DLL')) name = name.slice(0, -4);
  return set.has(name);
}
