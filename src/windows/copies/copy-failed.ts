import { EpmError, type SafeData } from '../../model/errors.ts';

/** Why there is no protected copy, for programs (`data.reason`), and what a person does about it. */
const HINTS = {
  /** Others than the system can change the folder of copies, or it is something else than a folder. */
  folderRefused:
    'An administrator should find out who changed the folder and remove it; the agent makes a new one when it is needed.',
  diskFull: 'Free space on the drive of the agent’s data folder and try again.',
  failed: 'Try again. If it happens again, look whether the drive of the agent’s data folder is full or failing.',
} as const;

type CopyFailure = keyof typeof HINTS;

export function copyFailed(reason: CopyFailure, message: string, data: SafeData = {}, cause?: unknown): EpmError {
  return new EpmError('EPM_COPY_FAILED', message, { hint: HINTS[reason], data: { reason, ...data }, cause });
}
