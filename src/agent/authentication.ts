/**
 * Windows authentication: a real logon by the agent with what the person gave, compared with the requester by SID. What
 * a client says about a logon of its own proves nothing. The client learns only that it failed; the audit says why.
 */
import type { Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import { type Credential, readCredential } from '../requests/credential.ts';
import { readLogonBuffer, writeLogonBuffer } from '../requests/logon-buffer.ts';
import { wipe } from '../requests/sealed-credential.ts';
import type { Attempt } from './audit-entries.ts';
import type { AuthenticationAttempts } from './authentication-attempts.ts';
import { SE_GROUP_ENABLED } from './caller.ts';
import type { AccountRequest, LogonOrder, LogonRefusal, LogonToken, Machine, UserLogons } from './ports.ts';

export interface AuthenticationPorts {
  readonly logons: UserLogons;
  readonly attempts: AuthenticationAttempts;
  readonly machine: Machine;
}

/** Why the audit says that an authentication failed. */
type Refusal =
  | LogonRefusal
  /** Windows knows no account of the name. */
  | 'unknownName'
  | 'emptyPassword'
  /** The buffer asks for a logon that proves nobody. */
  | 'refusedForm'
  /** What Windows made is not an interactive logon. */
  | 'notInteractive';

/** SECURITY_LOGON_TYPE Interactive (ntsecapi.h). */
const INTERACTIVE = 2;
/** Network, batch, service, anonymous ([MS-DTYP] 2.4.2.4): logons that nobody gave a secret for at this machine. */
const REFUSED_GROUPS: ReadonlySet<string> = new Set(['S-1-5-2', 'S-1-5-3', 'S-1-5-6', 'S-1-5-7']);

/**
 * @param open gives the credential, which is overwritten here
 * @param attempt gets how it was authenticated, or why not
 * @param account the token that is wanted, with administrator rights; undefined: the logon only proves who it is
 * @returns the token of the logon, to be closed by the caller
 * @throws EpmError EPM_CREDENTIAL_INVALID, EPM_AUTHENTICATION_LIMIT, EPM_AUTHENTICATION_FAILED, EPM_ACCOUNT_UNAVAILABLE,
 * EPM_WINE_REFUSED, EPM_DATA_FOLDER
 */
export async function authenticate(
  open: () => Uint8Array,
  attempt: Attempt,
  account: AccountRequest | undefined,
  { logons, attempts, machine }: AuthenticationPorts,
): Promise<LogonToken> {
  requireRealLogons(machine);
  const user = attempt.caller.sid;
  const bytes = open();
  let order: LogonOrder | undefined;
  try {
    order = orderOf(readCredential(bytes), user, machine);
    const takeBack = attempts.begin(user);
    const outcome = await logOn(order, user, account, { logons, machine }).catch((error: unknown) => {
      // Nobody was asked, or what failed came after.
      takeBack();
      throw error;
    });
    if (typeof outcome === 'string') throw failed(attempt, outcome);
    try {
      takeBack();
    } catch (error) {
      outcome.close();
      throw error;
    }
    attempt.authentication = outcome.authenticationPackage;
    return outcome;
  } finally {
    wipe(bytes, order?.buffer);
  }
}

async function logOn(
  order: LogonOrder,
  user: Sid,
  account: AccountRequest | undefined,
  { logons, machine }: Pick<AuthenticationPorts, 'logons' | 'machine'>,
): Promise<LogonToken | Refusal> {
  const refusal = await refusalOf(order, user, logons, machine);
  if (refusal !== undefined) return refusal;
  const token = await logons.logOn(user, order, account);
  if (typeof token === 'string') return token;
  try {
    const fault = faultOf(token, user, machine);
    if (fault === undefined) return token;
    token.close();
    return fault;
  } catch (error) {
    token.close();
    throw error;
  }
}

function requireRealLogons({ isWine, isTestBuild }: Machine): void {
  if (isWine && !isTestBuild) {
    throw new EpmError('EPM_WINE_REFUSED', 'This is Wine, which accepts every password: nobody is authenticated here.');
  }
}

/** Why Windows is not asked at all. A password is only ever tried for the requester's own account. */
async function refusalOf(
  order: LogonOrder,
  user: Sid,
  logons: UserLogons,
  machine: Machine,
): Promise<Refusal | undefined> {
  const logon = readLogonBuffer(order.buffer);
  if (logon.kind === 'refused') return 'refusedForm';
  if (logon.kind === 'card') return undefined;
  // Windows lets accounts without a password log on at the machine itself.
  if (logon.passwordLength === 0) return 'emptyPassword';
  return nameRefusal(logon.domain, logon.userName, user, logons, machine);
}

function orderOf(credential: Credential, user: Sid, machine: Machine): LogonOrder {
  if (credential.form === 'buffer') return credential;
  const { userName, password } = credential;
  const [domain, name] = splitName(userName, user, machine);
  return { authenticationPackage: undefined, buffer: writeLogonBuffer(domain, name, password) };
}

/** A name without a domain is that of the requester's: Windows would choose one by itself. */
function splitName(userName: string, user: Sid, machine: Machine): readonly [domain: string, name: string] {
  const at = userName.indexOf('\\');
  // PowerShell puts a backslash before a name without a domain.
  if (at === 0) return splitName(userName.slice(1), user, machine);
  if (at > 0) return [userName.slice(0, at), userName.slice(at + 1)];
  if (userName.includes('@')) return ['', userName];
  const own = machine.accountName(user) ?? '';
  return [own.slice(0, Math.max(0, own.indexOf('\\'))), userName];
}

async function nameRefusal(
  domain: string,
  userName: string,
  user: Sid,
  logons: UserLogons,
  machine: Machine,
): Promise<Refusal | undefined> {
  // Windows knows accounts of Microsoft Entra by the domain AzureAD, whatever the user types.
  const domains = domain === '' && userName.includes('@') ? ['', 'AzureAD'] : [domain === '.' ? machine.name : domain];
  let known: Sid | undefined;
  for (const each of domains) known ??= await logons.accountSid(user, each === '' ? userName : `${each}\\${userName}`);
  if (known === undefined) return 'unknownName';
  return known === user ? undefined : 'otherUser';
}

/** What is wrong with what Windows made; undefined: it proves that the requester is there. */
function faultOf(token: LogonToken, user: Sid, machine: Machine): Refusal | undefined {
  const facts = token.facts();
  // The text of a SID is as exact as its bytes; names would not be.
  if (facts.user !== user) return 'otherUser';
  const isTestBed = machine.isWine && token.factory === 'testBed';
  if (token.logonType !== INTERACTIVE && !(token.logonType === null && isTestBed)) return 'notInteractive';
  const groups = facts.groups.filter(({ attributes }) => (attributes & SE_GROUP_ENABLED) !== 0);
  return groups.some(({ sid }) => REFUSED_GROUPS.has(sid)) ? 'notInteractive' : undefined;
}

function failed(attempt: Attempt, refusal: Refusal): EpmError {
  attempt.refusal = refusal;
  return new EpmError(
    'EPM_AUTHENTICATION_FAILED',
    'Windows does not accept the credential, or it is not that of the user who asks. Nothing was started.',
  );
}
