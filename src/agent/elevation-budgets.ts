/** Holds users to the budgets of their policy, and keeps what they used in a file that outlives the agent (decision G5). */
import type { Sid } from '../model/brands.ts';
import { toErrorReport } from '../model/errors.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { BudgetBook, type Budget, type BudgetTime } from '../requests/budgets.ts';
import type { Clock, Log, StateStore } from './ports.ts';

/** Milliseconds between two notes of how long programs have run: an agent that is ended loses no more of the time. */
const NOTE_INTERVAL = 60_000;

interface BudgetPorts {
  readonly clock: Clock;
  readonly state: StateStore;
  readonly log: Log;
}

/** A start that was counted. */
interface CountedStart {
  /** To be called once. @param hasStarted false: nothing ran */
  readonly end: (hasStarted: boolean) => void;
}

type BudgetSettings = Pick<EffectiveSettings, 'maximumElevationsPerDay' | 'maximumElevatedMinutesPerDay'>;

const NOT_COUNTED: CountedStart = { end: () => undefined };

export class ElevationBudgets {
  readonly #ports: BudgetPorts;
  /** Undefined until somebody has a budget. */
  #book: BudgetBook | undefined;
  #notes: NodeJS.Timeout | undefined;

  constructor(ports: BudgetPorts) {
    this.#ports = ports;
  }

  /**
   * @returns undefined while something is left, or there is no budget; otherwise when the next day begins, in local time
   * @throws EpmError EPM_DATA_FOLDER
   */
  usedUp(user: Sid, settings: BudgetSettings): number | undefined {
    const budget = budgetOf(settings);
    return budget && this.#opened().usedUp(user, budget, this.#time());
  }

  /**
   * Counts a start before it happens, so that neither starts at the same time nor the end of the agent give more of them.
   * @returns as `usedUp`, or what is to be called at the end of the program
   * @throws EpmError EPM_DATA_FOLDER when it cannot be kept; then nothing is to start
   */
  begin(user: Sid, settings: BudgetSettings): number | CountedStart {
    const next = this.usedUp(user, settings);
    if (next !== undefined) return next;
    if (budgetOf(settings) === undefined) return NOT_COUNTED;
    const book = this.#opened();
    book.begin(user, this.#time());
    try {
      this.#ports.state.write(book.state);
    } catch (error) {
      book.end(user, false, this.#time());
      throw error;
    }
    this.#notes ??= setInterval(() => this.#note(), NOTE_INTERVAL).unref();
    return {
      end: (hasStarted) => {
        book.end(user, hasStarted, this.#time());
        this.#note();
      },
    };
  }

  /** What is lost when it fails is the time of the programs that run, until the next note. */
  #note(): void {
    const book = this.#book;
    if (book === undefined) return;
    book.count(this.#time());
    if (!book.isRunning) {
      clearInterval(this.#notes);
      this.#notes = undefined;
    }
    try {
      this.#ports.state.write(book.state);
    } catch (error) {
      this.#ports.log.write('error', 'budgetsNotKept', { code: toErrorReport(error).code });
    }
  }

  #opened(): BudgetBook {
    this.#book ??= new BudgetBook(this.#ports.state.read());
    return this.#book;
  }

  #time(): BudgetTime {
    const { clock } = this.#ports;
    const now = clock.now();
    return { local: now + clock.zoneOffset(now) * 60_000, monotonic: clock.monotonic() };
  }
}

/** Undefined: the user has none. */
function budgetOf({ maximumElevationsPerDay, maximumElevatedMinutesPerDay }: BudgetSettings): Budget | undefined {
  if (maximumElevationsPerDay === undefined && maximumElevatedMinutesPerDay === undefined) return undefined;
  return { elevations: maximumElevationsPerDay, minutes: maximumElevatedMinutesPerDay };
}
