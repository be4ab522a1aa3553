/**
 * The token that the account factory made is not believed: every fact is read back and compared with what was asked
 * for. One mismatch, or one fact the system does not give, and nothing is started.
 */
import { EpmError } from '../model/errors.ts';
import { FULL_PRIVILEGES } from '../model/privileges.ts';
import { ADMINISTRATORS, SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY } from './caller.ts';
import type { Permission } from './permission.ts';
import type { AccountRequest, AccountToken, Machine, TokenFacts } from './ports.ts';

export interface TokenExpectation {
  readonly identity: Permission['identity'];
  readonly account: AccountRequest;
  readonly factory: AccountToken['factory'];
  /** Logon session of the requester; null on the test bed only. */
  readonly requesterAuthenticationId: string | null;
  readonly machine: Pick<Machine, 'isWine' | 'isTestBuild'>;
}

const HIGH = 0x3000;
/** TOKEN_MANDATORY_POLICY_NO_WRITE_UP | TOKEN_MANDATORY_POLICY_NEW_PROCESS_MIN, winnt.h. */
const MANDATORY_POLICY = 3;
/** TOKEN_ELEVATION_TYPE, winnt.h: with UAC off there is one token only, else the full half of a pair is wanted. */
const TOKEN_ELEVATION_TYPE_DEFAULT = 1;
const TOKEN_ELEVATION_TYPE_FULL = 2;
/** Logon sessions of Windows itself (winnt.h: SYSTEM_LUID, ANONYMOUS_LOGON_LUID, LOCALSERVICE_LUID, NETWORKSERVICE_LUID). */
const SYSTEM_LOGON_SESSIONS: ReadonlySet<number> = new Set([0x3e7, 0x3e6, 0x3e5, 0x3e4]);

/** Groups that Windows itself adds to a local interactive or service logon ([MS-DTYP] 2.4.2.4). */
const USUAL_GROUPS: ReadonlySet<string> = new Set([
  'S-1-1-0', // Everyone
  'S-1-2-0', // LOCAL
  'S-1-2-1', // CONSOLE LOGON
  'S-1-5-4', // INTERACTIVE
  'S-1-5-11', // Authenticated Users
  'S-1-5-15', // This Organization
  'S-1-5-32-545', // Users
  'S-1-16-12288', // High integrity label
]);
const SERVICE = 'S-1-5-6';
const SYSTEM = ['SY', 'S-1-5-18'];

/**
 * @throws EpmError EPM_WINE_REFUSED, EPM_TOKEN_REFUSED with the fact in `data.fact`
 */
export function verifyToken(facts: TokenFacts, expected: TokenExpectation): void {
  verifyFactory(expected);
  const { account, requesterAuthenticationId } = expected;
  check('user', facts.user === account.accountSid, 'the account is another one');
  check('type', facts.type === 'primary', 'it is not a primary token');
  check('session', facts.session === account.session, 'it belongs to another session');
  check('logonSid', facts.logonSid === account.logonSid, 'it has no access to the desktop of the requester');
  check('owner', facts.owner === account.ownerSid, 'what it makes would belong to another account');
  check(
    'defaultDacl',
    grantsOnly(facts.defaultDacl, [...SYSTEM, ...writtenForms(account.ownerSid)]),
    'what it makes would be open to others',
  );
  // Wine lacks some facts altogether: on the test bed those are skipped. A fact that is given must be right there too.
  const known = (fact: unknown): boolean => !(fact === null && isTestBed(expected));
  if (known(facts.integrity)) check('integrity', facts.integrity === HIGH, 'its integrity level is not high');
  if (known(facts.elevated)) check('elevated', facts.elevated === true, 'it is not elevated');
  if (known(facts.elevationType))
    check('elevationType', isWholeToken(facts.elevationType), 'it is the filtered half of a pair');
  if (known(facts.appContainer)) check('appContainer', facts.appContainer === false, 'it is for an app container');
  if (known(facts.restricted)) check('restricted', facts.restricted === false, 'it is restricted');
  if (known(facts.virtualizationEnabled))
    check('virtualization', facts.virtualizationEnabled === false, 'files and registry would be redirected');
  if (known(facts.mandatoryPolicy)) {
    check('mandatoryPolicy', facts.mandatoryPolicy === MANDATORY_POLICY, 'what runs below it could write to it');
  }
  if (known(facts.authenticationId)) {
    check(
      'authenticationId',
      isOwnLogonSession(facts.authenticationId, requesterAuthenticationId),
      'it shares a logon session',
    );
  }
  if (known(facts.securityAttributes)) {
    const mark = `EPM://request=${account.requestId}`;
    check('securityAttributes', facts.securityAttributes?.includes(mark) === true, 'it is not marked with the request');
  }
  if (expected.identity === 'currentUser') verifyOwnGroups(facts, account);
  else verifyGroups(facts, account);
  verifyPrivileges(facts, account);
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
  check('factory', factory === wanted || isBedFactory, 'it was made in another way');
}

