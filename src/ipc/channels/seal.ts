import type { SealResult } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Makes a new key for the journal; the answer is what verifies it, and is nowhere else. */
export const seal: ChannelDeclaration<Record<string, never>, never, SealResult> = {
  pipes: ['administration'],
  schema: bodySchema({}),
  serve: (agent, { caller }) => agent.seal(caller),
};
