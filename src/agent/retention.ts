/**
 * How long the agent's data stays after the last policy that enabled EPM is gone (decision S3): seven days, so that an
 * assignment that is lost by mistake costs nothing. Only time that really passed counts. While the machine runs it is
 * taken from the time since boot, which no change of the clock touches; a span in which it was off is the difference of
 * the clock at both ends, and never less than nothing.
 *
 * The policy of a user can be read only while the user is signed in. What it was at the sign-out holds until the next
 * sign-in, or until the profile is gone from the machine: otherwise a holiday would cost the journal.
 */
import { sid, type Sid } from '../model/brands.ts';
import type { Enablement } from './enablement.ts';
import type { BootClock, Clock, Log, StateStore } from './ports.ts';

/** Milliseconds. */
export const RETENTION = 7 * 24 * 60 * 60 * 1000;
/** Milliseconds between two writes of what was counted; a crash loses at most as much. */
const CHECKPOINT = 10 * 60 * 1000;
/** Milliseconds a machine must run before data is removed, so that policy can arrive after it was off for long. */
const SETTLING = 60 * 60 * 1000;

/** More users with policies of their own than this are not remembered; a SID has 184 characters at most. */
const MAX_USERS = 1000;

/** What is kept between two runs of the agent. Nothing kept: no policy has enabled EPM yet. */
export type RetentionState =
  | {
      readonly phase: 'active';
      /** SIDs of users whose own policy enabled EPM when it was seen last. */
      readonly users: readonly Sid[];
    }
  | {
      readonly phase: 'inactive';
      /** Milliseconds counted up to the checkpoint. */
      readonly counted: number;
      /** The checkpoint: clock, milliseconds since 1970; session and milliseconds since its boot. */
      readonly time: number;
      readonly session: string;
      readonly uptime: number;
    };

interface RetentionPorts {
  readonly clock: Clock;
  readonly boot: BootClock;
  readonly state: StateStore;
  readonly log: Log;
  /** The machine has a profile of the user. */
  readonly hasProfile: (user: Sid) => boolean;
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

  /** To be called after every reading of policy. */
  update({ now, users }: Pick<Enablement, 'now' | 'users'>): void {
    if (this.#stopped) return;
    const enabled = this.#enabledUsers(users);
    if (now || enabled.length > 0) {
      clearTimeout(this.#timer);
      const isKept = this.#state?.phase === 'active' && sameItems(this.#state.users, enabled);
      if (!isKept) this.#save({ phase: 'active', users: enabled });
    } else if (this.#state !== undefined) {
      this.#check();
    }
  }

  /** Keeps what was counted. */
  stop(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    if (this.#state?.phase === 'inactive') this.#save(this.#count(this.#state));
    this.#stopped = true;
  }

  /** Sorted. */
  #enabledUsers(seen: Enablement['users']): readonly Sid[] {
    const before = this.#state?.phase === 'active' ? this.#state.users : [];
    const away = before.filter((user) => !seen.has(user) && this.#isOfThisMachine(user));
    return [...away, ...[...seen].flatMap(([user, enables]) => (enables ? [user] : []))].sort().slice(0, MAX_USERS);
  }

  #isOfThisMachine(user: Sid): boolean {
    try {
      return this.#ports.hasProfile(user);
    } catch {
      // Not known: data is rather kept too long than removed too soon.
      return true;
    }
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
    this.#save(state);
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

  #save(state: RetentionState): void {
    this.#state = state;
    try {
      this.#ports.state.write(state);
    } catch {
      // Counted on in memory; the next checkpoint tries again.
      this.#ports.log.write('warning', 'stateNotWritten', { phase: state.phase });
    }
  }
}

/** State that cannot be read counts from the beginning: data is rather kept too long than removed too soon. */
function readState({ state, log }: RetentionPorts): RetentionState | undefined {
  try {
    const value = state.read();
    return value === undefined ? undefined : stateFrom(value);
  } catch {
    log.write('warning', 'stateUnreadable', {});
    return { phase: 'active', users: [] };
  }
}

/** @throws Error when it is none */
function stateFrom(value: unknown): RetentionState {
  if (typeof value !== 'object' || value === null) throw new Error('The state is no object.');
  const { phase, users = [] } = value as Record<string, unknown>;
  if (phase === 'active' && Array.isArray(users) && users.length <= MAX_USERS) {
    return { phase, users: users.map((user) => sid(String(user))) };
  }
  if (!isInactive(value)) throw new Error('The state is not known.');
  return value;
}

function isInactive(value: object): value is Extract<RetentionState, { phase: 'inactive' }> {
  const { phase, counted, time, uptime, session } = value as Record<string, unknown>;
  const isTime = (number: unknown): boolean => typeof number === 'number' && Number.isFinite(number) && number >= 0;
  return phase === 'inactive' && [counted, time, uptime].every(isTime) && typeof session === 'string';
}

function sameItems(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
