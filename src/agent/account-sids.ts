/** The SIDs under which EPM's accounts are known. */
import { sid } from '../model/brands.ts';

/**
 * Sub-authority under NT AUTHORITY for EPM's accounts. The LSA maps names for 80 to 111 (SECURITY_MIN_BASE_RID,
 * SECURITY_MAX_BASE_RID in winnt.h); 100 to 110 have no known owner.
 */
const BASE_RID = 107;
/** Domain of every isolated account. */
export const DOMAIN_SID = sid(`S-1-5-${BASE_RID}`);
/** Group that the token of every elevated program holds. */
export const MARKER_GROUP = sid(`S-1-5-${BASE_RID}-0`);

export function isVirtualAccount(text: string): boolean {
  return text.startsWith(`${DOMAIN_SID}-`) && text !== MARKER_GROUP;
}

export function isMarkerGroup(text: string): boolean {
  return text === MARKER_GROUP;
}
