/** How interpreters read their command line: which of them leave it open what is run. */
import { win32 } from 'node:path';
import { quoteArgument, splitArguments } from '../../engine/arguments.ts';

/** Interpreters that wait for commands when no element of the command line says what to run. */
const INTERACTIVE: ReadonlySet<string> = new Set([
  ...[
    'cmd',
    'powershell',
    'powershell_ise',
    'pwsh',
    'bash',
    'wsl',
    'python',
    'py',
    'node',
    'deno',
    'bun',
    'ruby',
    'php',
  ],
  ...['lua', 'perl', 'rscript', 'csi', 'netsh', 'wmic'],
]);

/** Switches with which they only say something and end. */
const INFORMING = /^(?:--?|\/)(?:version|help|v|h|\?|shutdown|update|status)$/i;

/** Parameters of PowerShell that take a value ("about_PowerShell_exe", Microsoft Learn), and those that say what to run. */
const POWERSHELL_VALUES = [
  ...['executionpolicy', 'version', 'windowstyle', 'configurationname', 'inputformat', 'outputformat', 'psconsolefile'],
  ...['workingdirectory', 'configurationfile', 'custompipename', 'settingsfile', 'ep', 'wd'],
];
const POWERSHELL_RUNS = ['command', 'commandwithargs', 'cwa', 'file', 'encodedcommand', 'ec'];

/** Switches of wsl.exe whose value says where to run something, not what. */
const WSL_VALUES = /^(?:-d|--distribution|-u|--user|--cd|--shell-type|--distribution-id)$/i;

/** Interpreters that take the script as their first argument, with or without its extension. */
const SCRIPTED: ReadonlySet<string> = new Set([
  ...[
    'wscript',
    'cscript',
    'python',
    'pythonw',
    'perl',
    'ruby',
    'node',
    'php',
    'lua',
    'rscript',
    'autoit3',
    'autohotkey',
  ],
]);

