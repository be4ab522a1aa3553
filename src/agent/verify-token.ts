/**
 * The token that the account factory made is not believed: every fact is read back and compared with what was asked
 * for. One mismatch, or one fact the system does not give, and nothing is started.
 */
import { EpmError } from '../model/errors.ts';
import { FULL_PRIVILEGES, type Privilege, privilegeRow } from '../model/privileges.ts';
import { ADMINISTRATORS, SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY } from './caller.ts';
import type { Permission } from './permission.ts';
import type { AccountRequest, AccountToken, LogonKind, Machine, TokenFacts } from './ports.ts';

export interface TokenExpectation {
  /** `window`: the isolated account under which a person is asked, which has no rights. */
  readonly identity: Permission['identity'] | 'window';
  readonly account: AccountRequest;
  readonly factory: AccountToken['factory'];
  readonly logon: LogonKind;
  /** Logon session of the requester; null on the test bed only. */
  readonly requesterAuthenticationId: string | null;
  readonly machine: Pick<Machine, 'isWine' | 'isTestBuild' | 'localGroupMembers'>;
}

const HIGH = 0x3000;
const MEDIUM = 0x2000;
/** TOKEN_MANDATORY_POLICY_NO_WRITE_UP | TOKEN_MANDATORY_POLICY_NEW_PROCESS_MIN, winnt.h. */
const MANDATORY_POLICY = 3;
/** TOKEN_ELEVATION_TYPE, winnt.h: with UAC off, and of a service logon, there is one token only. */
const TOKEN_ELEVATION_TYPE_DEFAULT = 1;
const TOKEN_ELEVATION_TYPE_FULL = 2;
/** Logon sessions of Windows itself (winnt.h: SYSTEM_LUID, ANONYMOUS_LOGON_LUID, LOCALSERVICE_LUID, NETWORKSERVICE_LUID). */
const SYSTEM_LOGON_SESSIONS: ReadonlySet<number> = new Set([0x3e7, 0x3e6, 0x3e5, 0x3e4]);
/** Who made the token: LogonUser of Windows, as the event of every such logon says (4624, "Logon Process"), or EPM itself. */
const SOURCES: Readonly<Record<AccountToken['factory'], string>> = {
  virtualAccount: 'Advapi',
  windowsLogon: 'EPM',
  testBed: 'EPMBed',
};

/** Group attributes, winnt.h: mandatory, enabled by default, enabled; and what some groups have besides. */
const MEMBER = 0x7;
const OWNER = 0x8;
const INTEGRITY = 0x60;
const LOGON_ID = 0xc000_0000;

/** Group that a kind of logon adds ([MS-DTYP] 2.4.2.4), and no other one does. */
const LOGON_GROUPS: Readonly<Record<LogonKind, string>> = {
  interactive: 'S-1-5-4', // INTERACTIVE
  service: 'S-1-5-6', // SERVICE
};
/** Groups that Windows itself adds to a local logon of either kind ([MS-DTYP] 2.4.2.4). */
const USUAL_GROUPS: readonly string[] = [
  'S-1-1-0', // Everyone
  'S-1-2-0', // LOCAL
  'S-1-2-1', // CONSOLE LOGON
  'S-1-5-11', // Authenticated Users
  'S-1-5-15', // This Organization
  'S-1-5-32-545', // Users
];
const SYSTEM = ['SY', 'S-1-5-18'];
const HIGH_LABEL = 'S-1-16-12288';
const MEDIUM_LABEL = 'S-1-16-8192';

/** SE_PRIVILEGE_ENABLED_BY_DEFAULT, ENABLED and REMOVED, winnt.h. */
const PRIVILEGE_STATE = 0x7;
const PRIVILEGE_ENABLED = 0x3;

interface Problem {
  readonly fact: string;
  readonly why: string;
}

type Check = (facts: TokenFacts, expected: TokenExpectation) => Problem | undefined;

