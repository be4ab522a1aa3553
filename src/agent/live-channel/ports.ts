/** What the live channel needs of a broker. */

/** Where a broker is, and what the device shows it. */
export interface BrokerAddress {
  /** `mqtts://host:port` */
  readonly url: string;
  readonly userName?: string;
  readonly password?: string;
  /** PEM: the certificate, its chain, and the private key. */
  readonly clientCertificate?: string;
  /** PEM or DER in base64; absent: the roots of Node and of the system. */
  readonly caCertificates?: readonly string[];
}

export interface BrokerMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** A message that the broker keeps for whoever subscribes later. */
export interface RetainedMessage extends BrokerMessage {
  /** After which the broker forgets it; absent: never. */
  readonly expirySeconds?: number;
}

interface BrokerSession {
  /** Two connections with one name end each other. */
  readonly clientId: string;
  /** For which the broker keeps subscriptions and what came meanwhile; 0: nothing. */
  readonly sessionSeconds: number;
  /** What the broker publishes when the connection ends without a goodbye, after so many seconds. */
  readonly will?: RetainedMessage & { readonly delaySeconds: number };
  /** The next message is read when it settles; until then the broker waits. It must not reject. */
  received(message: BrokerMessage): Promise<void>;
  /** The connection is over; called once, and not after {@link BrokerConnection.close}. @param fault why */
  ended(fault: BrokerFault): void;
}

export interface BrokerConnection {
  /** @throws BrokerError */
  subscribe(filters: readonly string[]): Promise<void>;
  /** Settles when the broker has it. @throws BrokerError */
  publish(message: RetainedMessage): Promise<void>;
  /** Says goodbye, so that no will is published; never fails. */
  close(): Promise<void>;
}

/** Connects to brokers. */
export interface Broker {
  /** @throws BrokerError */
  connect(address: BrokerAddress, session: BrokerSession, signal: AbortSignal): Promise<BrokerConnection>;
}

/** Why there is no connection. Programs read the code. */
export const BROKER_FAULTS = {
  unreachable: 'The broker cannot be reached.',
  certificate: 'The certificate of the broker is not trusted, or is for another name.',
  tls: 'There is no TLS connection to the broker.',
  credentials: 'The broker refuses the user name, the password or the certificate.',
  refused: 'The broker refuses the connection, a subscription or a message.',
  timeout: 'The broker does not answer in time.',
  protocol: 'The broker does not keep to the protocol, or to the limits that it was told.',
  closed: 'The connection to the broker ended.',
  secret: 'A certificate or a secret for the broker is not on this machine, or is not what it should be.',
} as const;

export type BrokerFault = keyof typeof BROKER_FAULTS;

export class BrokerError extends Error {
  readonly fault: BrokerFault;

  constructor(fault: BrokerFault, cause?: unknown) {
    super(BROKER_FAULTS[fault], { cause });
    this.name = 'BrokerError';
    this.fault = fault;
  }
}
