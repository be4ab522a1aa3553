/**
 * How long the agent's data stays after the last policy that enabled EPM is gone (decision S3): seven days, so that an
 * assignment that is lost by mistake costs nothing. Only time that really passed counts. While the machine runs it is
 * taken from the time since boot, which no change of the clock touches; a span in which it was off is the difference of
 * the clock at both ends, and never less than nothing.
 */
import type { BootClock, Clock, Log, StateStore } from './ports.ts';

/** Milliseconds. */
export const RETENTION = 7 * 24 * 60 * 60 * 1000;
/** Milliseconds between two writes of what was counted; a crash loses at most as much. */
const CHECKPOINT = 10 * 60 * 1000;
/** Milliseconds a machine must run before data is removed, so that policy can arrive after it was off for long. */
const SETTLING = 60 * 60 * 1000;

/** What is kept between two runs of the agent. Nothing kept: no policy has enabled EPM yet. */
export type RetentionState =
  | { readonly phase: 'active' }
  | {
      readonly phase: 'inactive';
      /** Milliseconds counted up to the checkpoint. */
      readonly counted: number;
      /** The checkpoint: clock, milliseconds since 1970; session and milliseconds since its boot. */
      readonly time: number;
      readonly session: string;
      readonly uptime: number;
    };

export interface RetentionPorts {
  readonly clock: Clock;
  readonly boot: BootClock;
  readonly state: StateStore;
  readonly log: Log;
}

export class Retention {
  readonly #ports: RetentionPorts;
  readonly #expired: () => void;
  #state: RetentionState | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param expired called once, when the data is to be removed */
  constructor(ports: RetentionPorts, expired: () => void) {
    this.#ports = ports;
    this.#expired = expired;
    this.#state = readState(ports);
  }

  /** Milliseconds until the data is removed; undefined while EPM is active or was never. */
  get remaining(): number | undefined {
    if (this.#state?.phase !== 'inactive') return undefined;
    return Math.max(0, RETENTION - this.#count(this.#state).counted);
  }

  /** To be called with every policy that comes into force. @param active some policy enables EPM for somebody */
  update(active: boolean): void {
    if (this.#stopped) return;
    if (active) {
      clearTimeout(this.#timer);
      if (this.#state?.phase !== 'active') this.#keep({ phase: 'active' });
    } else if (this.#state !== undefined) {
      this.#check();
    }
  }

  /** Keeps what was counted. */
  stop(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    if (this.#state?.phase === 'inactive') this.#keep(this.#count(this.#state));
    this.#stopped = true;
  }

  #check(): void {
    const { boot, clock } = this.#ports;
    const state =
      this.#state?.phase === 'inactive'
        ? this.#count(this.#state)
        : ({
            phase: 'inactive',
            counted: 0,
            time: clock.now(),
            session: boot.session,
            uptime: boot.uptime(),
          } as const);
    this.#keep(state);
    const wait = Math.max(RETENTION - state.counted, SETTLING - state.uptime);
    clearTimeout(this.#timer);
    if (wait <= 0) {
      this.#stopped = true;
      this.#expired();
      return;
    }
    this.#timer = setTimeout(() => this.#check(), Math.min(wait, CHECKPOINT));
    this.#timer.unref();
  }

  #count(state: Extract<RetentionState, { phase: 'inactive' }>): Extract<RetentionState, { phase: 'inactive' }> {
    const { clock, boot } = this.#ports;
    const time = clock.now();
    const uptime = boot.uptime();
    const passed =
      boot.session === state.session
        ? Math.max(0, uptime - state.uptime)
        : // From the checkpoint to the boot by the clock, and from there by the time since boot.
          Math.max(0, time - uptime - state.time) + uptime;
    return { phase: 'inactive', counted: state.counted + passed, time, session: boot.session, uptime };
  }

  #keep(state: RetentionState): void {
    this.#state = state;
    try {
      this.#ports.state.write(state);
    } catch {
      // Counted on in memory; the next checkpoint tries again.
      this.#ports.log.write('warning', 'stateNotWritten', { phase: state.phase });
    }
  }
}

/** State that cannot be read counts from the beginning: data is kept rather longer than removed too soon. */
function readState({ state, log }: RetentionPorts): RetentionState | undefined {
  try {
    const value = state.read();
    if (value === undefined || isState(value)) return value;
  } catch {
    // As below.
  }
  log.write('warning', 'stateUnreadable', {});
  return { phase: 'active' };
}

function isState(value: unknown): value is RetentionState {
  if (typeof value !== 'object' || value === null || !('phase' in value)) return false;
  if (value.phase === 'active') return true;
  const { counted, time, uptime, session } = value as Record<string, unknown>;
  const isTime = (number: unknown): boolean => typeof number === 'number' && Number.isFinite(number) && number >= 0;
  return value.phase === 'inactive' && [counted, time, uptime].every(isTime) && typeof session === 'string';
}
