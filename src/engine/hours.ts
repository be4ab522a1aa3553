/**
 * When a rule matches (decision G6): by what the clock of the device shows, so that "08:00" is the morning of whoever sits
 * before it. Where a clock is set back, the hour that it shows twice counts twice; where it is set forward, the hour that it
 * leaves out does not count. Times are local ones as if they were UTC: milliseconds since 1970.
 */
import type { Diagnostic } from '../model/diagnostic.ts';
import { diagnostic } from '../model/diagnostic.ts';
import type { RuleInput } from '../model/rule.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY = DAY_MINUTES * MINUTE;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const WEEK = WEEK_MINUTES * MINUTE;
const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
/** 1970 began on a Thursday. */
const FIRST_DAY = DAY_NAMES.indexOf('Thu');

/** The end is no part of it. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Hours {
  /** For people. */
  readonly text: string;
  /** Undefined: always was. */
  readonly from: number | undefined;
  /** No part of it; undefined: for ever. */
  readonly until: number | undefined;
  /** Minutes of the week, which begins on Monday; in its order, none touching another. Undefined: the whole week. */
  readonly week: readonly Span[] | undefined;
}

type Written = Pick<RuleInput, 'activeFrom' | 'activeUntil' | 'activeHours'>;

/** @returns undefined when the rule says nothing of it; what cannot be read is told in `reasons`, and does not count */
export function readHours({ activeFrom, activeUntil, activeHours }: Written, reasons: Diagnostic[]): Hours | undefined {
  if (activeFrom === undefined && activeUntil === undefined && activeHours === undefined) return undefined;
  return {
    text: [
      ...(activeFrom === undefined ? [] : [`from ${activeFrom}`]),
      ...(activeUntil === undefined ? [] : [`until ${activeUntil.includes('T') ? '' : 'the end of '}${activeUntil}`]),
      ...(activeHours ?? []),
    ].join(', '),
    from: readMoment('activeFrom', activeFrom, reasons)?.start,
    until: readMoment('activeUntil', activeUntil, reasons)?.end,
    week: activeHours === undefined ? undefined : readWeek(activeHours, reasons),
  };
}

export function isActive({ from, until, week }: Hours, time: number): boolean {
  if ((from !== undefined && time < from) || (until !== undefined && time >= until)) return false;
  if (week === undefined) return true;
  const minute = minuteOfWeek(time);
  return week.some(({ start, end }) => start <= minute && minute < end);
}

/** The first time from `time` on at which the rule matches; undefined: never again. */
export function nextActive(hours: Hours, time: number): number | undefined {
  const first = Math.max(time, hours.from ?? time);
  const next = hours.week === undefined ? first : nextOf(hours.week, first);
  return next === undefined || (hours.until !== undefined && next >= hours.until) ? undefined : next;
}

/** The first time after `time`, at which the rule matches, at which it does not; undefined: it always will. */
export function endOfActive({ until, week }: Hours, time: number): number | undefined {
  let end = until;
  const minute = minuteOfWeek(time);
  const span = week?.find(({ start, end: last }) => start <= minute && minute < last);
  if (week !== undefined && span !== undefined) {
    const goesOn = span.end === WEEK_MINUTES && week[0]?.start === 0 ? week[0].end : 0;
    const length = span.end - minute + goesOn;
    if (length < WEEK_MINUTES) end = Math.min(end ?? Infinity, floorToMinute(time) + length * MINUTE);
  }
  return end;
}

/** Whether there is no time at which the rule matches. */
export function isNeverActive(hours: Hours): boolean {
  return nextActive(hours, hours.from ?? Math.min(0, (hours.until ?? 0) - WEEK)) === undefined;
}

/** Whether every time of `narrow` is one of `wide`; undefined is always. */
export function coversHours(wide: Hours | undefined, narrow: Hours | undefined): boolean {
  if (wide === undefined) return true;
  if (wide.from !== undefined && (narrow?.from === undefined || narrow.from < wide.from)) return false;
  if (wide.until !== undefined && (narrow?.until === undefined || narrow.until > wide.until)) return false;
  const spans = narrow?.week ?? [{ start: 0, end: WEEK_MINUTES }];
  return spans.every((span) => wide.week?.some(({ start, end }) => start <= span.start && span.end <= end) ?? true);
}

/** `Mon 2026-11-30 08:00`. */
export function describeTime(time: number): string {
  const [date, clock] = new Date(time).toISOString().split('T') as [string, string];
  return `${DAY_NAMES[dayOf(time)] ?? ''} ${date} ${clock.slice(0, 5)}`;
}

function dayOf(time: number): number {
  return (((Math.floor(time / DAY) + FIRST_DAY) % 7) + 7) % 7;
}

function minuteOfWeek(time: number): number {
  const ofDay = Math.floor((time - Math.floor(time / DAY) * DAY) / MINUTE);
  return dayOf(time) * DAY_MINUTES + ofDay;
}