/** One for each fact there is, so that a new one is not forgotten. */
const CHECKS: { readonly [Fact in keyof TokenFacts]-?: Check } = {
  user: ({ user }, { account }) => wrong('user', user === account.accountSid, 'the account is another one'),
  type: ({ type }) => wrong('type', type === 'primary', 'it is not a primary token'),
  session: ({ session }, { account }) => wrong('session', session === account.session, 'it belongs to another session'),
  logonSid: ({ logonSid }, { account }) =>
    wrong('logonSid', logonSid === account.logonSid, 'it has no access to the desktop of the requester'),
  owner: ({ owner }, { account }) =>
    wrong('owner', owner === account.ownerSid, 'what it makes would belong to another account'),
  primaryGroup: ({ primaryGroup }, expected) =>
    wrong('primaryGroup', primaryGroup === primaryGroupOf(expected), `its primary group is ${primaryGroup}`),
  defaultDacl: ({ defaultDacl }, { account }) =>
    wrong(
      'defaultDacl',
      grantsOnly(defaultDacl, [...SYSTEM, ...writtenForms(account.ownerSid)]),
      'what it makes would be open to others',
    ),
  integrity: ({ integrity }, { identity }) =>
    identity === 'window'
      ? wrong('integrity', integrity === MEDIUM, 'its integrity level is not medium')
      : wrong('integrity', integrity === HIGH, 'its integrity level is not high'),
  elevated: ({ elevated }, { identity }) =>
    identity === 'window'
      ? wrong('elevated', elevated === false, 'it is elevated')
      : wrong('elevated', elevated === true, 'it is not elevated'),
  elevationType: ({ elevationType }, { identity }) =>
    identity === 'window'
      ? wrong('elevationType', elevationType === TOKEN_ELEVATION_TYPE_DEFAULT, 'it is one half of a pair')
      : wrong('elevationType', isWholeToken(elevationType), 'it is the filtered half of a pair'),
  appContainer: ({ appContainer }) => wrong('appContainer', appContainer === false, 'it is for an app container'),
  restricted: ({ restricted }) => wrong('restricted', restricted === false, 'it is restricted'),
  virtualizationEnabled: ({ virtualizationEnabled }) =>
    wrong('virtualizationEnabled', virtualizationEnabled === false, 'files and registry would be redirected'),
  mandatoryPolicy: ({ mandatoryPolicy }) =>
    wrong('mandatoryPolicy', mandatoryPolicy === MANDATORY_POLICY, 'what runs below it could write to it'),
  authenticationId: ({ authenticationId }, { requesterAuthenticationId }) =>
    wrong(
      'authenticationId',
      isOwnLogonSession(authenticationId, requesterAuthenticationId),
      'it shares a logon session',
    ),
  source: ({ source }, { factory }) =>
    wrong('source', (source ?? '').replace(/[\0 ]+$/, '') === SOURCES[factory], 'something else made it'),
  securityAttributes: ({ securityAttributes }, { account }) =>
    wrong(
      'securityAttributes',
      isMarkedOnly(securityAttributes, `EPM://request=${account.requestId}`),
      'it is not marked with the request',
    ),
  groups: (facts, expected) =>
    expected.identity === 'currentUser' ? checkOwnGroups(facts, expected) : checkGroups(facts, expected),
  privileges: checkPrivileges,
};

/**
 * @throws EpmError EPM_WINE_REFUSED, EPM_TOKEN_REFUSED with the fact in `data.fact`
 */
export function verifyToken(facts: TokenFacts, expected: TokenExpectation): void {
  verifyFactory(expected);
  for (const [fact, check] of Object.entries(CHECKS) as readonly (readonly [keyof TokenFacts, Check])[]) {
    // Wine lacks some facts altogether: on the test bed those are skipped. A fact that is given must be right there too.
    if (facts[fact] === null && isTestBed(expected)) continue;
    const problem = check(facts, expected);
    if (problem !== undefined) throw refused(problem);
  }
}