/** What an interpreter runs first and what is no full path: of cmd.exe by a folder, of others by any name. */
export function relativeScript(interpreter: string, entry: string): string | undefined {
  const elements = splitArguments(entry) ?? [];
  if (interpreter === 'cmd') {
    const first = commandOfCmd(elements)
      ?.split(/[\s"&|<>]+/)
      .find((word) => word !== '' && !/^@?(?:call|start)$/i.test(word));
    return first !== undefined && /^(?![A-Za-z]:[\\/]|\\\\|%)[^/]*\\/.test(first) ? first : undefined;
  }
  if (!SCRIPTED.has(interpreter)) return undefined;
  const at = elements.findIndex((element) => !/^(?:-|\/\/)/.test(element));
  const script = elements[at];
  // A single letter may take what follows as its value, and some letters are the program itself.
  if (script === undefined || /^--?[A-Za-z]+$/.test(elements[at - 1] ?? '')) return undefined;
  return /^(?:[A-Za-z]:[\\/]|\\\\|%|[a-z]{2,10}:)/i.test(script) ? undefined : script;
}

/** Whether an interpreter with these arguments reads commands that the requester types or sends. */
export function waitsForCommands(interpreter: string, entry: string): boolean {
  const elements = splitArguments(entry) ?? [];
  if (elements.length === 0 || !INTERACTIVE.has(interpreter)) return false;
  if (interpreter === 'cmd') return cmdStaysOpen(elements);
  if (interpreter === 'powershell' || interpreter === 'pwsh') return powershellStaysOpen(elements);
  const said = interpreter === 'wsl' ? withoutValues(elements) : elements;
  // Of the others a dash alone is the standard input, and -i goes on after the script.
  const script = said.findIndex((element) => !element.startsWith('-') || element === '-');
  if (said[script] === '-' || said.slice(0, script === -1 ? undefined : script).includes('-i')) return true;
  return said.every((element) => /^(?:--?|\/)[a-z][a-z-]{0,32}$/i.test(element) && !INFORMING.test(element));
}

/** Without /c or /r it opens a prompt, whatever else is there; what it runs may be an interpreter that waits. */
function cmdStaysOpen(elements: readonly string[]): boolean {
  if (elements.includes('/?')) return false;
  const command = commandOfCmd(elements);
  if (command === undefined) return true;
  const [first = '', ...rest] = splitArguments(command.replace(/^(?:@|call\s|start\s+(?:""\s+)?)\s*/i, '')) ?? [];
  const name = win32.basename(first.toLowerCase(), '.exe');
  if (!INTERACTIVE.has(name)) return false;
  return rest.length === 0 || waitsForCommands(name, rest.map(quoteArgument).join(' '));
}

/** What cmd.exe is to run and then to end; undefined: it goes on and waits for commands. */
function commandOfCmd(elements: readonly string[]): string | undefined {
  for (const [index, element] of elements.entries()) {
    const found = /^(?:\/[^ckr/][^/]*)*\/([ckr])(.*)$/is.exec(element);
    if (found === null) continue;
    const [, letter = '', rest = ''] = found;
    if (letter.toLowerCase() === 'k') return undefined;
    return [rest, ...elements.slice(index + 1)].filter((part) => part !== '').join(' ');
  }
  return undefined;
}

function powershellStaysOpen(elements: readonly string[]): boolean {
  let runs: string | undefined;
  for (let index = 0; index < elements.length && runs === undefined; index += 1) {
    const element = elements[index] ?? '';
    const name = /^[-/]{1,2}(.+)$/.exec(element)?.[1]?.toLowerCase();
    if (name === undefined) runs = element;
    else if (INFORMING.test(element)) return false;
    else if (name.length >= 3 && 'noexit'.startsWith(name) && !'noprofile'.startsWith(name)) return true;
    else if (isParameter(POWERSHELL_RUNS, name)) runs = elements[index + 1];
    else if (isParameter(POWERSHELL_VALUES, name)) index += 1;
  }
  return runs === undefined || runs === '-';
}

function isParameter(names: readonly string[], name: string): boolean {
  return names.some((full) => full.startsWith(name));
}

function withoutValues(elements: readonly string[]): readonly string[] {
  return elements.filter((element, index) => {
    const before = elements[index - 1];
    return !WSL_VALUES.test(element) && (before === undefined || !WSL_VALUES.test(before));
  });
}

/** Whether the command is given to PowerShell in base64, so that nobody who reads the policy sees it. */
export function isEncoded(interpreter: string, entry: string): boolean {
  if (interpreter !== 'powershell' && interpreter !== 'pwsh') return false;
  return (splitArguments(entry) ?? []).some((element) => {
    const name = /^[-/]{1,2}(e[a-z]*)$/i.exec(element)?.[1]?.toLowerCase();
    return name !== undefined && (name === 'ec' || 'encodedcommand'.startsWith(name));
  });
}

/** Interpreters and tools that open the address they are given. */
const LOADERS: ReadonlySet<string> = new Set([
  ...['msiexec', 'mshta', 'regsvr32', 'rundll32', 'hh', 'certutil', 'bitsadmin', 'curl', 'wget', 'wget2', 'aria2c'],
  ...['deno', 'presentationhost', 'ieexec', 'dfsvc', 'appinstaller', 'winget', 'choco', 'npm', 'pip'],
]);
const DOWNLOADS =
  /\b(?:iex|iwr|irm|curl|wget|certutil|bitsadmin|mshta|Invoke-(?:Expression|WebRequest|RestMethod)|Download(?:String|File|Data)|Start-BitsTransfer)\b/i;

/** The address that an interpreter or tool loads, as far as it is seen. */
export function loadedAddress(program: string, entry: string): string | undefined {
  const address = /\b(?:https?|ftp):\/\/[^\s"'<>|)]{1,200}/i.exec(entry)?.[0];
  return LOADERS.has(program) || DOWNLOADS.test(entry) ? address : undefined;
}
