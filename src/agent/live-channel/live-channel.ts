/**
 * The live channel: requests reach approvers, and grants and revocations the device, by the brokers that policy names. A broker
 * is trusted with nothing: what comes counts by its signature, what goes is signed by the device, and whatever a broker does,
 * elevations go on as they would without one.
 */
import { createHash } from 'node:crypto';
import { isEpmError } from '../../model/errors.ts';
import type { GrantFault } from '../../model/grant-faults.ts';
import type { Notification } from '../../model/notification.ts';
import { GRANT_PREFIX } from '../../requests/grants/grant-text.ts';
import { readRevocationText, REVOCATION_PREFIX } from '../../requests/grants/revocation-text.ts';
import { MAX_SIGNED_TEXT } from '../../requests/signed-text.ts';
import { approvalPolicies, knownGrant } from '../approvals/approval-terms.ts';
import type { Approvals } from '../approvals/approvals.ts';
import { bringGrant, bringRevocation } from '../approvals/bring.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { BrokerStatus } from '../contract.ts';
import { deviceSettings } from '../enablement.ts';
import type { PolicyInForce } from '../policy-in-force.ts';
import type { Clock, Log, Random } from '../ports.ts';
import { BrokerLink, type LinkTerms } from './broker-link.ts';
import { type Broker, type BrokerAddress, BrokerError } from './ports.ts';
import type { PublishedRequests } from './publications.ts';

/** Brokers that a device is connected to. */
const MAX_BROKERS = 4;
/** Refused texts that are remembered, so that one which a broker sends again is not recorded again. */
const MAX_REFUSED = 1000;

type MqttReceiver = Notification<'mqtt'>;

interface LivePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly trail: AuditTrail;
  readonly log: Log;
  readonly approvals: Approvals;
  /** Loaded when policy names a broker. */
  readonly broker: () => Promise<Broker>;
  /** @returns undefined: the machine has none of this name @throws EpmError EPM_DATA_FOLDER */
  readonly secret: (name: string) => string | undefined;
}

interface Link {
  /** Equal while nothing changed that the link depends on. */
  readonly key: string;
  readonly link: BrokerLink;
}

export class LiveChannel {
  readonly #ports: LivePorts;
  #links = new Map<string, Link>();
  readonly #leaving = new Set<Promise<void>>();
  #policy: PolicyInForce | undefined;
  #isEnabled = false;
  #isStopped = false;
  /** Digests of texts. */
  #refused = new Set<string>();

  constructor(ports: LivePorts) {
    this.#ports = ports;
  }

