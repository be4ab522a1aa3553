import type { SupportRequestsQuery, SupportRequestsReport } from '../../agent/contract.ts';
import { bodySchema, POSITION, REQUEST_ID } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';
import { cut, head } from './shorten.ts';

/**
 * Asks for requests to support: the caller's own, or those of everybody for whoever has the right to see them. Those that one
 * message does not hold are asked for by `after`.
 */
export const supportRequests: ChannelDeclaration<SupportRequestsQuery, never, SupportRequestsReport> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ id: REQUEST_ID, after: POSITION }),
  serve: (agent, { caller }, query) => agent.supportRequests(caller, query),
  shortenResult({ requests, ...report }, keep) {
    const kept = head(requests, keep);
    const [first] = requests;
    if (kept.length > 0 || first === undefined) return { ...report, requests: kept, truncated: true };
    // Always at least one, so that whoever asks for the rest gets on.
    const { publisherCert: _, certificateChain: __, ...application } = first.applicationDetail;
    const applicationDetail = { ...application, filePath: cut(application.filePath, keep) };
    return { ...report, requests: [{ ...first, applicationDetail }], truncated: true };
  },
};
