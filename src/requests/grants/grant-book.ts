/**
 * The grants that a device knows, from its policy and imported, and which of them count at a moment (decisions G1, G3, G4).
 * Nothing here waits or reads: what was used and what was taken back is given at the start, and written before it counts.
 *
 * The end of a grant is compared with the latest time that the device has ever seen, so that setting the clock back brings
 * none to life again.
 */
import type { FileFacts } from '../../model/file-facts.ts';
import type { ApproverKey, Revocation } from '../../model/approver-key.ts';
import type { Sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import type { GrantFault } from '../../model/grant-faults.ts';
import type { GrantStatement } from '../../model/grant.ts';
import type { Grant } from '../../model/request.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import { foldCase } from '../../text/compare.ts';
import { ApproverKeys } from './approver-keys.ts';
import { exceedsKey, mayConcern } from './key-limits.ts';
import type { ReadRevocation } from './revocation-text.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Milliseconds by which clocks may differ: how far the beginning of a grant may be ahead, and the clock behind itself. */
export const CLOCK_TOLERANCE = 5 * MINUTE;
/** Milliseconds by which the clock goes on before its latest time is written again, where nothing else is. */
export const CLOCK_STEP = MINUTE;
/** Imported grants that are kept. */
export const MAX_IMPORTED = 1000;
/** What was taken back on the device and is remembered; each of them was signed or decided by somebody with the right to it. */
const MAX_REVOKED_HERE = 5000;
/** Milliseconds for which an imported grant is listed after its end. */
const LISTED = 30 * DAY;
/** Milliseconds for which at least it is remembered that the approval of a request was taken back. */
const REVOCATION_KEPT = 400 * DAY;

/** A grant whose text is well formed; who signed it is asked when it matters. */
export interface SignedGrant {
  readonly text: string;
  readonly statement: GrantStatement;
}

/** What policy and the device say about grants. */
export interface GrantTerms<G extends SignedGrant = SignedGrant> {
  readonly keys: readonly ApproverKey[];
  /** Listed keys that have signed a grant: one key may be listed under several names, with different rights. */
  readonly signersOf: (grant: G) => readonly ApproverKey[];
  readonly revocations: readonly Revocation[];
  /** Of policy. */
  readonly grants: readonly G[];
  readonly deviceId: string;
  readonly deviceGroups: readonly string[];
  readonly fourEyes: boolean;
}

/** What is kept of one grant. */
export interface GrantNote {
  readonly id: string;
  /** Of an imported grant. */
  readonly text?: string;
  readonly uses: number;
  /** Milliseconds since 1970, UTC: the end of the grant. */
  readonly until: number;
}

/** What was taken back on the device. */
export interface LocalRevocation {
  /** Id of a grant, or of the request that it answers. */
  readonly of: string;
  /** SID of who did it on the device, or the approver whose key signed it, as policy names them. */
  readonly by: string;
  readonly reason?: string;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Until when it is remembered. */
  readonly until: number;
}

export interface GrantClock {
  /** Latest time that the device has seen, milliseconds since 1970, UTC. */
  readonly latest: number;
  /** A grant for a number of starts that began before does not count: the state or the journal was not the one that was left. */
  readonly doubtfulBefore?: number;
}

/** Where it outlives the agent. Each method throws EPM_DATA_FOLDER when it did not happen. */
export interface GrantStore {
  writeNote(note: GrantNote): void;
  removeNote(id: string): void;
  writeRevocation(revocation: LocalRevocation): void;
  removeRevocation(of: string): void;
  writeClock(clock: GrantClock): void;
}

interface KeptGrants<G extends SignedGrant> {
  readonly notes: readonly GrantNote[];
  readonly imported: readonly G[];
  readonly revocations: readonly LocalRevocation[];
  /** Undefined: there never was one. */
  readonly clock: GrantClock | undefined;
}

/** Who wants to use a grant. */
export interface GrantUser {
  readonly sid: Sid;
  /** Undefined: not known. */
  readonly userPrincipalName?: string;
  /** An account of this machine, which has no user principal name. */
  readonly isLocal: boolean;
}

/** What a grant is asked about. */
interface GrantSubject {
  readonly user: GrantUser;
  /** The file, and the settings for the user; absent: nothing that depends on them is asked. */
  readonly file?: GrantFile;
}

interface GrantFile {
  readonly facts: Pick<FileFacts, 'sha256' | 'signatures'>;
  readonly settings: EffectiveSettings;
}

/** One whose file is known. */
type FileSubject = GrantSubject & { readonly file: GrantFile };

/** One grant as it is listed. */
export interface ListedGrant {
  readonly statement: GrantStatement;
  /** Whose key has signed it; absent: none that policy lists. */
  readonly key?: ApproverKey;
  /** Absent: it counts, for whom and what it names. */
  readonly fault?: GrantFault;
  readonly uses: number;
  readonly isImported: boolean;
}

/** A key that signed, and why what it signed does not count; without a key nobody did whom policy lists. */
interface Judged {
  readonly key?: ApproverKey;
  readonly fault?: GrantFault;
}

/** What policy says before anything was read of it: nothing counts. */
const NO_TERMS = {
  keys: [],
  signersOf: () => [],
  revocations: [],
  grants: [],
  deviceId: '',
  deviceGroups: [],
  fourEyes: true,
} as const satisfies GrantTerms;

export class GrantBook<G extends SignedGrant> {
  readonly #store: GrantStore;
  readonly #notes: Map<string, GrantNote>;
  readonly #imported: Map<string, G>;
  readonly #revokedHere: Map<string, LocalRevocation>;
  #clock: GrantClock;
  #writtenTime: number;
  #terms: GrantTerms<G> = NO_TERMS;
  /** Of the keys of the terms, made when a revocation comes. */
  #signers: ApproverKeys<ApproverKey> | undefined;
  /** By the digest of the file. */
  #known = new Map<string, readonly G[]>();
  /** Ids and names that policy revokes. */
  #revoked: ReadonlySet<string> = new Set();
  #revokedKeys: ReadonlySet<string> = new Set();
  #groups: ReadonlySet<string> = new Set();
  /** Starts by each grant that the journal tells of; undefined: it was not read yet. */
  #journalUses: ReadonlyMap<string, number> | undefined;

  constructor(kept: KeptGrants<G>, store: GrantStore) {
    this.#store = store;
    this.#notes = new Map(kept.notes.map((note) => [note.id, note]));
    this.#imported = new Map(kept.imported.map((grant) => [grant.text, grant]));
    this.#revokedHere = new Map(kept.revocations.map((each) => [each.of, each]));
    this.#clock = kept.clock ?? { latest: 0 };
    this.#writtenTime = this.#clock.latest;
    this.#index();
  }

  /** Another policy came into force. */
  set terms(terms: GrantTerms<G>) {
    this.#terms = terms;
    this.#signers = undefined;
    const revoked = new Set(terms.revocations.map(({ of }) => of));
    // A key that policy lists under two names is one key.
    const keys = terms.keys.filter(({ name }) => revoked.has(name)).map(({ publicKey }) => publicKey);
    this.#revokedKeys = new Set(keys);
    this.#revoked = revoked;
    this.#groups = new Set(terms.deviceGroups.map(foldCase));
    this.#index();
  }

  /** The clock is further behind its latest time than clocks may differ. */
  isBehind(now: number): boolean {
    return now + CLOCK_TOLERANCE < this.#clock.latest;
  }

  /** Latest time that the device has seen. */
  get latest(): number {
    return this.#clock.latest;
  }

  /**
   * Sees the clock.
   * @throws EpmError EPM_DATA_FOLDER when a time that is new cannot be written; then it is not seen
   */
  see(now: number): void {
    if (now <= this.#clock.latest) return;
    const clock = { ...this.#clock, latest: now };
    if (now - this.#writtenTime >= CLOCK_STEP) {
      this.#store.writeClock(clock);
      this.#writtenTime = now;
    }
    this.#clock = clock;
  }

  /** The latest time is written, however little is new. @throws EpmError EPM_DATA_FOLDER */
  writeClock(): void {
    if (this.#clock.latest <= this.#writtenTime) return;
    this.#store.writeClock(this.#clock);
    this.#writtenTime = this.#clock.latest;
  }

  /**
   * The journal was read.
   * @param uses starts by each grant that it tells of
   * @param doubt when it was found that it, or the state, is not what the agent had left: more starts may be missing in
   * both. Undefined: nothing was found
   * @throws EpmError EPM_DATA_FOLDER
   */
  readJournal(uses: ReadonlyMap<string, number>, doubt: number | undefined): void {
    if (doubt !== undefined) this.doubt(doubt);
    this.#journalUses = uses;
  }

  /**
   * What was used is not known for certain: no grant for a number of starts counts that began before.
   * @param time when that was found
   * @throws EpmError EPM_DATA_FOLDER
   */
  doubt(time: number): void {
    if (time <= (this.#clock.doubtfulBefore ?? -Infinity)) return;
    const latest = Math.max(time, this.#clock.latest);
    const clock = { latest, doubtfulBefore: latest };
    this.#store.writeClock(clock);
    this.#clock = clock;
  }

  /** Grants that count now for a user and a file, for the engine to compare with the rest of the request. */
  counting(subject: FileSubject, now: number): readonly Grant[] {
    const known = this.#known.get(subject.file.facts.sha256) ?? [];
    return known
      .filter((grant) => this.faultOf(grant, now, subject) === undefined)
      .map((grant) => this.#forEngine(grant, now));
  }

  /** Whether there is any grant for a file. */
  knows(sha256: string): boolean {
    return this.#known.has(sha256);
  }

  /** Whether something may count for the file once the journal is read. */
  waitsForJournal(sha256: string): boolean {
    if (this.#journalUses !== undefined) return false;
    return (this.#known.get(sha256) ?? []).some(({ statement }) => statement.uses !== undefined);
  }

  /** @param subject undefined: what depends on user and file is not asked */
  faultOf(grant: G, now: number, subject?: GrantSubject): GrantFault | undefined {
    return this.#judge(grant, now, subject).fault;
  }

  /** The listed key that has signed it and may have, else any that has signed it. */
  signerOf(grant: G, now: number): ApproverKey | undefined {
    return this.#judge(grant, now).key;
  }

  #judge(grant: G, now: number, subject?: GrantSubject): Judged {
    const keys = this.#terms.signersOf(grant);
    return best(keys.map((key) => ({ key, ...defined({ fault: this.#faultBy(key, grant, now, subject) }) })));
  }

  #keyFault(key: ApproverKey, now: number, time: number): GrantFault | undefined {
    if (this.#revokedKeys.has(key.publicKey)) return 'grantKeyRevoked';
    return (key.validUntil ?? Infinity) <= time || (key.validFrom ?? -Infinity) > now ? 'grantKeyExpired' : undefined;
  }

  #faultBy(key: ApproverKey, { statement }: G, now: number, subject?: GrantSubject): GrantFault | undefined {
    const time = Math.max(now, this.#clock.latest);
    const ofKey = this.#keyFault(key, now, time);
    if (ofKey !== undefined) return ofKey;
    if (this.#isRevoked(statement)) return 'grantRevoked';
    if (!this.#isHere(statement)) return 'grantOtherDevice';
    if (exceedsKey(statement, key, subject?.file)) return 'grantKeyMayNot';
    if (this.isBehind(now)) return 'grantClockBehind';
    if (statement.from > now + CLOCK_TOLERANCE) return 'grantNotYet';
    if (statement.until <= time) return 'grantExpired';
    return this.#useFault(statement) ?? (subject && this.#ownFault(key, subject.user));
  }

  /** The grant of this id that counts now, else any. */
  find(id: string, now: number): G | undefined {
    const same = this.all.filter(({ statement }) => statement.id === id);
    return same.find((grant) => this.faultOf(grant, now) === undefined) ?? same[0];
  }

  get all(): readonly G[] {
    return [...this.#known.values()].flat();
  }

  /**
   * Uses a grant up by one start, before the program starts.
   * @returns gives the start back, where it is certain that nothing ran
   * @throws EpmError EPM_GRANT_REFUSED when it does not count any more, EPM_DATA_FOLDER
   */
  use(id: string, subject: FileSubject, now: number): () => void {
    const grant = (this.#known.get(subject.file.facts.sha256) ?? []).find(
      (each) => each.statement.id === id && this.faultOf(each, now, subject) === undefined,
    );
    if (grant === undefined) {
      const known = this.find(id, now);
      throw refused(known && this.faultOf(known, now, subject));
    }
    this.see(now);
    if (grant.statement.uses === undefined) return () => undefined;
    const before = this.#noteOf(grant.statement);
    this.writeClock();
    this.#write({ ...before, uses: before.uses + 1 });
    return () => this.#write(before);
  }

  /**
   * Keeps a grant that was imported.
   * @returns false: it was known already
   * @throws EpmError EPM_GRANT_LIMIT, EPM_DATA_FOLDER
   */
  keep(grant: G): boolean {
    const { text, statement } = grant;
    if (this.all.some((each) => each.text === text)) return false;
    const note = this.#noteOf(statement);
    // Of two texts with one id, which only their signer can make, the one that came first stays.
    if (note.text !== undefined) return false;
    if (this.#imported.size >= MAX_IMPORTED) this.#forget(0);
    if (this.#imported.size >= MAX_IMPORTED) {
      throw new EpmError('EPM_GRANT_LIMIT', `The device keeps ${MAX_IMPORTED} imported grants already.`);
    }
    this.#write({ ...note, text });
    this.#imported.set(text, grant);
    this.#index();
    return true;
  }

  /**
   * Takes back a grant, or whatever answers a request, now and later.
   * @param of id of the grant or of the request
   * @throws EpmError EPM_GRANT_LIMIT when as many are remembered as may be, EPM_DATA_FOLDER
   */
  revoke(of: string, by: string, reason: string | undefined, now: number): void {
    if (!this.#revokedHere.has(of) && this.#revokedHere.size >= MAX_REVOKED_HERE) {
      throw new EpmError('EPM_GRANT_LIMIT', `The device remembers ${MAX_REVOKED_HERE} revocations already.`);
    }
    const taken = this.all.filter(({ statement }) => statement.id === of || statement.requestId === of);
    const until = Math.max(...taken.map(({ statement }) => statement.until), now + REVOCATION_KEPT);
    const revocation = { of, by, time: now, until, ...defined({ reason }) };
    this.#store.writeRevocation(revocation);
    this.#revokedHere.set(of, revocation);
  }

  /** Whether it was taken back on the device, by somebody there or by a signed revocation. */
  isRevokedHere(of: string): boolean {
    return this.#revokedHere.has(of);
  }

  /** The key by which a signed revocation counts here; else why none of those that signed it does. */
  judgeRevocation({ statement: { device }, signed }: ReadRevocation, now: number): Judged {
    this.#signers ??= new ApproverKeys(this.#terms.keys);
    const time = Math.max(now, this.#clock.latest);
    return best(
      this.#signers.signersOf(signed).map((key) => {
        const fault =
          this.#keyFault(key, now, time) ??
          (this.#isHere({ device }) ? undefined : 'grantOtherDevice') ??
          (mayConcern(key, device) ? undefined : 'grantKeyMayNot');
        return { key, ...defined({ fault }) };
      }),
    );
  }

  /** Why policy or the device has taken it back, in words of whoever did; undefined: nobody said it. */
  revocationReason({ id, requestId }: GrantStatement): string | undefined {
    const ofPolicy = this.#terms.revocations.find(({ of }) => of === id || of === requestId);
    return ofPolicy?.reason || (this.#revokedHere.get(id) ?? this.#revokedHere.get(requestId))?.reason;
  }

  /** @param isWanted asked first: to judge a grant for the first time is to verify its signature, 0.3 ms */
  list(now: number, isWanted: (statement: GrantStatement) => boolean = () => true): readonly ListedGrant[] {
    const wanted = this.all.filter(({ statement }) => isWanted(statement));
    return wanted.map((grant) => ({
      statement: grant.statement,
      ...this.#judge(grant, now),
      uses: this.#usesOf(grant.statement.id),
      isImported: this.#imported.has(grant.text),
    }));
  }

  /** Forgets what is over for long. What cannot be removed is tried again. */
  forgetOld(): void {
    this.#forget(LISTED);
    for (const { of, until } of [...this.#revokedHere.values()]) {
      if (until > this.#clock.latest) continue;
      this.#store.removeRevocation(of);
      this.#revokedHere.delete(of);
    }
  }

  /** @param after milliseconds after its end */
  #forget(after: number): void {
    for (const { id, until } of [...this.#notes.values()]) {
      // Not before the latest time has passed its end: until then what was used must be known.
      if (until + after > this.#clock.latest) continue;
      this.#store.removeNote(id);
      this.#notes.delete(id);
      for (const { text, statement } of [...this.#imported.values()])
        if (statement.id === id) this.#imported.delete(text);
    }
    this.#index();
  }

  #index(): void {
    const known = new Map<string, G[]>();
    const texts = new Set<string>();
    for (const grant of [...this.#terms.grants, ...this.#imported.values()]) {
      if (texts.has(grant.text)) continue;
      texts.add(grant.text);
      const same = known.get(grant.statement.sha256);
      if (same === undefined) known.set(grant.statement.sha256, [grant]);
      else same.push(grant);
    }
    this.#known = known;
  }

  #forEngine({ statement }: G, now: number): Grant {
    const { id, requester, sha256, fileName, arguments: values, from, until } = statement;
    return {
      id,
      ...defined({ requester }),
      sha256,
      fileName,
      arguments: values,
      start: Math.min(from, now),
      end: until,
    };
  }

  #isRevoked({ id, requestId }: GrantStatement): boolean {
    return [id, requestId].some((each) => this.#revoked.has(each) || this.#revokedHere.has(each));
  }

  #isHere({ device }: Pick<GrantStatement, 'device'>): boolean {
    return device.kind === 'device' ? device.id === this.#terms.deviceId : this.#groups.has(foldCase(device.name));
  }

  #useFault({ id, uses, from }: GrantStatement): GrantFault | undefined {
    if (uses === undefined) return undefined;
    if (this.#usesOf(id) >= uses) return 'grantUsed';
    const isDoubtful = from < (this.#clock.doubtfulBefore ?? -Infinity);
    return this.#journalUses === undefined || isDoubtful ? 'grantUseUnknown' : undefined;
  }

  #ownFault({ approver }: ApproverKey, user: GrantUser): GrantFault | undefined {
    if (!this.#terms.fourEyes) return undefined;
    if (!approver.includes('@')) return approver.toUpperCase() === user.sid ? 'grantOwnRequest' : undefined;
    if (user.userPrincipalName !== undefined)
      return foldCase(approver) === foldCase(user.userPrincipalName) ? 'grantOwnRequest' : undefined;
    return user.isLocal ? undefined : 'grantApproverUnknown';
  }

  #usesOf(id: string): number {
    return Math.max(this.#notes.get(id)?.uses ?? 0, this.#journalUses?.get(id) ?? 0);
  }

  #noteOf({ id, until }: GrantStatement): GrantNote {
    const note = this.#notes.get(id);
    return { ...note, id, uses: this.#usesOf(id), until: Math.max(until, note?.until ?? 0) };
  }

  #write(note: GrantNote): void {
    this.#store.writeNote(note);
    this.#notes.set(note.id, note);
  }
}

/** Of several keys that signed, the first by which it counts. */
function best(judged: readonly Judged[]): Judged {
  return judged.find(({ fault }) => fault === undefined) ?? judged[0] ?? { fault: 'grantUnknownKey' };
}

function refused(fault: GrantFault | undefined): EpmError {
  return new EpmError('EPM_GRANT_REFUSED', 'The approval does not count any more.', {
    data: { fault: fault ?? 'grantUnknownKey' },
  });
}
