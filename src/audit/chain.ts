/**
 * The hash chain of the journal: every record carries the digest of the record before and of itself. Changing, removing
 * or inserting a record anywhere but at the end shows. A cut at the end shows only against a head that was noted
 * elsewhere, which is what anchors are for.
 */
import { hash } from 'node:crypto';
import type { AuditRecord } from '../model/audit-record.ts';
import type { JournalState } from '../model/journal-states.ts';
import { type CanonicalMember, canonicalMembers, joinMembers } from '../text/canonical-json.ts';
import type { SealKeys } from './seal-keys.ts';

/** `previousHash` of the first record. */
const GENESIS_HASH = '0'.repeat(64);
/** Bytes of one line without its line feed; longer lines are neither written nor read. */
export const MAX_LINE = 1024 * 1024;

export interface ChainHead {
  /** Records so far; also the sequence number of the last one. */
  readonly records: number;
  readonly headHash: string;
}

export const EMPTY_CHAIN: ChainHead = { records: 0, headHash: GENESIS_HASH };

export interface Proof extends ChainHead {
  readonly ok: true;
  readonly state: Extract<JournalState, 'whole' | 'truncated'>;
  /** Sequence number of the first record; greater than 1 where older ones were removed by their age. */
  readonly firstRecord: number;
  /** Records that were cut for display: their content was not compared. */
  readonly truncatedRecords: number;
  /** Bytes after the last line feed: a record that was being written when the machine stopped. */
  readonly unfinishedBytes: number;
}

export interface Refutation {
  readonly ok: false;
  readonly state: Exclude<JournalState, 'whole' | 'truncated' | 'unverified'>;
  /** Sequence number of the last record that is proved. */
  readonly records: number;
  /** Sequence number that the first bad record should have. */
  readonly record: number;
  readonly reason: RecordFault | 'head';
  readonly message: string;
}

export type Verification = Proof | Refutation;

/** What is wrong with the first bad record, and what that says of the journal. */
const FAULTS = {
  notJson: 'changed',
  notCanonical: 'changed',
  recordHash: 'changed',
  tooLong: 'changed',
  sequence: 'gap',
  previousHash: 'gap',
  start: 'gap',
  missing: 'gap',
  /** The file has the name of another one. */
  segment: 'swapped',
  /** The record was sealed by another key than its own, or its seal was changed. */
  seal: 'forged',
  /** Seals before it are left out: records were removed before the agent wrote it. */
  sealNumber: 'gap',
  sealMissing: 'unsealed',
  /** Another key took over, which was not given. */
  sealKey: 'unsealed',
  /** The device has not signed what the record says that it signed. */
  checkpoint: 'forged',
  checkpointMissing: 'unsealed',
  /** The record after which the key began is another one. */
  keyHead: 'replaced',
} as const satisfies Readonly<Record<string, Refutation['state']>>;

type RecordFault = keyof typeof FAULTS;

/** A fault that a check found. */
export interface FoundFault {
  readonly reason: RecordFault;
  /** Follows "Record n: ". */
  readonly message: string;
}

/** What is compared of every record besides the chain. */
export interface RecordCheck {
  /**
   * Takes a record that is good in the chain.
   * @param sealed its text without seal and hash; undefined: it was cut for display
   */
  take(record: AuditRecord, sealed: () => string | undefined): FoundFault | undefined;
  /** What is missing behind the last record. @param isClosed it is that of an agent that was stopped */
  end?(head: ChainHead, isClosed: boolean): EndFault | undefined;
}

/** What is missing behind the last record. */
export interface EndFault {
  readonly state: Refutation['state'];
  readonly message: string;
}

/** A record, and its line with the line feed. */
interface LinkedRecord {
  readonly record: AuditRecord;
  readonly line: string;
}

/**
 * The next record of the chain, complete.
 * @param keys seal it, and are advanced
 */
export function link(
  head: ChainHead,
  content: Omit<AuditRecord, 'sequence' | 'previousHash' | 'recordHash' | 'seal' | 'sealNumber'>,
  keys?: SealKeys,
): LinkedRecord {
  let record: object = { ...content, sequence: head.records + 1, previousHash: head.headHash };
  if (keys !== undefined) record = { ...record, sealNumber: keys.number };
  let members = canonicalMembers(record);
  if (keys !== undefined) {
    const seal = keys.seal(joinMembers(members));
    keys.advance();
    record = { ...record, seal };
    members = withMember(members, 'seal', seal);
  }
  const recordHash = hash('sha256', joinMembers(members));
  const line = `${joinMembers(withMember(members, 'recordHash', recordHash))}\n`;
  return { record: { ...record, recordHash } as AuditRecord, line };
}

/** @param value hexadecimal digits */
function withMember(members: readonly CanonicalMember[], name: string, value: string): readonly CanonicalMember[] {
  const at = members.findIndex((member) => member.name > name);
  return members.toSpliced(at === -1 ? members.length : at, 0, { name, text: `"${name}":"${value}"` });
}

function without(members: readonly CanonicalMember[], names: readonly string[]): string {
  return joinMembers(members.filter(({ name }) => !names.includes(name)));
}

export function headOf({ sequence, recordHash }: AuditRecord): ChainHead {
  return { records: sequence, headHash: recordHash };
}

/** The head before a record. */
export function headBefore({ sequence, previousHash }: AuditRecord): ChainHead {
  return { records: sequence - 1, headHash: previousHash };
}

/**
 * Whether a record says that everything before the start was removed by its age. What it names may reach farther: the
 * machine can stop while segments are being removed.
 */
