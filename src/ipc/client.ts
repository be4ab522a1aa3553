/** The client's side of the channel, for the verbs of epm.exe. The platform gives the byte messages. */
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import { ERROR_CODES, type ErrorCode } from '../model/error-codes.ts';
import type { Channel, Channels } from './channels/index.ts';
import { encodeClientMessage, type AgentMessage, type ClientMessage } from './messages.ts';
import { PROTOCOL_VERSION } from './protocol.ts';

/** One connection to a server that was proved to be the agent. */
export interface MessagePipe {
  /** @throws EpmError EPM_AGENT_UNREACHABLE */
  write(message: Uint8Array): void | Promise<void>;
  /** Next message, or undefined when the agent closed. @throws EpmError EPM_AGENT_UNREACHABLE */
  read(): Promise<Uint8Array | undefined>;
  close(): void;
}

export interface CallOptions<C extends Channel> {
  /** Takes an event. The agent is told of an event that it waits for when this has settled. */
  event?(body: Channels[C]['event']): void | Promise<void>;
  /** Tells the agent to cancel; the result then says what became of the request. */
  readonly signal?: AbortSignal;
}

/**
 * Sends one request and waits for its answer. Closes the pipe.
 * @throws EpmError with the agent's code, or EPM_AGENT_UNREACHABLE when it closed without an answer
 */
export async function call<C extends Channel>(
  pipe: MessagePipe,
  channel: C,
  body: Channels[C]['request'],
  options: CallOptions<C> = {},
): Promise<Channels[C]['result']> {
  const cancel = (): void => {
    void Promise.resolve(pipe.write(encodeClientMessage({ v: PROTOCOL_VERSION, cancel: true }))).catch(() => undefined);
  };
  try {
    await pipe.write(encodeClientMessage({ v: PROTOCOL_VERSION, channel, body } as ClientMessage));
    if (options.signal?.aborted === true) cancel();
    options.signal?.addEventListener('abort', cancel, { once: true });
    for (;;) {
      const message = parseAgentMessage<C>(await pipe.read());
      if (message.kind === 'event') {
        await options.event?.(message.body);
        if (isWaitedFor(message.body)) await pipe.write(encodeClientMessage({ v: PROTOCOL_VERSION, taken: true }));
      } else if (message.kind === 'result') return message.body;
      else throw errorOf(message.body);
    }
  } finally {
    options.signal?.removeEventListener('abort', cancel);
    pipe.close();
  }
}

/** Whether the agent sends nothing more before it is told that the event was taken. */
function isWaitedFor(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'event' in event && event.event === 'output';
}

/** The agent is trusted, but another version of it may not be understood. */
function parseAgentMessage<C extends Channel>(bytes: Uint8Array | undefined): AgentMessage<C> {
  if (bytes === undefined)
    throw new EpmError('EPM_AGENT_UNREACHABLE', 'The agent ended the connection without an answer.');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    value = undefined;
  }
  const isMessage =
    typeof value === 'object' && value !== null && 'kind' in value && 'body' in value && typeof value.body === 'object';
  if (!isMessage) throw new EpmError('EPM_AGENT_UNREACHABLE', 'The agent sent an answer that is not understood.');
  return value as AgentMessage<C>;
}

function errorOf(report: {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}): EpmError {
  const code: ErrorCode = report.code in ERROR_CODES ? (report.code as ErrorCode) : 'EPM_INTERNAL';
  return new EpmError(code, report.message, {
    hint: report.hint,
    ...defined({ data: report.data }),
  });
}
