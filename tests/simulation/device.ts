/** One device of a simulated fleet: the product's link and texts, without the machine below. */
import type { KeyObject } from 'node:crypto';
import { BrokerLink } from '../../src/agent/live-channel/broker-link.ts';
import type { BrokerAddress } from '../../src/agent/live-channel/ports.ts';
import type { SupportRequest } from '../../src/model/support-request.ts';
import { mqttBroker } from '../../src/network/mqtt.ts';
import { newSigningKey, publicKeyText } from '../../src/requests/ed25519.ts';
import type { ApproverKeys } from '../../src/requests/grants/approver-keys.ts';
import { GRANT_PREFIX, readGrantText } from '../../src/requests/grants/grant-text.ts';
import { readRevocationText } from '../../src/requests/grants/revocation-text.ts';
import { writeRequestText } from '../../src/requests/request-text.ts';
import { requestOf } from '../unit/requests/statements.ts';

const WEEK = 7 * 86_400_000;

/** What a device tells the simulation; times are those of `performance.now()`. */
export interface Observer {
  /** It tries to connect. */
  attempt(): void;
  connected(): void;
  /** A signed answer to a request counts. */
  answered(requestId: string, what: 'grant' | 'revocation'): void;
}

export class SimulatedDevice {
  readonly id: string;
  readonly #key: KeyObject = newSigningKey();
  readonly #link: BrokerLink;
  readonly #approvers: ApproverKeys<{ readonly publicKey: string }>;
  readonly #observer: Observer;
  readonly #requests = new Map<string, { readonly request: SupportRequest; readonly text: string }>();

  constructor(address: BrokerAddress, approvers: ApproverKeys<{ readonly publicKey: string }>, observer: Observer) {
    this.#approvers = approvers;
    this.#observer = observer;
    this.id = requestOf(publicKeyText(this.#key)).requestedOnDeviceId;
    const terms = { name: 'live', topicPrefix: 'epm', deviceId: this.id, deviceGroups: ['Fleet'], tellsPresence: true };
    this.#link = new BrokerLink(terms, {
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      random: Math.random,
      log: { write: (_level, event) => void (event === 'brokerConnected' && observer.connected()) },
      broker: async () => mqttBroker,
      address: () => {
        observer.attempt();
        return address;
      },
      published: () => ({
        requests: [...this.#requests.values()].map(({ request }) => request),
        textOf: ({ id }) => this.#requests.get(id)?.text,
      }),
      take: (payload) => this.#take(Buffer.from(payload).toString('latin1')),
    });
  }

  start(): void {
    this.#link.start();
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  /** A user asks for a program. @param id of the request */
  ask(id: string): void {
    const now = Date.now();
    const stated = requestOf(publicKeyText(this.#key), {
      id,
      requestCreatedDateTime: new Date(now).toISOString(),
      requestLastModifiedDateTime: new Date(now).toISOString(),
      requestExpiryDateTime: new Date(now + WEEK).toISOString(),
    });
    const text = writeRequestText(stated, this.#key);
    this.#requests.set(id, { request: { ...stated, status: 'pending' }, text });
    this.#link.changed();
  }

  #take(text: string): boolean {
    const isGrant = text.startsWith(GRANT_PREFIX);
    const { statement, signed } = isGrant ? readGrantText(text) : readRevocationText(text);
    if (this.#approvers.signersOf(signed).length === 0) return false;
    const requestId = 'of' in statement ? statement.of : statement.requestId;
    const kept = this.#requests.get(requestId);
    if (kept === undefined) return false;
    this.#observer.answered(requestId, isGrant ? 'grant' : 'revocation');
    const changed: Partial<SupportRequest> =
      'of' in statement
        ? { status: 'revoked' }
        : {
            status: 'approved',
            grantId: statement.id,
            approvalExpiryDateTime: new Date(statement.until).toISOString(),
          };
    const request = { ...kept.request, ...changed, requestLastModifiedDateTime: new Date().toISOString() };
    this.#requests.set(requestId, { ...kept, request });
    this.#link.changed();
    return true;
  }
}
