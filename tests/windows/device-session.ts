/**
 * A program that stays inside Windows as one person and does what a test asks of it. Starting a program takes a third of
 * a second in Wine, and many tests ask dozens of times.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Identity, machine, type Running, type TestBed } from '../bed/index.ts';
import { onJsonLine } from './device-session-lines.ts';
import type { Job } from './device-session-script.ts';
import { installScript } from './install-script.ts';
import { patient } from '../../tooling/patience.mjs';

/** Milliseconds a session has to come up on a busy machine. */
const START = 30_000;
/** Milliseconds one job may take, unless it is told another number: as long as any program of the test bed. */
const LONGEST = 60_000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

class DeviceSession {
  readonly #running: Running;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  constructor(running: Running, socket: Socket) {
    this.#running = running;
    this.#socket = socket;
    socket.setNoDelay(true);
    onJsonLine(socket, (value) => {
      const answer = value as { readonly id: number; readonly result?: unknown; readonly failed?: string };
      const waiting = this.#waiting.get(answer.id);
      if (answer.failed === undefined) waiting?.resolve(answer.result);
      else waiting?.reject(new Error(answer.failed));
    });
    const ended = (): void => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`The session ended: ${running.errors()}`));
    };
    socket.on('error', ended).on('close', ended);
  }

  static async start(bed: TestBed, script: string, as: Identity): Promise<DeviceSession> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connected = once(server, 'connection', { signal: AbortSignal.timeout(patient(START)) });
    const program = bed.windowsPath(machine?.testNode ?? '');
    // A request that waits for its program keeps a thread of the client: as many as the agent serves, and some more.
    const environment = { UV_THREADPOOL_SIZE: '32' };
    const running = await bed.start({ program, arguments: [script, String(port)], as, environment });
    try {
      const early = running.exited.then(({ output, errors }): never => {
        throw new Error(`The session of ${as} did not start: ${output}${errors}`);
      });
      const [socket] = (await Promise.race([connected, early])) as [Socket];
      return new DeviceSession(running, socket);
    } catch (error) {
      await running.stop();
      throw error;
    } finally {
      connected.catch(() => undefined);
      server.close();
    }
  }

  async do(job: Job, longest = LONGEST): Promise<unknown> {
    this.#count += 1;
    const id = this.#count;
    const limit = patient(longest);
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      timer = setTimeout(
        () => reject(new Error(`No answer within ${limit} ms to ${JSON.stringify(job).slice(0, 500)}`)),
        limit,
      );
      this.#socket.write(`${JSON.stringify({ id, job })}\n`);
    });
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async end(): Promise<void> {
    this.#socket.destroy();
    await this.#running.stop();
  }
}

/** The sessions of one installation, each started when it is first needed. */
export class DeviceSessions {
  readonly #bed: TestBed;
  readonly #folder: string;
  readonly #sessions = new Map<string, Promise<DeviceSession>>();
  #script: Promise<string> | undefined;

  /** @param folder installation folder with the native files */
  constructor(bed: TestBed, folder: string) {
    this.#bed = bed;
    this.#folder = folder;
  }

  /**
   * @param longest milliseconds; default: a minute
   * @throws Error when the job fails, or takes longer
   */
  async do(job: Job, as: Identity, longest?: number): Promise<unknown> {
    // The native module is loaded once in a process: by the product's code, or for the registry by itself.
    const name = `${as} ${job.kind === 'registry' ? 'registry' : 'agent'}`;
    let session = this.#sessions.get(name);
    if (session === undefined) {
      this.#script ??= installScript(this.#bed, this.#folder, 'device-session-script');
      session = this.#script.then((script) => DeviceSession.start(this.#bed, script, as));
      this.#sessions.set(name, session);
    }
    return (await session).do(job, longest);
  }

  async end(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map(async (session) => (await session).end()));
  }
}
