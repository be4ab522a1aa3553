import type { StatusReport } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Asks how the agent is. */
export const status: ChannelDeclaration<Record<string, never>, never, StatusReport> = {
  schema: bodySchema({}),
  serve: (agent, { caller }) => agent.status(caller),
};
