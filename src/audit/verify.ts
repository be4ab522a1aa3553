/** Proves or disproves a journal, from its bytes or from records that were fetched. */
import type { AuditRecord } from '../model/audit-record.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { checkLine, EMPTY_CHAIN, MAX_LINE, type ChainHead, type Verification } from './chain.ts';
import { linesOf } from './lines.ts';

/**
 * Reads a whole journal once, holding one record at a time.
 * @param bytes the content of the journal file in pieces
 * @param visit called with every good record and the bytes its line takes, line feed included
 */
export async function verifyJournal(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  visit?: (record: AuditRecord, lineBytes: number) => void,
): Promise<Verification> {
  let head: ChainHead = EMPTY_CHAIN;
  for await (const line of linesOf(bytes, MAX_LINE)) {
    if (line.kind === 'rest') return { ok: true, ...head, unfinishedBytes: line.bytes };
    if (line.kind === 'tooLong') {
      return {
        ok: false,
        records: head.records,
        line: head.records + 1,
        reason: 'tooLong',
        message: `Record ${head.records + 1}: the line is longer than ${MAX_LINE} bytes.`,
      };
    }
    const checked = checkLine(head, line.text);
    if ('failure' in checked) return checked.failure;
    head = { records: checked.record.sequence, headHash: checked.record.recordHash };
    visit?.(checked.record, line.text.length + 1);
  }
  return { ok: true, ...head, unfinishedBytes: 0 };
}

/** The same for records as the agent sends them to an administrator, beginning with the first. */
export async function verifyRecords(
  records: AsyncIterable<AuditRecord> | Iterable<AuditRecord>,
): Promise<Verification> {
  return verifyJournal(recordLines(records));
}

async function* recordLines(records: AsyncIterable<AuditRecord> | Iterable<AuditRecord>): AsyncGenerator<Uint8Array> {
  for await (const record of records) yield Buffer.from(`${canonicalJson(record)}\n`, 'ascii');
}
