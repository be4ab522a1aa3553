/**
 * Files that verbs write. Each is there as a whole or not at all, whatever interrupts the program.
 *
 * Written by hand, because write-file-atomic (8.0.0) does not look at how many bytes the system took: on a full disk it
 * renames a cut file over the good one. It also replaces devices and read-only files, and has no way to leave a file
 * alone that is there already.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  access,
  chmod,
  chown,
  constants,
  link,
  lstat,
  mkdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { displayText } from '../../text/display.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { Io } from '../io.ts';

export interface Output {
  /** `-` is standard output. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes what a verb was asked for: files first, then standard output. All files are written beside their places before
 * the first one is renamed, so that nothing is changed when one of them cannot be written. A file that is replaced keeps
 * its owner and mode on POSIX; on Windows the new one has the permissions that its folder hands down. A link is followed,
 * unless the superuser or an elevated administrator writes and it is one of somebody else; on Windows a link in the place
 * of the file itself is replaced.
 * @param replace false: a file that is there already is an error, and nothing is written
 * @throws EpmError EPM_FILE_UNWRITABLE; EPM_REQUEST_CANCELLED when the person interrupted it
 */
export async function writeOutputs(io: Io, outputs: readonly Output[], replace = true): Promise<void> {
  const stop = new AbortController();
  const uninterrupted = io.onInterrupt(() => stop.abort());
  // Undone from the last to the first, when something fails.
  const undo: (() => Promise<void>)[] = [];
  const held: (() => void)[] = [];
  try {
    const commits: (() => Promise<void>)[] = [];
    for (const output of outputs) {
      if (output.path === '-') continue;
      const commit = await named(output.path, () => stage(output, replace, stop.signal, undo, held));
      commits.push(() => named(output.path, commit));
    }
    if (stop.signal.aborted) throw interrupted();
    for (const commit of commits) await commit();
  } catch (error) {
    for (const each of undo.reverse()) await each().catch(() => undefined);
    throw error;
  } finally {
    uninterrupted();
    for (const close of held.reverse()) close();
  }
  for (const { path, content } of outputs) {
    if (path !== '-') continue;
    if (typeof content === 'string') io.out(content);
    else io.bytes(content);
  }
}

/** Writes beside the place of an output. @returns what puts it there */
async function stage(
  { path, content }: Output,
  replace: boolean,
  signal: AbortSignal,
  undo: (() => Promise<void>)[],
  held: (() => void)[],
): Promise<() => Promise<void>> {
  const odd = oddName(path, process.platform);
  if (odd !== undefined) throw unwritable(path, odd, 'Give the name of an ordinary file.');
  await holdFolder(path, held);
  // On Windows a link in the place of the file is replaced, because anybody may have put it there a moment ago.
  const place = process.platform === 'win32' ? await placeOf(path) : await resolvedPath(path);
  const present = await stat(place).catch(() => undefined);
  if (present?.isDirectory() === true) throw unwritable(path, 'is a folder', 'Give the name of a file.');
  // A pipe that nobody reads would be waited for, and a device is written to without asking.
  if (present !== undefined && !present.isFile()) {
    throw unwritable(path, 'is a device or a pipe', 'Give the name of a file, or - for standard output.');
  }
  const link = await foreignLink(path);
  if (link !== undefined) throw ofSomebody(path, link);
  if (!replace && (await lstat(place).catch(() => undefined)) !== undefined) {
    throw unwritable(path, 'is there already', 'Give another folder; nothing is overwritten.');
  }
  // Renaming asks for rights to the folder alone; a file that is marked read-only stays.
  if (present !== undefined) await access(place, constants.W_OK);
  if (!replace) {
    await makeFolder(dirname(place), undo);
    await holdFolder(path, held);
  }
  const temporary = join(dirname(place), `.epm-${randomBytes(8).toString('hex')}.tmp`);
  undo.push(() => rm(temporary, { force: true }));
  await writeFile(temporary, content, { flag: 'wx', flush: true, signal });
  if (present !== undefined) await takeOver(temporary, present);
  return () => (replace ? rename(temporary, place) : create(temporary, place, undo));
}

/**
 * Names that Windows takes for something else than a file: devices, whatever stands behind a dot, and streams of a file
 * ("Naming Files, Paths, and Namespaces", Microsoft Learn).
 * @returns what it is instead; undefined for an ordinary name
 */
export function oddName(path: string, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'win32') return undefined;
  if (/^[\\/]{2}[.?][\\/]/.test(path) && !/^[\\/]{2}\?[\\/](?:UNC[\\/]|[A-Za-z]:[\\/])/i.test(path)) {
    return 'is the name of a device';
  }
  const steps = path.replace(/^(?:[\\/]{2}\?[\\/])?(?:[A-Za-z]:)?/, '').split(/[\\/]/);
  if (steps.some((step) => step.includes(':'))) return 'is a stream of a file';
  const isDevice = (step: string): boolean =>
    /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])\s*(?:\.|$)/i.test(step);
  return steps.some(isDevice) ? 'is the name of a device' : undefined;
}

