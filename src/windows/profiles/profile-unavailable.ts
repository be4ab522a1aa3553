import { EpmError, type SafeData } from '../../model/errors.ts';

/** Why an account has no profile, for programs (`data.reason`), and what a person does about it. */
const HINTS = {
  /** The profile list has an entry for the account that the agent did not make, or the folder or hive is another one. */
  foreign:
    'An administrator should find out who made the profile and remove it; the agent makes a new one when it is needed.',
  /** Others than the account can change the folder or the hive, or there is a link in it. */
  unsafe:
    'An administrator should find out who changed the profile and remove it; the agent makes a new one when it is needed.',
  /** Windows made none. */
  notMade: 'Look whether the drive of the profiles is full, and in the event log of the User Profile Service.',
  /** Windows did not load it, or gave a temporary one in its place. */
  notLoaded: 'Restart the computer. If it happens again, see the event log of the User Profile Service.',
  failed: 'Try again. If it happens again, see data and the event log of the User Profile Service.',
} as const;

export type ProfileFailure = keyof typeof HINTS;

export function profileUnavailable(
  reason: ProfileFailure,
  message: string,
  data: SafeData = {},
  cause?: unknown,
): EpmError {
  return new EpmError('EPM_PROFILE_UNAVAILABLE', message, { hint: HINTS[reason], data: { reason, ...data }, cause });
}
