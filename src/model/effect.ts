/**
 * What comes of a thing that a policy can say and this version does nothing about. `none yet`: nothing reads it.
 * `refused yet`: what asks for it is not elevated. Absent: it works. The change that makes it work removes the flag; a test
 * fails when one is too many or missing.
 */
export type Effect = 'none yet' | 'refused yet';