function isTestBed({ factory, machine }: TokenExpectation): boolean {
  return machine.isTestBuild && machine.isWine && factory === 'testBed';
}

function usableGroups({ groups }: TokenFacts): ReadonlySet<string> {
  const usable = groups.filter(
    ({ attributes }) => (attributes & SE_GROUP_ENABLED) !== 0 && (attributes & SE_GROUP_USE_FOR_DENY_ONLY) === 0,
  );
  return new Set(usable.map(({ sid }) => sid));
}

function verifyGroups(facts: TokenFacts, account: AccountRequest): void {
  const usable = usableGroups(facts);
  check('administrators', usable.has(ADMINISTRATORS), 'Administrators is not enabled in it');
  check('markerGroup', usable.has(account.groupSid), 'it does not carry the marker group');
  const allowed = new Set<string>([
    ...USUAL_GROUPS,
    ADMINISTRATORS,
    account.groupSid,
    account.domainSid,
    account.logonSid,
  ]);
  if (account.allowServiceLogon) allowed.add(SERVICE);
  const foreign = [...usable].find((sid) => !allowed.has(sid));
  check('groups', foreign === undefined, `it has the group ${foreign ?? ''}`);
  check(
    'primaryGroup',
    facts.primaryGroup === account.accountSid || allowed.has(facts.primaryGroup),
    `its primary group is ${facts.primaryGroup}`,
  );
}

/** Logons of nobody who is there: network, batch, service, anonymous ([MS-DTYP] 2.4.2.4). */
const FOREIGN_LOGONS: ReadonlySet<string> = new Set(['S-1-5-2', 'S-1-5-3', 'S-1-5-6', 'S-1-5-7']);

/** The requester's own token has their own groups, which Windows knows and nobody else. */
function verifyOwnGroups(facts: TokenFacts, account: AccountRequest): void {
  const usable = usableGroups(facts);
  check('administrators', usable.has(ADMINISTRATORS), 'Administrators is not enabled in it');
  check('markerGroup', usable.has(account.groupSid), 'it does not carry the marker group');
  const foreign = [...usable].find((sid) => FOREIGN_LOGONS.has(sid));
  check('groups', foreign === undefined, `it has the group ${foreign ?? ''}`);
}

function verifyPrivileges(facts: TokenFacts, account: AccountRequest): void {
  const foreign = facts.privileges.find(
    ({ name }) => !FULL_PRIVILEGES.some((each) => each === name) || account.removePrivileges.includes(name),
  );
  check('privileges', foreign === undefined, `it has the privilege ${foreign?.name ?? ''}`);
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

function check(fact: string, holds: boolean, why: string): void {
  if (holds) return;
  throw new EpmError('EPM_TOKEN_REFUSED', `The token that was made is refused: ${why}.`, {
    hint: 'Nothing was started. Report it to your administrator with the request id.',
    data: { fact },
  });
}
