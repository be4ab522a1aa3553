import type { DecideRequest, DecideResult } from '../../agent/contract.ts';
import { bodySchema, JUSTIFICATION, REQUEST_ID } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Denies a request to support, or takes an approval back. The agent asks for the right to it on either pipe. */
export const decideRequest: ChannelDeclaration<DecideRequest, never, DecideResult> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ id: REQUEST_ID, decision: { enum: ['deny', 'revoke'] }, reason: JUSTIFICATION }, [
    'id',
    'decision',
  ]),
  serve: (agent, { caller }, request) => agent.decideRequest(caller, request),
};
