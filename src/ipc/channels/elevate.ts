import type { ElevateRequest, ElevateResult, RunDetails } from '../../agent/contract.ts';
import { MAX_SEALED } from '../../requests/sealed-credential.ts';
import { ARGUMENTS, bodySchema, PATH } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** UTF-16 units before normalisation; the exact limit is checked on the normalised text. */
const MAX_JUSTIFICATION_TEXT = 4_096;

type Started = { readonly event: 'started' } & RunDetails;

/** Asks for an elevation. */
export const elevate: ChannelDeclaration<ElevateRequest, Started, ElevateResult> = {
  pipes: ['user'],
  schema: bodySchema(
    {
      path: PATH,
      arguments: ARGUMENTS,
      justification: { type: 'string', maxLength: MAX_JUSTIFICATION_TEXT },
      ticket: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      credential: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$', maxLength: MAX_SEALED },
      wait: { type: 'boolean' },
    },
    ['path'],
  ),
  serve: (agent, conversation, request) =>
    agent.elevate(conversation.caller, request, {
      cancelled: conversation.cancelled,
      disconnected: conversation.disconnected,
      started(run) {
        conversation.endDeadline();
        void conversation.send({ event: 'started', ...run });
      },
    }),
};
