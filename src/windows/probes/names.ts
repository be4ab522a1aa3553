/** Names for SIDs that exist nowhere else, for the time of a probe. */
import { randomBytes } from 'node:crypto';
import { DOMAIN_SID } from '../../agent/account-sids.ts';
import { sid } from '../../model/brands.ts';
import { sidBytes } from '../../model/sid-bytes.ts';
import { WIN32 } from '../dll/win32-error.ts';
import type { Pointer } from '../dll/kernel32.ts';
import type { CountedText } from '../dll/probe-calls.ts';
import { accountName } from '../machine/accounts.ts';
import { withMemory } from './identities.ts';
import type { ProbeTools } from './tools.ts';

/** LSA_SID_NAME_MAPPING_OPERATION_TYPE. */
const ADD = 0;
const REMOVE = 1;

export interface NamedAccount {
  readonly domain: string;
  readonly name: string;
  readonly sid: string;
}

/** What EPM calls the domain of its own accounts: another name would be in the way of an elevation meanwhile. */
export const OWN_DOMAIN = 'EPM';

/** An account below an authority, with parts that nobody else has. */
export function randomAccount(authority: string): NamedAccount {
  const parts = Array.from({ length: 5 }, () => randomBytes(4).readUInt32LE());
  const mark = randomBytes(4).toString('hex');
  const domain = authority === DOMAIN_SID ? OWN_DOMAIN : `EPMT${mark}`;
  return { domain, name: `selftest_${mark}`, sid: [authority, ...parts].join('-') };
}

/**
 * Names an account, and its authority where that has no name; both names are taken away again.
 * @returns what was named, or the status of Windows as text
 */
export function nameAccount(tools: ProbeTools, authority: string, wanted: NamedAccount): NamedAccount | string {
  const there = domainOf(tools, authority);
  const domain = there ?? wanted.domain;
  if (there === undefined) {
    const status = manage(tools, ADD, domain, '', authority);
    if (domainOf(tools, authority) === undefined) return `domain: ${status}`;
    tools.putBack(`the name of ${authority}`, () => {
      manage(tools, REMOVE, domain, '', authority);
      if (domainOf(tools, authority) !== undefined) throw new Error('it still has a name');
    });
  }
  const status = manage(tools, ADD, domain, wanted.name, wanted.sid);
  if (!isNamed(tools, wanted.sid)) return `account: ${status}`;
  tools.putBack(`the name of ${wanted.sid}`, () => forget(tools, { ...wanted, domain }));
  return { ...wanted, domain };
}

/** Takes the name of an account away. @throws Error when it still has one */
export function forget(tools: ProbeTools, { domain, name, sid: of }: NamedAccount): void {
  if (isNamed(tools, of)) manage(tools, REMOVE, domain, name, of);
  if (isNamed(tools, of)) throw new Error('it still has a name');
}

/** Whether Windows has a name for a SID. */
export function isNamed({ dlls }: ProbeTools, of: string): boolean {
  return accountName(dlls.kernel32, dlls.advapi32, sid(of)) !== undefined;
}

/** Name of the domain of an authority such as S-1-5-107; undefined: it has none. */
export function domainOf({ dlls }: ProbeTools, authority: string): string | undefined {
  const [domain = '', name = ''] = (accountName(dlls.kernel32, dlls.advapi32, sid(authority)) ?? '').split('\\');
  const found = domain === '' ? name : domain;
  return found === '' ? undefined : found;
}

/** The status of Windows, for the answer; what came of it is asked of Windows afterwards. */
function manage(tools: ProbeTools, operation: number, domain: string, name: string, of: string): string {
  const call = tools.dlls.probes().LsaManageSidNameMapping;
  if (call === undefined) return 'the function is absent';
  return withMemory(tools, (memory) => {
    const Sid: Pointer = memory.bytes(sidBytes(of));
    const output: [bigint | null] = [null];
    const status = call(operation, { DomainName: counted(domain), AccountName: counted(name), Sid, Flags: 0 }, output);
    if (output[0] !== null) tools.dlls.health().lsa.LsaFreeMemory(output[0]);
    return status === WIN32.SUCCESS ? 'done' : `0x${status.toString(16).toUpperCase()}`;
  });
}

export function counted(text: string): CountedText {
  return { Length: text.length * 2, MaximumLength: text.length * 2, Buffer: text };
}
