/** Whether the isolated account could log on interactively, by the user rights of this machine. */
import type { MachineState } from '../../agent/prerequisites.ts';
import { type Lsa, LSA_OBJECT_ATTRIBUTES_SIZE } from '../dll/lsa.ts';
import { sidText } from '../security/descriptor.ts';

/** POLICY_LOOKUP_NAMES | POLICY_VIEW_LOCAL_INFORMATION: what LsaEnumerateAccountsWithUserRight asks for. */
const ACCESS = 0x800 | 0x1;
const STATUS_SUCCESS = 0;
/** Nobody has the right. */
const STATUS_NO_MORE_ENTRIES = 0x8000001a;
/** More holders of one right than any machine has; beyond, the answer is not known. */
const MAX_HOLDERS = 10_000;

/** Groups of every token that the agent makes ([MS-DTYP] 2.4.2.4). */
const GROUPS = new Set([
  'S-1-5-32-544', // Administrators
  'S-1-5-32-545', // Users
  'S-1-1-0', // Everyone
  'S-1-5-11', // Authenticated Users
  'S-1-2-0', // LOCAL
]);

/**
 * A right that denies stands before one that allows (ntsecapi.h, "Account Rights Constants").
 * @returns null when Windows does not tell, as to everyone but administrators
 */
export function interactiveLogon(lsa: Lsa): MachineState['interactiveLogon'] {
  const policy: [number] = [0];
  if (lsa.LsaOpenPolicy(null, new Uint8Array(LSA_OBJECT_ATTRIBUTES_SIZE), ACCESS, policy) !== STATUS_SUCCESS)
    return null;
  try {
    const denied = holders(lsa, policy[0], 'SeDenyInteractiveLogonRight');
    const allowed = holders(lsa, policy[0], 'SeInteractiveLogonRight');
    if (denied === null || allowed === null) return null;
    const ours = (account: string): boolean => GROUPS.has(account);
    return allowed.some(ours) && !denied.some(ours) ? 'allowed' : 'denied';
  } finally {
    lsa.LsaClose(policy[0]);
  }
}

/** SIDs of the accounts that have a right; null when they are not known. */
function holders(lsa: Lsa, policy: number, right: string): readonly string[] | null {
  const buffer: Parameters<Lsa['LsaEnumerateAccountsWithUserRight']>[2] = [null];
  const count: [number] = [0];
  const length = right.length * 2;
  const name = { Length: length, MaximumLength: length + 2, Buffer: right };
  const status = lsa.LsaEnumerateAccountsWithUserRight(policy, name, buffer, count);
  const [address] = buffer;
  try {
    if (status === STATUS_NO_MORE_ENTRIES) return [];
    if (status !== STATUS_SUCCESS || address === null || count[0] > MAX_HOLDERS) return null;
    return lsa.sids(address, count[0]).map(sidText);
  } finally {
    if (address !== null) lsa.LsaFreeMemory(address);
  }
}
