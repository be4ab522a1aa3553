/** Logons of virtual accounts, as the account factory makes them, one step at a time. */
import { sidBytes } from '../../model/sid-bytes.ts';
import type { Handle } from '../dll/kernel32.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { ownToken, withMemory } from './identities.ts';
import type { NamedAccount } from './names.ts';
import type { ProbeTools } from './tools.ts';

export const LOGON = { interactive: 2, service: 5 } as const;
const LOGON32_PROVIDER_VIRTUAL = 4;
/** SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED, with SE_GROUP_LOGON_ID and SE_GROUP_OWNER. */
const MEMBER = 0x7;
const LOGON_ID = 0xc000_0000;
const OWNER = 0x8;
const SE_PRIVILEGE_ENABLED = 2;

/**
 * Logs an account on with Administrators and a logon SID among its groups.
 * @param logonSid opens the desktop of whoever has it; first among the groups
 * @returns the token, closed when the probe is over, or the Windows error
 */
export function logOn(
  tools: ProbeTools,
  account: NamedAccount,
  type: number,
  logonSid: string,
): Handle | { win32: number } {
  const { dlls } = tools;
  const logon = dlls.probes().LogonUserExExW;
  if (logon === undefined) return { win32: WIN32.PROC_NOT_FOUND };
  return withMemory(tools, (memory) => {
    const groups = [
      { sid: logonSid, attributes: (LOGON_ID | MEMBER) >>> 0 },
      { sid: 'S-1-5-32-544', attributes: MEMBER | OWNER },
    ];
    // TOKEN_GROUPS: a count, then SID_AND_ATTRIBUTES from offset 8 on.
    const list = Buffer.alloc(8 + 16 * groups.length);
    list.writeUInt32LE(groups.length, 0);
    groups.forEach(({ sid, attributes }, index) => {
      list.writeBigUInt64LE(memory.bytes(sidBytes(sid)), 8 + 16 * index);
      list.writeUInt32LE(attributes, 16 + 16 * index);
    });
    const token: [number] = [0];
    const { name, domain } = account;
    const made = logon(
      name,
      domain,
      null,
      type,
      LOGON32_PROVIDER_VIRTUAL,
      memory.bytes(list),
      token,
      null,
      null,
      null,
      null,
    );
    if (made === 0) return { win32: dlls.kernel32.GetLastError() };
    if (token[0] === 0) return { win32: WIN32.INVALID_HANDLE };
    tools.putBack('a token', () => void dlls.kernel32.CloseHandle(token[0]));
    return token[0];
  });
}

/** Switches a privilege of this process on. @throws EpmError EPM_WINDOWS_API */
export function enablePrivilege(tools: ProbeTools, name: string): void {
  const { dlls } = tools;
  const calls = dlls.probes();
  const luid = new Uint8Array(8);
  if (calls.LookupPrivilegeValueW(null, name, luid) === 0)
    throw windowsError('LookupPrivilegeValueW', dlls.kernel32.GetLastError());
  // TOKEN_PRIVILEGES with one entry.
  const state = Buffer.alloc(16);
  state.writeUInt32LE(1, 0);
  state.set(luid, 4);
  state.writeUInt32LE(SE_PRIVILEGE_ENABLED, 12);
  const done = calls.AdjustTokenPrivileges(ownToken(tools), 0, state, state.length, null, null);
  const win32 = dlls.kernel32.GetLastError();
  // It answers TRUE and ERROR_NOT_ALL_ASSIGNED when the token does not hold the privilege.
  if (done === 0 || win32 !== WIN32.SUCCESS) throw windowsError('AdjustTokenPrivileges', win32);
}
