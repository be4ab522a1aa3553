import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coversHours,
  describeTime,
  endOfActive,
  type Hours,
  isActive,
  isNeverActive,
  nextActive,
  parseLocalTime,
  readHours,
} from '../../../src/engine/hours.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { hoursProblems, isWithinHours } from '../../oracle/hours.ts';

type Written = Parameters<typeof readHours>[0];

function hours(written: Written): Hours {
  const reasons: Diagnostic[] = [];
  const read = readHours(written, reasons);
  expect(reasons).toEqual([]);
  if (read === undefined) throw new Error('The rule has no hours.');
  return read;
}

/** What the clock of a device shows. */
const at = (text: string): number => Date.parse(`${text}Z`);

const MINUTE = 60_000;
const day = fc.constantFrom('Mon', 'tue', 'WED', 'Thu', 'Fri', 'Sat', 'Sun');
const days = fc
  .array(
    fc.oneof(
      day,
      fc.tuple(day, day).map(([first, last]) => `${first}-${last}`),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(','));
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '01', '30', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
const span = fc
  .tuple(clock, fc.oneof(clock, fc.constant('24:00')))
  .filter(([start, end]) => start !== end)
  .map(([start, end]) => `${start}-${end}`);
const entry = fc.oneof(
  days,
  span,
  fc.tuple(days, span).map(([of, from]) => `${of} ${from}`),
);
/** Within the weeks that are asked about. */
const moment = fc
  .tuple(fc.integer({ min: 1, max: 28 }), fc.option(clock))
  .map(([date, time]) => `2026-02-${String(date).padStart(2, '0')}${time === null ? '' : `T${time}`}`);
const written: fc.Arbitrary<Written> = fc
  .record(
    { activeFrom: moment, activeUntil: moment, activeHours: fc.array(entry, { minLength: 1, maxLength: 4 }) },
    { requiredKeys: [] },
  )
  .filter((each) => Object.keys(each).length > 0);
const times = fc
  .integer({ min: at('2026-01-25T00:00') / MINUTE, max: at('2026-03-08T00:00') / MINUTE })
  .map((minute) => minute * MINUTE);

describe('hours', () => {
  it('are what their slow twin takes for them', () => {
    fc.assert(
      fc.property(written, times, (one, time) => {
        expect(isActive(hours(one), time)).toBe(isWithinHours(one, time));
      }),
      { numRuns: 3_000 },
    );
  });

  it('begin again at the time that is told, and not before', () => {
    fc.assert(
      fc.property(written, times, (one, time) => {
        const read = hours(one);
        const next = nextActive(read, time);
        if (next !== undefined) expect([next >= time, isActive(read, next)]).toEqual([true, true]);
        const last = next ?? time + 14 * 24 * 60 * MINUTE;
        for (let minute = time; minute < last; minute += 7 * MINUTE) expect(isActive(read, minute)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('end at the time that is told, and not before', () => {
    fc.assert(
      fc.property(written, times, (one, time) => {
        const read = hours(one);
        if (!isActive(read, time)) return;
        const end = endOfActive(read, time);
        if (end !== undefined) expect([end > time, isActive(read, end)]).toEqual([true, false]);
        const last = end ?? time + 14 * 24 * 60 * MINUTE;
        for (let minute = time; minute < last; minute += 7 * MINUTE) expect(isActive(read, minute)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('cover others only where every time of these is one of theirs', () => {
    fc.assert(
      fc.property(written, written, times, (one, other, time) => {
        const [wide, narrow] = [hours(one), hours(other)];
        expect(coversHours(wide, wide)).toBe(true);
        expect(coversHours(undefined, narrow)).toBe(true);
        if (coversHours(wide, narrow) && isActive(narrow, time)) expect(isActive(wide, time)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(coversHours(hours({ activeHours: ['Mon-Fri'] }), undefined)).toBe(false);
    expect(coversHours(hours({ activeHours: ['Mon-Fri'] }), hours({ activeHours: ['Tue 08:00-12:00'] }))).toBe(true);
    expect(coversHours(hours({ activeUntil: '2026-12-24' }), hours({ activeUntil: '2026-12-24T23:00' }))).toBe(true);
  });

  it('that never come are known', () => {
    expect(isNeverActive(hours({ activeFrom: '2026-12-24', activeUntil: '2026-12-23' }))).toBe(true);
    expect(isNeverActive(hours({ activeFrom: '2026-12-24T08:00', activeUntil: '2026-12-24T08:00' }))).toBe(true);
    // A Tuesday and a Wednesday.
    expect(isNeverActive(hours({ activeFrom: '2026-12-01', activeUntil: '2026-12-02', activeHours: ['Mon'] }))).toBe(
      true,
    );
    expect(isNeverActive(hours({ activeFrom: '2026-12-01', activeUntil: '2026-12-07', activeHours: ['Mon'] }))).toBe(
      false,
    );
    expect(isNeverActive(hours({ activeUntil: '1950-01-01', activeHours: ['Mon'] }))).toBe(false);
    expect(isNeverActive(hours({ activeFrom: '2026-12-24' }))).toBe(false);
  });

  it.each<[Written, string[]]>([
    [{ activeFrom: '2026-12-24T08:00Z' }, ['/activeFrom']],
    [{ activeFrom: '2026-02-29', activeUntil: '2024-02-29' }, ['/activeFrom']],
    [{ activeUntil: '' }, ['/activeUntil']],
    [{ activeUntil: '2026-12-24T24:00' }, ['/activeUntil']],
    [{ activeHours: [] }, ['/activeHours']],
    [{ activeHours: ['Mon 08:00-18:00', 'Monday', ''] }, ['/activeHours/1', '/activeHours/2']],
    [
      { activeHours: ['8:00-18:00', '08:60-18:00', '08:00-24:01', '24:00-06:00'] },
      [0, 1, 2, 3].map((n) => `/activeHours/${n}`),
    ],
    [{ activeHours: ['12:00-12:00', 'Mon-', 'Mon-Tue-Wed', 'Mon;Tue'] }, [0, 1, 2, 3].map((n) => `/activeHours/${n}`)],
  ])('that cannot be read are told with their place: %j', (one, places) => {
    const reasons: Diagnostic[] = [];
    readHours(one, reasons);
    expect(reasons.map(({ code, place }) => [code, place?.pointer])).toEqual(
      places.map((place) => ['hoursInvalid', place]),
    );
    expect(hoursProblems(one)).toEqual(places.map((place) => `hoursInvalid@${place}`));
  });

  it('are told as they are written', () => {
    const { text } = hours({
      activeFrom: '2026-12-01T08:00',
      activeUntil: '2026-12-24',
      activeHours: ['Mon', 'Tue 08:00-09:00'],
    });
    expect(text).toBe('from 2026-12-01T08:00, until the end of 2026-12-24, Mon, Tue 08:00-09:00');
    expect(describeTime(at('2026-11-30T08:05'))).toBe('Mon 2026-11-30 08:05');
    expect(describeTime(at('1969-12-31T23:59'))).toBe('Wed 1969-12-31 23:59');
    expect(parseLocalTime('yesterday')).toBeUndefined();
  });

  it('of a rule that says nothing are none', () => {
    expect(readHours({}, [])).toBeUndefined();
  });
});
