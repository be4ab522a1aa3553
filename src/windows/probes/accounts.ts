/** Records the answers of the probes of virtual accounts. */
import * as fs from 'node:fs';
import type { Answer } from '../../agent/selftest/probe.ts';
import { probeAccount, verdictOn } from '../../agent/selftest/probe-account.ts';
import { NotPossible } from '../../agent/selftest/run-probes.ts';
import { DOMAIN_SID } from '../../agent/account-sids.ts';
import type { StateStore } from '../../agent/ports.ts';
import { isEpmError } from '../../model/errors.ts';
import { sid } from '../../model/brands.ts';
import { sidBytes } from '../../model/sid-bytes.ts';
import type { Handle } from '../dll/kernel32.ts';
import { isTestBuild } from '../dll/load.ts';
import { LSA_OBJECT_ATTRIBUTES_SIZE } from '../dll/lsa.ts';
import { textUpToNul } from '../dll/text.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { profileState } from '../machine/accounts.ts';
import { machineFolders } from '../machine/folders.ts';
import { createAccountFactory } from '../tokens/account-factory.ts';
import { withMemory } from './identities.ts';
import { enablePrivilege, LOGON, logOn } from './logons.ts';
import {
  counted,
  domainOf,
  forget,
  isNamed,
  nameAccount,
  type NamedAccount,
  OWN_DOMAIN,
  randomAccount,
} from './names.ts';
import { linkedToken, type ReadToken, readToken } from './token-reader.ts';
import { type ProbeTools, statusText } from './tools.ts';

const AUTHORITIES = [107, 108, 109, 110].map((rid) => `S-1-5-${rid}`);
/** Has a name on every Windows: without it, having none would mean nothing. */
const LOCAL_SERVICE = 'S-1-5-19';
const SYSTEM = 'S-1-5-18';
const ADMINISTRATORS = 'S-1-5-32-544';
const SE_GROUP_ENABLED = 4;
const SE_GROUP_USE_FOR_DENY_ONLY = 0x10;
/** POLICY_CREATE_ACCOUNT | POLICY_LOOKUP_NAMES. */
const POLICY_ACCESS = 0x10 | 0x800;
const RIGHT = 'SeServiceLogonRight';
const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034;
/** PROFILEINFOW on x64; hProfile is its last member. PI_NOUI. */
const PROFILE_SIZE = 56;
const PROFILE_HANDLE_OFFSET = 48;
const PI_NOUI = 1;
const MAX_PATH = 260;

/** Whose desktop the accounts of the probes may see. */
export interface RequesterDesktop {
  readonly logonSid: string;
  readonly session: number;
}

export function unnamedAuthorities(tools: ProbeTools): Answer {
  const names = AUTHORITIES.map((authority) => ({ authority, domain: domainOf(tools, authority) }));
  const foreign = names.filter(({ domain }) => domain !== undefined && domain !== OWN_DOMAIN);
  return {
    known: isNamed(tools, LOCAL_SERVICE),
    own: names.filter(({ domain }) => domain === OWN_DOMAIN).map(({ authority }) => authority),
    foreign: foreign.map(({ authority, domain }) => `${authority} ${domain ?? ''}`),
  };
}

export function nameMapping(tools: ProbeTools): Answer {
  enablePrivilege(tools, 'SeTcbPrivilege');
  const refused: string[] = [];
  const named = AUTHORITIES.flatMap((authority): readonly NamedAccount[] => {
    const account = nameAccount(tools, authority, randomAccount(authority));
    if (typeof account !== 'string') return [account];
    refused.push(`${authority}: ${account}`);
    return [];
  });
  const found = named.filter(({ sid: of }) => isNamed(tools, of)).length;
  for (const account of named) forget(tools, account);
  const forgotten = named.filter(({ sid: of }) => !isNamed(tools, of)).length;
  return { refused, found, forgotten };
}