/**
 * A link on the way to an output that another user made, when the superuser writes it: such a link could lead what is
 * written over any file. Elsewhere a person has no more rights than whoever made the link there.
 */
async function foreignLink(path: string): Promise<string | undefined> {
  const self = process.getuid?.();
  if (self !== 0) return undefined;
  const full = resolve(path);
  for (let each = full; each !== dirname(each); each = dirname(each)) {
    const found = await lstat(each).catch(() => undefined);
    if (found?.isSymbolicLink() === true && found.uid !== self) return each;
  }
  return undefined;
}

/**
 * Holds the nearest folder of an output that is there, for an elevated process on Windows, so that nobody puts a link in its
 * place before the output is written; refuses one that is reached by a link of a standard user.
 * @param held takes what ends it
 */
async function holdFolder(path: string, held: (() => void)[]): Promise<void> {
  if (process.platform !== 'win32') return;
  const { holdOutputFolder, loadDlls } = await import('../../windows/index.ts');
  let folder = dirname(resolve(path));
  while (folder !== dirname(folder) && (await stat(folder).catch(() => undefined))?.isDirectory() !== true) {
    folder = dirname(folder);
  }
  const close = holdOutputFolder(loadDlls(), folder);
  if (close === undefined) throw ofSomebody(path, folder);
  held.push(close);
}

function ofSomebody(path: string, link: string): EpmError {
  const hint = 'Give the place that it leads to, if that is what you want.';
  return unwritable(path, `leads over "${displayText(link)}", a link of somebody else`, hint);
}

/** Puts a file in its place, where there must be none. */
async function create(temporary: string, place: string, undo: (() => Promise<void>)[]): Promise<void> {
  try {
    await link(temporary, place);
  } catch (error) {
    // FAT and some servers have no links; there the test made before has to do.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await rename(temporary, place);
  }
  undo.push(() => rm(place, { force: true }));
  await rm(temporary, { force: true });
}

/** Makes a folder and those above it. */
async function makeFolder(folder: string, undo: (() => Promise<void>)[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const made: string[] = [];
  for (let each = folder; each.length >= first.length; each = dirname(each)) made.unshift(each);
  for (const each of made) undo.push(() => rmdir(each));
}

async function takeOver(temporary: string, { mode, uid, gid }: Stats): Promise<void> {
  if (process.platform === 'win32') return;
  // Only the superuser may give a file away; for others the file is theirs already, or becomes theirs.
  await chown(temporary, uid, gid).catch(() => undefined);
  await chmod(temporary, mode & 0o777);
}

/** Errors of the system, in the words of {@link EpmError}. */
async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isEpmError(cause)) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'ABORT_ERR') throw interrupted();
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw unwritable(path, `is in a folder that does not exist (${code})`, 'Make the folder first.', cause);
    }
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
      throw unwritable(path, `does not fit there (${code})`, 'Make room. What was there before is unchanged.', cause);
    }
    const hint = 'Check your rights to the file and to its folder. What was there before is unchanged.';
    throw unwritable(path, `cannot be written (${code})`, hint, cause);
  }
}

function unwritable(path: string, what: string, hint: string, cause?: unknown): EpmError {
  return new EpmError('EPM_FILE_UNWRITABLE', `The file "${displayText(path)}" ${what}.`, { hint, cause });
}

function interrupted(): EpmError {
  return new EpmError('EPM_REQUEST_CANCELLED', 'Interrupted; no file was changed.', { hint: 'Run the command again.' });
}

/**
 * Refuses outputs that would destroy each other or what was read.
 * @param outputs paths and `-` for standard output; undefined: not asked for
 * @throws EpmError EPM_ARGUMENT
 */
export async function assertDistinctFiles(
  inputs: readonly string[],
  outputs: readonly (string | undefined)[],
): Promise<void> {
  const taken = new Set(await Promise.all(inputs.filter((input) => input !== '-').map(resolvedPath)));
  for (const output of outputs) {
    if (output === undefined) continue;
    const place = output === '-' ? '-' : await resolvedPath(output);
    if (taken.has(place)) {
      const what = output === '-' ? 'Standard output' : `The file "${displayText(output)}"`;
      throw new EpmError('EPM_ARGUMENT', `${what} is named twice, and one would overwrite the other.`, {
        hint: 'Give each output a file of its own.',
      });
    }
    taken.add(place);
  }
}

/** The file a path leads to, by whatever links. One that does not exist yet is where its folder leads. */
export async function resolvedPath(path: string): Promise<string> {
  const full = resolve(path);
  return (await realpath(full).catch(() => undefined)) ?? placeOf(full);
}

/** The place of a file itself, where the links on the way to its folder lead. */
async function placeOf(path: string): Promise<string> {
  const full = resolve(path);
  const folder = await realpath(dirname(full)).catch(() => dirname(full));
  return join(folder, basename(full));
}
