/** Shows requests to support of all devices as they come to a live channel, on any system and without an agent. */
import { readRequestState, type RequestStateMessage } from '../../agent/live-channel/messages.ts';
import type { BrokerMessage } from '../../agent/live-channel/ports.ts';
import { LiveTopics, type RequestTopic } from '../../agent/live-channel/topics.ts';
import { isEpmError } from '../../model/errors.ts';
import type { StatedRequest } from '../../model/support-request.ts';
import { readRequestText } from '../../requests/request-text.ts';
import { MAX_SIGNED_TEXT } from '../../requests/signed-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { addBrokerOptions, asEpmError, type BrokerOptions, connectBroker } from '../input/broker.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { describeSupportRequest } from '../output/describe-support-request.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

/** Topics of which the newest payload is remembered, so that nothing is shown twice. */
const MAX_REMEMBERED = 10_000;

type WatchOptions = BrokerOptions & { readonly broker: string; readonly json?: true };

/** Something that was said about a request. The text is signed by its device; a state is what the broker says. */
type Said =
  | { readonly kind: 'request'; readonly deviceId: string; readonly text: string; readonly request: StatedRequest }
  | {
      readonly kind: 'state';
      readonly deviceId: string;
      readonly requestId: string;
      readonly state: RequestStateMessage;
    };

export const declare: DeclareVerb = (command, io, end) => {
  addBrokerOptions(
    command
      .description('show requests to support as they come, until Ctrl+C; `epm approve --broker` answers them')
      .addOption(jsonOption('print one JSON object a line')),
    true,
  ).action(async (options: WatchOptions) => end(await watch(io, options)));
};

/**
 * @returns when it was interrupted
 * @throws EpmError EPM_BROKER when there is no connection, or no more; and the codes of reading files
 */
async function watch(io: Io, options: WatchOptions): Promise<ExitCode> {
  const topics = new LiveTopics(options.topicPrefix);
  const seen = new Map<string, string>();
  const show = (message: BrokerMessage): void => {
    const topic = topics.parseRequest(message.topic);
    if (topic === undefined || message.payload.length > MAX_SIGNED_TEXT) return;
    const payload = Buffer.from(message.payload).toString('latin1');
    if (seen.get(message.topic) === payload) return;
    const [oldest] = seen.keys();
    if (seen.size >= MAX_REMEMBERED && oldest !== undefined) seen.delete(oldest);
    seen.set(message.topic, payload);
    const said = saidBy(topic, message.payload);
    if (said !== undefined) io.out(options.json === true ? json(said, 0) : described(said, Date.now()));
  };
  let interrupt: () => void = () => undefined;
  const interrupted = new Promise<undefined>((resolve) => (interrupt = () => resolve(undefined)));
  const stop = io.onInterrupt(interrupt);
  try {
    const { connection, ended } = await connectBroker(options, show);
    try {
      await asEpmError(options.broker, connection.subscribe(topics.requests));
      const error = await Promise.race([ended, interrupted]);
      if (error !== undefined) throw error;
      return EXIT.done;
    } finally {
      await connection.close();
    }
  } finally {
    stop();
  }
}

/** @returns undefined for what no device has signed, or no device says */
function saidBy({ deviceId, kind, requestId }: RequestTopic, payload: Uint8Array): Said | undefined {
  if (kind === 'states') {
    const state = readRequestState(payload);
    return state === undefined ? undefined : { kind: 'state', deviceId, requestId, state };
  }
  const text = Buffer.from(payload).toString('latin1');
  try {
    const { request } = readRequestText(text);
    const isItsOwn = request.id === requestId && request.requestedOnDeviceId === deviceId;
    return isItsOwn ? { kind: 'request', deviceId, text, request } : undefined;
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}

function described(said: Said, now: number): string {
  if (said.kind === 'state') {
    // What waits is told by the request itself.
    return said.state.status === 'pending'
      ? ''
      : `Request ${said.requestId} of device ${said.deviceId}: ${said.state.status}, as the broker says.\n\n`;
  }
  return `${describeSupportRequest(said.request, now)}\n${said.text}\n\n`;
}
