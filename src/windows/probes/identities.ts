/** Acts on this thread as somebody with fewer rights. Whatever happens, the thread is itself again afterwards. */
import { sidBytes } from '../../model/sid-bytes.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { NativeMemory } from '../dll/native-memory.ts';
import { windowsError } from '../dll/win32-error.ts';
import { keep, type ProbeTools } from './tools.ts';

const TOKEN_ALL_ACCESS = 0xf01ff;
const DISABLE_MAX_PRIVILEGE = 0x1;
const SE_GROUP_INTEGRITY = 0x20;
const TOKEN_INTEGRITY_LEVEL = 25;
/** SecurityAnonymous; of a primary token the level has no meaning. TokenPrimary. */
const NO_LEVEL = 0;
const PRIMARY = 1;
/** SID_AND_ATTRIBUTES on x64: a pointer and a DWORD, padded. */
const SID_AND_ATTRIBUTES_SIZE = 16;

const LOW = 'S-1-16-4096';
/** Through these a token of an administrator or of the system may do what others may not. */
const POWERFUL = ['S-1-5-32-544', 'S-1-5-18'];

/** Runs `work` with Administrators and the system usable for denying only, and without privileges. */
export function asRestricted<T>(tools: ProbeTools, work: () => T): T {
  const { dlls } = tools;
  const calls = dlls.probes();
  return withMemory(tools, (memory) => {
    const disabled = sidList(memory, POWERFUL, 0);
    const made: [number] = [0];
    const own = ownToken(tools);
    if (
      calls.CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, POWERFUL.length, disabled, 0, null, 0, null, made) === 0
    )
      throw windowsError('CreateRestrictedToken', dlls.kernel32.GetLastError());
    return asToken(tools, keep(tools, 'CreateRestrictedToken', made[0]), work);
  });
}

/** Runs `work` with a low integrity level, and otherwise unchanged. */
export function asLowIntegrity<T>(tools: ProbeTools, work: () => T): T {
  const { dlls } = tools;
  const calls = dlls.probes();
  return withMemory(tools, (memory) => {
    const made: [number] = [0];
    if (calls.DuplicateTokenEx(ownToken(tools), TOKEN_ALL_ACCESS, null, NO_LEVEL, PRIMARY, made) === 0)
      throw windowsError('DuplicateTokenEx', dlls.kernel32.GetLastError());
    const token = keep(tools, 'DuplicateTokenEx', made[0]);
    const label = sidList(memory, [LOW], SE_GROUP_INTEGRITY);
    if (calls.SetTokenInformation(token, TOKEN_INTEGRITY_LEVEL, label, SID_AND_ATTRIBUTES_SIZE) === 0)
      throw windowsError('SetTokenInformation', dlls.kernel32.GetLastError());
    return asToken(tools, token, work);
  });
}

/** The token of this process. */
export function ownToken(tools: ProbeTools): Handle {
  const { dlls } = tools;
  const calls = dlls.probes();
  const token: [number] = [0];
  if (calls.OpenProcessToken(calls.GetCurrentProcess(), TOKEN_ALL_ACCESS, token) === 0)
    throw windowsError('OpenProcessToken', dlls.kernel32.GetLastError());
  return keep(tools, 'OpenProcessToken', token[0]);
}

/** Memory for one call. */
export function withMemory<T>({ dlls }: ProbeTools, use: (memory: NativeMemory) => T): T {
  const memory = dlls.probes().memory();
  try {
    return use(memory);
  } finally {
    memory.release();
  }
}

/** An array of SID_AND_ATTRIBUTES. */
function sidList(memory: NativeMemory, sids: readonly string[], attributes: number): bigint {
  const list = Buffer.alloc(sids.length * SID_AND_ATTRIBUTES_SIZE);
  sids.forEach((sid, index) => {
    list.writeBigUInt64LE(memory.bytes(sidBytes(sid)), index * SID_AND_ATTRIBUTES_SIZE);
    list.writeUInt32LE(attributes, index * SID_AND_ATTRIBUTES_SIZE + 8);
  });
  return memory.bytes(list);
}

function asToken<T>({ dlls }: ProbeTools, token: Handle, work: () => T): T {
  const calls = dlls.probes();
  if (calls.ImpersonateLoggedOnUser(token) === 0)
    throw windowsError('ImpersonateLoggedOnUser', dlls.kernel32.GetLastError());
  try {
    return work();
  } finally {
    // What follows would be asked as somebody else, and its answer would mean nothing.
    if (calls.RevertToSelf() === 0) process.abort();
  }
}
