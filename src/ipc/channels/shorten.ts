/** Ways to shorten what is too long for one message. */
import { MAX_MESSAGE } from '../protocol.ts';

/** The first part of a list. @param keep share that stays, 0–1 */
export function head<T>(list: readonly T[], keep: number): readonly T[] {
  return list.slice(0, Math.floor(list.length * keep));
}

/** The first part of a text, with an ellipsis where it is cut. @param keep share of the longest form that stays, 0–1 */
export function cut(text: string, keep: number): string {
  const length = Math.floor(Math.min(text.length, MAX_MESSAGE / 2) * keep);
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
