/** A broker that means no good, or is broken: it speaks TLS, and MQTT 5 as badly as the test wants. */
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { BrokerAddress } from '../../src/agent/live-channel/ports.ts';
import { keyPem, makeCertificate, pem } from '../corpus/pki.ts';
import { loopbackServer } from './loopback-server.ts';

/** Types of packets (MQTT 5.0, 2.1.2). */
const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PING = 12;

/** CONNACK without a session and without properties (MQTT 5.0, 3.2). */
export const GREETING = Buffer.from('2003000000', 'hex');

/** What it does in the place of what a broker should; absent: what a broker should. */
export interface Manners {
  readonly greet?: (socket: TLSSocket) => void;
  /** @param id of the packet, two bytes */
  readonly subscribe?: (socket: TLSSocket, id: Uint8Array) => void;
  readonly publish?: (socket: TLSSocket) => void;
  /** When it has answered the first subscription of a connection. */
  readonly then?: (socket: TLSSocket) => void;
}

export class HostileBroker {
  /** When each connection began its CONNECT, milliseconds. */
  readonly connects: number[] = [];
  /** Packets of each type that came. */
  readonly packets = new Map<number, number>();
  readonly #server: Server;
  readonly #authority = makeCertificate({ commonName: 'EPM Test Broker Root', authority: true });
  readonly #sockets = new Set<TLSSocket>();
  readonly #manners: Manners;

  private constructor(manners: Manners) {
    this.#manners = manners;
    const identity = loopbackServer(this.#authority);
    this.#server = createServer({ cert: pem(identity, this.#authority), key: keyPem(identity) }, (socket) =>
      this.#serve(socket),
    );
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(manners: Manners): Promise<HostileBroker> {
    const broker = new HostileBroker(manners);
    await new Promise<void>((resolve) => broker.#server.listen(0, '127.0.0.1', resolve));
    return broker;
  }

  get address(): BrokerAddress {
    const address = this.#server.address();
    return {
      url: `mqtts://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      caCertificates: [this.#authority.der.toString('base64')],
    };
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: TLSSocket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    let rest: Buffer = Buffer.alloc(0);
    let isSubscribed = false;
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (let packet = firstPacket(rest); packet !== undefined; packet = firstPacket(rest)) {
        rest = rest.subarray(packet.end);
        this.#answer(socket, packet);
        if (packet.type === SUBSCRIBE && !isSubscribed) {
          isSubscribed = true;
          this.#manners.then?.(socket);
        }
      }
    });
  }

  #answer(socket: TLSSocket, { type, body }: Packet): void {
    this.packets.set(type, (this.packets.get(type) ?? 0) + 1);
    const { greet, subscribe, publish } = this.#manners;
    if (type === CONNECT) {
      this.connects.push(performance.now());
      if (greet === undefined) socket.write(GREETING);
      else greet(socket);
    } else if (type === SUBSCRIBE) {
      if (subscribe === undefined) socket.write(subscribed(body));
      else subscribe(socket, body.subarray(0, 2));
    } else if (type === PUBLISH) {
      if (publish === undefined) socket.write(published(body));
      else publish(socket);
    } else if (type === PING) socket.write(Buffer.from('d000', 'hex'));
  }
}

interface Packet {
  readonly type: number;
  readonly body: Buffer;
  readonly end: number;
}

function firstPacket(bytes: Buffer): Packet | undefined {
  let length = 0;
  for (let at = 1; at <= 4 && at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    length += (byte & 0x7f) << (7 * (at - 1));
    if ((byte & 0x80) !== 0) continue;
    const end = at + 1 + length;
    return end > bytes.length ? undefined : { type: (bytes[0] ?? 0) >> 4, body: bytes.subarray(at + 1, end), end };
  }
  return undefined;
}

/** SUBACK that grants quality 1 for each filter (MQTT 5.0, 3.8.3 and 3.9). */
function subscribed(body: Buffer): Buffer {
  let filters = 0;
  for (let at = 3 + (body[2] ?? 0); at < body.length; at += 3 + body.readUInt16BE(at)) filters += 1;
  return packet(0x90, Buffer.concat([body.subarray(0, 2), Buffer.alloc(1), Buffer.alloc(filters, 1)]));
}

/** PUBACK of a message of quality 1 (MQTT 5.0, 3.3.2 and 3.4). */
function published(body: Buffer): Buffer {
  const at = 2 + body.readUInt16BE(0);
  return packet(0x40, body.subarray(at, at + 2));
}

/** One packet, its length as it is. */
export function packet(first: number, body: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = body.length; ;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    length.push(rest > 0 ? byte | 0x80 : byte);
    if (rest === 0) break;
  }
  return Buffer.concat([Buffer.of(first, ...length), body]);
}

/** PUBLISH of quality 1. @param topic as bytes, which need not be UTF-8 */
export function message(topic: Uint8Array, payload: Uint8Array, id: number): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(topic.length);
  const identifier = Buffer.alloc(2);
  identifier.writeUInt16BE(id);
  return packet(0x32, Buffer.concat([size, topic, identifier, Buffer.alloc(1), payload]));
}
