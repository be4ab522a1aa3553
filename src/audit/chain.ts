/**
 * The hash chain of the journal: every record carries the digest of the record before and of itself. Changing, removing
 * or inserting a record anywhere but at the end shows. A cut at the end shows only against a head hash that was noted
 * elsewhere, which is why the agent reports its head hash.
 */
import { createHash } from 'node:crypto';
import type { AuditRecord } from '../model/audit-record.ts';
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

export type Verification =
  | ({
      readonly ok: true;
      /** Bytes after the last line feed: a record that was being written when the machine stopped. */ readonly unfinishedBytes: number;
    } & ChainHead)
  | {
      readonly ok: false;
      /** Records before the bad one. */
      readonly records: number;
      /** 1-based line of the first bad record, which is also the sequence number it should have. */
      readonly line: number;
      readonly reason:
        'notJson' | 'notCanonical' | 'sequence' | 'previousHash' | 'recordHash' | 'tooLong' | 'unfinished';
      readonly message: string;
    };

function hashRecord(record: Omit<AuditRecord, 'recordHash'>): string {
  return createHash('sha256').update(canonicalJson(record), 'ascii').digest('hex');
}

/** The next record of the chain, complete. */
export function link(
  head: ChainHead,
  content: Omit<AuditRecord, 'sequence' | 'previousHash' | 'recordHash'>,
): AuditRecord {
  const record = { ...content, sequence: head.records + 1, previousHash: head.headHash };
  return { ...record, recordHash: hashRecord(record) };
}

/** Checks one line against the chain so far. */
export function checkLine(
  head: ChainHead,
  line: string,
): { readonly record: AuditRecord } | { readonly failure: Verification & { ok: false } } {
  const fail = (
    reason: (Verification & { ok: false })['reason'],
    message: string,
  ): { failure: Verification & { ok: false } } => ({
    failure: {
      ok: false,
      records: head.records,
      line: head.records + 1,
      reason,
      message: `Record ${head.records + 1}: ${message}`,
    },
  });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail('notJson', 'the line is not JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('notJson', 'the line is not a record.');
  if (!isCanonical(value, line)) return fail('notCanonical', 'the line is not in the form the agent writes.');
  const { recordHash, ...rest } = value as AuditRecord;
  if (rest.sequence !== head.records + 1) return fail('sequence', `it has the number ${String(rest.sequence)}.`);
  if (rest.previousHash !== head.headHash) return fail('previousHash', 'it does not follow the record before it.');
  if (recordHash !== hashRecord(rest)) return fail('recordHash', 'its content was changed.');
  return { record: value as AuditRecord };
}

function isCanonical(value: object, line: string): boolean {
  try {
    return canonicalJson(value) === line;
  } catch {
    return false;
  }
}
