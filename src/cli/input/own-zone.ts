/** Minutes by which the clock of this machine is ahead of UTC, for questions that are asked where they are answered. */
export function ownZoneOffset(time: number): number {
  return -new Date(time).getTimezoneOffset();
}
