/**
 * Who asks, and whether that kind of caller is served at all. Everything comes from the token that the pipe captured;
 * a fact the system did not give counts against the caller.
 */
import type { Sid } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { ElevationRequest, Requester, Trigger } from '../model/request.ts';
import { isMarkerGroup, isVirtualAccount } from './account-sids.ts';
import type { Caller, Clock, Machine, TokenFacts } from './ports.ts';

/** A caller that may be served. */
export interface VerifiedCaller {
  /** As the pipe captured it; adapters ask its token. */
  readonly client: Caller;
  readonly sid: Sid;
  /** `DOMAIN\name`; undefined when the name is not known. */
  readonly accountName: string | undefined;
  readonly session: number;
  readonly logonSid: string;
  /** LUID of the logon session; null on the test bed only. */
  readonly authenticationId: string | null;
  readonly isElevatedByEpm: boolean;
  /** Came by the pipe of administration as an administrator: may see what concerns other users. */
  readonly isManager: boolean;
  readonly requester: Requester;
}

const SYSTEM = 'S-1-5-18';
export const ADMINISTRATORS = 'S-1-5-32-544';
/** Group attributes, winnt.h. */
export const SE_GROUP_ENABLED = 0x4;
export const SE_GROUP_USE_FOR_DENY_ONLY = 0x10;
/** Mandatory integrity levels, winnt.h. */
const MEDIUM = 0x2000;
export const HIGH = 0x3000;
const SECURITY_IDENTIFICATION = 1;
const NEEDED_FACTS = ['authenticationId', 'integrity', 'appContainer', 'restricted'] as const;
const LOGON_SID = /^S-1-5-5-\d+-\d+$/;

/** Well-known SIDs ([MS-DTYP] 2.4.2.4) of logons that are not a person at the machine. */
const REFUSED_GROUPS: ReadonlyMap<string, string> = new Map([
  ['S-1-5-2', 'it comes from the network'],
  ['S-1-5-3', 'it is a batch job'],
  ['S-1-5-6', 'it is a service'],
  ['S-1-5-7', 'it is anonymous'],
]);
const REFUSED_USERS: ReadonlyMap<string, string> = new Map([
  ['S-1-5-7', 'it is anonymous'],
  ['S-1-5-19', 'it is a service account'],
  ['S-1-5-20', 'it is a service account'],
]);

/**
 * @throws EpmError EPM_CALLER_UNKNOWN when a fact is missing; EPM_CALLER_REFUSED when the kind is never served;
 * EPM_NOT_ADMINISTRATOR on the pipe of administration when it is no administrator with high integrity, or was elevated by EPM;
 * EPM_WINE_REFUSED when a production build misses a fact because it runs under Wine
 */
export function verifyCaller(caller: Caller, machine: Machine): VerifiedCaller {
  const { token } = caller;
  if (caller.impersonationLevel < SECURITY_IDENTIFICATION) throw refused('it hides its identity');
  const isTestBed = machine.isWine && machine.isTestBuild;
  // Wine lacks some facts altogether.
  for (const fact of NEEDED_FACTS)
    if (token[fact] === null && !isTestBed) throw machine.isWine ? wine(fact) : unknown(fact);

  const user = REFUSED_USERS.get(token.user);
  if (user !== undefined) throw refused(user);
  if (/^S-1-5-80-/.test(token.user)) throw refused('it is a service account');
  for (const { sid } of token.groups) {
    const group = REFUSED_GROUPS.get(sid);
    if (group !== undefined) throw refused(group);
  }
  if (token.appContainer === true) throw refused('it runs in an app container');
  if (token.restricted === true) throw refused('its token is restricted');
  if (token.integrity !== null && token.integrity < MEDIUM) throw refused('its integrity level is low');

  const isElevatedByEpm = wasElevatedByEpm(token);
  const isManager = caller.pipe === 'administration';
  if (isManager && !mayAdminister(token, isElevatedByEpm)) {
    throw new EpmError('EPM_NOT_ADMINISTRATOR', 'The agent is administered by administrators only.');
  }
  // Session 0 holds services only; the system itself and administrators may still ask for reports there.
  if (token.session === 0 && !isManager) throw refused('it runs in the session of services');
  if (token.user !== SYSTEM && !LOGON_SID.test(token.logonSid)) throw unknown('logonSid');

  const profileFolder = machine.profileFolder(token.user);
  return {
    client: caller,
    sid: token.user,
    accountName: machine.accountName(token.user),
    session: token.session,
    logonSid: token.logonSid,
    authenticationId: token.authenticationId,
    isElevatedByEpm,
    isManager,
    requester: {
      sid: token.user,
      // A filtered token carries the group for denying only: that person is an administrator too. The linked token is
      // not asked for: with Administrator Protection the question alone logs on another account.
      isAdministrator: !isElevatedByEpm && token.groups.some(({ sid }) => sid === ADMINISTRATORS),
      isElevatedByEpm,
      ...defined({ profileFolder }),
    },
  };
}

/** A request of this caller, as the engine takes it. */
export function userRequest(
  { requester }: VerifiedCaller,
  values: readonly string[],
  clock: Pick<Clock, 'now' | 'zoneOffset'>,
  trigger: Trigger = 'userInitiated',
): ElevationRequest {
  const time = clock.now();
  return { trigger, requester, arguments: values, time, zoneOffset: clock.zoneOffset(time) };
}

/** @throws EpmError EPM_CALLER_REFUSED when nothing is elevated for this caller although it may ask for reports */
export function requireElevationCaller(caller: VerifiedCaller): void {
  if (caller.session === 0) throw refused('it runs in the session of services');
  if (caller.sid === SYSTEM) throw refused('it is the system account');
}

/**
 * Administrators is enabled in the token, and its integrity is high. A program that EPM elevated has both and may not: it
 * was elevated for what its rule says, and not to change what EPM does.
 */
function mayAdminister(token: TokenFacts, isElevatedByEpm: boolean): boolean {
  if (isElevatedByEpm) return false;
  return token.user === SYSTEM || ((token.integrity ?? HIGH) >= HIGH && hasEnabled(token, ADMINISTRATORS));
}

function wasElevatedByEpm(token: TokenFacts): boolean {
  return (
    isVirtualAccount(token.user) ||
    token.groups.some(({ sid }) => isMarkerGroup(sid)) ||
    (token.securityAttributes ?? []).some((attribute) => attribute.startsWith('EPM://'))
  );
}

/** A group that gives its rights to whoever has the token. */
export function hasEnabled(token: TokenFacts, group: string): boolean {
  return token.groups.some(
    ({ sid, attributes }) =>
      sid === group && (attributes & SE_GROUP_ENABLED) !== 0 && (attributes & SE_GROUP_USE_FOR_DENY_ONLY) === 0,
  );
}

function refused(why: string): EpmError {
  return new EpmError('EPM_CALLER_REFUSED', `The caller is not served: ${why}.`);
}

function wine(fact: string): EpmError {
  return new EpmError('EPM_WINE_REFUSED', 'This is Wine, which cannot tell who is asking.', { data: { fact } });
}

function unknown(fact: string): EpmError {
  return new EpmError('EPM_CALLER_UNKNOWN', 'The caller could not be identified completely.', { data: { fact } });
}