export function tellsOfStart({ removedRecords, removedHash }: AuditRecord, start: ChainHead): boolean {
  if (removedRecords === undefined) return false;
  return removedRecords > start.records || (removedRecords === start.records && removedHash === start.headHash);
}

type Checked = { readonly record: AuditRecord } | { readonly failure: Refutation };

/** Follows a chain record by record, from wherever its first record says that it begins. */
export class ChainWalk {
  #start: ChainHead | undefined;
  #head: ChainHead;
  #startIsTold = false;
  #isClosed = false;
  #truncated = 0;
  readonly #checks: readonly RecordCheck[];

  /** @param before sequence number before that of the record it should begin with, for what is said of a fault */
  constructor(before: number = 0, checks: readonly RecordCheck[] = []) {
    this.#head = { ...EMPTY_CHAIN, records: before };
    this.#checks = checks;
  }

  /** The last record that was good. */
  get head(): ChainHead {
    return this.#head;
  }

  /** The head before the first record; undefined before there is one. */
  get start(): ChainHead | undefined {
    return this.#start;
  }

  /** Takes the next line of a journal. */
  takeLine(line: string): Checked {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return this.fail('notJson', 'the line is not JSON.');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.fail('notJson', 'the line is not a record.');
    const members = membersOf(value);
    if (members === undefined || joinMembers(members) !== line)
      return this.fail('notCanonical', 'the line is not in the form the agent writes.');
    return this.#take(value as AuditRecord, members);
  }

  /** @param truncated it was cut for display, so that its content does not fit its hash */
  takeRecord(record: AuditRecord, truncated = false): Checked {
    if (truncated) return this.#take(record, undefined);
    const members = membersOf(record);
    return members === undefined ? this.fail('notCanonical', 'it has no canonical form.') : this.#take(record, members);
  }

  /** @returns a failure when the line is a whole record, and another one than the file is named after */
  failOther(line: string, named: number): { readonly failure: Refutation } | undefined {
    const checked = new ChainWalk().takeLine(line);
    if ('failure' in checked || checked.record.sequence === named) return undefined;
    return this.fail('segment', `the file named after record ${named} begins with record ${checked.record.sequence}.`);
  }

  /** @param members undefined: it was cut for display */
  #take(record: AuditRecord, members: readonly CanonicalMember[] | undefined): Checked {
    const { recordHash } = record;
    if (this.#start === undefined) {
      const fault = this.#begin(record);
      if (fault !== undefined) return fault;
    }
    if (record.sequence !== this.#head.records + 1)
      return this.fail('sequence', `it has the number ${String(record.sequence)}.`);
    if (record.previousHash !== this.#head.headHash)
      return this.fail('previousHash', 'it does not follow the record before it.');
    const isRight = members === undefined || recordHash === hash('sha256', without(members, ['recordHash']));
    if (!isHash(recordHash) || !isRight) return this.fail('recordHash', 'its content was changed.');
    for (const check of this.#checks) {
      const fault = check.take(record, () => members && without(members, ['recordHash', 'seal']));
      if (fault !== undefined) return this.fail(fault.reason, fault.message);
    }
    if (members === undefined) this.#truncated += 1;
    this.#head = headOf(record);
    this.#isClosed = record.event === 'agentStopped';
    this.#startIsTold ||= members !== undefined && this.#start !== undefined && tellsOfStart(record, this.#start);
    return { record };
  }

  fail(reason: RecordFault, message: string): { readonly failure: Refutation } {
    return { failure: refuted(this.#head.records, reason, message) };
  }

  /** What all records together prove. @param unfinishedBytes bytes after the last line feed */
  end(unfinishedBytes: number): Verification {
    const start = this.#start ?? EMPTY_CHAIN;
    if (start.records > 0 && !this.#startIsTold) {
      return {
        ok: false,
        state: 'gap',
        records: 0,
        record: 1,
        reason: 'start',
        message: `The journal begins with record ${start.records + 1}, and no record in it says what became of those before.`,
      };
    }
    for (const check of this.#checks) {
      const fault = check.end?.(this.#head, this.#isClosed);
      if (fault === undefined) continue;
      const { records } = this.#head;
      return { ok: false, state: fault.state, records, record: records + 1, reason: 'head', message: fault.message };
    }
    return {
      ok: true,
      state: this.#truncated > 0 ? 'truncated' : 'whole',
      firstRecord: start.records + 1,
      ...this.#head,
      truncatedRecords: this.#truncated,
      unfinishedBytes,
    };
  }

  #begin(record: AuditRecord): { readonly failure: Refutation } | undefined {
    const { sequence, previousHash } = record;
    if (!Number.isSafeInteger(sequence) || sequence < 1)
      return this.fail('sequence', `it has the number ${String(sequence)}.`);
    if (!isHash(previousHash) || (sequence === 1) !== (previousHash === GENESIS_HASH))
      return sequence === 1
        ? this.fail('previousHash', 'it does not begin a journal.')
        : this.fail('sequence', `it has the number ${sequence}.`);
    this.#start = headBefore(record);
    this.#head = this.#start;
    return undefined;
  }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Undefined where it has no canonical form. */
function membersOf(value: object): readonly CanonicalMember[] | undefined {
  try {
    return canonicalMembers(value);
  } catch {
    return undefined;
  }
}

/** @param records the last good record */
export function refuted(records: number, reason: RecordFault, message: string): Refutation {
  const record = records + 1;
  return { ok: false, state: FAULTS[reason], records, record, reason, message: `Record ${record}: ${message}` };
}
