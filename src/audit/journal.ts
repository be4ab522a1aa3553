/**
 * The append-only, hash-chained journal. A record exists once `append` has returned: it is then on the disk, linked to
 * everything before it. It is kept in segments, so that opening it does not take longer the longer it is, and so that
 * old records can be removed: the chain runs through all of them.
 */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';
import { defined } from '../model/defined.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { EpmError, isEpmError } from '../model/errors.ts';
import {
  ChainWalk,
  EMPTY_CHAIN,
  headBefore,
  headOf,
  link,
  MAX_LINE,
  type ChainHead,
  type Refutation,
} from './chain.ts';
import { linesOf } from './lines.ts';
import { type JournalVisitor, readSegments, reviewSegments } from './read-segments.ts';
import type { JournalStorage } from './storage.ts';
import { followLines } from './verify.ts';

/** Bytes from which on the open segment is closed: opening the journal reads so much. */
export const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Milliseconds after which it is closed too: old records are removed by whole segments. */
export const SEGMENT_AGE = 24 * 60 * 60 * 1000;
/** When a segment could not be closed, it is tried again after so many more bytes, or milliseconds. */
const RETRY_BYTES = 256 * 1024;
const RETRY_AGE = 10 * 60 * 1000;

interface JournalContext {
  readonly deviceName: string;
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** Sees every record of the open segment while it is opened. */
  readonly visit?: (record: AuditRecord) => void;
}

/** Called with the bytes of a record and its time before it is written. @throws EpmError when it must not be */
type Admission = (bytes: number, time: number) => void;

/** The open segment. */
interface OpenSegment {
  bytes: number;
  /** Of its first record; undefined while it has none. */
  first: { readonly sequence: number; readonly time: number } | undefined;
  /** Bytes from which on it is closed, and milliseconds of its first record's age. */
  closeAt: number;
  closeAfter: number;
}

export class Journal {
  readonly #storage: JournalStorage;
  readonly #context: JournalContext;
  #head: ChainHead;
  readonly #open: OpenSegment;
  #first: number;
  /** What the next record has to be preceded by. */
  readonly #pending: AuditEntry[] = [];

  private constructor(storage: JournalStorage, context: JournalContext, head: ChainHead, open: OpenSegment) {
    this.#storage = storage;
    this.#context = context;
    this.#head = head;
    this.#open = open;
    this.#first = this.#oldest();
  }

  /**
   * Verifies the newest segment and makes the journal ready for appending. What is older, {@link review} verifies. An
   * unfinished last line, which only an interrupted append leaves, is cut off; the first record appended afterwards
   * says so.
   * @throws EpmError EPM_AUDIT_BROKEN naming the first bad record; EPM_AUDIT_UNREADABLE; EPM_AUDIT_WRITE
   */
  static async open(storage: JournalStorage, context: JournalContext): Promise<Journal> {
    const open: OpenSegment = { bytes: 0, first: undefined, closeAt: SEGMENT_BYTES, closeAfter: SEGMENT_AGE };
    const walk = new ChainWalk();
    const rest = await followLines(walk, storage.read(), (record, lineBytes) => {
      open.first ??= { sequence: record.sequence, time: Date.parse(record.eventDateTime) };
      open.bytes += lineBytes;
      context.visit?.(record);
    });
    if (typeof rest !== 'number') throw broken(rest);
    if (rest > 0) storage.truncate(open.bytes);
    const head = open.first === undefined ? await headOfClosed(storage) : walk.head;
    const journal = new Journal(storage, context, head, open);
    if (rest > 0) {
      const message = `${rest} bytes of an unfinished record were removed: the machine or the agent stopped while it was written.`;
      journal.#pending.push({ event: 'journalRecovered', message });
    }
    return journal;
  }

  get head(): ChainHead {
    return this.#head;
  }

  /** Sequence number of the first record of the open segment, or of the next record while it has none. */
  get openSince(): number {
    return this.#open.first?.sequence ?? this.#head.records + 1;
  }

  /** Sequence number of the oldest record that was there at the start or after the last {@link trim}. */
  get firstRecord(): number {
    return this.#first;
  }

  /** There is something that the next record must be preceded by. */
  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /** The next record is preceded by this one. */
  precede(entry: AuditEntry): void {
    this.#pending.push(entry);
  }

