/**
 * Watches the agent itself. What is not as it should be is told; what gets no better ends the agent in good order, so that
 * the service manager starts another one. The elevated programs end with it, as with every stop. It ends so only a few
 * times a day: an agent that goes on degraded is better than one that starts again and again.
 */
import { EpmError, isEpmError } from '../model/errors.ts';
import type { HealthReport } from './contract.ts';
import { healthFaults, type HealthFault } from './health-faults.ts';
import type { Clock, Log, StateStore, Vitals } from './ports.ts';
import type { RequestLoad } from './request-load.ts';

/** Milliseconds between two looks. */
export const LOOK_INTERVAL = 10_000;
/** Looks in a row at which the same fault was fatal before the agent ends. */
const FATAL_LOOKS = 3;
/** Times that it ends itself in a day at most. */
export const MAX_ENDS = 3;
const DAY = 24 * 60 * 60_000;

interface WatchdogPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly vitals: Vitals;
  /** Where it is kept when it ended itself. */
  readonly healthState: StateStore;
}

interface Watched {
  readonly load: RequestLoad;
  /** Milliseconds that records took to be durable: the last one, and the longest since this was asked last. */
  readonly journal: () => HealthReport['journal'];
}

export class Watchdog {
  readonly #ports: WatchdogPorts;
  readonly #watched: Watched;
  readonly #end: (error: EpmError) => void;
  #health: HealthReport | undefined;
  #faults: readonly HealthFault[] = [];
  #fatalLooks = 0;
  #isEnding = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param end ends the agent with an error */
  constructor(ports: WatchdogPorts, watched: Watched, end: (error: EpmError) => void) {
    this.#ports = ports;
    this.#watched = watched;
    this.#end = end;
  }

  start(): void {
    this.look();
    this.#timer = setInterval(() => this.look(), LOOK_INTERVAL);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#ports.vitals.release();
  }

  /** As of the last look; undefined: the system did not tell. */
  get health(): HealthReport | undefined {
    return this.#health;
  }

  get faults(): readonly HealthFault[] {
    return this.#faults;
  }

  /** Never throws. */
  look(): void {
    const { log, vitals } = this.#ports;
    try {
      vitals.feed();
      const { load } = this.#watched;
      this.#health = {
        ...vitals.read(),
        requests: { open: load.open, oldest: Math.round(load.oldest) },
        journal: this.#watched.journal(),
        ends: this.#ends().length,
      };
    } catch (error) {
      this.#health = undefined;
      log.write('warning', 'vitalsUnread', { code: isEpmError(error) ? error.code : 'unknown' });
      return;
    }
    const before = this.#faults;
    this.#faults = healthFaults(this.#health);
    for (const { code, value, limit } of this.#faults)
      if (before.every((other) => other.code !== code)) log.write('warning', code, { value: Math.round(value), limit });
    for (const { code } of before)
      if (this.#faults.every((other) => other.code !== code))
        log.write('information', 'healthRecovered', { fault: code });
    this.#judge();
  }

  #judge(): void {
    const fatal = this.#faults.find(({ isFatal }) => isFatal);
    this.#fatalLooks = fatal === undefined ? 0 : this.#fatalLooks + 1;
    if (fatal === undefined || this.#fatalLooks < FATAL_LOOKS || this.#isEnding) return;
    this.#isEnding = true;
    const { log, healthState, clock } = this.#ports;
    const ends = this.#ends();
    if (ends.length >= MAX_ENDS) {
      log.write('error', 'unhealthyGoesOn', { fault: fatal.code, ends: ends.length });
      return;
    }
    try {
      // Before it ends: what is not counted could go on for ever.
      healthState.write({ ends: [...ends, clock.now()] });
    } catch (error) {
      log.write('error', 'unhealthyGoesOn', { fault: fatal.code, code: isEpmError(error) ? error.code : 'unknown' });
      return;
    }
    log.write('error', 'unhealthyEnds', { fault: fatal.code, value: Math.round(fatal.value) });
    this.#end(
      new EpmError('EPM_AGENT_UNHEALTHY', `${fatal.message} The agent ends, and Windows starts it again.`, {
        data: { fault: fatal.code },
      }),
    );
  }

  /** Times of the last day, milliseconds since 1970; what cannot be read counts as as many as there may be. */
  #ends(): readonly number[] {
    const { healthState, clock } = this.#ports;
    const now = clock.now();
    try {
      const value = healthState.read();
      if (value === undefined) return [];
      const ends = (value as { readonly ends?: unknown }).ends;
      if (Array.isArray(ends) && ends.length <= 100 && ends.every((end) => typeof end === 'number'))
        // A clock that was set back makes none younger than it is, and none is forgotten by it.
        return (ends as readonly number[]).filter((end) => end > now - DAY);
    } catch {
      // Told below in the same way.
    }
    return Array.from({ length: MAX_ENDS }, () => now);
  }
}
