import type { ElevateRequest, ElevateResult, RunDetails, WaitReason } from '../../agent/contract.ts';
import { MAX_SEALED } from '../../requests/sealed-credential.ts';
import { MAX_TIMEOUT } from '../../agent/running.ts';
import type { OutputStream } from '../../agent/ports.ts';
import { MAX_INPUT } from '../../agent/streams.ts';
import { ARGUMENTS, bodySchema, JUSTIFICATION, PATH } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Characters of the longest input in base64. */
const MAX_INPUT_TEXT = Math.ceil(MAX_INPUT / 3) * 4;

type ElevateEvent =
  | { readonly event: 'waiting'; readonly reason: WaitReason }
  | ({ readonly event: 'started' } & RunDetails)
  /** What the program wrote, base64. The client answers each with `taken`. */
  | { readonly event: 'output'; readonly stream: OutputStream; readonly data: string };

/** Asks for an elevation. */
export const elevate: ChannelDeclaration<ElevateRequest, ElevateEvent, ElevateResult> = {
  pipes: ['user'],
  schema: bodySchema(
    {
      path: PATH,
      arguments: ARGUMENTS,
      justification: JUSTIFICATION,
      ticket: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      credential: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$', maxLength: MAX_SEALED },
      wait: { type: 'boolean' },
      endsWithClient: { type: 'boolean' },
      output: { const: 'stream' },
      input: { type: 'string', maxLength: MAX_INPUT_TEXT },
      directory: PATH,
      timeLimit: { type: 'integer', minimum: 1, maximum: MAX_TIMEOUT },
    },
    ['path'],
  ),
  serve: (agent, conversation, request) =>
    agent.elevate(conversation.caller, request, {
      cancelled: conversation.cancelled,
      disconnected: conversation.disconnected,
      waiting: (reason) => void conversation.send({ event: 'waiting', reason }),
      started(run) {
        conversation.endDeadline();
        void conversation.send({ event: 'started', ...run });
      },
      output: ({ stream, bytes }) =>
        conversation.handOver({ event: 'output', stream, data: Buffer.from(bytes).toString('base64') }),
    }),
};