export async function virtualLogon(tools: ProbeTools, desktop: RequesterDesktop | undefined): Promise<Answer> {
  const account = named(tools);
  if (typeof account === 'string') return { named: account };
  const { logonSid } = known(desktop);
  const token = logOn(tools, account, LOGON.interactive, logonSid);
  if (typeof token !== 'number') return { logon: token.win32 };
  const first = readToken(tools, token);
  const full = linked(tools, token, first);
  const facts = full === undefined ? first : readToken(tools, full);
  return {
    logon: WIN32.SUCCESS,
    first: described(first),
    linked: full === undefined ? 'none' : facts.type,
    user: facts.user === account.sid ? 'same' : 'another',
    ...described(facts),
    ...(await byFactory(tools, known(desktop))),
  };
}

export function serviceLogon(tools: ProbeTools, desktop: RequesterDesktop | undefined): Answer {
  const account = named(tools);
  if (typeof account === 'string') return { named: account };
  const { logonSid } = known(desktop);
  const rights = rightsOf(tools, account.sid);
  const before = rights.count();
  rights.add();
  const during = rights.count();
  const token = logOn(tools, account, LOGON.service, logonSid);
  rights.remove();
  const after = rights.count();
  if (typeof token !== 'number') return { before, during, logon: token.win32, after };
  return { before, during, logon: WIN32.SUCCESS, after, ...described(readToken(tools, token)) };
}

export function profile(tools: ProbeTools, desktop: RequesterDesktop | undefined): Answer {
  const { dlls, putBack } = tools;
  const { CreateProfile, DeleteProfileW, LoadUserProfileW, UnloadUserProfile } = dlls.probes();
  if (CreateProfile === undefined || DeleteProfileW === undefined) return { function: 'absent' };
  const account = named(tools);
  if (typeof account === 'string') return { named: account };
  const token = logOn(tools, account, LOGON.interactive, known(desktop).logonSid);
  if (typeof token !== 'number') return { logon: token.win32 };
  for (const name of ['SeBackupPrivilege', 'SeRestorePrivilege']) enablePrivilege(tools, name);
  const folder = new Uint8Array(MAX_PATH * 2);
  const begin = performance.now();
  const made = CreateProfile(account.sid, account.name, folder, MAX_PATH);
  const createdIn = performance.now() - begin;
  const path = textUpToNul(folder);
  const { systemRoot } = machineFolders(dlls.advapi32);
  const isLoaded = (): boolean => profileState(dlls.advapi32, systemRoot, sid(account.sid)).isLoaded;
  const isThere = (): boolean =>
    profileState(dlls.advapi32, systemRoot, sid(account.sid)).folder !== undefined ||
    (path !== '' && fs.existsSync(path));
  putBack(`the profile of ${account.sid}`, () => {
    if (isThere()) DeleteProfileW(account.sid, null, null);
    if (isThere()) throw new Error('it is still there');
  });
  const { handle, loadedIn } = load(tools, token, account.name, LoadUserProfileW);
  const loaded = isLoaded();
  if (handle !== 0n) UnloadUserProfile(token, handle);
  const unloaded = !isLoaded();
  DeleteProfileW(account.sid, null, null);
  return {
    made,
    loaded,
    unloaded,
    removed: made === WIN32.SUCCESS && !isThere(),
    milliseconds: { make: Math.round(createdIn), load: Math.round(loadedIn) },
  };
}

function load(
  tools: ProbeTools,
  token: Handle,
  name: string,
  LoadUserProfileW: (token: Handle, information: bigint) => number,
): { readonly handle: bigint; readonly loadedIn: number } {
  return withMemory(tools, (memory) => {
    const information = Buffer.alloc(PROFILE_SIZE);
    information.writeUInt32LE(PROFILE_SIZE, 0);
    information.writeUInt32LE(PI_NOUI, 4);
    information.writeBigUInt64LE(memory.text(name), 8);
    const address = memory.bytes(information);
    const begin = performance.now();
    const done = LoadUserProfileW(token, address);
    const loadedIn = performance.now() - begin;
    const bytes = Buffer.from(tools.dlls.probes().bytes(address, PROFILE_SIZE));
    return { handle: done === 0 ? 0n : bytes.readBigUInt64LE(PROFILE_HANDLE_OFFSET), loadedIn };
  });
}

function known(desktop: RequesterDesktop | undefined): RequesterDesktop {
  if (desktop === undefined) throw new NotPossible('it is not known whose desktop the account may see');
  return desktop;
}

