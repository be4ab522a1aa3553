/**
 * Topics of the live channel. They name who may write where, so that the access control of a broker can hold it; what counts
 * is the signature of a payload, wherever it was published.
 *
 * A topic has at most 8 levels and 256 bytes, the limits of AWS IoT Core ("AWS IoT Core message broker and protocol limits
 * and quotas") and of Azure Event Grid ("Azure Event Grid quotas and limits").
 */
import { createHash } from 'node:crypto';
import { foldCase } from '../../text/compare.ts';

/** Bytes of the longest topic. */
export const MAX_TOPIC = 256;

const REQUEST_ID = '[A-Za-z0-9_-]{22}';
const DEVICE_ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** What a device publishes, each retained. */
type DeviceTopic = 'presence' | `requests/${string}` | `states/${string}`;
/** What approvers publish for a device or a group, each retained. */
type AnswerTopic = `grants/${string}` | `revocations/${string}`;

/** Whom an answer is for. */
type AnswerTarget =
  { readonly kind: 'device'; readonly id: string } | { readonly kind: 'group'; readonly name: string };

export interface RequestTopic {
  readonly deviceId: string;
  readonly kind: 'requests' | 'states';
  readonly requestId: string;
}

export class LiveTopics {
  readonly #prefix: string;
  readonly #request: RegExp;

  /** @param prefix as TOPIC_PREFIX_PATTERN of the model says */
  constructor(prefix: string) {
    this.#prefix = prefix;
    const escaped = prefix.replaceAll('.', String.raw`\.`);
    this.#request = new RegExp(`^${escaped}/devices/(${DEVICE_ID})/(requests|states)/(${REQUEST_ID})$`);
  }

  ofDevice(deviceId: string, what: DeviceTopic): string {
    return `${this.#prefix}/devices/${deviceId}/${what}`;
  }

  answer(target: AnswerTarget, what: AnswerTopic): string {
    return `${this.#owner(target)}/${what}`;
  }

  /** What a device subscribes to. @param groups of its policy */
  answersFor(deviceId: string, groups: readonly string[]): readonly string[] {
    const owners = [
      this.#owner({ kind: 'device', id: deviceId }),
      ...groups.map((name) => this.#owner({ kind: 'group', name })),
    ];
    return [...new Set(owners)].flatMap((owner) => [`${owner}/grants/+`, `${owner}/revocations/+`]);
  }

  /** What an approver subscribes to. */
  get requests(): readonly string[] {
    return [`${this.#prefix}/devices/+/requests/+`, `${this.#prefix}/devices/+/states/+`];
  }

  /** What an approver subscribes to for one request. */
  requestsNamed(requestId: string): string {
    return `${this.#prefix}/devices/+/requests/${requestId}`;
  }

  /** @returns undefined for any other topic */
  parseRequest(topic: string): RequestTopic | undefined {
    const [, deviceId, kind, requestId] = (topic.length <= MAX_TOPIC && this.#request.exec(topic)) || [];
    if (deviceId === undefined || requestId === undefined) return undefined;
    return { deviceId, kind: kind === 'states' ? 'states' : 'requests', requestId };
  }

  #owner(target: AnswerTarget): string {
    return target.kind === 'device'
      ? `${this.#prefix}/devices/${target.id}`
      : `${this.#prefix}/groups/${groupLevel(target.name)}`;
  }
}

/**
 * The level that stands for a group of devices: the first 16 bytes of the SHA-256 of its name in capitals, in base64url.
 * A name may have any characters and be longer than a topic.
 */
function groupLevel(name: string): string {
  return createHash('sha256').update(foldCase(name)).digest().subarray(0, 16).toString('base64url');
}
