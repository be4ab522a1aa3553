import type { PolicyReport } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Has the delivered policy read now; the answer is the policy in force then, without its rules. */
export const reload: ChannelDeclaration<Record<string, never>, never, PolicyReport> = {
  pipes: ['administration'],
  schema: bodySchema({}),
  serve: (agent, { caller }) => agent.reload(caller),
};
