import type { StatusReport, StatusWarning } from '../../agent/contract.ts';
import { bodySchema } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';
import { head } from './shorten.ts';

/** Asks how the agent is. */
export const status: ChannelDeclaration<Record<string, never>, never, StatusReport> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({}),
  serve: (agent, { caller }) => agent.status(caller),
  shortenResult(report, keep) {
    // Nothing else of a status grows with what users of the device do.
    const users = report.warnings.filter(isUserFault);
    const named = head(users, keep);
    const others = report.warnings.filter((warning) => !isUserFault(warning));
    return { ...report, warnings: [...others, ...named, moreUsers(users.length - named.length)] };
  },
};

function isUserFault({ code }: StatusWarning): boolean {
  return code === 'otherUserPolicyFault' || code === 'unconfirmedUserPolicy';
}

function moreUsers(users: number): StatusWarning {
  return {
    code: 'moreUserPolicyFaults',
    message: `The policies of ${users} more users cannot be used, or not wholly.`,
    hint: 'The audit journal names each of them in a record of the event policyFault.',
    data: { users },
  };
}
