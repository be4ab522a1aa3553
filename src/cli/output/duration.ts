/** Lengths of time for people. */

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
] as const;

/** `3 hours`: whole units of the largest that fits at least twice, or seconds. Never less than nothing. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const unit = UNITS.find((candidate) => whole >= 2 * candidate.seconds) ?? { name: 'second', seconds: 1 };
  const amount = Math.floor(whole / unit.seconds);
  return `${amount} ${unit.name}${amount === 1 ? '' : 's'}`;
}

/** @param time ISO 8601, UTC; the clock of this machine wrote it */
export function age(time: string): string {
  return duration((Date.now() - Date.parse(time)) / 1000);
}
