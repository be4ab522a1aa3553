/** Objects that nobody but a few named accounts may touch. */
import type { SecurityDescriptor } from './descriptor.ts';

export const SYSTEM = 'S-1-5-18';

/**
 * Why an object is open to others than it should be; undefined: it belongs to the system, inherits nothing, and gives
 * something only to the system and to the accounts in `allowed`, and to those no more than the rights named there.
 * @param allowed rights (ACCESS_MASK) by SID
 */
export function whyOpen(
  security: SecurityDescriptor | undefined,
  allowed: ReadonlyMap<string, number>,
): string | undefined {
  if (security === undefined) return 'it is not known who may change it';
  const { owner, isProtected, dacl } = security;
  if (owner !== SYSTEM) return `it belongs to ${owner ?? 'an unknown owner'}, not to the system`;
  if (dacl === undefined) return 'everybody may change it';
  if (!isProtected) return 'it inherits permissions from the folder above';
  const loose = dacl.find(({ kind, mask, sid }) => {
    if (kind === 'deny' || sid === SYSTEM) return false;
    const rights = allowed.get(sid);
    return kind === 'other' || rights === undefined || (mask & ~rights) !== 0;
  });
  if (loose === undefined) return undefined;
  return loose.kind === 'other' ? 'its permissions cannot be judged' : `${loose.sid} has more access than it needs`;
}
