import { EpmError, type SafeData } from '../../model/errors.ts';

/** Why there is no protected copy, for programs (`data.reason`), and what a person does about it. */
const HINTS = {
  /** Others than the system can change the folder of copies, or it is something else than a folder. */
  folderRefused:
    'An administrator should find out who changed the folder and remove it; the agent makes a new one when it is needed.',
  diskFull: 'Free space on the drive of the agent’s data folder and try again.',
  folderTooLarge:
    'Put the program and what belongs to it into a folder of their own, or install it where only administrators may write.',
  folderUnusable:
    'Put the program and what belongs to it into a folder of their own, as ordinary files that you may read, and start it there.',
  folderChanged: 'Wait until the download or the unpacking is complete, close what has the files open, and try again.',
  failed: 'Try again. If it happens again, look whether the drive of the agent’s data folder is full or failing.',
} as const;

type CopyFailure = keyof typeof HINTS;

export function copyFailed(reason: CopyFailure, message: string, data: SafeData = {}, cause?: unknown): EpmError {
  return new EpmError('EPM_COPY_FAILED', message, { hint: HINTS[reason], data: { reason, ...data }, cause });
}