function verifyFactory({ factory, identity, machine }: TokenExpectation): void {
  // Under Wine the calls that make a virtual account only pretend to succeed.
  if (machine.isWine && (!machine.isTestBuild || factory !== 'testBed')) {
    throw new EpmError(
      'EPM_WINE_REFUSED',
      'Nothing is elevated under Wine, where security calls only pretend to succeed.',
    );
  }
  const wanted = identity === 'currentUser' ? 'windowsLogon' : 'virtualAccount';
  const isBedFactory = factory === 'testBed' && machine.isTestBuild;
  const problem = wrong('factory', factory === wanted || isBedFactory, 'it was made in another way');
  if (problem !== undefined) throw refused(problem);
}

/** Of Wine, which lacks some facts altogether. */
export function isTestBed({ factory, machine }: TokenExpectation): boolean {
  return machine.isTestBuild && machine.isWine && factory === 'testBed';
}

/** Wine takes the primary group for the owner of what a program makes, so that they are one on the test bed. */
function primaryGroupOf(expected: TokenExpectation): string {
  return isTestBed(expected) ? expected.account.ownerSid : expected.account.groupSid;
}

/** Groups that must be there with just these attributes. */
function requiredGroups({
  account,
  logon,
  identity,
}: TokenExpectation): ReadonlyMap<string, readonly [number, string]> {
  return new Map<string, readonly [number, string]>([
    ...(identity === 'window' ? [] : [[ADMINISTRATORS, [MEMBER | OWNER, 'administrators']] as const]),
    [account.groupSid, [MEMBER, 'markerGroup']],
    [account.logonSid, [(MEMBER | LOGON_ID) >>> 0, 'logonGroup']],
    [LOGON_GROUPS[logon], [MEMBER, 'logonKind']],
  ]);
}

function checkGroups({ groups }: TokenFacts, expected: TokenExpectation): Problem | undefined {
  const required = requiredGroups(expected);
  for (const [sid, [attributes, fact]] of required) {
    const found = groups.find((group) => group.sid === sid);
    const problem = wrong(fact, found?.attributes === attributes, `the group ${sid} is not in it as it should be`);
    if (problem !== undefined) return problem;
  }
  for (const { sid, attributes } of groups) {
    if (required.has(sid)) continue;
    const allowed = allowedAttributes(sid, expected);
    if (allowed === undefined) return { fact: 'groups', why: `it has the group ${sid}` };
    if (attributes !== allowed) {
      return { fact: 'groupAttributes', why: `the group ${sid} has the attributes 0x${attributes.toString(16)}` };
    }
  }
  const twice = groups.find(({ sid }, index) => groups.findIndex((group) => group.sid === sid) !== index);
  return wrong('groups', twice === undefined, `it has the group ${twice?.sid ?? ''} twice`);
}

/** Logons of nobody who is there: network, batch, service, anonymous ([MS-DTYP] 2.4.2.4). */
const FOREIGN_LOGONS: ReadonlySet<string> = new Set(['S-1-5-2', 'S-1-5-3', 'S-1-5-6', 'S-1-5-7']);

/** The requester's own token has their own groups, which Windows knows and nobody else. */
function checkOwnGroups({ groups }: TokenFacts, { account }: TokenExpectation): Problem | undefined {
  const usable = groups.filter(
    ({ attributes }) => (attributes & SE_GROUP_ENABLED) !== 0 && (attributes & SE_GROUP_USE_FOR_DENY_ONLY) === 0,
  );
  const has = (wanted: string): boolean => usable.some(({ sid }) => sid === wanted);
  const foreign = usable.find(({ sid }) => FOREIGN_LOGONS.has(sid));
  return (
    wrong('administrators', has(ADMINISTRATORS), 'Administrators is not enabled in it') ??
    wrong('markerGroup', has(account.groupSid), 'it does not carry the marker group') ??
    wrong('groups', foreign === undefined, `it has the group ${foreign?.sid ?? ''}`)
  );
}

