/** A real HTTPS server that takes webhooks, and behaves as a test wants. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { MadeCertificates } from './made-certificates.ts';

export interface Taken {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export class HttpsReceiver {
  /** Every message that came whole, whatever was answered. */
  readonly taken: Taken[] = [];
  /** What it does with the next messages; then it answers 200. */
  readonly next: Behaviour[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(certificates: MadeCertificates) {
    const [cert, key] = [certificates.text('server.pem'), certificates.text('server.key')];
    this.#server = createServer({ cert, key }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString('utf8');
        this.taken.push({ path: request.url ?? '', headers: request.headers, body });
        const behave = this.next.shift() ?? answer(200, 'thanks');
        behave(request, response);
      });
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Of its address; it keeps it when it is away. */
  port = 0;

  url(path: string = '/hook'): string {
    return `https://localhost:${this.port}${path}`;
  }

  /** @param port an earlier one, to come back at */
  async start(port: number = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

export function answer(status: number, body: string = '', headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_, response) => void response.writeHead(status, headers).end(body);
}

/** Takes the message and breaks the connection. */
export const reset: Behaviour = (request) => void request.socket.destroy();

/** Never answers. */
export const hang: Behaviour = () => undefined;

/** Answers without end, a piece at a time. */
export const endless: Behaviour = (_, response) => {
  response.writeHead(200);
  const more = (): void => {
    while (response.write('x'.repeat(65_536)));
    response.once('drain', more);
  };
  more();
};
