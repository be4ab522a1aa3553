/** The account of a probe, asked for like that of an elevation, and what the check of its token says. */
import { randomBytes } from 'node:crypto';
import type { Sid } from '../../model/brands.ts';
import { isEpmError } from '../../model/errors.ts';
import { accountFor, PREFERRED_DOMAIN } from '../account.ts';
import type { AccountDomain, AccountRequest, LogonKind, TokenFacts } from '../ports.ts';
import { verifyToken } from '../verify-token.ts';
import type { Answer } from './probe.ts';

/** An account that no elevation has: its secret is made for it. @param asker for whom it is */
export function probeAccount(
  asker: Sid,
  desktop: { readonly logonSid: string; readonly session: number },
  domain: AccountDomain = PREFERRED_DOMAIN,
): AccountRequest {
  return accountFor({
    requestId: 'selftest',
    caller: { sid: asker, accountName: 'selftest', ...desktop },
    decision: { basis: { kind: 'defaultResponse' }, accountScope: 'launch' },
    machine: { secret: randomBytes(32), administratorProtection: () => null },
    domain,
  });
}

/** What an answer keeps of a token that the factory made, so that the check can be repeated anywhere. */
interface RecordedToken {
  readonly account: AccountRequest;
  readonly logon: LogonKind;
  readonly facts: TokenFacts;
}

/** `verified` is `accepted`, or the fact that is not right. Token and description are kept beside it. */
export function verdictOn(facts: TokenFacts, account: AccountRequest, logon: LogonKind): Answer {
  const recorded: RecordedToken = { account, logon, facts };
  return { verified: verdict(recorded), token: JSON.parse(JSON.stringify(recorded)) as Answer };
}

/** The check of a token, also of one that was recorded on a real Windows. @returns `accepted`, or the fact that is not right */
export function verdict({ account, logon, facts }: RecordedToken): string {
  try {
    verifyToken(facts, {
      identity: 'virtualAccount',
      account,
      factory: 'virtualAccount',
      logon,
      // That of the local system, which asks: the new logon session must be another one.
      requesterAuthenticationId: '00000000000003e7',
      // Nothing is known of the groups of the machine that recorded it.
      machine: { isWine: false, isTestBuild: false, localGroupMembers: () => undefined },
    });
    return 'accepted';
  } catch (error) {
    if (isEpmError(error) && error.code === 'EPM_TOKEN_REFUSED') return String(error.data?.['fact'] ?? 'refused');
    throw error;
  }
}
