import { quoteArgument } from '../../engine/arguments.ts';
import type { GrantStatement } from '../../model/grant.ts';
import { duration } from './duration.ts';
import { moment } from './moment.ts';
import { fields } from './text.ts';

/** What a grant admits, and that it admits nothing else. */
export function describeGrant(grant: GrantStatement): string {
  const { device, requester, uses, from, until } = grant;
  return (
    fields([
      ['Grant', grant.id],
      ['For request', grant.requestId],
      ['For file', grant.fileName],
      ['With SHA-256', grant.sha256],
      ['With arguments', grant.arguments.length === 0 ? 'none' : grant.arguments.map(quoteArgument).join(' ')],
      ['For', requester ?? 'any user of the device'],
      ['On', device.kind === 'device' ? `device ${device.id}` : `all devices of the group "${device.name}"`],
      ['From', moment(from)],
      ['Until', `${moment(until)} (${duration((until - from) / 1000)})`],
      ['Starts', uses === undefined ? 'any number' : uses === 1 ? 'one' : `${uses} together`],
      ['Reason', grant.reason],
    ]) + 'It admits nothing else: no other file, arguments, user or device.\n'
  );
}
