/**
 * Permissions that the agent gives to what is its own, as data: written as SDDL, and compared with what Windows says is
 * there. Programs that EPM elevated are denied what changes an object, although they are administrators to Windows.
 */
import { MARKER_GROUP } from '../../agent/account-sids.ts';
import type { SecurityDescriptor } from './descriptor.ts';
import { isTrusted } from './writers.ts';

export interface Protection {
  /** Rights of each account, as an ACCESS_MASK without generic rights. */
  readonly allowed: Readonly<Record<string, number>>;
  /** Rights that programs elevated by EPM do not have. */
  readonly denied: number;
  /** Flags of every entry: which objects below get it as well. */
  readonly inherited: 'CI' | '';
}

/** SDDL of the DACL ([MS-DTYP] 2.5.1); nothing is inherited from above. Entries that deny come first. */
export function protectionSddl({ allowed, denied, inherited }: Protection): string {
  const entry = (kind: 'A' | 'D', mask: number, sid: string): string => `(${kind};${inherited};${hex(mask)};;;${sid})`;
  const allowing = Object.entries(allowed).map(([sid, mask]) => entry('A', mask, sid));
  return `D:P${entry('D', denied, MARKER_GROUP)}${allowing.join('')}`;
}

/**
 * Compares permissions with those that are wanted.
 * @returns what differs, for a person; undefined when nothing does
 */
export function protectionFault(found: SecurityDescriptor, wanted: Protection): string | undefined {
  if (found.owner === undefined || !isTrusted(found.owner)) return `it belongs to ${found.owner ?? 'nobody known'}`;
  if (found.dacl === undefined) return 'everybody may do everything with it';
  const expected = new Map([
    [`deny ${MARKER_GROUP}`, wanted.denied],
    ...Object.entries(wanted.allowed).map(([sid, mask]) => [`allow ${sid}`, mask] as const),
  ]);
  const [first] = found.dacl;
  for (const { kind, sid, mask, inheritOnly } of found.dacl) {
    const key = `${kind} ${sid}`;
    if (inheritOnly || expected.get(key) !== mask) return `it has an entry that is not EPM's: ${key}, ${hex(mask)}`;
    expected.delete(key);
  }
  const [missing] = expected.keys();
  if (missing !== undefined) return `it lacks the entry "${missing}"`;
  // An entry that allows counts first where it stands first.
  return first?.kind === 'deny' ? undefined : 'its entries are in another order';
}

function hex(mask: number): string {
  return `0x${mask.toString(16)}`;
}
