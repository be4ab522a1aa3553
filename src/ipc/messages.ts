/**
 * Messages of the pipe as bytes. Reading is strict: valid UTF-8, bounded depth, no member twice, no unknown member, no
 * half characters. What passes has exactly the form of the channel map.
 */
import { EpmError, type ErrorReport } from '../model/errors.ts';
import { hasDuplicates, parseJson, valueOf } from '../text/json-text.ts';
import { CHANNELS, type Channel, type Channels } from './channels/index.ts';
import * as generated from './generated/validators.ts';
import { MAX_MESSAGE, type PROTOCOL_VERSION } from './protocol.ts';
import { validatorName } from './schema.ts';

/** What travels from client to agent. */
export type ClientMessage =
  | {
      [C in Channel]: {
        readonly v: typeof PROTOCOL_VERSION;
        readonly channel: C;
        readonly body: Channels[C]['request'];
      };
    }[Channel]
  | { readonly v: typeof PROTOCOL_VERSION; readonly cancel: true }
  /** The client has taken the last event, and waits for more. */
  | { readonly v: typeof PROTOCOL_VERSION; readonly taken: true };

/** What travels from agent to client. */
export type AgentMessage<C extends Channel = Channel> =
  | { readonly kind: 'event'; readonly body: Channels[C]['event'] }
  | { readonly kind: 'result'; readonly body: Channels[C]['result'] }
  | { readonly kind: 'error'; readonly body: ErrorReport };

interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly keyword: string }[] | null;
}

/** Message, body, arguments. */
const MAX_DEPTH = 3;

/**
 * @param bytes one message as the pipe delivered it
 * @throws EpmError EPM_REQUEST_TOO_LARGE, EPM_REQUEST_MALFORMED with its JSON pointer in `data.pointer`, never with content
 */
export function parseClientMessage(bytes: Uint8Array): ClientMessage {
  if (bytes.length > MAX_MESSAGE) {
    throw new EpmError('EPM_REQUEST_TOO_LARGE', `The message has ${bytes.length} bytes; the limit is ${MAX_MESSAGE}.`);
  }
  const value = parseObject(bytes);
  if ('cancel' in value) {
    check('cancelMessage', value, '');
    return value as unknown as ClientMessage;
  }
  if ('taken' in value) {
    check('takenMessage', value, '');
    return value as unknown as ClientMessage;
  }
  check('requestMessage', value, '');
  const { channel, body } = value as { channel: Channel; body: unknown };
  check(channel, body, '/body');
  return value as unknown as ClientMessage;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('it is not UTF-8 text');
  }
  const parsed = parseJson(text, { comments: false, maxDepth: MAX_DEPTH });
  if ('fault' in parsed)
    throw malformed(parsed.fault.code === 'tooDeep' ? 'it is nested too deeply' : 'it is not JSON');
  if (parsed.root.type !== 'Object') throw malformed('it is not an object');
  if (hasDuplicates(parsed.root)) throw malformed('a member is given twice');
  const value = valueOf(parsed.root) as Record<string, unknown>;
  if (!isWellFormed(value)) throw malformed('a text in it is not valid Unicode');
  return value;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isWellFormed);
}

/** @param name of a channel or an envelope */
function check(name: string, value: unknown, prefix: string): void {
  const validate = (generated as unknown as Readonly<Record<string, Validator>>)[validatorName(name)];
  if (validate === undefined) throw new EpmError('EPM_INTERNAL', `The form of "${name}" was not generated.`);
  if (validate(value)) return;
  const first = validate.errors?.[0];
  // Pointers below the root name members of the schema only: unknown members are reported at their parent.
  const pointer = `${prefix}${first?.instancePath ?? ''}`;
  throw malformed(
    `"${pointer === '' ? '/' : pointer}" is not as the protocol wants it (${first?.keyword ?? 'schema'})`,
    pointer,
  );
}

function malformed(why: string, pointer?: string): EpmError {
  return new EpmError(
    'EPM_REQUEST_MALFORMED',
    `The message is not a valid request: ${why}.`,
    pointer === undefined ? {} : { data: { pointer } },
  );
}

/** @returns the message as UTF-8, at most MAX_MESSAGE bytes; what is too long is cut and marked as its channel does it */
export function encodeAgentMessage<C extends Channel>(channel: C, message: AgentMessage<C>): Uint8Array {
  const bytes = encode(message);
  if (bytes.length <= MAX_MESSAGE) return bytes;
  for (let keep = 0.5; keep > 0.0001; keep /= 2) {
    const shorter = encode(shorten(channel, message, keep));
    if (shorter.length <= MAX_MESSAGE) return shorter;
  }
  throw new EpmError('EPM_INTERNAL', 'An answer is longer than one message and cannot be cut.');
}

/** An error is always short. */
export function encodeError(report: ErrorReport): Uint8Array {
  return encode({ kind: 'error', body: report });
}

/** @throws EpmError EPM_REQUEST_TOO_LARGE */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const bytes = encode(message);
  if (bytes.length > MAX_MESSAGE) {
    throw new EpmError('EPM_REQUEST_TOO_LARGE', `The request has ${bytes.length} bytes; the limit is ${MAX_MESSAGE}.`);
  }
  return bytes;
}

function encode(message: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

function shorten<C extends Channel>(channel: C, message: AgentMessage<C>, keep: number): AgentMessage<C> {
  const { shortenResult, shortenEvent } = CHANNELS[channel];
  switch (message.kind) {
    case 'event':
      return shortenEvent === undefined ? message : { ...message, body: shortenEvent(message.body, keep) };
    case 'result':
      return shortenResult === undefined ? message : { ...message, body: shortenResult(message.body, keep) };
    case 'error':
      return message;
  }
}
