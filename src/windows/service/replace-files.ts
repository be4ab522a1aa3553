/**
 * Puts the files of one version in the place of another's. A file that is in use cannot be written, and can be renamed:
 * those of the former version are moved into a folder beside, and come back from there when the new ones do not serve.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as paths from 'node:path';
import { EpmError } from '../../model/errors.ts';

/** An installation has some dozen files; more is not one. */
const MAX_FILES = 5_000;
const STAGED = '.new-';
const FORMER = '.former-';
/** Milliseconds for which a file that is still in use is tried again. */
const PATIENCE = 10_000;
const PAUSE = 100;
/** Each pause is longer by the first one, so that all of them take {@link PATIENCE}. */
const REMOVAL_TRIES = 14;

export interface Replacement {
  /** Puts the former files back. @throws EpmError EPM_UPGRADE_FAILED */
  undo(): void;
  /** Removes the former files, as far as nobody has them open; the next replacement tries again. */
  finish(): void;
}

/**
 * Copies what is in `source` to `target`, in place of everything there.
 * @param source folder that nobody but administrators can change
 * @param target the same
 * @throws EpmError EPM_UPGRADE_FAILED; then everything is as it was
 */
export function replaceFiles(source: string, target: string): Replacement {
  sweep(target);
  const mark = randomBytes(8).toString('hex');
  const staged = paths.join(target, STAGED + mark);
  const former = paths.join(target, FORMER + mark);
  const moves: { readonly from: string; readonly to: string }[] = [];
  function move(from: string, to: string): void {
    fs.mkdirSync(paths.dirname(to), { recursive: true });
    renamePatiently(from, to);
    moves.push({ from, to });
  }
  function undo(): void {
    try {
      for (const { from, to } of moves.splice(0).reverse()) renamePatiently(to, from);
      sweep(target);
    } catch (cause) {
      throw failed(`The former files in "${target}" cannot be put back`, cause);
    }
  }
  try {
    const names = filesOf(source);
    for (const name of names) copyChecked(paths.join(source, name), paths.join(staged, name));
    for (const name of filesOf(target).filter((each) => !isOurs(each)))
      move(paths.join(target, name), paths.join(former, name));
    for (const name of names) move(paths.join(staged, name), paths.join(target, name));
  } catch (cause) {
    undo();
    throw failed(`The files in "${target}" cannot be replaced`, cause);
  }
  return { undo, finish: () => sweep(target) };
}

/** Removes what this replacement and those before it have left, as far as nobody has it open. */
function sweep(target: string): void {
  for (const name of fs.readdirSync(target).filter(isOurs)) {
    try {
      // A program that has just been stopped has its file for a moment.
      fs.rmSync(paths.join(target, name), { recursive: true, maxRetries: REMOVAL_TRIES, retryDelay: PAUSE });
    } catch {
      // A program that is still running keeps its file.
    }
  }
}

function isOurs(name: string): boolean {
  return /^\.(?:new|former)-[0-9a-f]{16}(?:[\\/]|$)/.test(name);
}

/** Names of all files below a folder; a link is refused, because it leads somewhere that nobody has checked. */
function filesOf(folder: string): readonly string[] {
  const found: string[] = [];
  const left = [''];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const entry of fs.readdirSync(paths.join(folder, next), { withFileTypes: true })) {
      const name = paths.join(next, entry.name);
      if (entry.isDirectory()) left.push(name);
      else if (entry.isFile()) found.push(name);
      else throw new EpmError('EPM_INSTALLATION_UNSAFE', `"${paths.join(folder, name)}" is a link.`);
    }
    if (found.length > MAX_FILES)
      throw new EpmError('EPM_INSTALLATION_UNSAFE', `"${folder}" has more than ${MAX_FILES} files.`);
  }
  return found;
}

function copyChecked(from: string, to: string): void {
  fs.mkdirSync(paths.dirname(to), { recursive: true });
  fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
  if (sha256(from) !== sha256(to)) throw new EpmError('EPM_UPGRADE_FAILED', `"${to}" is not what was copied to it.`);
}

function sha256(path: string): string {
  return createHash('sha256').update(fs.readFileSync(path)).digest('hex');
}

/** A virus scanner, or a process that is just ending, has a file open for a moment. */
function renamePatiently(from: string, to: string): void {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!['EBUSY', 'EPERM', 'EACCES'].includes(code) || performance.now() >= end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

function failed(what: string, cause: unknown): EpmError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new EpmError('EPM_UPGRADE_FAILED', `${what} (${code}).`, { cause });
}
