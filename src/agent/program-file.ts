/**
 * The program of one request. A file that people without administrator rights may change, or put others beside, is
 * copied before anything is read of it: the facts that decide are then those of the bytes that run (decision F3).
 */
import type { CompiledPolicy } from '../engine/index.ts';
import type { Sid } from '../model/brands.ts';
import type { VerifiedCaller } from './caller.ts';
import { untilNobodyWaits, type ElevationContext } from './elevation-context.ts';
import type { FileOpener, LockedFile, Log, ProtectedCopy, StartableFile } from './ports.ts';

const MEBIBYTE = 1024 ** 2;

/** Bytes; a larger file is neither read nor copied for this user. */
export function sizeLimit(policy: CompiledPolicy, user: Sid): number {
  return policy.forUser(user).settings.maximumFileSize * MEBIBYTE;
}

export interface ProgramFile {
  readonly file: LockedFile;
  /** Undefined: the file may run where it lies. */
  readonly copy: ProtectedCopy | undefined;
}

/**
 * Opens the file of a request and copies it where that is needed.
 * @returns `notYours` when the caller may not read and run the file
 * @throws EpmError with the codes of opening and copying; then nothing is left open or behind
 */
export async function openProgram(
  path: string,
  caller: VerifiedCaller,
  context: ElevationContext,
  { opener, policy, log }: { readonly opener: FileOpener; readonly policy: () => CompiledPolicy; readonly log: Log },
): Promise<ProgramFile | 'notYours'> {
  const file = await opener.open(path, caller.client);
  if (file === 'notYours') return file;
  try {
    // Not known counts as writable.
    if (file.writableByUsers === false && isProgram(file)) return { file, copy: undefined };
    const copy = await file.copy({ maximumSize: sizeLimit(policy(), caller.sid), signal: untilNobodyWaits(context) });
    return { file, copy };
  } catch (error) {
    closeFile(file, log);
    throw error;
  }
}

/** Packages and scripts are read by another program, at a time and by a name of its own: they always run from a copy. */
export function isProgram({ path }: StartableFile): boolean {
  return /\.exe$/i.test(path);
}

export function closeFile(file: Pick<LockedFile, 'close'>, log: Log): void {
  try {
    file.close();
  } catch {
    log.write('error', 'fileCloseFailed', {});
  }
}

export function removeCopy(copy: ProtectedCopy | undefined, log: Log): void {
  try {
    copy?.remove();
  } catch {
    log.write('error', 'copyRemoveFailed', {});
  }
}
