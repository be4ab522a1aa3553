/** How long a message waits for its next attempt. */
const SECOND = 1_000;
const HOUR = 60 * 60 * SECOND;
const DAY = 24 * HOUR;

/** Milliseconds after which a message is given up. */
export const GIVEN_UP_AFTER = 7 * DAY;
/** The longest wait. A receiver that asks for more does not get it. */
export const MAX_WAIT = DAY;

/**
 * Doubles from a second to an hour; half of it is left to chance, so that devices whose receiver was away do not all come
 * back at once.
 * @param attempts that failed, this one included: from 1
 * @param random from 0 up to 1
 * @param asked milliseconds that the receiver asks for
 */
export function backOff(attempts: number, random: number, asked: number = 0): number {
  const whole = Math.min(HOUR, SECOND * 2 ** Math.min(attempts - 1, 30));
  return Math.max(Math.round(whole / 2 + (whole / 2) * random), Math.min(asked, MAX_WAIT));
}
