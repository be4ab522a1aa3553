/**
 * A connection to an MQTT 5 broker over TLS. The library's client is used without its connections: those bring in WebSockets
 * and proxies, which nobody needs here, and a TLS connection is one call.
 */
import { X509Certificate } from 'node:crypto';
import {
  connect as connectTls,
  type ConnectionOptions,
  createSecureContext,
  getCACertificates,
  type TLSSocket,
} from 'node:tls';
import { MqttClient } from 'mqtt';
import {
  type Broker,
  type BrokerAddress,
  type BrokerConnection,
  BrokerError,
  type BrokerFault,
  type BrokerMessage,
  type RetainedMessage,
} from '../agent/live-channel/ports.ts';
import { defined } from '../model/defined.ts';
import { MAX_PACKET, PacketWatch } from './packet-watch.ts';

const SECOND = 1000;
/** Milliseconds until the broker has greeted, subscribed, or taken a message. */
const ANSWER = 30 * SECOND;
/** Milliseconds for a goodbye. */
const GOODBYE = 2 * SECOND;
/** Seconds of silence after which each side asks whether the other is there. */
const KEEP_ALIVE = 60;
/** Messages that the broker may send before one is acknowledged. */
const RECEIVE_MAXIMUM = 32;
/** AWS IoT Core takes no more in one packet ("AwsIotCoreDefaults" of its device SDK). */
const SUBSCRIPTIONS_AT_ONCE = 8;
const DEFAULT_PORT = 8883;

/** Reason codes of CONNACK (MQTT 5.0, 3.2.2.2): bad authentication method, bad user name or password, not authorized. */
const NOT_AUTHORIZED: ReadonlySet<number> = new Set([134, 135, 140]);

type Session = Parameters<Broker['connect']>[1];

export const mqttBroker: Broker = {
  async connect(address, session, signal) {
    const connection = new MqttConnection(address, session);
    const cancel = (): void => connection.fail('closed');
    signal.addEventListener('abort', cancel, { once: true });
    try {
      if (signal.aborted) cancel();
      await connection.greeted;
      return connection;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  },
};

class MqttConnection implements BrokerConnection {
  readonly greeted: Promise<void>;
  readonly #client: MqttClient;
  /** What waits for an answer of the broker, by how it is told that none comes. */
  readonly #unanswered = new Set<(fault: BrokerFault) => void>();
  #socket: TLSSocket | undefined;
  #fault: BrokerFault | undefined;
  #cause: unknown;
  #state: 'new' | 'greeted' | 'closing' | 'over' = 'new';

  /** @throws BrokerError `secret` for certificates that are none, `unreachable` for an address that is none */
  constructor(address: BrokerAddress, session: Session) {
    const tls = tlsOptions(address);
    if (address.clientCertificate !== undefined) requireCertificate(address.clientCertificate);
    const { will } = session;
    this.#client = new MqttClient(() => this.#open(tls), {
      protocolId: 'MQTT',
      protocolVersion: 5,
      clientId: session.clientId,
      clean: session.sessionSeconds === 0,
      keepalive: KEEP_ALIVE,
      connectTimeout: ANSWER,
      // Whoever uses the connection decides when there is another one.
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      manualConnect: true,
      timerVariant: 'native',
      properties: {
        sessionExpiryInterval: session.sessionSeconds,
        receiveMaximum: RECEIVE_MAXIMUM,
        maximumPacketSize: MAX_PACKET,
      },
      ...defined({ username: address.userName, password: address.password }),
      ...(will === undefined ? {} : { will: willOf(will) }),
    });
    this.#client.handleMessage = ({ topic, payload }, done) => {
      const message: BrokerMessage = {
        topic,
        payload: typeof payload === 'string' ? Buffer.from(payload) : new Uint8Array(payload),
      };
      session.received(message).then(
        () => done(),
        () => done(),
      );
    };
    this.greeted = new Promise((resolve, reject) => {
      this.#client.once('connect', () => {
        if (this.#state === 'new') this.#state = 'greeted';
        resolve();
      });
      this.#client.on('error', (error) => this.#failed(error));
      // Whoever is told goodbye closes the connection (MQTT 5.0, 3.14.4), which the library leaves to the broker.
      this.#client.on('disconnect', () => this.fail('closed'));
      this.#client.once('close', () => {
        const before = this.#state;
        this.#state = 'over';
        const fault = this.#fault ?? 'closed';
        if (before === 'new') reject(new BrokerError(fault, this.#cause));
        else if (before === 'greeted') session.ended(fault);
        // The library keeps what was not acknowledged for its next connection, which is never made, and tells nobody.
        for (const tell of [...this.#unanswered]) tell(fault);
        this.#client.end(true);
      });
    });
    this.#client.connect();
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    for (let first = 0; first < filters.length; first += SUBSCRIPTIONS_AT_ONCE)
      await this.#subscribe(filters.slice(first, first + SUBSCRIPTIONS_AT_ONCE));
  }

  async #subscribe(filters: readonly string[]): Promise<void> {
    const granted = await this.#answered<readonly number[]>((done) =>
      this.#client.subscribe([...filters], { qos: 1, rh: 0 }, (error, list) =>
        done(
          error ?? undefined,
          list?.map(({ qos }) => qos),
        ),
      ),
    );
    // From 128 on the broker refuses (MQTT 5.0, 3.9.3).
    if (granted?.some((code) => code >= 128) !== false) throw new BrokerError('refused');
  }

  async publish({ topic, payload, expirySeconds }: RetainedMessage): Promise<void> {
    const properties = expirySeconds === undefined ? {} : { properties: { messageExpiryInterval: expirySeconds } };
    await this.#answered<undefined>((done) =>
      this.#client.publish(topic, Buffer.from(payload), { qos: 1, retain: true, ...properties }, (error) =>
        done(error ?? undefined, undefined),
      ),
    );
  }

  async close(): Promise<void> {
    if (this.#state === 'over') return;
    this.#state = 'closing';
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#client.end(true, () => resolve()), GOODBYE);
      timer.unref();
      this.#client.end(false, { reasonCode: 0 }, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#socket?.destroy();
  }

  /** Ends the connection. */
  fail(fault: BrokerFault, cause?: unknown): void {
    this.#fault ??= fault;
    this.#cause ??= cause;
    if (this.#socket === undefined) this.#client.end(true);
    else this.#socket.destroy();
  }

  /** @throws BrokerError when the broker refuses, or does not answer in time; then the connection is over */
  #answered<T>(ask: (done: (error: Error | undefined, answer: T | undefined) => void) => void): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#state !== 'greeted') {
        reject(new BrokerError(this.#fault ?? 'closed'));
        return;
      }
      const settled = (): void => {
        clearTimeout(timer);
        this.#unanswered.delete(over);
      };
      const over = (fault: BrokerFault): void => {
        settled();
        reject(new BrokerError(fault, this.#cause));
      };
      const timer = setTimeout(() => {
        this.fail('timeout');
        over('timeout');
      }, ANSWER);
      timer.unref();
      this.#unanswered.add(over);
      ask((error, answer) => {
        settled();
        if (error === undefined) resolve(answer);
        else reject(new BrokerError(this.#state === 'greeted' ? 'refused' : (this.#fault ?? 'closed'), error));
      });
    });
  }

  #open(tls: ConnectionOptions): TLSSocket {
    const socket = connectTls(tls);
    const watch = new PacketWatch(() => performance.now());
    socket.on('error', (error: Error) => this.#failed(error));
    socket.on('data', (bytes: Buffer) => {
      const fault = watch.see(bytes);
      if (fault !== undefined) this.fail('protocol', fault);
    });
    this.#socket = socket;
    return socket;
  }

  /** The library goes on after some errors, such as those of its parser; nothing good comes behind them. */
  #failed(error: Error): void {
    this.fail(faultOf(error), error);
  }
}

function tlsOptions({ url, clientCertificate, caCertificates }: BrokerAddress): ConnectionOptions {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'mqtts:' || parsed.hostname === '') throw new BrokerError('unreachable');
  const ca =
    caCertificates === undefined
      ? [...getCACertificates('bundled'), ...getCACertificates('system')]
      : caCertificates.map(pemOf);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    ca,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientCertificate }),
  };
}