function floorToMinute(time: number): number {
  return Math.floor(time / MINUTE) * MINUTE;
}

function nextOf(week: readonly Span[], time: number): number | undefined {
  const minute = minuteOfWeek(time);
  const open = week.find(({ end }) => minute < end);
  if (open !== undefined && open.start <= minute) return time;
  const start = open?.start ?? (week[0] === undefined ? undefined : week[0].start + WEEK_MINUTES);
  return start === undefined ? undefined : floorToMinute(time) + (start - minute) * MINUTE;
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d))?$/;

/**
 * A local time as people write it: `2026-12-24T08:00`, or a day from its beginning to its end.
 * @returns undefined for anything else
 */
export function parseLocalTime(written: string): Span | undefined {
  const [, date, clock] = MOMENT.exec(written.trim()) ?? [];
  const start = date === undefined ? NaN : Date.parse(`${date}T${clock ?? '00:00'}Z`);
  // JavaScript takes the 30th of February for the 2nd of March, and 24:00 for the next day.
  const isSo = !Number.isNaN(start) && new Date(start).toISOString().startsWith(`${date ?? ''}T${clock ?? ''}`);
  return isSo ? { start, end: clock === undefined ? start + DAY : start } : undefined;
}

function readMoment(
  attribute: 'activeFrom' | 'activeUntil',
  written: string | undefined,
  reasons: Diagnostic[],
): Span | undefined {
  if (written === undefined) return undefined;
  const span = parseLocalTime(written);
  if (span !== undefined) return span;
  const message = `"${written}" is not a local time such as 2026-12-24 or 2026-12-24T08:00; it has no time zone.`;
  reasons.push(diagnostic('hoursInvalid', message, { pointer: `/${attribute}` }));
  return undefined;
}

function readWeek(written: readonly string[], reasons: Diagnostic[]): readonly Span[] {
  if (written.length === 0) {
    reasons.push(diagnostic('hoursInvalid', 'The list of hours has no entry.', { pointer: '/activeHours' }));
  }
  const spans = written.flatMap((entry, index) => {
    const read = readEntry(entry);
    if (read !== undefined) return read;
    const message = `"${entry}" is not hours such as "Mon-Fri 08:00-18:00", "22:00-06:00" or "Sat,Sun".`;
    reasons.push(diagnostic('hoursInvalid', message, { pointer: `/activeHours/${index}` }));
    return [];
  });
  return joined(spans);
}

const ENTRY = /^(?:([A-Za-z]{3}(?:[-,][A-Za-z]{3})*)(?: |$))?(?:(\d\d):(\d\d)-(\d\d):(\d\d))?$/;

/** Hours that end before they begin end on the next day, and belong to the day on which they begin. */
function readEntry(entry: string): readonly Span[] | undefined {
  const text = entry.trim();
  const match = ENTRY.exec(text);
  if (match === null || text === '') return undefined;
  const [, names, startHour, startMinute, endHour, endMinute] = match;
  const days = names === undefined ? DAY_NAMES.map((_, day) => day) : readDays(names);
  if (days === undefined) return undefined;
  const start = startHour === undefined ? 0 : readClock(startHour, startMinute);
  const end = endHour === undefined ? DAY_MINUTES : readClock(endHour, endMinute);
  // From and to the same minute could be all day or never.
  if (start === undefined || end === undefined || start === DAY_MINUTES || start === end) return undefined;
  const length = end > start ? end - start : end + DAY_MINUTES - start;
  return days.flatMap((day) => {
    const first = day * DAY_MINUTES + start;
    const last = first + length;
    if (last <= WEEK_MINUTES) return [{ start: first, end: last }];
    return [
      { start: first, end: WEEK_MINUTES },
      { start: 0, end: last - WEEK_MINUTES },
    ];
  });
}

function readClock(hour: string, minute = ''): number | undefined {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= DAY_MINUTES ? total : undefined;
}

/** `Mon-Fri`, `Sat,Sun`, `Fri-Mon`; each a day or two with everything between them. */
function readDays(names: string): readonly number[] | undefined {
  const days: number[] = [];
  for (const range of names.split(',')) {
    const [first, last, more] = range.split('-').map(dayNamed);
    const to = last ?? first;
    if (first === undefined || first < 0 || to === undefined || to < 0 || more !== undefined) return undefined;
    for (let step = 0; step <= (to - first + 7) % 7; step += 1) days.push((first + step) % 7);
  }
  return days;
}

function dayNamed(name: string): number {
  return DAY_NAMES.findIndex((day) => day.toLowerCase() === name.toLowerCase());
}

/** What overlaps or touches becomes one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((left, right) => left.start - right.start)) {
    const last = result.at(-1);
    if (last === undefined || span.start > last.end) result.push(span);
    else result[result.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return result;
}
