/** Which file somebody means who types the name of a program. */
import { statSync } from 'node:fs';
import { win32 } from 'node:path';
import { EpmError } from '../../model/errors.ts';
import { displayText } from '../../text/display.ts';

/** What the shells of Windows try where PATHEXT is not set, and what EPM elevates besides. */
const USUAL_EXTENSIONS = '.COM;.EXE;.BAT;.CMD';
const OWN_EXTENSIONS = ['.MSI', '.PS1'];
/** Folders of PATH and extensions that are tried; more are a mistake. */
const MAX_FOLDERS = 512;
const MAX_EXTENSIONS = 32;

interface Surroundings {
  /** Variables by their names in upper case. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly isFile: (path: string) => boolean;
}

/**
 * Finds a program as a shell does, but never by a bare name in the current folder, nor in a folder that PATH gives relative to
 * it: whoever may write there would choose what is elevated. What is found first counts, whether EPM elevates such a file or not:
 * the agent says so.
 * @param name a name, which is looked for in PATH, or a path, which is taken from the current folder
 * @throws EpmError EPM_FILE_NOT_FOUND
 */
export function findProgram(name: string, current: string, surroundings: Surroundings = WINDOWS): string {
  const { variables, isFile } = surroundings;
  const extensions = ['', ...extensionsOf(variables['PATHEXT'])];
  const hasFolder = /[\\/:]/.test(name);
  const folders = hasFolder ? [current] : foldersOf(variables['PATH']);
  for (const folder of folders) {
    const base = win32.resolve(folder, name);
    // Without an extension there is no program that Windows starts by its name.
    const found = extensions
      .map((extension) => `${base}${extension}`)
      .find((path) => win32.extname(path) !== '' && isFile(path));
    if (found !== undefined) return found;
  }
  const shown = displayText(name, 80);
  throw new EpmError(
    'EPM_FILE_NOT_FOUND',
    hasFolder ? `There is no program "${shown}".` : `There is no program "${shown}" in the folders of PATH.`,
    {
      hint: hasFolder
        ? 'Check the path.'
        : `Give a path; for one in the current folder ".\\${shown}". It is never taken from there by its name alone.`,
    },
  );
}

function foldersOf(text = ''): readonly string[] {
  return text
    .split(';')
    .map((folder) => folder.trim().replaceAll('"', ''))
    .filter((folder) => /^(?:[A-Za-z]:[\\/]|[\\/]{2})/.test(folder))
    .slice(0, MAX_FOLDERS);
}

function extensionsOf(text = USUAL_EXTENSIONS): readonly string[] {
  const given = text
    .split(';')
    .map((extension) => extension.trim())
    .filter((extension) => /^\.[^\\/:.]+$/.test(extension));
  return [...given, ...OWN_EXTENSIONS].slice(0, MAX_EXTENSIONS);
}

/** Names of variables have no case in Windows, and process.env knows that. */
const WINDOWS: Surroundings = {
  variables: { PATH: process.env['PATH'], PATHEXT: process.env['PATHEXT'] },
  isFile(path) {
    try {
      return statSync(path).isFile();
    } catch {
      // Not there, or not to be looked at: a shell would not start it either.
      return false;
    }
  },
};