/** @param pem with its private key @throws BrokerError `secret` */
function requireCertificate(pem: string): void {
  try {
    createSecureContext({ cert: pem, key: pem });
  } catch {
    // Without the cause, which may tell of the key.
    throw new BrokerError('secret');
  }
}

/** @param text PEM, or DER in base64 @throws BrokerError `secret` */
function pemOf(text: string): string {
  try {
    return new X509Certificate(text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64')).toString();
  } catch (cause) {
    throw new BrokerError('secret', cause);
  }
}

function willOf({ topic, payload, expirySeconds, delaySeconds }: NonNullable<Session['will']>) {
  return {
    topic,
    payload: Buffer.from(payload),
    qos: 1,
    retain: true,
    properties: { willDelayInterval: delaySeconds, ...defined({ messageExpiryInterval: expirySeconds }) },
  } as const;
}

function faultOf(error: Error & { readonly code?: unknown }): BrokerFault {
  const { code, message } = error;
  if (typeof code === 'number') return NOT_AUTHORIZED.has(code) ? 'credentials' : 'refused';
  if (typeof code === 'string') {
    if (/^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_|ERR_TLS_CERT|INVALID_CA|PATH_LENGTH)/.test(code))
      return 'certificate';
    // The broker tells that it wants another certificate, or any, after the handshake (RFC 8446, 4.4.2.4 and 6.2).
    if (/ALERT[_ ](?:CERTIFICATE|BAD[_ ]CERT|UNKNOWN[_ ]CA|ACCESS)/i.test(`${code} ${message}`)) return 'credentials';
    if (/^(?:ERR_SSL|ERR_TLS|EPROTO|ERR_OSSL)/.test(code)) return 'tls';
    if (/^(?:E[A-Z]|EAI_)/.test(code) && !code.startsWith('ERR_')) return 'unreachable';
  }
  if (/timeout/i.test(message)) return 'timeout';
  return 'protocol';
}
