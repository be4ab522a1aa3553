/**
 * Watches over the journal while the agent runs: compares it with what was noted outside, verifies all of it in the
 * background, closes what an interrupted agent left open, notes its head, and removes what is too old.
 */
import { headOf, type ChainHead, type Refutation } from '../audit/chain.ts';
import { Journal } from '../audit/journal.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import { defined } from '../model/defined.ts';
import { isEpmError } from '../model/errors.ts';
import type { JournalState } from '../model/journal-states.ts';
import { SETTINGS } from '../model/settings.ts';
import type { DeviceSigner } from '../audit/checkpoint.ts';
import { SEAL_KEY_BYTES, sealKeyId } from '../audit/seal-keys.ts';
import { Sealer } from '../audit/sealer.ts';
import { writeVerificationKey } from '../audit/verification-key.ts';
import type { Sid } from '../model/brands.ts';
import { AuditTrail } from './audit-trail.ts';
import { GrantUses, type JournalUses } from './approvals/grant-uses.ts';
import { judgeFound, type JournalFinding } from './journal-finding.ts';
import { readJournalMemory, type JournalMemory } from './journal-memory.ts';
import { LOG_DELAY, LOG_RECORDS, LoggedHeads, NOTE_DELAY, NOTE_RECORDS } from './noted-heads.ts';
import { OpenRuns } from './open-runs.ts';
import type { AnchorLog, Clock, JournalStorage, Log, Machine, Random, SealStore, StateStore } from './ports.ts';
import { RECORDS_PER_MINUTE, RecordQuota, TEST_BUILD_RECORDS_PER_MINUTE } from './record-quota.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Minutes between two looks for records that are too old, and before the first: the policy has to be read by then. */
const TRIM_MINUTES = 60;
const FIRST_TRIM_MINUTE = 5;

interface JournalPorts {
  readonly journal: JournalStorage;
  readonly journalState: StateStore;
  /** Where the key is kept that seals the next record. */
  readonly journalSeal: SealStore;
  readonly random: Random;
  /** Signs checkpoints; undefined: the key of the device cannot be read now. */
  readonly signer: () => DeviceSigner | undefined;
  readonly eventLog: AnchorLog;
  readonly machine: Machine;
  readonly clock: Clock;
  /** Called with each record that became durable. Never throws. */
  readonly recorded?: (record: AuditRecord) => void;
  /** Called once with what all records tell of approvals; undefined: they could not be read. Never throws. */
  readonly reviewed?: (told: JournalUses | undefined) => void;
}

export class JournalKeeper {
  readonly trail: AuditTrail;
  readonly #journal: Journal;
  readonly #ports: JournalPorts;
  readonly #sealer: Sealer;
  readonly #log: Log;
  readonly #logged: LoggedHeads;
  readonly #quota: RecordQuota;
  /** Heads that were noted before this start. */
  readonly #notes: readonly ChainHead[];
  /** Days for which records are kept; undefined: nothing is removed. */
  #days: number | undefined;
  #finding: JournalMemory['finding'];
  /** What the records since the last note were noted with. */
  #noted: ChainHead;
  #loggedHead: { readonly head: ChainHead; readonly time: number } | undefined;
  #noteTimer: NodeJS.Timeout | undefined;
  #minutes = 0;
  #minuteTimer: NodeJS.Timeout | undefined;
  #isReviewed = false;
  #stopped = false;

