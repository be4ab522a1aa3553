/**
 * Records of clients that were turned away. A hostile client can make them at will, so only so many a minute are
 * written one by one; the rest are counted, and the count is recorded with the next one.
 */
import type { ErrorCode } from '../model/error-codes.ts';
import { NO_REQUEST } from './audit-entries.ts';
import type { AuditTrail } from './audit-trail.ts';

const PER_MINUTE = 60;
const MINUTE = 60_000;

/** What is known of a client that was turned away. */
interface Refusal {
  readonly userSid: string | undefined;
  readonly reason?: string;
  readonly errorCode?: ErrorCode;
  readonly message: string;
}

export class Refusals {
  readonly #trail: AuditTrail;
  readonly #monotonic: () => number;
  #windowStart = Number.NEGATIVE_INFINITY;
  #inWindow = 0;
  #suppressed = 0;

  constructor(trail: AuditTrail, monotonic: () => number) {
    this.#trail = trail;
    this.#monotonic = monotonic;
  }

  record({ userSid, reason, errorCode, message }: Refusal): void {
    const now = this.#monotonic();
    if (now - this.#windowStart >= MINUTE) {
      this.#windowStart = now;
      this.#inWindow = 0;
    }
    if (this.#inWindow >= PER_MINUTE) {
      this.#suppressed += 1;
      return;
    }
    this.#inWindow += 1;
    const before = this.#suppressed === 0 ? '' : ` ${this.#suppressed} more were refused before and are not listed.`;
    const isRecorded = this.#trail.appendBestEffort({
      ...NO_REQUEST,
      event: 'requestRefused',
      userSid,
      reason,
      errorCode,
      message: `${message}${before}`,
    });
    if (isRecorded) this.#suppressed = 0;
  }
}