/** Attributes that a group which need not be there must have; undefined: it must not be there. */
function allowedAttributes(sid: string, expected: TokenExpectation): number | undefined {
  const { account, machine, identity } = expected;
  if (sid === (identity === 'window' ? MEDIUM_LABEL : HIGH_LABEL)) return INTEGRITY;
  if (sid === account.domainSid || USUAL_GROUPS.includes(sid)) return MEMBER;
  // The primary group must be among the groups, and is the owner on the test bed.
  if (isTestBed(expected) && sid === account.ownerSid) return 0;
  return isGivenToEveryone(sid, expected, machine) ? MEMBER : undefined;
}

/** A local group that this machine gives to a usual group, such as to INTERACTIVE: whoever signs in is in it. */
function isGivenToEveryone(
  sid: string,
  { logon }: TokenExpectation,
  machine: Pick<Machine, 'localGroupMembers'>,
): boolean {
  const members = machine.localGroupMembers(sid) ?? [];
  return members.some((member) => USUAL_GROUPS.includes(member) || member === LOGON_GROUPS[logon]);
}

function checkPrivileges({ privileges }: TokenFacts, { account }: TokenExpectation): Problem | undefined {
  for (const { name, attributes } of privileges) {
    if (!isFull(name) || account.removePrivileges.includes(name)) {
      return { fact: 'privileges', why: `it has the privilege ${name}` };
    }
    const enabled = privilegeRow(name).isEnabled === true ? PRIVILEGE_ENABLED : 0;
    if ((attributes & PRIVILEGE_STATE) !== enabled) {
      return { fact: 'privilegeState', why: `the privilege ${name} is not in the state that Windows gives it` };
    }
  }
  return undefined;
}

function isFull(name: string): name is Privilege {
  return FULL_PRIVILEGES.some((each) => each === name);
}

function isMarkedOnly(attributes: readonly string[] | null, mark: string): boolean {
  const ours = attributes?.filter((attribute) => attribute.startsWith('EPM://'));
  return ours?.length === 1 && ours[0] === mark;
}

function isWholeToken(elevationType: number | null): boolean {
  return elevationType === TOKEN_ELEVATION_TYPE_DEFAULT || elevationType === TOKEN_ELEVATION_TYPE_FULL;
}

function isOwnLogonSession(own: string | null, requester: string | null): boolean {
  if (own === null || requester === null || !/^[0-9a-f]{16}$/i.test(own)) return false;
  return own.toLowerCase() !== requester.toLowerCase() && !SYSTEM_LOGON_SESSIONS.has(Number.parseInt(own, 16));
}

/** How SDDL writes a SID. */
export function writtenForms(sid: string): readonly string[] {
  return sid === ADMINISTRATORS ? ['BA', sid] : [sid];
}

/** True when the DACL (SDDL) has at least one entry and each one allows something to one of the trustees. */
function grantsOnly(sddl: string, trustees: readonly string[]): boolean {
  const match = /^D:[A-Z]*((?:\([^()]*\))+)$/.exec(sddl);
  if (match === null) return false;
  const entries = (match[1] ?? '').slice(1, -1).split(')(');
  return entries.every((entry) => {
    const fields = entry.split(';');
    return fields.length === 6 && fields[0] === 'A' && trustees.includes(fields[5] ?? '');
  });
}

function wrong(fact: string, holds: boolean, why: string): Problem | undefined {
  return holds ? undefined : { fact, why };
}

function refused({ fact, why }: Problem): EpmError {
  return new EpmError('EPM_TOKEN_REFUSED', `The token that was made is refused: ${why}.`, {
    hint: 'Nothing was started. Report it to your administrator with the request id.',
    data: { fact },
  });
}
