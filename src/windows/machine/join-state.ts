/** Whether the machine belongs to a domain, to Microsoft Entra ID, to both or to neither. */
import type { MachineState } from '../../agent/prerequisites.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { Address } from '../dll/native-memory.ts';
import type { Netapi32 } from '../dll/netapi32.ts';
import { readKey } from '../registry/key.ts';

/** Has one subkey for each join, named by the thumbprint of the device's certificate. */
const ENTRA = 'SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo';
/** NETSETUP_JOIN_STATUS (lmjoin.h). */
const UNJOINED = 1;
const WORKGROUP = 2;
const DOMAIN = 3;

/** @throws EpmError EPM_WINDOWS_API when the key is there and cannot be read */
export function joinState(advapi32: Advapi32, netapi32: Netapi32): MachineState['join'] {
  const entra = (readKey(advapi32, 'HKLM', ENTRA, (key) => key.subkeyNames()) ?? []).length > 0;
  const domain = domainJoined(netapi32);
  if (domain === null) return null;
  if (entra) return domain ? 'hybrid' : 'entra';
  return domain ? 'domain' : 'none';
}

function domainJoined(netapi32: Netapi32): boolean | null {
  const name: [Address | null] = [null];
  const status: [number] = [0];
  const result = netapi32.NetGetJoinInformation(null, name, status);
  if (name[0] !== null) netapi32.NetApiBufferFree(name[0]);
  if (result !== 0) return null;
  if (status[0] === DOMAIN) return true;
  return status[0] === UNJOINED || status[0] === WORKGROUP ? false : null;
}
