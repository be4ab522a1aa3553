/** Proves or disproves a journal, from its files or bytes, or from records that were fetched. */
import type { AuditRecord } from '../model/audit-record.ts';
import { ChainWalk, MAX_LINE, type RecordCheck, type Refutation, type Verification } from './chain.ts';
import { linesOf } from './lines.ts';

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Called with every good record and the bytes its line takes, line feed included. */
type Visit = (record: AuditRecord, lineBytes: number) => void;

/** A file of a journal. */
export interface JournalFile {
  /** Number of its first record, by its name; undefined: the name says none. */
  readonly named: number | undefined;
  readonly bytes: Bytes;
}

/**
 * Reads a whole journal once, holding one record at a time.
 * @param files oldest first
 * @param checks what is compared besides the chain
 */
export async function verifyFiles(
  files: Iterable<JournalFile>,
  visit?: Visit,
  checks: readonly RecordCheck[] = [],
): Promise<Verification> {
  const walk = new ChainWalk(0, checks);
  let rest = 0;
  for (const { named, bytes } of files) {
    // Only the last one is written to when the machine stops.
    if (rest > 0) return walk.fail('notJson', 'it is not whole.').failure;
    const followed = await followLines(walk, bytes, visit, named);
    if (typeof followed !== 'number') return followed;
    rest = followed;
  }
  return walk.end(rest);
}

/** The same for the content of all segments, oldest first, in pieces. */
export function verifyJournal(bytes: Bytes, visit?: Visit, checks?: readonly RecordCheck[]): Promise<Verification> {
  return verifyFiles([{ named: undefined, bytes }], visit, checks);
}

/**
 * Follows lines of a journal, or of a part of it.
 * @param named number that its first record must have
 * @returns bytes after the last line feed, or why it does not verify
 */
export async function followLines(
  walk: ChainWalk,
  bytes: Bytes,
  visit?: Visit,
  named?: number,
): Promise<number | Refutation> {
  let expected = named;
  for await (const line of linesOf(bytes, MAX_LINE)) {
    if (line.kind === 'rest') return line.bytes;
    if (line.kind === 'tooLong') return walk.fail('tooLong', `the line is longer than ${MAX_LINE} bytes.`).failure;
    const other = expected === undefined ? undefined : walk.failOther(line.text, expected);
    if (other !== undefined) return other.failure;
    expected = undefined;
    const checked = walk.takeLine(line.text);
    if ('failure' in checked) return checked.failure;
    visit?.(checked.record, line.text.length + 1);
  }
  return 0;
}

/** The same for records as the agent sends them to an administrator, beginning with the first. */
export class RecordVerifier {
  readonly #walk: ChainWalk;
  #failure: Refutation | undefined;

  constructor(checks: readonly RecordCheck[] = []) {
    this.#walk = new ChainWalk(0, checks);
  }

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
