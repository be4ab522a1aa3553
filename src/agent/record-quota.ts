/**
 * How much one user may add to the journal (decision E3). A user can make records at will, and must not be able to
 * fill the disk with them or push those of others out. What exceeds the bounds is counted; a program is never elevated
 * without its record, so its start brings the room for its end with it.
 */
import { EpmError } from '../model/errors.ts';

/** Records a minute. */
export const RECORDS_PER_MINUTE = 60;
/** The same in a build for the test bed, whose tests ask more often than any person. Its status says so. */
export const TEST_BUILD_RECORDS_PER_MINUTE = 6000;
/** Bytes a day, by UTC. */
export const BYTES_PER_DAY = 16 * 1024 * 1024;
const MINUTE = 60_000;
/** Users whose bytes are remembered through a restart. */
const MAX_USERS = 1000;

/** What is kept between two runs of the agent. */
export interface Usage {
  /** Date in UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly users: Readonly<Record<string, { readonly bytes: number; readonly omitted: number }>>;
}

interface User {
  bytes: number;
  omitted: number;
  /** Of the minute: milliseconds since 1970, UTC, and the records since then. */
  minute: number;
  records: number;
}

export class RecordQuota {
  readonly #perMinute: number;
  #day: string;
  readonly #users = new Map<string, User>();

  constructor(usage: Usage | undefined, perMinute: number) {
    this.#perMinute = perMinute;
    this.#day = usage?.day ?? '';
    for (const [user, { bytes, omitted }] of Object.entries(usage?.users ?? {}))
      this.#users.set(user, { bytes, omitted, minute: Number.NEGATIVE_INFINITY, records: 0 });
  }

  get usage(): Usage {
    const kept = [...this.#users].filter(([, { bytes, omitted }]) => bytes > 0 || omitted > 0).slice(-MAX_USERS);
    return {
      day: this.#day,
      users: Object.fromEntries(kept.map(([user, { bytes, omitted }]) => [user, { bytes, omitted }])),
    };
  }

  /**
   * Takes the room for records of a user.
   * @param bytes of all of them
   * @param time milliseconds since 1970, UTC
   * @param share of the bounds that may be used up
   * @throws EpmError EPM_AUDIT_QUOTA; then nothing was taken
   */
  take(name: string, records: number, bytes: number, time: number, share = 1): void {
    const user = this.#user(name, time);
    if (user.records + records > this.#perMinute * share) {
      throw new EpmError(
        'EPM_AUDIT_QUOTA',
        `More than ${this.#perMinute} records of the user would be made within a minute.`,
        { hint: 'Wait a minute, then try again.', data: { bound: 'minute' } },
      );
    }
    if (user.bytes + bytes > BYTES_PER_DAY * share) {
      throw new EpmError(
        'EPM_AUDIT_QUOTA',
        `More than ${BYTES_PER_DAY / 1024 / 1024} MiB of records of the user would be made within a day.`,
        { hint: 'Wait until the next day (UTC), and find out what asks so often.', data: { bound: 'day' } },
      );
    }
    user.records += records;
    user.bytes += bytes;
  }

  /** Counts a record for which {@link take} had no room. */
  omit(name: string): void {
    const user = this.#users.get(name);
    if (user !== undefined) user.omitted += 1;
  }

  /** Users of whom records were omitted and who may have one more now, with how many those are. */
  due(time: number): readonly (readonly [user: string, omitted: number])[] {
    return [...this.#users.keys()].flatMap((name) => {
      const user = this.#user(name, time);
      const mayHaveMore = user.records < this.#perMinute && user.bytes < BYTES_PER_DAY;
      return user.omitted > 0 && mayHaveMore ? [[name, user.omitted] as const] : [];
    });
  }

  /** A record told so many omitted ones. */
  told(name: string, omitted: number): void {
    const user = this.#users.get(name);
    if (user !== undefined) user.omitted -= omitted;
  }

  #user(name: string, time: number): User {
    const day = new Date(time).toISOString().slice(0, 10);
    if (day !== this.#day) {
      this.#day = day;
      for (const [other, user] of this.#users) {
        user.bytes = 0;
        if (user.omitted === 0) this.#users.delete(other);
      }
    }
    let user = this.#users.get(name);
    if (user === undefined) {
      user = { bytes: 0, omitted: 0, minute: Number.NEGATIVE_INFINITY, records: 0 };
      this.#users.set(name, user);
    }
    // A clock that was set back begins a new minute too.
    if (time - user.minute >= MINUTE || time < user.minute) {
      user.minute = time;
      user.records = 0;
    }
    return user;
  }
}
