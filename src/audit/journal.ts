/**
 * The append-only, hash-chained journal. A record exists once `append` has returned: it is then on the disk, linked to
 * everything before it.
 */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';
import { defined } from '../model/defined.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { EpmError, isEpmError } from '../model/errors.ts';
import { checkLine, EMPTY_CHAIN, link, MAX_LINE, type ChainHead } from './chain.ts';
import { linesOf } from './lines.ts';
import { verifyJournal } from './verify.ts';

/** Append-only storage of the journal: one file, lines of bytes. */
export interface JournalBytes {
  /** The whole content, in pieces. */
  read(): AsyncIterable<Uint8Array>;
  /** Appends and makes durable before it returns. @throws EpmError EPM_AUDIT_WRITE; then nothing was appended. */
  append(bytes: Uint8Array): void;
  /** Cuts an unfinished last line that a crash left. */
  truncate(length: number): void;
  close(): void;
}

interface JournalContext {
  readonly deviceName: string;
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
}

export class Journal {
  readonly #storage: JournalBytes;
  readonly #context: JournalContext;
  #head: ChainHead;
  /** Bytes of an unfinished line that opening removed and that no record tells of yet. */
  #removed: number;

  private constructor(storage: JournalBytes, context: JournalContext, head: ChainHead, removed: number) {
    this.#storage = storage;
    this.#context = context;
    this.#head = head;
    this.#removed = removed;
  }

  /**
   * Verifies the whole chain and makes the journal ready for appending. An unfinished last line, which only an
   * interrupted append leaves, is cut off; the first record appended afterwards says so.
   * @throws EpmError EPM_AUDIT_BROKEN naming the first bad record; EPM_AUDIT_UNREADABLE; EPM_AUDIT_WRITE
   */
  static async open(storage: JournalBytes, context: JournalContext): Promise<Journal> {
    let goodBytes = 0;
    const result = await verifyJournal(storage.read(), (_record, lineBytes) => {
      goodBytes += lineBytes;
    });
    if (!result.ok) {
      throw new EpmError('EPM_AUDIT_BROKEN', `The audit journal does not verify. ${result.message}`, {
        hint: 'Move the file to a safe place as evidence; the agent then begins a new journal.',
        data: { record: result.line, reason: result.reason },
      });
    }
    if (result.unfinishedBytes > 0) storage.truncate(goodBytes);
    return new Journal(
      storage,
      context,
      { records: result.records, headHash: result.headHash },
      result.unfinishedBytes,
    );
  }

  get head(): ChainHead {
    return this.#head;
  }

  /**
   * Appends one record durably.
   * @throws EpmError EPM_AUDIT_WRITE; then the journal is as it was before
   */
  append(entry: AuditEntry): AuditRecord {
    if (this.#removed > 0) {
      const message = `${this.#removed} bytes of an unfinished record were removed: the machine or the agent stopped while it was written.`;
      this.#write({ event: 'journalRecovered', message });
      this.#removed = 0;
    }
    return this.#write(entry);
  }

  #write(entry: AuditEntry): AuditRecord {
    const { deviceName, now } = this.#context;
    const record = link(this.#head, { ...defined(entry), deviceName, eventDateTime: new Date(now()).toISOString() });
    const line = Buffer.from(`${canonicalJson(record)}\n`, 'ascii');
    if (line.length > MAX_LINE)
      throw new EpmError('EPM_AUDIT_WRITE', `The audit record has ${line.length} bytes; the limit is ${MAX_LINE}.`);
    try {
      this.#storage.append(line);
    } catch (cause) {
      if (isEpmError(cause) && cause.code === 'EPM_AUDIT_WRITE') throw cause;
      throw new EpmError('EPM_AUDIT_WRITE', 'The audit record could not be written.', { cause });
    }
    this.#head = { records: record.sequence, headHash: record.recordHash };
    return record;
  }

  /**
   * Records after sequence number `after`, oldest first, up to the newest one at the time of the call. The chain is
   * checked while reading, so a record that was changed on the disk is never handed out as genuine.
   * @throws EpmError EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE
   */
  async *records(after: number = 0): AsyncGenerator<AuditRecord> {
    const { records: last } = this.#head;
    let head: ChainHead = EMPTY_CHAIN;
    if (after >= last) return;
    for await (const line of linesOf(this.#storage.read(), MAX_LINE)) {
      // A line that is being appended while this reads is beyond `last` and never reached.
      if (line.kind !== 'line') break;
      const checked = checkLine(head, line.text);
      if ('failure' in checked) {
        throw new EpmError('EPM_AUDIT_BROKEN', `The audit journal does not verify. ${checked.failure.message}`, {
          data: { record: checked.failure.line, reason: checked.failure.reason },
        });
      }
      head = { records: checked.record.sequence, headHash: checked.record.recordHash };
      if (head.records > after) yield checked.record;
      if (head.records === last) return;
    }
    throw new EpmError(
      'EPM_AUDIT_BROKEN',
      `The audit journal ends after record ${head.records}; ${last} were written.`,
      {
        data: { record: head.records + 1, reason: 'missing' },
      },
    );
  }

  close(): void {
    this.#storage.close();
  }
}
