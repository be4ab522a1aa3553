/** Another client of a broker: an approver, another device, or somebody who means no good. */
import type { BrokerAddress, BrokerConnection, BrokerMessage } from '../../src/agent/live-channel/ports.ts';
import { mqttBroker } from '../../src/network/mqtt.ts';

export class Peer {
  readonly messages: BrokerMessage[] = [];
  readonly #connection: BrokerConnection;
  static #count = 0;

  private constructor(connection: BrokerConnection, messages: BrokerMessage[]) {
    this.#connection = connection;
    this.messages = messages;
  }

  static async connect(address: BrokerAddress, filters: readonly string[] = []): Promise<Peer> {
    const messages: BrokerMessage[] = [];
    Peer.#count += 1;
    const session = {
      clientId: `peer-${process.pid}-${Peer.#count}`,
      sessionSeconds: 0,
      received: async (message: BrokerMessage) => void messages.push(message),
      ended: () => undefined,
    };
    const connection = await mqttBroker.connect(address, session, new AbortController().signal);
    if (filters.length > 0) await connection.subscribe(filters);
    return new Peer(connection, messages);
  }

  /** Publishes, retained. */
  publish(topic: string, payload: string | Uint8Array): Promise<void> {
    return this.#connection.publish({ topic, payload: Buffer.from(payload) });
  }

  /** The newest payload of a topic that ends so, as text. */
  last(end: string): string | undefined {
    const found = this.messages.findLast(({ topic }) => topic.endsWith(end));
    return found && Buffer.from(found.payload).toString();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