  private constructor(
    journal: Journal,
    ports: JournalPorts,
    sealer: Sealer,
    log: Log,
    logged: LoggedHeads,
    memory: JournalMemory,
    notes: readonly ChainHead[],
  ) {
    this.#journal = journal;
    this.#ports = ports;
    this.#sealer = sealer;
    this.#log = log;
    this.#logged = logged;
    const perMinute = ports.machine.isTestBuild ? TEST_BUILD_RECORDS_PER_MINUTE : RECORDS_PER_MINUTE;
    this.#quota = new RecordQuota(memory.usage, perMinute);
    this.#finding = memory.finding;
    this.#notes = notes;
    this.#noted = journal.head;
    this.trail = new AuditTrail(journal, log, this.#quota, (record) => {
      if (record !== undefined) ports.recorded?.(record);
      this.#appended();
    });
  }

  /**
   * Opens the journal and compares it with what was noted. What is wrong is the first record that is written.
   * @throws EpmError EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE, EPM_AUDIT_WRITE
   */
  static async open(ports: JournalPorts, log: Log): Promise<JournalKeeper> {
    const { machine, clock, signer } = ports;
    const sealer = new Sealer(ports.journalSeal, () => log.write('warning', 'sealNotWritten', {}));
    const memory = readJournalMemory(ports.journalState, log);
    const logged = new LoggedHeads(ports.eventLog, machine.secret, log);
    const ofLog = logged.newest();
    const notes = [memory.head, ofLog].filter((note) => note !== undefined);
    const hashes = new Map<number, string>();
    let last: AuditRecord | undefined;
    const journal = await Journal.open(ports.journal, {
      deviceName: machine.name,
      now: () => clock.now(),
      sealer,
      signer,
      visit: (record) => {
        if (last === undefined) hashes.set(record.sequence - 1, record.previousHash);
        if (notes.some(({ records }) => records === record.sequence)) hashes.set(record.sequence, record.recordHash);
        last = record;
      },
    });
    const found = { head: journal.head, isClosed: last?.event === 'agentStopped', hashOf: hashes.get.bind(hashes) };
    hashes.set(journal.head.records, journal.head.headHash);
    const keeper = new JournalKeeper(journal, ports, sealer, log, logged, memory, notes);
    const finding = judgeFound(found, memory.head, ofLog) ?? journal.sealFinding;
    if (finding !== undefined && !keeper.#isKnown(finding)) keeper.#found(finding, (entry) => journal.precede(entry));
    return keeper;
  }

  /** What is known of the journal. */
  get state(): JournalState {
    return this.finding?.state ?? (this.#isReviewed ? 'whole' : 'unverified');
  }

  /** What was found wrong, as long as the journal has the record of it. */
  get finding(): JournalFinding | undefined {
    if (this.#finding === undefined) return undefined;
    const days = this.#days ?? SETTINGS.journalDays.default;
    return this.#ports.clock.now() - this.#finding.time < days * DAY ? this.#finding : undefined;
  }

  /** Whether the event log takes heads. */
  get isLogged(): boolean {
    return this.#logged.isAvailable;
  }

  /** Sequence number of the first record that the present key seals; undefined: records are not sealed. */
  get sealedSince(): number | undefined {
    return this.#sealer.since;
  }

  /**
   * Has the records from now on sealed by a new key.
   * @returns what verifies them, which nothing keeps
   * @throws EpmError EPM_AUDIT_WRITE, EPM_AUDIT_QUOTA; then the key is that from before
   */
  seal(userSid: Sid): { readonly verificationKey: string; readonly key: string; readonly since: number } {
    const seed = this.#ports.random.bytes(SEAL_KEY_BYTES);
    const key = sealKeyId(seed);
    const head = headOf(this.trail.seal({ event: 'journalSealed', userSid, sealKey: key }, seed));
    const verificationKey = writeVerificationKey(head, seed);
    seed.fill(0);
    this.#note(true);
    return { verificationKey, key, since: head.records + 1 };
  }

  /** Sequence number of the oldest record that is there; of the next one in an empty journal. */
  get firstRecord(): number {
    return this.#journal.firstRecord;
  }

  /** To be called when the start of the agent is recorded, and before it serves. */
  start(): void {
    this.#note(true);
    void this.#review();
    this.#minuteTimer = setInterval(() => this.#everyMinute(), MINUTE);
    this.#minuteTimer.unref();
  }

  /**
   * Says for how many days records are kept. Undefined: the policy that says it is not known, or none enables EPM;
   * nothing is removed then, because what is removed by mistake does not come back.
   */
  keepFor(days: number | undefined): void {
    this.#days = days;
  }

  /** Notes the last head. @param removed the journal is going to be removed with the agent's data */
  stop(removed: boolean): void {
    this.#stopped = true;
    clearInterval(this.#minuteTimer);
    this.#note(true);
    if (removed) this.#logged.write(this.#journal.head, true);
  }

  #appended(): void {
    if (this.#journal.head.records - this.#noted.records >= NOTE_RECORDS) {
      this.#note(false);
      return;
    }
    if (this.#noteTimer !== undefined || this.#stopped) return;
    this.#noteTimer = setTimeout(() => this.#note(false), NOTE_DELAY);
    this.#noteTimer.unref();
  }

  /** When the head is due in the event log too, as long as the agent runs. */
  #isCheckpointDue(isStartOrStop: boolean): boolean {
    const logged = this.#loggedHead;
    if (isStartOrStop || logged === undefined) return false;
    return this.#ports.clock.monotonic() - logged.time >= LOG_DELAY;
  }

  #checkpoint(): void {
    try {
      this.#journal.checkpoint();
    } catch (error) {
      this.#log.write('warning', 'checkpointNotWritten', { code: isEpmError(error) ? error.code : 'unknown' });
    }
  }

  /** Notes the head, unless the journal could not yet be told what was found wrong with it. */
  #note(inLog: boolean): void {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = undefined;
    if (this.#journal.hasPending) return;
    if (this.#isCheckpointDue(inLog)) this.#checkpoint();
    this.#sealer.flush();
    const { head } = this.#journal;
    const time = this.#ports.clock.monotonic();
    try {
      this.#ports.journalState.write(defined({ head, finding: this.#finding, usage: this.#quota.usage }));
      this.#noted = head;
    } catch (error) {
      this.#log.write('warning', 'journalStateNotWritten', { code: isEpmError(error) ? error.code : 'unknown' });
    }
    const logged = this.#loggedHead;
    const isDue =
      logged === undefined ||
      head.records - logged.head.records >= LOG_RECORDS ||
      (head.records > logged.head.records && (inLog || time - logged.time >= LOG_DELAY));
    if (!isDue) return;
    this.#logged.write(head);
    this.#loggedHead = { head, time };
  }

  /** Verifies every record, and closes the runs of agents before this one. Never fails. */
  async #review(): Promise<void> {
    let runs = new OpenRuns();
    const uses = new GrantUses();
    let fault: Refutation | undefined;
    let replaced: ChainHead | undefined;
    try {
      fault = await this.#journal.review({
        record: (record) => {
          runs.see(record);
          uses.see(record);
          replaced ??= this.#notes.find(
            (note) => note.records === record.sequence && note.headHash !== record.recordHash,
          );
          return !this.#stopped;
        },
        // An end may be among the records that cannot be read.
        fault: () => (runs = new OpenRuns()),
      });
    } catch (error) {
      this.#log.write('error', 'journalNotReviewed', { code: isEpmError(error) ? error.code : 'unknown' });
      this.#ports.reviewed?.(undefined);
      return;
    }
    if (this.#stopped) return;
    for (const entry of runs.interrupted()) this.trail.appendBestEffort(entry);
    if (fault !== undefined) this.#foundLater({ state: fault.state, record: fault.record });
    else if (replaced !== undefined && this.finding === undefined)
      this.#foundLater({ state: 'replaced', record: replaced.records, noted: replaced });
    this.#isReviewed = true;
    const doubt = Math.max(uses.doubt ?? 0, this.#finding?.time ?? 0);
    this.#ports.reviewed?.({ uses: uses.starts, doubt: doubt === 0 ? undefined : doubt });
  }

  /** Records what the review found, once. */
  #foundLater(finding: JournalFinding): void {
    if (this.#isKnown(finding)) return;
    this.#found(finding, (entry) => this.trail.appendBestEffort(entry));
    this.#note(false);
  }

  #isKnown({ state, record }: JournalFinding): boolean {
    const known = this.finding;
    return known?.state === state && known.record === record;
  }

  #found(finding: JournalFinding, record: (entry: Parameters<AuditTrail['appendBestEffort']>[0]) => void): void {
    this.#finding = { ...finding, time: this.#ports.clock.now() };
    this.#log.write('error', 'journalIncomplete', { state: finding.state, record: finding.record });
    record({
      event: 'journalIncomplete',
      reason: finding.state,
      notedRecords: finding.noted?.records,
      notedHash: finding.noted?.headHash,
      message: describeFinding(finding),
    });
  }

  #everyMinute(): void {
    this.#minutes += 1;
    this.trail.tellOmitted(this.#ports.clock.now());
    if (this.#minutes % TRIM_MINUTES === FIRST_TRIM_MINUTE && this.#isReviewed) void this.#trim();
  }

  async #trim(): Promise<void> {
    if (this.#days === undefined) return;
    try {
      await this.#journal.trim(this.#ports.clock.now() - this.#days * DAY);
      this.#appended();
    } catch (error) {
      this.#log.write('warning', 'journalNotTrimmed', { code: isEpmError(error) ? error.code : 'unknown' });
    }
  }
}

/** For a person. */
export function describeFinding({ state, record, noted }: JournalFinding): string {
  const upTo = noted === undefined ? '' : `; record ${noted.records} was noted outside of it`;
  switch (state) {
    case 'missing':
      return `The journal was not there${upTo}.`;
    case 'cut':
      return `The journal was cut before record ${record}${upTo}.`;
    case 'older':
      return `An older journal was in the place of the one the agent left: it ended before record ${record}${upTo}.`;
    case 'replaced':
      return `Another journal was in the place of the one the agent left: its record ${record} is not the one noted outside of it.`;
    case 'changed':
      return `Record ${record} of the journal was changed.`;
    case 'swapped':
      return `A file of the journal has the records of another one, from record ${record} on.`;
    case 'forged':
      return `Record ${record} of the journal, and what follows, was not written by the agent: its seal does not fit.`;
    case 'unsealed':
      return `The journal is not sealed from record ${record} on: the key was not there any more, or somebody else wrote the record.`;
    case 'gap':
      return `Record ${record} of the journal is missing or does not follow the one before it.`;
  }
}
