/** The SIDs under which EPM's accounts are known. */
import { sid, type Sid } from '../model/brands.ts';

/**
 * Sub-authorities under NT AUTHORITY for EPM's accounts, the preferred one first. The LSA maps names for 80 to 111
 * (SECURITY_MIN_BASE_RID, SECURITY_MAX_BASE_RID in winnt.h); 100 to 110 have no known owner, and 111 is shared by all who
 * make virtual users of their own.
 */
const BASE_RIDS = [107, 108, 109, 110] as const;

/** The domain that is used unless something else on the machine has its SID. */
export const DOMAIN_SID = sid(`S-1-5-${BASE_RIDS[0]}`);

/** Domains of isolated accounts: the first one is used, unless something else on the machine has its SID. */
export const ACCOUNT_DOMAINS: readonly Sid[] = BASE_RIDS.map((rid) => sid(`S-1-5-${rid}`));

/**
 * Group that the token of every elevated program holds, whatever the domain of its account. It needs no name, and entries
 * that deny it stand on everything that is the agent's own.
 */
export const MARKER_GROUP = sid('S-1-5-107-0');

export function isVirtualAccount(text: string): boolean {
  return ACCOUNT_DOMAINS.some((domain) => text.startsWith(`${domain}-`)) && !isMarkerGroup(text);
}

export function isMarkerGroup(text: string): boolean {
  return text === MARKER_GROUP;
}
