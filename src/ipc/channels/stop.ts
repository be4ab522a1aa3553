import type { StopRequest, StopResult } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Has an elevated program ended with everything it started: one's own, on the pipe of administration any. */
export const stop: ChannelDeclaration<StopRequest, never, StopResult> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ requestId: { type: 'string', pattern: '^[0-9a-f]{32}$' } }, ['requestId']),
  serve: (agent, { caller }, request) => agent.stopElevation(caller, request),
};
