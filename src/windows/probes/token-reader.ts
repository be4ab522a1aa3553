/** Facts of a token by its handle, for what the native part does not hold. Each is read on its own. */
import type { Handle } from '../dll/kernel32.ts';
import { textUpToNul } from '../dll/text.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { sidText } from '../security/descriptor.ts';
import { ownToken, withMemory } from './identities.ts';
import type { ProbeTools } from './tools.ts';

/** TOKEN_INFORMATION_CLASS, winnt.h. */
const KIND = {
  user: 1,
  groups: 2,
  privileges: 3,
  type: 8,
  elevationType: 18,
  linkedToken: 19,
  elevation: 20,
  integrity: 25,
  logonSid: 28,
  session: 12,
} as const;
/** Bytes of what has one size; Windows refuses any other for some of them. */
const SIZES: Readonly<Record<number, number>> = {
  [KIND.type]: 4,
  [KIND.session]: 4,
  [KIND.elevationType]: 4,
  [KIND.linkedToken]: 8,
  [KIND.elevation]: 4,
};
const MAX_SID = 68;
const SYSTEM = 'S-1-5-18';

export interface ReadToken {
  readonly user: string;
  readonly groups: readonly { readonly sid: string; readonly attributes: number }[];
  readonly privileges: readonly string[];
  /** Last sub-authority of the label; null when there is none. */
  readonly integrity: number | null;
  readonly type: 'primary' | 'impersonation';
  readonly elevated: boolean;
  /** TOKEN_ELEVATION_TYPE. */
  readonly elevationType: number;
  readonly logonSid: string | null;
  readonly session: number;
}

/** @throws EpmError EPM_WINDOWS_API when a fact that every token has is not told */
export function readToken(tools: ProbeTools, token: Handle): ReadToken {
  const number = (kind: number): number => information(tools, token, kind).bytes.readUInt32LE(0);
  const integrity = sidsAt(tools, token, KIND.integrity, 0, 1)[0]?.sid;
  return {
    user: sidsAt(tools, token, KIND.user, 0, 1)[0]?.sid ?? '',
    groups: sidsOf(tools, token, KIND.groups),
    privileges: privilegesOf(tools, token),
    integrity: integrity === undefined ? null : Number(integrity.slice(integrity.lastIndexOf('-') + 1)),
    type: number(KIND.type) === 1 ? 'primary' : 'impersonation',
    elevated: number(KIND.elevation) !== 0,
    elevationType: number(KIND.elevationType),
    logonSid: logonSidOf(tools, token),
    session: number(KIND.session),
  };
}

/** The other half of a pair; undefined when there is none. The caller closes it. */
export function linkedToken(tools: ProbeTools, token: Handle): Handle | undefined {
  const found = ask(tools, token, KIND.linkedToken);
  return found === undefined ? undefined : Number(found.bytes.readBigUInt64LE(0));
}

/** Whether the local system asks, as Windows says. */
export function isSystem(tools: ProbeTools): boolean {
  return sidsAt(tools, ownToken(tools), KIND.user, 0, 1)[0]?.sid === SYSTEM;
}

/** Logon SID of whoever asks; null for the system. */
function logonSidOf(tools: ProbeTools, token: Handle): string | null {
  if (ask(tools, token, KIND.logonSid) === undefined) return null;
  return sidsOf(tools, token, KIND.logonSid)[0]?.sid ?? null;
}

interface Information {
  readonly bytes: Buffer;
  /** A SID at an address inside of it. */
  readonly sid: (offset: number) => string;
}

function information(tools: ProbeTools, token: Handle, kind: number): Information {
  const found = ask(tools, token, kind);
  if (found === undefined) throw windowsError('GetTokenInformation', tools.dlls.kernel32.GetLastError());
  return found;
}

/** The pointers in it lead to its own memory, so the SIDs are read while that is there. */
function ask(tools: ProbeTools, token: Handle, kind: number): Information | undefined {
  const calls = tools.dlls.probes();
  const needed: [number] = [0];
  return withMemory(tools, (memory) => {
    const size = SIZES[kind] ?? sizeOf(tools, token, kind, memory.bytes(new Uint8Array(1)));
    if (size === 0) return undefined;
    const address = memory.bytes(new Uint8Array(size + MAX_SID));
    if (calls.GetTokenInformation(token, kind, address, size, needed) === 0) return undefined;
    const bytes = Buffer.from(calls.bytes(address, size + MAX_SID));
    return {
      bytes,
      sid(offset) {
        const at = Number(bytes.readBigUInt64LE(offset) - address);
        const count = bytes.readUInt8(at + 1);
        return sidText(bytes.subarray(at, at + 8 + 4 * count));
      },
    };
  });
}

/** Bytes that an answer of no fixed size needs now; 0 when there is none. */
function sizeOf({ dlls }: ProbeTools, token: Handle, kind: number, none: bigint): number {
  const needed: [number] = [0];
  if (dlls.probes().GetTokenInformation(token, kind, none, 0, needed) !== 0) return 0;
  return dlls.kernel32.GetLastError() === WIN32.INSUFFICIENT_BUFFER ? needed[0] : 0;
}

/** TOKEN_GROUPS: a count, then SID_AND_ATTRIBUTES from offset 8 on. */
function sidsOf(tools: ProbeTools, token: Handle, kind: number): ReadToken['groups'] {
  return sidsAt(tools, token, kind, 8, information(tools, token, kind).bytes.readUInt32LE(0));
}

function sidsAt(tools: ProbeTools, token: Handle, kind: number, offset: number, count: number): ReadToken['groups'] {
  const { bytes, sid } = information(tools, token, kind);
  return Array.from({ length: count }, (_, index) => ({
    sid: sid(offset + 16 * index),
    attributes: bytes.readUInt32LE(offset + 16 * index + 8),
  }));
}

/** TOKEN_PRIVILEGES: a count, then a LUID and attributes of 12 bytes for each. */
function privilegesOf(tools: ProbeTools, token: Handle): readonly string[] {
  const calls = tools.dlls.probes();
  const { bytes } = information(tools, token, KIND.privileges);
  return Array.from({ length: bytes.readUInt32LE(0) }, (_, index) => {
    const name = new Uint8Array(256);
    const luid = new Uint8Array(bytes.subarray(4 + 12 * index, 12 + 12 * index));
    return calls.LookupPrivilegeNameW(null, luid, name, [name.length / 2]) === 0 ? '' : textUpToNul(name);
  });
}