function named(tools: ProbeTools): NamedAccount | string {
  enablePrivilege(tools, 'SeTcbPrivilege');
  return nameAccount(tools, DOMAIN_SID, randomAccount(DOMAIN_SID));
}

const TOKEN_ELEVATION_TYPE_LIMITED = 3;

function linked(tools: ProbeTools, token: Handle, first: ReadToken): Handle | undefined {
  if (first.elevationType !== TOKEN_ELEVATION_TYPE_LIMITED) return undefined;
  const full = linkedToken(tools, token);
  if (full !== undefined) tools.putBack('a token', () => void tools.dlls.kernel32.CloseHandle(full));
  return full;
}

/** Facts of a token for the answer. Its SIDs are those of Windows and of the probe; none is a person's. */
function described(facts: ReadToken): Answer {
  const { type, elevated, elevationType, integrity, privileges } = facts;
  const administrators = facts.groups.find((group) => group.sid === ADMINISTRATORS)?.attributes ?? 0;
  const isEnabled = (administrators & SE_GROUP_ENABLED) !== 0 && (administrators & SE_GROUP_USE_FOR_DENY_ONLY) === 0;
  return {
    type,
    elevated,
    elevationType,
    integrity,
    administrators: isEnabled ? 'enabled' : administrators === 0 ? 'absent' : 'not enabled',
    groups: facts.groups.map((group) => ({ ...group })),
    privileges,
  };
}

/** What the agent's own factory makes, and what the agent's own check says of it. */
async function byFactory(tools: ProbeTools, desktop: RequesterDesktop): Promise<Answer> {
  const { dlls } = tools;
  if (isTestBuild()) throw new NotPossible('this build makes its tokens in another way');
  try {
    const accounts = createAccountFactory(dlls, machineFolders(dlls.advapi32).systemRoot, inMemory());
    const account = probeAccount(sid(SYSTEM), desktop, accounts.domain());
    const token = await accounts.create(account);
    tools.putBack('a token', () => token.close());
    tools.putBack(`the name of ${account.accountSid}`, () => token.release());
    return { ...verdictOn(token.facts(), account, token.logon) };
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return { verified: error.code, factory: { ...error.data } };
  }
}

/** Nothing outlives the probe: it puts everything back itself. */
function inMemory(): StateStore {
  let value: unknown;
  return { read: () => value, write: (written) => void (value = written) };
}

interface AccountRights {
  count(): number;
  add(): void;
  remove(): void;
}

/** The rights of one account; the one that is given is taken back at the latest when the probe is over. */
function rightsOf(tools: ProbeTools, account: string): AccountRights {
  const { dlls, putBack } = tools;
  const calls = dlls.probes();
  const { lsa } = dlls.health();
  const policy: [number] = [0];
  const opened = lsa.LsaOpenPolicy(null, new Uint8Array(LSA_OBJECT_ATTRIBUTES_SIZE), POLICY_ACCESS, policy);
  if (opened !== WIN32.SUCCESS) throw windowsError('LsaOpenPolicy', opened);
  putBack('the policy', () => void lsa.LsaClose(policy[0]));
  const memory = calls.memory();
  putBack('memory', () => memory.release());
  const of = memory.bytes(sidBytes(account));
  const rights: AccountRights = {
    count() {
      const [list, count]: [[bigint | null], [number]] = [[null], [0]];
      const status = calls.LsaEnumerateAccountRights(policy[0], of, list, count);
      if (list[0] !== null) lsa.LsaFreeMemory(list[0]);
      if (status === STATUS_OBJECT_NAME_NOT_FOUND) return 0;
      if (status !== WIN32.SUCCESS) throw new Error(`LsaEnumerateAccountRights: ${statusText(status)}`);
      return count[0];
    },
    add() {
      putBack('the right to log on as a service', () => {
        // With all its rights the account goes from the policy, where nobody else has put it.
        calls.LsaRemoveAccountRights(policy[0], of, 1, counted(RIGHT), 1);
        if (rights.count() > 0) throw new Error('it is still there');
      });
      calls.LsaAddAccountRights(policy[0], of, counted(RIGHT), 1);
    },
    remove: () => void calls.LsaRemoveAccountRights(policy[0], of, 0, counted(RIGHT), 1),
  };
  return rights;
}