  get status(): readonly BrokerStatus[] {
    return [...this.#links.values()].map(({ link }) => link.status);
  }

  /** Another policy came into force. @param isEnabled whether EPM is enabled for anybody */
  policyChanged(policy: PolicyInForce, isEnabled: boolean): void {
    const { digest, documents } = this.#policy ?? {};
    if (digest === policy.digest && documents === policy.documents && this.#isEnabled === isEnabled) return;
    this.#policy = policy;
    this.#isEnabled = isEnabled;
    this.#refused = new Set();
    const before = this.#links;
    this.#connect();
    for (const { link } of this.#links.values()) {
      // What was not for a key, or a group, of the policy before may be for one of this.
      if ([...before.values()].some((each) => each.link === link)) link.ask();
      link.changed();
    }
  }

  /** A request was made or changed. */
  requestsChanged(): void {
    if (this.#links.size === 0) this.#connect();
    for (const { link } of this.#links.values()) link.changed();
  }

  /** Says goodbye to all brokers. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#connect();
    await Promise.all(this.#leaving);
  }

  #connect(): void {
    const links = new Map<string, Link>();
    for (const [receiver, terms] of this.#wanted()) {
      const key = JSON.stringify([receiver, terms]);
      const before = this.#links.get(receiver.name);
      links.set(receiver.name, before?.key === key ? before : { key, link: this.#start(receiver, terms) });
    }
    for (const [name, { link }] of this.#links) if (links.get(name)?.link !== link) this.#leave(link);
    this.#links = links;
  }

  #wanted(): readonly (readonly [MqttReceiver, LinkTerms])[] {
    const policy = this.#policy;
    const { deviceId } = this.#ports.approvals.status;
    if (policy === undefined || deviceId === undefined || !this.#isEnabled || this.#isStopped) return [];
    const { deviceGroups, sendData: tellsPresence } = deviceSettings(policy);
    const receivers = approvalPolicies(policy).flatMap(({ notifications }) =>
      notifications.flatMap((each) => (each.kind === 'mqtt' ? [each] : [])),
    );
    return receivers
      .slice(0, MAX_BROKERS)
      .map((receiver) => [
        receiver,
        { name: receiver.name, topicPrefix: receiver.topicPrefix, deviceId, deviceGroups, tellsPresence },
      ]);
  }

  #start(receiver: MqttReceiver, terms: LinkTerms): BrokerLink {
    const { clock, log, random, broker } = this.#ports;
    const link = new BrokerLink(terms, {
      clock,
      log,
      random: () => Buffer.from(random.bytes(4)).readUInt32LE() / 2 ** 32,
      broker,
      address: () => this.#address(receiver),
      published: () => this.#published(),
      take: (payload) => this.#take(payload),
    });
    link.start();
    return link;
  }

  #leave(link: BrokerLink): void {
    const left = link.stop().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  #address({ url, userName, secret, certificate, caCertificates }: MqttReceiver): BrokerAddress {
    return {
      url,
      ...(userName === undefined ? {} : { userName }),
      ...(secret === undefined ? {} : { password: this.#secret(secret) }),
      ...(certificate === undefined ? {} : { clientCertificate: this.#secret(certificate) }),
      ...(caCertificates === undefined ? {} : { caCertificates }),
    };
  }

  #secret(name: string): string {
    let value: string | undefined;
    try {
      value = this.#ports.secret(name);
    } catch (cause) {
      throw new BrokerError('secret', cause);
    }
    if (value === undefined) throw new BrokerError('secret');
    return value;
  }

  /** What may leave the device, by the settings for the user whose request it is (decision E4). */
  #published(): PublishedRequests {
    const { approvals } = this.#ports;
    const compiled = this.#policy?.compiled;
    const requests = approvals.requests.filter(({ requestedByUserId: user }) => {
      const settings = compiled?.forUser(user).settings;
      return settings?.sendData === true && settings.reportingScope !== 'diagnosticOnly';
    });
    return { requests, textOf: (request) => approvals.textOf(request) };
  }

  /** Takes what a broker has sent. Never fails. @returns whether it was a text that counts here, or will */
  #take(payload: Uint8Array): boolean {
    if (payload.length > MAX_SIGNED_TEXT) return false;
    const text = Buffer.from(payload).toString('latin1');
    const { approvals } = this.#ports;
    // A broker can send anything as often as it likes: only what a listed key has signed is recorded, and once.
    const isRecorded = (fault: GrantFault): boolean => fault !== 'grantUnknownKey' && this.#isNew(text);
    try {
      if (text.startsWith(GRANT_PREFIX)) bringGrant(approvals, knownGrant(text), undefined, this.#ports, isRecorded);
      else if (text.startsWith(REVOCATION_PREFIX))
        bringRevocation(approvals, readRevocationText(text), undefined, this.#ports, isRecorded);
      else return false;
      return true;
    } catch (error) {
      if (!isEpmError(error)) throw error;
      if (error.code === 'EPM_GRANT_LIMIT' || error.code === 'EPM_DATA_FOLDER') {
        this.#ports.log.write('error', 'liveAnswerNotKept', { code: error.code });
      }
      return false;
    }
  }

  #isNew(text: string): boolean {
    const digest = createHash('sha256').update(text).digest('base64');
    if (this.#refused.has(digest)) return false;
    const [oldest] = this.#refused;
    if (this.#refused.size >= MAX_REFUSED && oldest !== undefined) this.#refused.delete(oldest);
    this.#refused.add(digest);
    return true;
  }
}
