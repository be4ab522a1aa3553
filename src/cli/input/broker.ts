/** The broker of a live channel, as options of the verbs of approvers. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Broker, type BrokerConnection, BrokerError, type BrokerMessage } from '../../agent/live-channel/ports.ts';
import { randomBytes } from 'node:crypto';
import { EpmError } from '../../model/errors.ts';
import { DEFAULT_TOPIC_PREFIX, TOPIC_PREFIX_PATTERN } from '../../model/notification.ts';
import { defined } from '../../model/defined.ts';
import { firstLine } from './passphrase.ts';
import { readBytes } from './read-file.ts';

export interface BrokerOptions {
  readonly broker?: string;
  readonly topicPrefix: string;
  readonly caFile?: string;
  readonly clientFile?: string;
  readonly userName?: string;
  readonly passwordFile?: string;
}

export function addBrokerOptions(command: Command, isRequired = false): Command {
  const broker = new Option('--broker <url>', 'broker of the live channel, mqtts://host or mqtts://host:port');
  return command
    .addOption(isRequired ? broker.makeOptionMandatory() : broker)
    .option('--topic-prefix <levels>', 'first levels of the topics, as policy has them', prefix, DEFAULT_TOPIC_PREFIX)
    .option('--ca-file <file>', 'certificates (PEM) that alone are trusted; otherwise the roots of the system')
    .option('--client-file <file>', 'your certificate with its chain and private key, PEM')
    .option('--user-name <name>', 'your name at the broker')
    .option('--password-file <file>', 'file whose first line is your password there');
}

interface LiveBroker {
  readonly connection: BrokerConnection;
  /** Settles with the reason when the connection is over. */
  readonly ended: Promise<EpmError>;
}

/**
 * @param received called with each message, one after the other
 * @throws EpmError EPM_BROKER with `data.fault`, and the codes of reading files
 */
export async function connectBroker(
  options: BrokerOptions & { readonly broker: string },
  received: (message: BrokerMessage) => void = () => undefined,
): Promise<LiveBroker> {
  const { broker: url, caFile, clientFile, userName, passwordFile } = options;
  const text = async (file: string): Promise<string> => Buffer.from(await readBytes(file)).toString('utf8');
  const address = {
    url,
    ...defined({
      userName,
      password: passwordFile === undefined ? undefined : firstLine(await readBytes(passwordFile), passwordFile),
      caCertificates: caFile === undefined ? undefined : certificatesIn(await text(caFile)),
      clientCertificate: clientFile === undefined ? undefined : await text(clientFile),
    }),
  };
  const { mqttBroker }: { readonly mqttBroker: Broker } = await import('../../network/mqtt.ts');
  let end: (error: EpmError) => void = () => undefined;
  const ended = new Promise<EpmError>((resolve) => (end = resolve));
  const session = {
    clientId: `epm-approver-${randomBytes(8).toString('hex')}`,
    sessionSeconds: 0,
    received: async (message: BrokerMessage) => received(message),
    ended: (fault: BrokerError['fault']) => end(brokerError(url, new BrokerError(fault))),
  };
  const connection = await asEpmError(url, mqttBroker.connect(address, session, new AbortController().signal));
  return { connection, ended };
}

/** Publishes one message, retained, and says goodbye. @throws EpmError EPM_BROKER */
export async function publishOnce(
  options: BrokerOptions & { readonly broker: string },
  topic: string,
  payload: string,
  until: number,
): Promise<void> {
  const { connection } = await connectBroker(options);
  const expirySeconds = Math.min(2 ** 32 - 1, Math.max(1, Math.ceil((until - Date.now()) / 1000)));
  try {
    await asEpmError(options.broker, connection.publish({ topic, payload: Buffer.from(payload), expirySeconds }));
  } finally {
    await connection.close();
  }
}

/** @throws EpmError EPM_BROKER */
export async function asEpmError<T>(url: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof BrokerError ? brokerError(url, error) : error;
  }
}

function brokerError(url: string, error: BrokerError): EpmError {
  return new EpmError('EPM_BROKER', `The broker ${url.slice(0, 260)} was not used. ${error.message}`, {
    cause: error,
    data: { fault: error.fault },
  });
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

function prefix(text: string): string {
  if (!new RegExp(TOPIC_PREFIX_PATTERN).test(text)) {
    throw new InvalidArgumentError('One to three levels of letters, digits, ".", "_" and "-" are expected.');
  }
  return text;
}
