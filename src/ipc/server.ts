/**
 * Connects the agent's pipe to its use cases: one request a connection, an answer for every request, a limit for
 * everything a client can make the agent hold.
 */
import type { Agent } from '../agent/index.ts';
import type { Connection, Log, PipeServer } from '../agent/ports.ts';
import { EpmError, toErrorReport } from '../model/errors.ts';
import { CHANNELS, type Channel, type Channels } from './channels/index.ts';
import { encodeAgentMessage, encodeError, parseClientMessage, type ClientMessage } from './messages.ts';

export interface ServerLimits {
  /**
   * Requests of one user that are worked on or waited for at the same time, and as many again that the launcher sends because a
   * program was started: those must not take the place of what the person asks for.
   */
  readonly perUser: number;
  /** Milliseconds for a request up to its answer, or up to the start of a program. */
  readonly deadline: number;
}

/** Each step of a request has a limit of its own; the deadline is for what none of them ends. */
const LIMITS: ServerLimits = { perUser: 16, deadline: 300_000 };

type Request = Extract<ClientMessage, { readonly channel: Channel }>;

/** @returns the function that stops listening; requests that are being worked on go on to their end */
export function servePipe(pipe: PipeServer, agent: Agent, log: Log, limits: ServerLimits = LIMITS): () => void {
  const server = new Server(agent, log, limits);
  return pipe.listen({
    connection: (connection) => void server.serve(connection),
    refused: (client) => agent.refusedClient(client),
  });
}

class Server {
  readonly #agent: Agent;
  readonly #log: Log;
  readonly #limits: ServerLimits;
  readonly #active = new Map<string, number>();

  constructor(agent: Agent, log: Log, limits: ServerLimits) {
    this.#agent = agent;
    this.#log = log;
    this.#limits = limits;
  }

  /** Never rejects: whatever goes wrong becomes an answer, or the end of the connection. */
  async serve(connection: Connection): Promise<void> {
    let leave: (() => void) | undefined;
    try {
      const bytes = await connection.receive();
      if (bytes === undefined) return;
      const request = this.#parse(connection, bytes);
      leave = this.#enter(connection.caller.token.user, request);
      await this.#answer(connection, request.channel, request.body);
    } catch (error) {
      this.#reportError(connection, error);
    } finally {
      leave?.();
      try {
        connection.close();
      } catch {
        this.#log.write('warning', 'connectionCloseFailed', {});
      }
    }
  }

  #parse(connection: Connection, bytes: Uint8Array): Request {
    try {
      const message = parseClientMessage(bytes);
      if (!('channel' in message))
        throw new EpmError('EPM_REQUEST_MALFORMED', 'There is nothing to cancel on this connection yet.');
      if (!CHANNELS[message.channel].pipes.includes(connection.caller.pipe))
        throw new EpmError('EPM_REQUEST_MALFORMED', `"${message.channel}" is not asked on this pipe.`);
      return message;
    } catch (error) {
      this.#agent.refusedClient({ reason: 'malformed', user: connection.caller.token.user });
      throw error;
    }
  }

  async #answer<C extends Channel>(connection: Connection, channel: C, body: Channels[C]['request']): Promise<void> {
    const cancel = new AbortController();
    const gone = new AbortController();
    const takers = new Takers();
    void listen(connection, cancel, gone, takers);
    const timer = setTimeout(() => cancel.abort(), this.#limits.deadline);
    const open = this.#agent.load.enter();
    const conversation = {
      caller: connection.caller,
      cancelled: cancel.signal,
      disconnected: gone.signal,
      send: (event: Channels[C]['event']) =>
        connection.send(encodeAgentMessage(channel, { kind: 'event', body: event })),
      handOver: (event: Channels[C]['event']) => {
        void connection.send(encodeAgentMessage(channel, { kind: 'event', body: event }));
        return takers.next();
      },
      endDeadline: () => {
        clearTimeout(timer);
        open.started();
      },
    };
    try {
      const result = await CHANNELS[channel].serve(this.#agent, conversation, body);
      void connection.send(encodeAgentMessage(channel, { kind: 'result', body: result }));
    } finally {
      clearTimeout(timer);
      open.ended();
    }
  }

  #reportError(connection: Connection, error: unknown): void {
    const report = toErrorReport(error);
    // The text of a foreign error may carry a path or a secret; its class does not.
    const name = error instanceof Error ? error.name : typeof error;
    if (report.code === 'EPM_INTERNAL') this.#log.write('error', 'requestFault', { name });
    try {
      void connection.send(encodeError(report));
    } catch {
      this.#log.write('information', 'clientGone', { code: report.code });
    }
  }

  /** @returns gives the place back. @throws EpmError EPM_AGENT_BUSY */
  #enter(user: string, { channel, body }: Request): () => void {
    // What a person asks for by the launcher is theirs as everything else that they ask for.
    const isStart = channel === 'launch' && body.trigger !== 'verb';
    const counted = isStart ? `start ${user}` : user;
    const active = this.#active.get(counted) ?? 0;
    if (active >= this.#limits.perUser) {
      this.#agent.refusedClient({ reason: 'busy', user });
      throw new EpmError('EPM_AGENT_BUSY', `There are ${active} requests of this user already.`);
    }
    this.#active.set(counted, active + 1);
    return () => {
      const left = (this.#active.get(counted) ?? 1) - 1;
      if (left === 0) this.#active.delete(counted);
      else this.#active.set(counted, left);
    };
  }
}

/** Events that the client has not taken yet, in the order in which they were sent. */
class Takers {
  #waiting: ((taken: boolean) => void)[] = [];
  #isOver = false;

  /** Settles with the next `taken` of the client; false: it is gone. */
  next(): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @returns false when nothing was to be taken */
  taken(): boolean {
    const first = this.#waiting.shift();
    first?.(true);
    return first !== undefined;
  }

  end(): void {
    this.#isOver = true;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }
}

/** Takes what a client says besides its request. Anything else ends the conversation like a disconnection. */
async function listen(
  connection: Connection,
  cancel: AbortController,
  gone: AbortController,
  takers: Takers,
): Promise<void> {
  try {
    for (let bytes = await connection.receive(); bytes !== undefined; bytes = await connection.receive()) {
      const message = parseClientMessage(bytes);
      // A client that cancels still waits for the answer.
      if ('cancel' in message) cancel.abort();
      else if (!('taken' in message) || !takers.taken()) break;
    }
  } catch {
    // Not a message: the client has broken the protocol and is not listened to any more.
  }
  takers.end();
  gone.abort();
}
