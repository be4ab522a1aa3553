/** Hours of a rule, read anew for each question: the day of the clock and the day before are looked at one by one. */
import type { RuleInput } from '../../src/model/rule.ts';

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export function hoursProblems(rule: Partial<RuleInput>): string[] {
  const problems: string[] = [];
  for (const name of ['activeFrom', 'activeUntil'] as const) {
    if (rule[name] !== undefined && momentOf(rule[name]) === undefined) problems.push(`hoursInvalid@/${name}`);
  }
  if (rule.activeHours?.length === 0) problems.push('hoursInvalid@/activeHours');
  rule.activeHours?.forEach((entry, index) => {
    if (entryOf(entry) === undefined) problems.push(`hoursInvalid@/activeHours/${index}`);
  });
  return problems;
}

/** @param local what the clock shows, as if it were UTC */
export function isWithinHours(rule: Partial<RuleInput>, local: number): boolean {
  if (rule.activeFrom !== undefined && local < (momentOf(rule.activeFrom) ?? NaN)) return false;
  if (rule.activeUntil !== undefined) {
    const wholeDay = rule.activeUntil.trim().length === 10;
    const end = (momentOf(rule.activeUntil) ?? NaN) + (wholeDay ? 24 * 3600 * 1000 : 0);
    if (!(local < end)) return false;
  }
  if (rule.activeHours === undefined) return true;
  return rule.activeHours.some((entry) => {
    const read = entryOf(entry);
    if (read === undefined) return false;
    const now = new Date(local);
    const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
    const today = now.getUTCDay();
    const { days, start, end } = read;
    if (start < end) return days.includes(today) && start <= minute && minute < end;
    return (days.includes(today) && minute >= start) || (days.includes((today + 6) % 7) && minute < end);
  });
}

function momentOf(written: string): number | undefined {
  const text = written.trim();
  const digits = text.replace(/[0-9]/g, '9');
  if (digits !== '9999-99-99' && digits !== '9999-99-99T99:99') return undefined;
  const [year, month, day, hour = 0, minute = 0] = text.split(/[-T:]/).map(Number) as [number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute);
  return date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60
    ? date.getTime()
    : undefined;
}

function entryOf(
  written: string,
): { readonly days: readonly number[]; readonly start: number; readonly end: number } | undefined {
  const words = written.trim().split(' ');
  const clock = words.at(-1)?.includes(':') === true ? words.pop() : undefined;
  if (words.length > 1 || (words.length === 0 && clock === undefined)) return undefined;
  const days = words.length === 0 ? [0, 1, 2, 3, 4, 5, 6] : daysOf(words[0] ?? '');
  if (days === undefined) return undefined;
  if (clock === undefined) return { days, start: 0, end: 1440 };
  const parts = clock.split('-');
  const [start, end] = parts.map(minutesOf);
  if (parts.length !== 2 || start === undefined || end === undefined || start === end || start === 1440)
    return undefined;
  return { days, start, end };
}

function minutesOf(text: string): number | undefined {
  if (text.replace(/[0-9]/g, '9') !== '99:99') return undefined;
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return minute < 60 && hour * 60 + minute <= 1440 ? hour * 60 + minute : undefined;
}

function daysOf(text: string): number[] | undefined {
  const days: number[] = [];
  for (const part of text.toUpperCase().split(',')) {
    const ends = part.split('-').map((name) => DAYS.indexOf(name));
    if (ends.length > 2 || ends.includes(-1)) return undefined;
    const [first = 0, last = first] = ends;
    for (let day = first; ; day = (day + 1) % 7) {
      days.push(day);
      if (day === last) break;
    }
  }
  return days;
}
