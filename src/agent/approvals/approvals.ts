/**
 * Approvals by support on the device: what users asked for, what was granted, and which grants count for one start. What is
 * kept is opened when it is needed, so that a folder that cannot be read stops nothing but this: then nothing is approved.
 */
import type { Sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { EpmError, isEpmError, toErrorReport, type ErrorReport } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import type { GrantFault } from '../../model/grant-faults.ts';
import type { Grant } from '../../model/request.ts';
import type { RoleAssignment } from '../../model/role.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import type { SupportRequest } from '../../model/support-request.ts';
import { GrantBook, type GrantUser } from '../../requests/grants/grant-book.ts';
import { type ChangedRequest, type GrantOutlook, RequestBook, type Review } from '../../requests/request-book.ts';
import { writeRequestText } from '../../requests/request-text.ts';
import { foldCase } from '../../text/compare.ts';
import { type Attempt, type AttemptApproval, describeAttempt } from '../audit-entries.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { VerifiedCaller } from '../caller.ts';
import type { ApprovalsStatus } from '../contract.ts';
import { onAbort } from '../elevation-context.ts';
import type { PolicyInForce } from '../policy-in-force.ts';
import type { Clock, EntryStore, Log, Machine, Random, StateStore } from '../ports.ts';
import { approvalPolicies, grantTerms, knownGrantOrNone, type KnownGrant } from './approval-terms.ts';
import { describeAnswered, describeAsked } from './describe-request.ts';
import type { DeviceSigner } from '../../audit/checkpoint.ts';
import { publicKeyText, signBytes } from '../../requests/ed25519.ts';
import { type DeviceIdentity, deviceIdentity } from './device-identity.ts';
import type { JournalUses } from './grant-uses.ts';
import { grantStore, readClock, readNotes, readRequests, requestStore } from './kept-approvals.ts';

const MINUTE = 60_000;
/** Characters of a domain in the name of an account ("NetBIOS names"). */
const MAX_NETBIOS = 15;
/** Milliseconds for which a start waits at most until the journal was read. */
const JOURNAL_WAIT = 30_000;

/** Where approvals outlive the agent. */
export interface ApprovalStores {
  readonly requests: EntryStore;
  readonly grants: EntryStore;
  readonly clock: StateStore;
  readonly device: StateStore;
}

interface ApprovalPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly machine: Machine;
  readonly stores: ApprovalStores;
  readonly trail: AuditTrail;
  readonly log: Log;
  /** The state of a request has changed, and not by what its user did. Never fails. */
  readonly changed: (request: SupportRequest) => void;
  /** Something became of a request, by whomever. Never throws. */
  readonly became: (change: ChangedRequest) => void;
  /** A request was made or changed, by whomever. Never fails. */
  readonly written?: () => void;
}

/** What is open while the folders can be read. */
interface Books {
  readonly device: DeviceIdentity;
  readonly requests: RequestBook;
  readonly grants: GrantBook<KnownGrant>;
}

export class Approvals {
  readonly #ports: ApprovalPorts;
  #books: Books | undefined;
  #fault: ErrorReport | undefined;
  #policy: PolicyInForce | undefined;
  #journal: JournalUses | undefined;
  #unreadableGrants = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #journalRead: Promise<void>;
  #resolveJournal: () => void = () => undefined;

  constructor(ports: ApprovalPorts) {
    this.#ports = ports;
    this.#journalRead = new Promise((resolve) => (this.#resolveJournal = resolve));
    this.#tryOpen();
    this.#timer = setInterval(() => this.#everyMinute(), MINUTE);
    this.#timer.unref();
  }

  /** Why nothing of it can be used; undefined: it can. */
  get fault(): ErrorReport | undefined {
    return this.#fault;
  }

  /** Signs for the device; undefined: its key cannot be read now. */
  get signer(): DeviceSigner | undefined {
    const device = this.#books?.device;
    if (device === undefined) return undefined;
    const { id, key } = device;
    return { id, publicKey: publicKeyText(key), sign: (bytes) => signBytes(bytes, key) };
  }

