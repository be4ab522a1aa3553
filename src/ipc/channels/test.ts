import type { TestRequest, TestResult } from '../../agent/contract.ts';
import { ARGUMENTS, bodySchema, PATH } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';
import { cut, head } from './shorten.ts';

/** Asks what would be decided, and why. */
export const test: ChannelDeclaration<TestRequest, never, TestResult> = {
  pipes: ['user'],
  schema: bodySchema({ path: PATH, arguments: ARGUMENTS }, ['path']),
  serve: (agent, { caller, cancelled, disconnected }, request) =>
    agent.test(caller, request, { cancelled, disconnected }),
  shortenResult: (result, keep) => ({
    ...result,
    trace: {
      candidates: head(result.trace.candidates, keep),
      nearMisses: head(result.trace.nearMisses, keep),
      rejected: head(result.trace.rejected, keep),
      wouldChange: head(result.trace.wouldChange, keep),
    },
    explanation: `${cut(result.explanation, keep)}\n(The explanation was too long for one message and is cut here.)`,
    truncated: true,
  }),
};
