import type { RoleReport } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Asks what the caller may do, and why. */
export const role: ChannelDeclaration<Record<string, never>, never, RoleReport> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({}),
  serve: (agent, { caller }) => agent.role(caller),
};
