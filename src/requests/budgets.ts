/**
 * How often, and for how long, each user has had elevated programs in a day (decision G5), by the clock of the device.
 * Days only go forward: where the clock or its time zone is set back, the day that was begun goes on, so that nothing is
 * given anew.
 */
import { sid, type Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What one user may use in a day; an absent member sets no limit. */
export interface Budget {
  readonly elevations: number | undefined;
  readonly minutes: number | undefined;
}

export interface BudgetTime {
  /** What the clock of the device shows, as if it were UTC: milliseconds since 1970. */
  readonly local: number;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: number;
}

interface Used {
  readonly elevations: number;
  readonly milliseconds: number;
}

const NOTHING: Used = { elevations: 0, milliseconds: 0 };

/** What outlives the agent. */
interface BudgetState {
  /** Days since 1970, by the clock of the device. */
  readonly day: number;
  readonly users: Readonly<Record<string, Used>>;
}

export class BudgetBook {
  #day: number;
  readonly #used: Map<Sid, Used>;
  /** Users with elevated programs: how many, and until when the time was counted. Programs at the same time count once. */
  readonly #running = new Map<Sid, { programs: number; counted: number }>();

  /**
   * @param state what {@link state} gave, or undefined: there is none yet
   * @throws EpmError EPM_DATA_FOLDER when it is not what was written: it cannot be told what was used
   */
  constructor(state: unknown) {
    const { day, users } = readState(state);
    this.#day = day;
    this.#used = users;
  }

  get state(): BudgetState {
    return { day: this.#day, users: Object.fromEntries(this.#used) };
  }

  /** Somebody has elevated programs, so that time goes on to be used. */
  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  /** @returns undefined while something is left; otherwise when the next day begins, in local time */
  usedUp(user: Sid, { elevations, minutes }: Budget, time: BudgetTime): number | undefined {
    this.count(time);
    const used = this.#used.get(user) ?? NOTHING;
    const isOver =
      (elevations !== undefined && used.elevations >= elevations) ||
      (minutes !== undefined && used.milliseconds >= minutes * MINUTE);
    return isOver ? (this.#day + 1) * DAY : undefined;
  }

  /** Counts a start, before it happens. */
  begin(user: Sid, time: BudgetTime): void {
    this.count(time);
    const used = this.#used.get(user) ?? NOTHING;
    this.#used.set(user, { ...used, elevations: used.elevations + 1 });
    const { programs, counted } = this.#running.get(user) ?? { programs: 0, counted: time.monotonic };
    this.#running.set(user, { programs: programs + 1, counted });
  }

  /** A program that was counted has ended. @param hasStarted false: it never ran, so that it does not count */
  end(user: Sid, hasStarted: boolean, time: BudgetTime): void {
    this.count(time);
    const running = this.#running.get(user);
    if (running === undefined) return;
    if (running.programs > 1) this.#running.set(user, { ...running, programs: running.programs - 1 });
    else this.#running.delete(user);
    const used = this.#used.get(user);
    if (hasStarted || used === undefined || used.elevations === 0) return;
    this.#used.set(user, { ...used, elevations: used.elevations - 1 });
  }

  /** Counts the time of the programs that run, and begins the next day when it has come. */
  count({ local, monotonic }: BudgetTime): void {
    const day = Math.floor(local / DAY);
    const isNext = day > this.#day;
    if (isNext) {
      this.#day = day;
      this.#used.clear();
    }
    for (const [user, running] of this.#running) {
      const passed = Math.max(0, monotonic - running.counted);
      // Of the day that is over nothing counts any more.
      const counts = isNext ? Math.min(passed, local - day * DAY) : passed;
      const used = this.#used.get(user) ?? NOTHING;
      this.#used.set(user, { ...used, milliseconds: used.milliseconds + counts });
      running.counted = monotonic;
    }
  }
}

function readState(state: unknown): { readonly day: number; readonly users: Map<Sid, Used> } {
  if (state === undefined) return { day: -Infinity, users: new Map() };
  const { day, users } = (state ?? {}) as { readonly [Member in keyof BudgetState]?: unknown };
  if (!isCount(day) || typeof users !== 'object' || users === null) throw unreadable();
  return {
    day,
    users: new Map(
      Object.entries(users).map(([user, used]: [string, unknown]) => {
        const { elevations, milliseconds } = (used ?? {}) as Partial<Used>;
        if (!isCount(elevations) || typeof milliseconds !== 'number' || !(milliseconds >= 0)) throw unreadable();
        return [sid(user), { elevations, milliseconds }];
      }),
    ),
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function unreadable(): EpmError {
  return new EpmError('EPM_DATA_FOLDER', 'What users have used of their budgets is not as the agent wrote it.');
}
