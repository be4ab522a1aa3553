/**
 * The hash chain of the journal: every record carries the digest of the record before and of itself. Changing, removing
 * or inserting a record anywhere but at the end shows. A cut at the end shows only against a head that was noted
 * elsewhere, which is what anchors are for.
 */
import { hash } from 'node:crypto';
import type { AuditRecord } from '../model/audit-record.ts';
import type { JournalState } from '../model/journal-states.ts';
import { canonicalJson } from '../text/canonical-json.ts';

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
  readonly reason: ChainFault | 'head';
  readonly message: string;
}

export type Verification = Proof | Refutation;

/** What is wrong with the first bad record. */
export type ChainFault =
  'notJson' | 'notCanonical' | 'recordHash' | 'tooLong' | 'sequence' | 'previousHash' | 'start' | 'missing';

const GAPS: readonly ChainFault[] = ['sequence', 'previousHash', 'start', 'missing'];

function hashRecord(record: Omit<AuditRecord, 'recordHash'>): string {
  return hash('sha256', canonicalJson(record));
}

/** The next record of the chain, complete. */
export function link(
  head: ChainHead,
  content: Omit<AuditRecord, 'sequence' | 'previousHash' | 'recordHash'>,
): AuditRecord {
  const record = { ...content, sequence: head.records + 1, previousHash: head.headHash };
  return { ...record, recordHash: hashRecord(record) };
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
  #truncated = 0;

  /** @param before sequence number before that of the record it should begin with, for what is said of a fault */
  constructor(before: number = 0) {
    this.#head = { ...EMPTY_CHAIN, records: before };
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
    if (!isCanonical(value, line)) return this.fail('notCanonical', 'the line is not in the form the agent writes.');
    return this.takeRecord(value as AuditRecord);
  }

  /** @param truncated it was cut for display, so that its content does not fit its hash */
  takeRecord(record: AuditRecord, truncated = false): Checked {
    const { recordHash, ...rest } = record;
    if (this.#start === undefined) {
      const fault = this.#begin(record);
      if (fault !== undefined) return fault;
    }
    if (record.sequence !== this.#head.records + 1)
      return this.fail('sequence', `it has the number ${String(record.sequence)}.`);
    if (record.previousHash !== this.#head.headHash)
      return this.fail('previousHash', 'it does not follow the record before it.');
    if (!isHash(recordHash) || (!truncated && recordHash !== hashRecord(rest)))
      return this.fail('recordHash', 'its content was changed.');
    if (truncated) this.#truncated += 1;
    this.#head = headOf(record);
    this.#startIsTold ||= !truncated && this.#start !== undefined && tellsOfStart(record, this.#start);
    return { record };
  }

  fail(reason: ChainFault, message: string): { readonly failure: Refutation } {
    const record = this.#head.records + 1;
    const state = GAPS.includes(reason) ? 'gap' : 'changed';
    return {
      failure: {
        ok: false,
        state,
        records: this.#head.records,
        record,
        reason,
        message: `Record ${record}: ${message}`,
      },
    };
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

function isCanonical(value: object, line: string): boolean {
  try {
    return canonicalJson(value) === line;
  } catch {
    return false;
  }
}
