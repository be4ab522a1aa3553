/**
 * Connects the agent's pipe to its use cases: one request a connection, an answer for every request, a limit for
 * everything a client can make the agent hold.
 */
import type { Agent, ElevationContext } from '../agent/index.ts';
import type { Connection, Log, PipeServer } from '../agent/ports.ts';
import { assertNever, EpmError, toErrorReport } from '../model/errors.ts';
import type { AgentMessage, Channel, ClientMessage } from './channels.ts';
import { encodeAgentMessage, parseClientMessage } from './messages.ts';

export interface ServerLimits {
  /** Requests of one user that are worked on or waited for at the same time. */
  readonly perUser: number;
  /** Milliseconds for a request up to its answer, or up to the start of a program. */
  readonly deadline: number;
}

const LIMITS: ServerLimits = { perUser: 16, deadline: 60_000 };

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
    const user = connection.caller.token.user;
    let counted = false;
    try {
      const bytes = await connection.receive();
      if (bytes === undefined) return;
      this.#enter(user);
      counted = true;
      await this.#answer(connection, this.#parse(connection, bytes));
    } catch (error) {
      this.#reportError(connection, error);
    } finally {
      if (counted) this.#leave(user);
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
      return message;
    } catch (error) {
      this.#agent.refusedClient({ reason: 'malformed', user: connection.caller.token.user });
      throw error;
    }
  }

  async #answer(connection: Connection, request: Request): Promise<void> {
    const cancel = new AbortController();
    const gone = new AbortController();
    void listen(connection, cancel, gone);
    const timer = setTimeout(() => cancel.abort(), this.#limits.deadline);
    try {
      await this.#dispatch(connection, request, {
        cancelled: cancel.signal,
        disconnected: gone.signal,
        started: (run) => {
          // What runs may take as long as it likes.
          clearTimeout(timer);
          send(connection, { kind: 'event', body: { event: 'started', ...run } });
        },
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #dispatch(connection: Connection, request: Request, context: ElevationContext): Promise<void> {
    const { caller } = connection;
    switch (request.channel) {
      case 'elevate': {
        send(connection, { kind: 'result', body: await this.#agent.elevate(caller, request.body, context) });
        return;
      }
      case 'test': {
        send(connection, { kind: 'result', body: await this.#agent.test(caller, request.body) });
        return;
      }
      case 'policy': {
        send(connection, { kind: 'result', body: this.#agent.policy(caller, request.body) });
        return;
      }
      case 'status': {
        send(connection, { kind: 'result', body: this.#agent.status(caller) });
        return;
      }
      case 'audit': {
        let count = 0;
        for await (const record of this.#agent.audit(caller, request.body)) {
          if (context.disconnected.aborted || context.cancelled.aborted) {
            throw new EpmError('EPM_REQUEST_CANCELLED', 'The query was cancelled or took too long.');
          }
          // One at a time: a client that reads slowly must not make the agent hold the whole journal.
          await connection.send(encodeAgentMessage({ kind: 'event', body: { record } }));
          count += 1;
        }
        send(connection, { kind: 'result', body: { count } });
        return;
      }
      default:
        return assertNever(request);
    }
  }

  #reportError(connection: Connection, error: unknown): void {
    const report = toErrorReport(error);
    // The text of a foreign error may carry a path or a secret; its class does not.
    const name = error instanceof Error ? error.name : typeof error;
    if (report.code === 'EPM_INTERNAL') this.#log.write('error', 'requestFault', { name });
    try {
      send(connection, { kind: 'error', body: report });
    } catch {
      this.#log.write('information', 'clientGone', { code: report.code });
    }
  }

  #enter(user: string): void {
    const active = this.#active.get(user) ?? 0;
    if (active >= this.#limits.perUser) {
      this.#agent.refusedClient({ reason: 'busy', user });
      throw new EpmError('EPM_AGENT_BUSY', `There are ${active} requests of this user already.`);
    }
    this.#active.set(user, active + 1);
  }

  #leave(user: string): void {
    const active = (this.#active.get(user) ?? 1) - 1;
    if (active === 0) this.#active.delete(user);
    else this.#active.set(user, active);
  }
}

/** Waits for the one further message a client may send. Anything else ends the conversation like a disconnection. */
async function listen(connection: Connection, cancel: AbortController, gone: AbortController): Promise<void> {
  try {
    const bytes = await connection.receive();
    if (bytes !== undefined && 'cancel' in parseClientMessage(bytes)) {
      cancel.abort();
      // A client that cancels still waits for the answer; it can only leave now.
      while ((await connection.receive()) !== undefined);
    }
  } catch {
    // Not a message: the client has broken the protocol and is not listened to any more.
  }
  gone.abort();
}

function send<C extends Channel>(connection: Connection, message: AgentMessage<C>): void {
  void connection.send(encodeAgentMessage(message));
}
