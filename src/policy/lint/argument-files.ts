/** Files that the arguments of a rule name, and who can put others in their place. */
import { win32 } from 'node:path';
import { splitArguments } from '../../engine/arguments.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { parsePath } from '../../engine/path-pattern.ts';
import { exposureOf } from './places.ts';

/** Absolute paths, each up to the next one or to what no path holds; the letter of a scheme such as https is no drive. */
const ABSOLUTE =
  /(?<![A-Za-z])[A-Za-z]:[\\/](?:(?!\b[A-Za-z]:[\\/])[^"'*?<>|;&,])*|\\\\(?![?.]\\)[^\\/\s"']+\\[^"'*?<>|;&,]*/g;

/** The first path of a command line that a standard user can write. */
export function writableFileOf(entry: string): string | undefined {
  for (const element of splitArguments(entry) ?? []) {
    for (const [written] of element.matchAll(ABSOLUTE)) {
      // Windows resolves `..` before it opens a file, so that a folder's beginning says nothing.
      const path = win32.normalize(written.trimEnd());
      if (path.startsWith('\\\\')) return path;
      if (path.length <= 3 || isProtected(path)) continue;
      const end = path.lastIndexOf('\\');
      if (!isProtected(end <= 2 ? path.slice(0, 3) : path.slice(0, end))) return path;
    }
  }
  return undefined;
}

function isProtected(folder: string): boolean {
  const parsed = parsePath(folder.replace(/(?<=[^:])\\$/, ''), undefined, { folders: DEFAULT_WINDOWS_FOLDERS });
  return !('path' in parsed) || exposureOf(parsed.path).kind === 'protected';
}

/** What interpreters and tools run, or are told what to do by. */
const READ =
  /\.(?:bat|cmd|ps1|psm1|psd1|vbs|vbe|[mc]?js|jse|wsf|wsh|hta|pyw?|pl|rb|php|lua|jar|ahk|au3|tcl|sh|ms[ipt]|reg|inf|sct|xsl|xaml|(?:cs|vb|fs)proj|proj|targets|sln|cs|sql|chm|rsp|xml|txt|csx|r|war|ya?ml|tf|msu|cab|appx|msix|nupkg)$/i;
/** Found in the folder of Windows when they are there, so that these names alone say nothing. */
const LIBRARY = /\.(?:dll|ocx|cpl|exe|com|scr)$/i;
const LIBRARIES_OF_WINDOWS: ReadonlySet<string> = new Set([
  ...[
    ...['shell32', 'user32', 'advapi32', 'printui', 'keymgr', 'sysdm', 'ieframe', 'url', 'cryptext', 'cryptui'],
    ...['setupapi', 'newdev', 'dfshim', 'zipfldr', 'dsquery', 'pnpclean', 'netplwiz', 'powrprof', 'syssetup'],
  ].map((name) => `${name}.dll`),
  ...[
    ...['timedate', 'appwiz', 'ncpa', 'inetcpl', 'intl', 'desk', 'main', 'mmsys', 'powercfg', 'sysdm', 'firewall'],
    ...['hdwwiz', 'wscui', 'joy', 'telephon', 'bthprops', 'tabletpc', 'irprops', 'collab', 'infocardcpl'],
  ].map((name) => `${name}.cpl`),
]);

/** Variables that hold folders only administrators write. */
const FIXED: Readonly<Record<string, string>> = {
  SYSTEMROOT: DEFAULT_WINDOWS_FOLDERS.systemRoot,
  WINDIR: DEFAULT_WINDOWS_FOLDERS.systemRoot,
  PROGRAMFILES: DEFAULT_WINDOWS_FOLDERS.programFiles,
  'PROGRAMFILES(X86)': DEFAULT_WINDOWS_FOLDERS.programFilesX86,
  PROGRAMW6432: DEFAULT_WINDOWS_FOLDERS.programW6432,
  COMMONPROGRAMFILES: `${DEFAULT_WINDOWS_FOLDERS.programFiles}\\Common Files`,
  'COMMONPROGRAMFILES(X86)': `${DEFAULT_WINDOWS_FOLDERS.programFilesX86}\\Common Files`,
};

const VARIABLE = /%([A-Za-z_][\w()]*)%|\$\{env:([^}]{1,64})\}|\$env:([A-Za-z_]\w*)/gi;
/** A folder or a script whose place only the start settles. */
const HELD =
  /(?:%[A-Za-z_][\w()]*%|%~?[a-z]*\d|\$\{env:[^}]{1,64}\}|\$env:[A-Za-z_]\w*|\$(?:HOME|PWD|PSScriptRoot)\b|(?<![^\s"'=:])~(?=[\\/]))(?:[\\/][^\s"'&|;,)]*)?/i;

/** A file that an interpreter or tool reads and that is not named by its full path; undefined: there is none. */
export function unfixedFileOf(entry: string): string | undefined {
  for (const element of splitArguments(entry) ?? []) {
    const known = element
      .replace(/\b[a-z]{2,10}:\/\/[^\s"']*/gi, '')
      .replace(VARIABLE, (text: string, ...names: unknown[]) => {
        const name = names.slice(0, 3).find((given) => typeof given === 'string');
        return FIXED[String(name).toUpperCase()] ?? text;
      });
    const held = HELD.exec(known)?.[0];
    if (held !== undefined && (/[\\/]/.test(held) || held.length === known.length)) return held;
    // What begins with a drive or a share is named by its full path, up to the ending of a file.
    const rest = known.replace(
      /(?<![A-Za-z])(?:[A-Za-z]:[\\/]|\\\\)[^"'*?<>|;&]*?\.[A-Za-z0-9]{1,6}(?=$|[\s"'&|;,)])/g,
      '',
    );
    if (/^(?:[^=:]*[=:])?(?:[A-Za-z]:[\\/]|\\\\)[^"'&|;]*$/.test(rest)) continue;
    const file = rest
      .split(/[\s"'&|;,()<>]+/)
      .map((token) => token.replace(/^(?:[-/][A-Za-z*-]+[:=]|[A-Za-z_.]+=|@|\|)/, ''))
      .find(isUnfixed);
    if (file !== undefined) return file;
  }
  return undefined;
}

function isUnfixed(token: string): boolean {
  // A number with a point, a switch and a name of a stream inside the package are no files.
  if (/^(?:[-:]|[A-Za-z]:[\\/]|\\\\)/.test(token) || /^\/[A-Za-z]+$/.test(token)) return false;
  if (READ.test(token) || /^\.{1,2}[\\/]/.test(token)) return true;
  if (!LIBRARY.test(token)) return false;
  if (/[\\/]/.test(token)) return true;
  return !/\.(?:exe|com)$/i.test(token) && !LIBRARIES_OF_WINDOWS.has(token.toLowerCase());
}

/** A change of a package, or a patch for it, that is not named by its full path; one inside the package begins with a colon. */
export function unfixedTransformOf(entry: string): string | undefined {
  for (const element of splitArguments(entry) ?? []) {
    const value = /^(?:TRANSFORMS|PATCH)=(.*)$/i.exec(element)?.[1];
    const files = value?.split(';').map((file) => file.trim().replace(/^[@|]/, '')) ?? [];
    const found = files.find((file) => file !== '' && !/^(?::|[A-Za-z]:[\\/]|\\\\)/.test(file));
    if (found !== undefined) return found;
  }
  return undefined;
}
