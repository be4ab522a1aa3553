import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sid, type Sid } from '../../../src/model/brands.ts';
import { BudgetBook, type Budget } from '../../../src/requests/budgets.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALICE = sid('S-1-5-21-1-2-3-1001');
const BOB = sid('S-1-5-21-1-2-3-1002');
const TWO: Budget = { elevations: 2, minutes: undefined };
const TEN_MINUTES: Budget = { elevations: undefined, minutes: 10 };

/** A clock whose two hands go together unless it is set. */
class Time {
  local = 20_000 * DAY + 12 * HOUR;
  monotonic = 5_000;
  pass(milliseconds: number): this {
    this.local += milliseconds;
    this.monotonic += milliseconds;
    return this;
  }
}

describe('a budget of elevations', () => {
  it('is used by starts, for each user, and begins again at midnight', () => {
    const time = new Time();
    const book = new BudgetBook(undefined);
    for (let count = 0; count < 2; count += 1) {
      expect(book.usedUp(ALICE, TWO, time)).toBeUndefined();
      book.begin(ALICE, time);
      book.end(ALICE, true, time);
    }
    expect(book.usedUp(ALICE, TWO, time)).toBe(20_001 * DAY);
    expect(book.usedUp(BOB, TWO, time)).toBeUndefined();
    expect(book.usedUp(ALICE, TWO, time.pass(12 * HOUR - 1))).toBe(20_001 * DAY);
    expect(book.usedUp(ALICE, TWO, time.pass(1))).toBeUndefined();
  });

  it('gives back what did not start', () => {
    const time = new Time();
    const book = new BudgetBook(undefined);
    book.begin(ALICE, time);
    book.begin(ALICE, time);
    book.end(ALICE, false, time);
    expect(book.usedUp(ALICE, TWO, time)).toBeUndefined();
    expect(book.isRunning).toBe(true);
    book.end(ALICE, true, time);
    expect(book.isRunning).toBe(false);
  });

  it('outlives the agent, and is not filled by a clock or a zone that is set back and forth', () => {
    const time = new Time();
    const book = new BudgetBook(undefined);
    for (let count = 0; count < 2; count += 1) book.begin(ALICE, time);
    const next = new BudgetBook(JSON.parse(JSON.stringify(book.state)));
    expect(next.usedUp(ALICE, TWO, time)).toBe(20_001 * DAY);
    time.local -= 3 * DAY;
    expect(next.usedUp(ALICE, TWO, time)).toBe(20_001 * DAY);
    // A day is begun early, once, and then lasts until it is over by the clock.
    time.local = 20_001 * DAY + HOUR;
    for (let count = 0; count < 2; count += 1) next.begin(ALICE, time);
    time.local -= 2 * HOUR;
    expect(next.usedUp(ALICE, TWO, time)).toBe(20_002 * DAY);
    next.begin(BOB, time);
    expect(next.usedUp(ALICE, TWO, time)).toBe(20_002 * DAY);
    time.local = 20_002 * DAY;
    expect(next.usedUp(ALICE, TWO, time)).toBeUndefined();
  });
});

describe('a budget of minutes', () => {
  it('is used while a program runs; programs at the same time count once', () => {
    const time = new Time();
    const book = new BudgetBook(undefined);
    book.begin(ALICE, time);
    book.begin(ALICE, time.pass(4 * MINUTE));
    book.end(ALICE, true, time.pass(4 * MINUTE));
    expect(book.usedUp(ALICE, TEN_MINUTES, time.pass(2 * MINUTE - 1))).toBeUndefined();
    expect(book.usedUp(ALICE, TEN_MINUTES, time.pass(1))).toBe(20_001 * DAY);
    book.end(ALICE, true, time);
    expect(book.usedUp(ALICE, TEN_MINUTES, time.pass(HOUR))).toBe(20_001 * DAY);
  });

  it('counts of a program over midnight what is of the new day', () => {
    const time = new Time();
    const book = new BudgetBook(undefined);
    book.begin(ALICE, time.pass(12 * HOUR - 30 * MINUTE));
    expect(book.usedUp(ALICE, TEN_MINUTES, time.pass(39 * MINUTE))).toBeUndefined();
    expect(book.usedUp(ALICE, TEN_MINUTES, time.pass(MINUTE))).toBe(20_002 * DAY);
  });

  it('goes by a clock that does not jump', () => {
    const time = new Time();
    const book = new BudgetBook(undefined);
    book.begin(ALICE, time);
    time.local += HOUR;
    expect(book.usedUp(ALICE, TEN_MINUTES, time)).toBeUndefined();
    time.local -= 2 * HOUR;
    time.monotonic += 10 * MINUTE;
    expect(book.usedUp(ALICE, TEN_MINUTES, time)).toBe(20_001 * DAY);
  });
});

it.each([
  [null],
  [{}],
  [{ day: 1 }],
  [{ day: 1, users: null }],
  [{ day: -1, users: {} }],
  [{ day: 1, users: { [ALICE]: null } }],
  [{ day: 1, users: { [ALICE]: { elevations: -1, milliseconds: 0 } } }],
  [{ day: 1, users: { nobody: { elevations: 1, milliseconds: 0 } } }],
])('a state that the agent did not write is an error, never a new budget: %j', (state) => {
  expect(() => new BudgetBook(state)).toThrowError(
    expect.objectContaining({ code: expect.stringMatching(/^EPM_(?:DATA_FOLDER|SID_INVALID)$/) as string }) as Error,
  );
});

/** A list of all that happened, from which what was used is worked out anew. */
interface Happened {
  readonly user: Sid;
  readonly day: number;
}

it('allows no user more starts a day than the budget, whatever happens', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('start' as const), user: fc.constantFrom(ALICE, BOB), runs: fc.boolean() }),
    fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ kind: fc.constant('zone' as const), hours: fc.integer({ min: -14, max: 14 }) }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const time = new Time();
      let zone = 0;
      let book = new BudgetBook(undefined);
      let day = 0;
      const starts: Happened[] = [];
      for (const each of steps) {
        if (each.kind === 'pass') time.pass(each.hours * HOUR);
        else if (each.kind === 'zone') zone = each.hours;
        else if (each.kind === 'restart') {
          if (day > 0) book = new BudgetBook(JSON.parse(JSON.stringify(book.state)));
        } else {
          const now = { local: time.local + zone * HOUR, monotonic: time.monotonic };
          day = Math.max(day, Math.floor(now.local / DAY));
          const used = starts.filter((start) => start.user === each.user && start.day === day).length;
          const next = book.usedUp(each.user, TWO, now);
          expect(next).toBe(used < 2 ? undefined : (day + 1) * DAY);
          if (next !== undefined) continue;
          book.begin(each.user, now);
          book.end(each.user, each.runs, now);
          if (each.runs) starts.push({ user: each.user, day });
        }
      }
    }),
    { numRuns: 2_000 },
  );
});
