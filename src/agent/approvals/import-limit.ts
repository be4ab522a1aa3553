/** How many grants one user may bring: each is verified, and a hostile one can be made at will. */
import type { Sid } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';

const PER_MINUTE = 30;
const MINUTE = 60_000;
/** Users that are counted; a machine has few. */
const MAX_USERS = 1000;

export class ImportLimit {
  readonly #monotonic: () => number;
  readonly #users = new Map<Sid, { start: number; count: number }>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** @throws EpmError EPM_GRANT_LIMIT */
  take(user: Sid): void {
    const now = this.#monotonic();
    for (const [other, { start }] of this.#users) if (now - start >= MINUTE) this.#users.delete(other);
    const counted = this.#users.get(user) ?? { start: now, count: 0 };
    if (counted.count >= PER_MINUTE || (counted.count === 0 && this.#users.size >= MAX_USERS)) {
      throw new EpmError('EPM_GRANT_LIMIT', `One user may bring ${PER_MINUTE} approvals a minute.`);
    }
    counted.count += 1;
    this.#users.set(user, counted);
  }
}