  /**
   * Appends one record durably.
   * @throws EpmError EPM_AUDIT_WRITE, or what `admit` throws; then the journal is as it was before
   */
  append(entry: AuditEntry, admit?: Admission): AuditRecord {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      this.#write(first);
      this.#pending.shift();
    }
    return this.#write(entry, admit);
  }

  #write(entry: AuditEntry, admit?: Admission): AuditRecord {
    const { deviceName, now } = this.#context;
    const time = now();
    const record = link(this.#head, { ...defined(entry), deviceName, eventDateTime: new Date(time).toISOString() });
    const line = Buffer.from(`${canonicalJson(record)}\n`, 'ascii');
    if (line.length > MAX_LINE)
      throw new EpmError('EPM_AUDIT_WRITE', `The audit record has ${line.length} bytes; the limit is ${MAX_LINE}.`);
    admit?.(line.length, time);
    this.#rotateWhenDue(time);
    try {
      this.#storage.append(line);
    } catch (cause) {
      if (isEpmError(cause) && cause.code === 'EPM_AUDIT_WRITE') throw cause;
      throw new EpmError('EPM_AUDIT_WRITE', 'The audit record could not be written.', { cause });
    }
    this.#head = headOf(record);
    this.#open.first ??= { sequence: record.sequence, time };
    this.#open.bytes += line.length;
    return record;
  }

  /** Closes the open segment when it is large or old. Where that fails it stays open: no record is lost by it. */
  #rotateWhenDue(time: number): void {
    const { first, bytes, closeAt, closeAfter } = this.#open;
    if (first === undefined || (bytes < closeAt && time - first.time < closeAfter)) return;
    try {
      this.#storage.rotate(first.sequence);
    } catch {
      this.#open.closeAt = bytes + RETRY_BYTES;
      this.#open.closeAfter = time - first.time + RETRY_AGE;
      return;
    }
    Object.assign(this.#open, { bytes: 0, first: undefined, closeAt: SEGMENT_BYTES, closeAfter: SEGMENT_AGE });
  }

  /**
   * Removes closed segments whose records are all older, and says so in a record before.
   * @param before milliseconds since 1970, UTC
   * @throws EpmError EPM_AUDIT_WRITE, EPM_AUDIT_UNREADABLE
   */
  async trim(before: number): Promise<void> {
    const closed = this.#storage.closed();
    const old: number[] = [];
    let start: ChainHead | undefined;
    for (const [index, segment] of closed.entries()) {
      const first = await this.#firstRecord(segment);
      if (first !== undefined && !isBefore(first, before)) break;
      // One that does not verify is as old as the next says: otherwise a damaged one would keep all behind it.
      const last = (await this.#lastRecord(segment)) ?? (await this.#firstOf([...closed.slice(index + 1), undefined]));
      if (last === undefined || !isBefore(last, before)) break;
      old.push(segment);
      start = last.sequence < (closed[index + 1] ?? this.openSince) ? headOf(last) : headBefore(last);
    }
    if (start === undefined) return;
    this.append({
      event: 'journalTrimmed',
      removedRecords: start.records,
      removedHash: start.headHash,
      message: `Records up to number ${start.records} are older than the journal keeps them and were removed.`,
    });
    try {
      for (const segment of old) this.#storage.remove(segment);
    } finally {
      this.#first = this.#oldest();
    }
  }

  /** @throws EpmError EPM_AUDIT_UNREADABLE */
  #oldest(): number {
    return Math.min(this.#storage.closed()[0] ?? this.openSince, this.openSince);
  }

  /** The first record of the first of the segments that has a good one. */
  async #firstOf(segments: readonly (number | undefined)[]): Promise<AuditRecord | undefined> {
    for (const segment of segments) {
      const record = await this.#firstRecord(segment);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /** Undefined where it does not verify. */
  async #firstRecord(segment: number | undefined): Promise<AuditRecord | undefined> {
    for await (const line of linesOf(this.#storage.read(segment), MAX_LINE)) {
      if (line.kind !== 'line') return undefined;
      const checked = new ChainWalk().takeLine(line.text);
      return 'record' in checked ? checked.record : undefined;
    }
    return undefined;
  }

  /** Undefined where the segment does not verify. */
  async #lastRecord(segment: number): Promise<AuditRecord | undefined> {
    let last: AuditRecord | undefined;
    const rest = await followLines(new ChainWalk(), this.#storage.read(segment), (record) => (last = record));
    return rest === 0 ? last : undefined;
  }

  /**
   * Records after sequence number `after`, oldest first, up to the newest one at the time of the call. The chain is
   * checked while reading, so a record that was changed on the disk is never handed out as genuine.
   * @throws EpmError EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE
   */
  async *records(after: number = 0): AsyncGenerator<AuditRecord> {
    for await (const item of readSegments(this.#storage, () => this.openSince, after, this.#head)) {
      if ('fault' in item) throw broken(item.fault);
      yield item.record;
    }
  }

  /**
   * Reads every record up to the newest one at the time of the call.
   * @returns the first fault; undefined when the whole journal verifies
   * @throws EpmError EPM_AUDIT_UNREADABLE
   */
  review(visitor: JournalVisitor): Promise<Refutation | undefined> {
    return reviewSegments(this.#storage, () => this.openSince, this.#head, visitor);
  }

  close(): void {
    this.#storage.close();
  }
}

function isBefore({ eventDateTime }: AuditRecord, time: number): boolean {
  return Date.parse(eventDateTime) < time;
}

/** Where the chain is while the open segment has no record. @throws EpmError EPM_AUDIT_BROKEN */
async function headOfClosed(storage: JournalStorage): Promise<ChainHead> {
  const newest = storage.closed().at(-1);
  if (newest === undefined) return EMPTY_CHAIN;
  const walk = new ChainWalk();
  const rest = await followLines(walk, storage.read(newest));
  if (typeof rest !== 'number') throw broken(rest);
  return walk.head;
}

function broken({ message, record, reason }: Refutation): EpmError {
  return new EpmError('EPM_AUDIT_BROKEN', `The audit journal does not verify. ${message}`, {
    hint: 'Move the files of the journal to a safe place as evidence; the agent then begins a new one.',
    data: { record, reason },
  });
}
