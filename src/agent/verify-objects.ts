/**
 * Who may touch what an elevation made: the process, its first thread, its job and its token. An object that belongs to
 * Administrators could be opened by every other elevated program, because an owner may change permissions.
 */
import type { Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import { writtenForms } from './verify-token.ts';
import type { StartedFacts } from './ports.ts';

const SYSTEM = ['SY', 'S-1-5-18'];
const OWNER_RIGHTS = ['OW', 'S-1-3-4'];
/** READ_CONTROL, as Windows and Wine write it. */
const READ_ONLY = ['RC', '0x20000'];

/**
 * @param trustee whom the process, its thread and its token are open to besides the system
 * @param security owner and DACL of each object as SDDL ([MS-DTYP] 2.5.1), read back from Windows
 * @throws EpmError EPM_START_FAILED with the object in `data.fact`
 */
export function verifyObjects(security: StartedFacts['security'], trustee: Sid): void {
  const trustees = writtenForms(trustee);
  verifyObject('process', security.process, trustees);
  // A process that has not run yet has its first thread.
  verifyObject('thread', security.thread ?? '', trustees);
  verifyObject('token', security.token, trustees);
  verifyObject('job', security.job, []);
}

/**
 * Exactly: owned by the system, open to it and the trustees, and to an owner for reading permissions only.
 * @throws EpmError EPM_START_FAILED with the object in `data.fact`
 */
export function verifyObject(fact: string, sddl: string, trustees: readonly string[]): void {
  const parts = /^O:([A-Za-z0-9-]+?)(?:G:[A-Za-z0-9-]+?)?D:[A-Z]*((?:\([^()]*\))+)$/.exec(sddl);
  const entries = (parts?.[2] ?? '').slice(1, -1).split(')(');
  const holds =
    parts !== null &&
    SYSTEM.includes(parts[1] ?? '') &&
    entries.every((entry) => allowsOnly(entry, trustees)) &&
    entries.some((entry) => isOwnerEntry(entry.split(';')));
  if (holds) return;
  throw new EpmError('EPM_START_FAILED', `The ${fact} of the program is open to others. It was ended before it ran.`, {
    data: { fact: `${fact}Security` },
  });
}

function allowsOnly(entry: string, trustees: readonly string[]): boolean {
  const fields = entry.split(';');
  const trustee = fields[5] ?? '';
  if (fields.length !== 6 || fields[0] !== 'A' || fields[1] !== '') return false;
  return SYSTEM.includes(trustee) || trustees.includes(trustee) || isOwnerEntry(fields);
}

function isOwnerEntry(fields: readonly string[]): boolean {
  return OWNER_RIGHTS.includes(fields[5] ?? '') && READ_ONLY.includes(fields[2] ?? '');
}
