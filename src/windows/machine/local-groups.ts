/** Who is in a local group. */
import { sid } from '../../model/brands.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { sidText } from '../security/descriptor.ts';
import { accountName } from './accounts.ts';

/** Built-in groups and those of the machine ([MS-DTYP] 2.4.2.4); others are none of the machine's own. */
const LOCAL_GROUP = /^S-1-5-(?:32-\d+|21(?:-\d+){4})$/;
const MAX_PREFERRED_LENGTH = 0xffff_ffff;
/** More members than a group has that is given to everyone; beyond, they are not known. */
const MAX_MEMBERS = 10_000;

/** SIDs of the members of a local group; undefined: it is none, or Windows does not tell. */
export function localGroupMembers(
  dlls: Pick<WindowsDlls, 'kernel32' | 'advapi32' | 'health'>,
  group: string,
): readonly string[] | undefined {
  if (!LOCAL_GROUP.test(group)) return undefined;
  const name = accountName(dlls.kernel32, dlls.advapi32, sid(group));
  if (name === undefined) return undefined;
  const { netapi32 } = dlls.health();
  const buffer: Parameters<typeof netapi32.NetLocalGroupGetMembers>[3] = [null];
  const [read, total]: [[number], [number]] = [[0], [0]];
  const ownName = name.slice(name.indexOf('\\') + 1);
  const result = netapi32.NetLocalGroupGetMembers(null, ownName, 0, buffer, MAX_PREFERRED_LENGTH, read, total, null);
  const [address] = buffer;
  try {
    if (result !== WIN32.SUCCESS || address === null || read[0] > MAX_MEMBERS) return undefined;
    return netapi32.sids(address, read[0]).map(sidText);
  } finally {
    if (address !== null) netapi32.NetApiBufferFree(address);
  }
}
