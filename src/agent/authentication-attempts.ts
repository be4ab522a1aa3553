/**
 * How often the authentication of a user has failed. Windows locks an account after failures, and whoever asks the agent
 * to try a password asks Windows through it: so a user has fewer tries here than policies usually give, and no guessing
 * goes on. Attempts outlive the agent.
 */
import { sid, type Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { StateStore } from './ports.ts';

const MINUTE = 60_000;
/** Failed attempts of one user within some milliseconds; the next one is refused before Windows is asked. */
const LIMITS: readonly { readonly attempts: number; readonly within: number }[] = [
  { attempts: 5, within: 15 * MINUTE },
  { attempts: 10, within: 60 * MINUTE },
];
const LONGEST = Math.max(...LIMITS.map(({ within }) => within));
/** Users with failed attempts that are remembered; a machine has few. Beyond, nobody new is authenticated for a while. */
const MAX_USERS = 1000;

export class AuthenticationAttempts {
  readonly #state: StateStore;
  readonly #now: () => number;
  /** Times of attempts, oldest first. Undefined until it is read. */
  #users: Map<Sid, number[]> | undefined;

  /** @param now milliseconds since 1970, UTC */
  constructor(state: StateStore, now: () => number) {
    this.#state = state;
    this.#now = now;
  }

  /**
   * Counts an attempt as failed before it is made, so that neither attempts at the same time nor the end of the agent
   * give more of them.
   * @returns what takes it back, to be called unless Windows refused. Earlier failures stay: they may be somebody else's.
   * @throws EpmError EPM_AUTHENTICATION_LIMIT, EPM_DATA_FOLDER when what was counted cannot be read or written
   */
  begin(user: Sid): () => void {
    const users = (this.#users ??= readUsers(this.#state.read()));
    const now = this.#now();
    const wasSetBack = forget(users, now);
    const times = users.get(user) ?? [];
    const wait = waitOf(times, now);
    // Else each start of the agent would count them from its own time.
    if (wait > 0 && wasSetBack) this.#write();
    if (wait > 0) throw tooMany(wait);
    if (!users.has(user) && users.size >= MAX_USERS) throw tooMany(LONGEST);
    users.set(user, [...times, now]);
    try {
      this.#write();
    } catch (error) {
      // Nobody is asked then, so that a full disk does not lock the user out.
      users.set(user, times);
      throw error;
    }
    return () => {
      const kept = users.get(user) ?? [];
      const at = kept.lastIndexOf(now);
      if (at >= 0) users.set(user, kept.toSpliced(at, 1));
      this.#write();
    };
  }

  #write(): void {
    this.#state.write({ failedAttempts: Object.fromEntries(this.#users ?? []) });
  }
}

/** Milliseconds until the next attempt. */
function waitOf(times: readonly number[], now: number): number {
  const waits = LIMITS.map(({ attempts, within }) => {
    const first = times.at(-attempts);
    return first === undefined ? 0 : first + within - now;
  });
  return Math.max(...waits);
}

/**
 * Forgets what no limit counts any more. An attempt in the future, after the clock was set back, counts from now.
 * @returns whether there was one
 */
function forget(users: Map<Sid, number[]>, now: number): boolean {
  let wasSetBack = false;
  for (const [user, times] of users) {
    wasSetBack ||= times.some((time) => time > now);
    const kept = times.map((time) => Math.min(time, now)).filter((time) => time > now - LONGEST);
    if (kept.length === 0) users.delete(user);
    else users.set(user, kept);
  }
  return wasSetBack;
}

/** @throws EpmError EPM_DATA_FOLDER when it is not what was written */
function readUsers(state: unknown): Map<Sid, number[]> {
  if (state === undefined) return new Map();
  const users = memberOf(state, 'failedAttempts');
  if (typeof users !== 'object' || users === null) throw unreadable();
  return new Map(
    Object.entries(users).map(([user, times]: [string, unknown]) => {
      if (!Array.isArray(times) || !times.every((time): time is number => Number.isSafeInteger(time))) {
        throw unreadable();
      }
      return [sid(user), times];
    }),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function unreadable(): EpmError {
  return new EpmError('EPM_DATA_FOLDER', 'The counts of failed authentications are not as the agent wrote them.');
}

function tooMany(wait: number): EpmError {
  const seconds = Math.ceil(wait / 1000);
  return new EpmError(
    'EPM_AUTHENTICATION_LIMIT',
    `Windows authentication failed too often. The next attempt is possible in ${Math.ceil(seconds / 60)} minutes.`,
    { data: { seconds } },
  );
}
