/** Proves or disproves a journal, from its bytes or from records that were fetched. */
import type { AuditRecord } from '../model/audit-record.ts';
import { ChainWalk, MAX_LINE, type Verification } from './chain.ts';
import { linesOf } from './lines.ts';

/**
 * Reads a whole journal once, holding one record at a time.
 * @param bytes the content of all segments, oldest first, in pieces
 * @param visit called with every good record and the bytes its line takes, line feed included
 */
export async function verifyJournal(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  visit?: (record: AuditRecord, lineBytes: number) => void,
): Promise<Verification> {
  const walk = new ChainWalk();
  const rest = await followLines(walk, bytes, visit);
  return typeof rest === 'number' ? walk.end(rest) : rest;
}

/**
 * Follows lines of a journal, or of a part of it.
 * @returns bytes after the last line feed, or why it does not verify
 */
export async function followLines(
  walk: ChainWalk,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  visit?: (record: AuditRecord, lineBytes: number) => void,
): Promise<number | Extract<Verification, { ok: false }>> {
  for await (const line of linesOf(bytes, MAX_LINE)) {
    if (line.kind === 'rest') return line.bytes;
    const checked =
      line.kind === 'tooLong'
        ? walk.fail('tooLong', `the line is longer than ${MAX_LINE} bytes.`)
        : walk.takeLine(line.text);
    if ('failure' in checked) return checked.failure;
    if (line.kind === 'line') visit?.(checked.record, line.text.length + 1);
  }
  return 0;
}

/** The same for records as the agent sends them to an administrator, beginning with the first. */
export class RecordVerifier {
  readonly #walk = new ChainWalk();
  #failure: Extract<Verification, { ok: false }> | undefined;

  /** @param truncated the agent cut it for display */
  take(record: AuditRecord, truncated: boolean): void {
    if (this.#failure !== undefined) return;
    const checked = this.#walk.takeRecord(record, truncated);
    if ('failure' in checked) this.#failure = checked.failure;
  }

  end(): Verification {
    return this.#failure ?? this.#walk.end(0);
  }
}
