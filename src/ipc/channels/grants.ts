import type { GrantsQuery, GrantsReport } from '../../agent/contract.ts';
import { bodySchema, POSITION } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';
import { head } from './shorten.ts';

/**
 * Asks for the grants that the device knows: those that the caller may use, or all for whoever has the right to see requests.
 * Those that one message does not hold are asked for by `after`.
 */
export const grants: ChannelDeclaration<GrantsQuery, never, GrantsReport> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ after: POSITION }),
  serve: (agent, { caller }, query) => agent.grants(caller, query),
  // One grant is as long as its text, at most 4,096 characters.
  shortenResult: (report, keep) => ({ ...report, grants: head(report.grants, keep), truncated: true }),
};
