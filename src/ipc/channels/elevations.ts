import type { ElevationsReport } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';

/** Asks which elevated programs run: the caller's own, on the pipe of administration all. */
export const elevations: ChannelDeclaration<Record<string, never>, never, ElevationsReport> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({}),
  serve: (agent, { caller }) => agent.elevations(caller),
  shortenResult({ elevations: all }, keep) {
    const kept = all.slice(all.length - Math.floor(all.length * keep));
    return {
      // Children first: what they are is in the journal too.
      elevations: kept.map(({ children, ...tree }) =>
        children === undefined ? tree : { ...tree, children: { ...children, recent: [] } },
      ),
      truncated: true,
    };
  },
};