  /** Texts in policy that are no grants. */
  get unreadableGrants(): number {
    return this.#unreadableGrants;
  }

  /** Milliseconds by which the clock is behind the latest time that the device has seen, where that is too much. */
  get behind(): number {
    const now = this.#ports.clock.now();
    return this.#books?.grants.isBehind(now) === true ? this.#books.grants.latest - now : 0;
  }

  get status(): ApprovalsStatus {
    const all = this.#books?.requests.all ?? [];
    const count = (status: SupportRequest['status']): number => all.filter((each) => each.status === status).length;
    return {
      ...defined({ deviceId: this.#books?.device.id }),
      pendingRequests: count('pending'),
      approvedRequests: count('approved'),
      grants: this.#books?.grants.all.length ?? 0,
    };
  }

  /** What users asked for; none while it cannot be read. */
  get requests(): readonly SupportRequest[] {
    return this.#books?.requests.all ?? [];
  }

  /** What policy gives to groups. */
  get roles(): readonly RoleAssignment[] {
    return this.#policy === undefined ? [] : approvalPolicies(this.#policy).flatMap(({ roles }) => roles);
  }

  /** @throws EpmError EPM_DATA_FOLDER */
  get books(): Books {
    const books = this.#books ?? this.#tryOpen();
    if (books !== undefined) return books;
    const { code = 'EPM_DATA_FOLDER', message = '', hint } = this.#fault ?? {};
    throw new EpmError(code, message, defined({ hint }));
  }

  /** Another policy came into force. */
  policyChanged(policy: PolicyInForce): void {
    if (this.#policy?.digest === policy.digest && this.#policy.documents === policy.documents) return;
    this.#policy = policy;
    const books = this.#books;
    if (books === undefined) return;
    this.#tellPolicy(books, policy);
    this.settle();
  }

  /** All of the journal was read. @param journal undefined: it could not be; then no grant for a number of starts counts */
  journalRead(journal: JournalUses | undefined): void {
    this.#journal = journal;
    try {
      if (journal !== undefined) this.#books?.grants.readJournal(journal.uses, journal.doubt);
    } catch (error) {
      this.#ports.log.write('error', 'approvalsNotWritten', { code: toErrorReport(error).code });
    }
    this.#resolveJournal();
  }

  /** Whether it is not known yet how often the grants for a file were used. */
  waits(sha256: string): boolean {
    return this.#books?.grants.waitsForJournal(sha256) === true;
  }

  /** Settles when that is known, or it takes too long, or nobody waits. */
  async ready(signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, JOURNAL_WAIT);
      onAbort(signal, resolve);
    });
    await Promise.race([this.#journalRead, late]);
    clearTimeout(timer);
  }

  /** Grants that count now for a user and a file; none where it is not known. */
  counting(caller: VerifiedCaller, facts: FileFacts, settings: EffectiveSettings): readonly Grant[] {
    try {
      const { grants } = this.books;
      if (!grants.knows(facts.sha256)) return [];
      const now = this.#ports.clock.now();
      grants.see(now);
      return grants.counting({ user: this.userOf(caller), file: { facts, settings } }, now);
    } catch (error) {
      this.#ports.log.write('error', 'grantsNotUsed', { code: toErrorReport(error).code });
      return [];
    }
  }

  /**
   * Uses a grant for one start, right before the program runs. It is asked again whether it counts.
   * @returns gives the start back where nothing ran; it never fails
   * @throws EpmError EPM_GRANT_REFUSED, EPM_DATA_FOLDER
   */
  use(id: string, caller: VerifiedCaller, facts: FileFacts, settings: EffectiveSettings): () => void {
    const subject = { user: this.userOf(caller), file: { facts, settings } };
    const giveBack = this.books.grants.use(id, subject, this.#ports.clock.now());
    return () => {
      try {
        giveBack();
      } catch (error) {
        this.#ports.log.write('warning', 'grantNotGivenBack', { grantId: id, code: toErrorReport(error).code });
      }
    };
  }

  /** What the records of a start by a grant say of it. */
  describe(id: string): AttemptApproval {
    const now = this.#ports.clock.now();
    const grant = this.#books?.grants.find(id, now);
    if (grant === undefined) return { grantId: id };
    const key = this.#books?.grants.signerOf(grant, now);
    return {
      grantId: id,
      supportRequestId: grant.statement.requestId,
      ...defined({ approver: key?.approver, approverKey: key?.name }),
    };
  }

  /** A program runs by a grant. Never fails. */
  ran(id: string, attempt: Attempt, facts: FileFacts): void {
    try {
      const { grants, requests } = this.books;
      const now = this.#ports.clock.now();
      const until = grants.find(id, now)?.statement.until ?? now;
      for (const change of requests.ran(subjectOf(attempt, facts), { id, until }, now)) this.#ports.became(change);
    } catch (error) {
      this.#ports.log.write('warning', 'requestNotCompleted', { code: toErrorReport(error).code });
    }
  }

  /**
   * Makes a request to support, or updates the open one.
   * @param justification undefined: the user gives none now
   * @returns the request; undefined: a new one has to be made, and needs a justification
   * @throws EpmError EPM_SUPPORT_REQUEST_LIMIT, EPM_ARGUMENTS_INVALID, EPM_DATA_FOLDER, EPM_AUDIT_WRITE
   */
  ask(attempt: Attempt, facts: FileFacts, justification: string | undefined): SupportRequest | undefined {
    const now = this.#ports.clock.now();
    const { device, requests } = this.books;
    this.settle();
    const subject = subjectOf(attempt, facts);
    const about = requests.about(subject);
    if (justification !== undefined) {
      const asked = describeAsked(attempt, facts, justification, { id: device.id, name: this.#ports.machine.name });
      return this.#recordAsked(requests.ask(asked, now), attempt);
    }
    const again = requests.askAgain(subject, now);
    if (again !== undefined) return this.#recordAsked(again, attempt);
    if (about !== undefined) requests.told(about.id);
    return about;
  }

  /** Why the approval of a request has no effect for its user now; undefined: it has, or is not here. */
  faultOf(
    request: SupportRequest,
    caller: VerifiedCaller,
    facts: FileFacts,
    settings: EffectiveSettings,
  ): GrantFault | undefined {
    const { grants } = this.books;
    const now = this.#ports.clock.now();
    const grant = request.grantId === undefined ? undefined : grants.find(request.grantId, now);
    return grant && grants.faultOf(grant, now, { user: this.userOf(caller), file: { facts, settings } });
  }

  /** What an approver needs of a request; undefined where it does not fit into a text. */
  textOf(request: SupportRequest): string | undefined {
    try {
      return writeRequestText(request, this.books.device.key);
    } catch (error) {
      if (isEpmError(error) && error.code === 'EPM_REQUEST_TEXT_INVALID') return undefined;
      throw error;
    }
  }

  /** Ends what is over, and tells requests of the grants that answer them. Never fails. */
  settle(): void {
    const books = this.#books;
    if (books === undefined) return;
    const now = this.#ports.clock.now();
    try {
      books.grants.see(now);
      for (const grant of books.grants.all) this.tellRequest(grant);
      const changes = books.requests.settle(now, (request) => this.#outlook(books, request, now));
      for (const change of changes) this.recordAnswer(change);
    } catch (error) {
      this.#ports.log.write('error', 'approvalsNotSettled', { code: toErrorReport(error).code });
    }
  }

  /** A grant that counts answers its request. @throws EpmError EPM_DATA_FOLDER */
  tellRequest(grant: KnownGrant): SupportRequest | undefined {
    const { grants, requests } = this.books;
    const now = this.#ports.clock.now();
    const { id, requestId, until, reason, requester } = grant.statement;
    if (requests.get(requestId) === undefined || this.faultFor(grant, requester) !== undefined) return undefined;
    const key = grants.signerOf(grant, now);
    const by = { id: key?.approver ?? '', ...defined({ name: key?.name }) };
    const change = requests.approve(requestId, { grantId: id, until, by, ...defined({ reason }) }, now);
    if (change !== undefined) this.recordAnswer(change, key?.name);
    return change?.request;
  }

  /**
   * A grant, or whatever answers a request, was taken back: requests that it answered are revoked, and one that waits is
   * denied.
   * @param of id of the grant or of the request
   * @throws EpmError EPM_DATA_FOLDER
   */
  takenBack(of: string, review: Review, approverKey: string): void {
    const { requests } = this.books;
    const now = this.#ports.clock.now();
    for (const { id, status, grantId } of requests.all) {
      if (id !== of && grantId !== of) continue;
      if (status === 'approved' || status === 'completed')
        this.recordAnswer(requests.revoke(id, review, now), approverKey);
      else if (status === 'pending') this.recordAnswer(requests.deny(id, review, now), approverKey);
    }
  }

  /** Why a grant has no effect for the user whom it names; of any user what does not depend on them. */
  faultFor(grant: KnownGrant, requester: Sid | undefined): GrantFault | undefined {
    const subject = requester === undefined ? undefined : { user: this.#user(requester) };
    return this.books.grants.faultOf(grant, this.#ports.clock.now(), subject);
  }

  /** The request of which its user does not know what became of it; undefined: they know, or it cannot be told. */
  untold(id: string): SupportRequest | undefined {
    return this.#books?.requests.untold(id);
  }

  /** The user knows what became of a request. @throws EpmError EPM_DATA_FOLDER */
  told(id: string): void {
    this.books.requests.told(id);
  }

  /** Records what became of a request, and has its user told. */
  recordAnswer(changed: ChangedRequest, approverKey?: string): void {
    this.#record(changed, approverKey);
    if (changed.change !== 'completed') this.#ports.changed(changed.request);
  }

  #record(changed: ChangedRequest, approverKey?: string): void {
    const { change, request } = changed;
    this.#ports.became(changed);
    const fields = describeAnswered(request, approverKey);
    switch (change) {
      case 'approved':
        return void this.#ports.trail.appendBestEffort({ ...fields, event: 'supportRequestApproved' });
      case 'denied':
        return void this.#ports.trail.appendBestEffort({ ...fields, event: 'supportRequestDenied' });
      case 'expired':
        return void this.#ports.trail.appendBestEffort({ ...fields, event: 'supportRequestExpired' });
      case 'revoked':
        return void this.#ports.trail.appendBestEffort({ ...fields, event: 'supportRequestRevoked' });
      case 'created':
      case 'updated':
      case 'completed':
        // Told by the records of the attempt, and of the start.
        return;
    }
  }

  userOf({ sid }: VerifiedCaller): GrantUser {
    return this.#user(sid);
  }

  /** The user who joined the device; undefined: not known. */
  isPrimaryUser({ sid }: VerifiedCaller): boolean {
    const { machine } = this.#ports;
    const [primary, own] = [machine.primaryUserName(), machine.userPrincipalName(sid)];
    return primary !== undefined && own !== undefined && foldCase(primary) === foldCase(own);
  }

  stop(): void {
    clearInterval(this.#timer);
    try {
      this.#books?.grants.writeClock();
    } catch (error) {
      this.#ports.log.write('warning', 'approvalsNotWritten', { code: toErrorReport(error).code });
    }
  }

  #user(user: Sid): GrantUser {
    const { machine } = this.#ports;
    const [domain = ''] = (machine.accountName(user) ?? '').split('\\');
    const isLocal = domain !== '' && foldCase(domain) === foldCase(machine.name.slice(0, MAX_NETBIOS));
    return { sid: user, isLocal, ...defined({ userPrincipalName: machine.userPrincipalName(user) }) };
  }

  #recordAsked(changed: ChangedRequest, attempt: Attempt): SupportRequest {
    const { change, request } = changed;
    this.#ports.became(changed);
    attempt.approval = { supportRequestId: request.id };
    const event = change === 'created' ? 'supportRequestCreated' : 'supportRequestUpdated';
    this.#ports.trail.appendBestEffort({ ...describeAttempt(attempt), event });
    return request;
  }

  #outlook({ grants }: Books, request: SupportRequest, now: number): GrantOutlook {
    const grant = request.grantId === undefined ? undefined : grants.find(request.grantId, now);
    switch (grant && grants.faultOf(grant, now)) {
      case 'grantRevoked':
      case 'grantKeyRevoked':
        return 'revoked';
      case 'grantExpired':
        return 'expired';
      case 'grantUsed':
        return 'used';
      default:
        return Date.parse(request.approvalExpiryDateTime ?? '') <= Math.max(now, grants.latest) ? 'expired' : 'live';
    }
  }

  #everyMinute(): void {
    this.settle();
    try {
      this.#books?.grants.forgetOld();
    } catch (error) {
      this.#ports.log.write('warning', 'approvalsNotWritten', { code: toErrorReport(error).code });
    }
  }

  #tellPolicy({ grants, device }: Books, policy: PolicyInForce): void {
    this.#unreadableGrants = 0;
    grants.terms = grantTerms(policy, device.id, (count) => {
      this.#unreadableGrants = count;
      this.#ports.log.write('warning', 'policyGrantsUnreadable', { count });
    });
  }

  #tryOpen(): Books | undefined {
    try {
      this.#books = this.#open();
      this.#fault = undefined;
      return this.#books;
    } catch (error) {
      const report = toErrorReport(error);
      if (this.#fault?.message !== report.message) {
        this.#ports.log.write('error', 'approvalsUnusable', { code: report.code, message: report.message });
      }
      this.#fault = report;
      return undefined;
    }
  }

  #open(): Books {
    const { stores, random, clock, log } = this.#ports;
    const device = deviceIdentity(stores.device);
    const requests = readRequests(stores.requests);
    const notes = readNotes(stores.grants);
    const kept = {
      notes: notes.kept.flatMap((each) => ('uses' in each ? [each] : [])),
      revocations: notes.kept.flatMap((each) => ('of' in each ? [each] : [])),
      clock: readClock(stores.clock),
    };
    const imported = kept.notes.flatMap(({ text }) => (text === undefined ? [] : (knownGrantOrNone(text) ?? [])));
    const grants = new GrantBook<KnownGrant>({ ...kept, imported }, grantStore(stores.grants, stores.clock));
    const unreadable = [...requests.unreadable, ...notes.unreadable];
    if (unreadable.length > 0) log.write('error', 'approvalsDamaged', { files: unreadable.slice(0, 8).join(', ') });
    // What was used is not known then.
    if (notes.unreadable.length > 0) grants.doubt(clock.now());
    for (const key of notes.unreadable) stores.grants.remove(key);
    if (this.#journal !== undefined) grants.readJournal(this.#journal.uses, this.#journal.doubt);
    const newId = (): string => newRequestId(random);
    const books = {
      device,
      requests: new RequestBook(requests.kept, requestStore(stores.requests, this.#ports.written), newId),
      grants,
    };
    if (this.#policy !== undefined) this.#tellPolicy(books, this.#policy);
    return books;
  }
}

function subjectOf({ caller, arguments: values }: Attempt, { sha256, name }: FileFacts) {
  return {
    requestedByUserId: caller.sid,
    arguments: values,
    applicationDetail: { fileHash: sha256, fileName: name },
  };
}

/** A command line would take an identifier with a hyphen in front for an option, so there is none. */
function newRequestId(random: Random): string {
  for (;;) {
    const id = Buffer.from(random.bytes(16)).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
