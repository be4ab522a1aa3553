/** A real broker: Debian's mosquitto with TLS, certificates of the test's own, users and access control. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { BrokerAddress } from '../../src/agent/live-channel/ports.ts';
import { type Identity, keyPem, makeCertificate, pem } from '../corpus/pki.ts';
import { loopbackServer } from './loopback-server.ts';
import { patient } from '../../tooling/patience.mjs';

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** Why there is none here; undefined: there is. */
export const NO_MOSQUITTO =
  spawnSync('mosquitto', ['-h']).error === undefined ? undefined : 'mosquitto is missing; bootstrap installs it';

interface MosquittoOptions {
  /** Name and password of each; without users anybody may connect. */
  readonly users?: Readonly<Record<string, string>>;
  /** Lines of an access control file. */
  readonly acl?: readonly string[];
  /** Clients need a certificate, whose common name is their user name. */
  readonly needsCertificate?: true;
  /** More lines of its configuration. */
  readonly lines?: readonly string[];
}

export class Mosquitto {
  readonly authority = makeCertificate({ commonName: 'EPM Test Broker Root', authority: true });
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'epm-mosquitto-'));
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(port: number, { users, acl, needsCertificate, lines: more = [] }: MosquittoOptions) {
    this.#port = port;
    const server = loopbackServer(this.authority);
    this.#write('ca.pem', pem(this.authority));
    this.#write('server.pem', pem(server, this.authority));
    this.#write('server.key', keyPem(server));
    const lines = [
      `listener ${port} 127.0.0.1`,
      `cafile ${this.#at('ca.pem')}`,
      `certfile ${this.#at('server.pem')}`,
      `keyfile ${this.#at('server.key')}`,
      'user root',
      'persistence false',
      'set_tcp_nodelay true',
      'log_type none',
      `allow_anonymous ${users === undefined}`,
      ...more,
    ];
    if (needsCertificate === true) lines.push('require_certificate true', 'use_identity_as_username true');
    if (users !== undefined) {
      this.#write(
        'passwords',
        Object.entries(users)
          .map((entry) => entry.join(':'))
          .join('\n') + '\n',
      );
      const { status } = spawnSync('mosquitto_passwd', ['-U', this.#at('passwords')]);
      if (status !== 0) throw new Error('mosquitto_passwd failed');
      lines.push(`password_file ${this.#at('passwords')}`);
    }
    if (acl !== undefined) {
      this.#write('acl', acl.join('\n') + '\n');
      lines.push(`acl_file ${this.#at('acl')}`);
    }
    this.#write('mosquitto.conf', lines.join('\n') + '\n');
  }

  static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), options);
    await broker.resume();
    return broker;
  }

  get url(): string {
    return `mqtts://127.0.0.1:${this.#port}`;
  }

  /** Undefined: it does not run. */
  get processId(): number | undefined {
    return this.#process?.pid;
  }

  get address(): BrokerAddress {
    return { url: this.url, caCertificates: [this.authority.der.toString('base64')] };
  }

  /** A file with the certificate that alone is trusted. */
  get authorityFile(): string {
    return this.#at('ca.pem');
  }

  /** PEM of a client that the broker knows, or that another authority does. */
  client(commonName: string, authority: Identity = this.authority): string {
    const client = makeCertificate({ commonName, issuer: authority, usages: [CLIENT_AUTHENTICATION] });
    return pem(client) + keyPem(client);
  }

  /** Starts it again, on the same port, with nothing retained. */
  async resume(): Promise<void> {
    this.#process = spawn('mosquitto', ['-c', this.#at('mosquitto.conf')], { stdio: 'ignore' });
    await comesUp(this.#port);
  }

  /** Ends it at once, as a machine that is switched off. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  /** It keeps its connections and does nothing. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #at(name: string): string {
    return path.join(this.#folder, name);
  }

  #write(name: string, content: string): void {
    writeFileSync(this.#at(name), content, { mode: 0o600 });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Without the test runner, so that simulations may use it. */
async function comesUp(port: number): Promise<void> {
  const until = performance.now() + patient(20_000);
  for (;;) {
    try {
      await reachable(port);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(50);
    }
  }
}

function reachable(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
