/** What a device has published at a broker, and what it publishes to make that right. */
import type { SupportRequest } from '../../model/support-request.ts';
import { REQUEST_KEPT, REQUEST_LIFETIME } from '../../requests/request-book.ts';
import { writeRequestState } from './messages.ts';
import type { RetainedMessage } from './ports.ts';
import type { LiveTopics } from './topics.ts';

const SECOND = 1000;
/** Milliseconds for which a broker keeps what became of a request. */
const STATE_KEPT = 24 * 60 * 60 * SECOND;
/** Requests that are published, those that changed last. */
const MAX_PUBLISHED = 500;
const NOTHING = new Uint8Array(0);

/** What is said about requests. */
export interface PublishedRequests {
  /** Those that may leave the device (decision E4). */
  readonly requests: readonly SupportRequest[];
  /** The text for approvers; undefined where it does not fit into one. */
  readonly textOf: (request: SupportRequest) => string | undefined;
}

export class Publications {
  readonly #topics: LiveTopics;
  readonly #deviceId: string;
  /** What the broker has of us, by topic: the payload as text. */
  readonly #published = new Map<string, string>();

  constructor(topics: LiveTopics, deviceId: string) {
    this.#topics = topics;
    this.#deviceId = deviceId;
  }

  /** It is not known any more what the broker has: everything is published again. */
  forget(): void {
    for (const topic of this.#published.keys()) this.#published.set(topic, '?');
  }

  /** What has to be published now, in order. @param now milliseconds since 1970, UTC */
  due(published: PublishedRequests, now: number): readonly RetainedMessage[] {
    const wanted = this.#wanted(published, now);
    const gone = [...this.#published.keys()].filter((topic) => !wanted.has(topic));
    return [
      ...[...wanted.values()].filter(({ topic, payload }) => this.#published.get(topic) !== textOf(payload)),
      ...gone.map((topic) => ({ topic, payload: NOTHING })),
    ];
  }

  /** The broker has taken it. */
  done({ topic, payload }: RetainedMessage): void {
    if (payload.length === 0 && !this.#published.has(topic)) return;
    if (payload.length === 0) this.#published.delete(topic);
    else this.#published.set(topic, textOf(payload));
  }

  #wanted({ requests, textOf: write }: PublishedRequests, now: number): ReadonlyMap<string, RetainedMessage> {
    const recent = requests
      .filter(({ requestLastModifiedDateTime: time, status }) => {
        return Date.parse(time) + (status === 'approved' ? REQUEST_KEPT : REQUEST_LIFETIME) > now;
      })
      .toSorted((one, other) => (one.requestLastModifiedDateTime < other.requestLastModifiedDateTime ? 1 : -1))
      .slice(0, MAX_PUBLISHED);
    const wanted = new Map<string, RetainedMessage>();
    for (const request of recent) {
      const { id, status, requestExpiryDateTime, approvalExpiryDateTime } = request;
      const text = status === 'pending' ? write(request) : undefined;
      const waits = seconds(Date.parse(requestExpiryDateTime) - now);
      if (text !== undefined) {
        const topic = this.#topics.ofDevice(this.#deviceId, `requests/${id}`);
        wanted.set(topic, { topic, payload: Buffer.from(text), expirySeconds: waits });
      }
      const until = Math.max(Date.parse(approvalExpiryDateTime ?? '') || 0, now + STATE_KEPT);
      const topic = this.#topics.ofDevice(this.#deviceId, `states/${id}`);
      const expirySeconds = status === 'pending' ? waits : seconds(until - now);
      wanted.set(topic, { topic, payload: writeRequestState(request), expirySeconds });
    }
    return wanted;
  }
}

/** A message that expires at once would not be kept at all. The longest is what a field of four bytes holds (MQTT 5.0, 3.3.2.3.3). */
function seconds(milliseconds: number): number {
  return Math.min(2 ** 32 - 1, Math.max(1, Math.ceil(milliseconds / SECOND)));
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString('latin1');
}
