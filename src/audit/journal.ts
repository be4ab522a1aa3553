/**
 * The append-only, hash-chained journal. A record exists once `append` has returned: it is then on the disk, linked to
 * everything before it. It is kept in segments, so that opening it does not take longer the longer it is, and so that
 * old records can be removed: the chain runs through all of them.
 */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';
import { EpmError, isEpmError } from '../model/errors.ts';
import {
  ChainWalk,
  EMPTY_CHAIN,
  headBefore,
  headOf,
  MAX_LINE,
  type ChainHead,
  type RecordCheck,
  type Refutation,
} from './chain.ts';
import { type Admission, Batch, type Item, type JournalContext, toError } from './batch.ts';
import { CHECKPOINT_RECORDS, checkpointEntry } from './checkpoint.ts';
import { linesOf } from './lines.ts';
import type { SealFinding } from './sealer.ts';
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
  /** What {@link appendSoon} took. */
  #queue: Item[] = [];
  /** Number of the last checkpoint; where none is in the open segment, that before its first record. */
  #checkpoint = 0;
  #sealFinding: SealFinding | undefined;

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
    const seals = context.sealer?.catchUp();
    const checks = seals === undefined ? [] : [seals];
    const walk = new ChainWalk(0, checks);
    let last: AuditRecord | undefined;
    let checkpoint = 0;
    const followed = await followLines(walk, storage.read(), (record, lineBytes) => {
      open.first ??= { sequence: record.sequence, time: Date.parse(record.eventDateTime) };
      open.bytes += lineBytes;
      if (last === undefined) checkpoint = record.sequence - 1;
      if (record.event === 'journalCheckpoint') checkpoint = record.sequence;
      last = record;
      context.visit?.(record);
    });
    const rest = typeof followed === 'number' ? followed : await tornBytes(storage, open.bytes, followed);
    if (rest > 0) storage.truncate(open.bytes);
    let head = walk.head;
    if (open.first === undefined) ({ head, last } = await endOfClosed(storage, checks));
    const journal = new Journal(storage, context, head, open);
    journal.#checkpoint = open.first === undefined ? head.records : checkpoint;
    if (seals !== undefined) journal.#sealFinding = context.sealer?.caughtUp(seals, head, last);
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

  /** What its seals said when it was opened; undefined: nothing is wrong with them, or it has none. */
  get sealFinding(): SealFinding | undefined {
    return this.#sealFinding;
  }

  /** Sequence number of the first record that the present keys seal; undefined: records are not sealed. */
  get sealedSince(): number | undefined {
    return this.#context.sealer?.since;
  }

  /**
   * Appends one record durably, behind those that {@link appendSoon} took, with which it shares one flush.
   * @throws EpmError EPM_AUDIT_WRITE, or what `admit` throws; then the record is not in the journal
   */
  append(entry: AuditEntry, admit?: Admission): AuditRecord {
    let settled: AuditRecord | { readonly error: Error } | undefined;
    this.#queue.push({ entry, admit, settle: (result) => (settled = result) });
    this.#writeQueue();
    if (settled !== undefined && !('error' in settled)) return settled;
    throw settled?.error ?? new EpmError('EPM_AUDIT_WRITE', 'The audit record could not be written.');
  }

  /**
   * Appends one record, which shares its flush with all others that come before the next turn of the loop.
   * @returns the record, once it is durable
   * @throws as {@link append}
   */
  appendSoon(entry: AuditEntry, admit?: Admission): Promise<AuditRecord> {
    return new Promise((resolve, reject) => {
      const settle: Item['settle'] = (result) => {
        if ('error' in result) reject(result.error);
        else resolve(result);
      };
      this.#queue.push({ entry, admit, settle });
      if (this.#queue.length === 1) setImmediate(() => this.#writeQueue());
    });
  }

  /** Has the device sign how far the journal is, unless it has. @throws EpmError EPM_AUDIT_WRITE */
  checkpoint(): void {
    if (this.#checkpoint < this.#head.records) this.#write([], true);
  }

  /**
   * Begins to seal with other keys, from the next record but one on: the next one says so, and is sealed by the keys before.
   * @param entry the record that says so
   * @returns the record
   * @throws EpmError EPM_AUDIT_WRITE; then the keys are those from before
   */
  sealFrom(entry: AuditEntry, seed: Uint8Array): AuditRecord {
    const record = this.append(entry);
    if (this.#context.sealer === undefined)
      throw new EpmError('EPM_AUDIT_WRITE', 'There is no place for the key of the journal.');
    this.#context.sealer.begin(headOf(record), seed);
    return record;
  }

  #writeQueue(): void {
    const items = this.#queue;
    this.#queue = [];
    if (items.length === 0) return;
    try {
      this.#write(items);
    } catch (error) {
      for (const { settle } of items) settle({ error: toError(error) });
    }
  }

  /**
   * Writes entries, and what has to precede them, and flushes once.
   * @throws EpmError EPM_AUDIT_WRITE; then none is in the journal
   */
  #write(items: readonly Item[], isCheckpoint = false): void {
    const { sealer, now } = this.#context;
    const time = now();
    this.#rotateWhenDue(time);
    const batch = new Batch(this.#context, this.#head, time);
    try {
      for (const entry of this.#pending) batch.add(entry);
      if (isCheckpoint) this.#addCheckpoint(batch);
      for (const item of items) {
        if (batch.head.records - (batch.checkpoint ?? this.#checkpoint) >= CHECKPOINT_RECORDS)
          this.#addCheckpoint(batch);
        batch.tryAdd(item);
      }
      if (batch.isEmpty) return batch.keys?.erase();
      this.#storage.append(batch.bytes());
    } catch (cause) {
      batch.keys?.erase();
      if (isEpmError(cause) && cause.code === 'EPM_AUDIT_WRITE') throw cause;
      throw new EpmError('EPM_AUDIT_WRITE', 'The audit record could not be written.', { cause });
    }
    this.#head = batch.head;
    this.#pending.length = 0;
    this.#open.first ??= { sequence: batch.first, time };
    this.#open.bytes += batch.length;
    this.#checkpoint = batch.checkpoint ?? this.#checkpoint;
    sealer?.commit(batch.keys);
    batch.settle();
  }

  #addCheckpoint(batch: Batch): void {
    const signer = this.#context.signer?.();
    if (signer !== undefined) batch.add(checkpointEntry(batch.head, signer));
  }

  /** Closes the open segment when it is large or old. Where that fails it stays open: no record is lost by it. */
  #rotateWhenDue(time: number): void {
    const { first, bytes, closeAt, closeAfter } = this.#open;
    if (first === undefined || (bytes < closeAt && time - first.time < closeAfter)) return;
    this.#endSegment(time);
    try {
      this.#storage.rotate(first.sequence);
    } catch {
      this.#open.closeAt = bytes + RETRY_BYTES;
      this.#open.closeAfter = time - first.time + RETRY_AGE;
      return;
    }
    Object.assign(this.#open, { bytes: 0, first: undefined, closeAt: SEGMENT_BYTES, closeAfter: SEGMENT_AGE });
  }

  /** The device signs all of a segment, where it can: the checkpoint is its last record. */
  #endSegment(time: number): void {
    const batch = new Batch(this.#context, this.#head, time);
    this.#addCheckpoint(batch);
    if (batch.isEmpty || this.#checkpoint === this.#head.records) return batch.keys?.erase();
    try {
      this.#storage.append(batch.bytes());
    } catch {
      return batch.keys?.erase();
    }
    this.#head = batch.head;
    this.#open.bytes += batch.length;
    this.#checkpoint = this.#head.records;
    this.#context.sealer?.commit(batch.keys);
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
      const end = await this.#endOf(segment);
      const last = end?.last ?? (await this.#firstOf([...closed.slice(index + 1), undefined]));
      if (last === undefined || !isBefore(end?.told ?? last, before)) break;
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

  /**
   * The last record of a segment, and the last one that tells of something: its checkpoint may be much younger.
   * @returns undefined where it does not verify
   */
  async #endOf(segment: number): Promise<{ readonly last: AuditRecord; readonly told: AuditRecord } | undefined> {
    let last: AuditRecord | undefined;
    let told: AuditRecord | undefined;
    const rest = await followLines(new ChainWalk(), this.#storage.read(segment), (record) => {
      last = record;
      if (record.event !== 'journalCheckpoint') told = record;
    });
    return rest !== 0 || last === undefined ? undefined : { last, told: told ?? last };
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
    this.#writeQueue();
    this.#storage.close();
    this.#context.sealer?.close();
  }
}

function isBefore({ eventDateTime }: AuditRecord, time: number): boolean {
  return Date.parse(eventDateTime) < time;
}

/**
 * Bytes behind the last good record that a disk left when it lost its power: it may have written the end of what was appended and not
 * what is before, which then has zeros. No record has one, and whoever puts one there cuts what the notes of the head still know.
 * @throws EpmError EPM_AUDIT_BROKEN where there is none; EPM_AUDIT_UNREADABLE
 */
async function tornBytes(storage: JournalStorage, good: number, fault: Refutation): Promise<number> {
  let at = 0;
  let isTorn = false;
  for await (const piece of storage.read()) {
    isTorn ||= piece.subarray(Math.max(0, good - at)).includes(0);
    at += piece.length;
  }
  if (!isTorn) throw broken(fault);
  return at - good;
}

/** Where the chain is while the open segment has no record. @throws EpmError EPM_AUDIT_BROKEN */
async function endOfClosed(
  storage: JournalStorage,
  checks: readonly RecordCheck[],
): Promise<{ readonly head: ChainHead; readonly last: AuditRecord | undefined }> {
  const newest = storage.closed().at(-1);
  if (newest === undefined) return { head: EMPTY_CHAIN, last: undefined };
  const walk = new ChainWalk(0, checks);
  let last: AuditRecord | undefined;
  const rest = await followLines(walk, storage.read(newest), (record) => (last = record));
  if (typeof rest !== 'number') throw broken(rest);
  return { head: walk.head, last };
}

function broken({ message, record, reason }: Refutation): EpmError {
  return new EpmError('EPM_AUDIT_BROKEN', `The audit journal does not verify. ${message}`, {
    hint: 'Move the files of the journal to a safe place as evidence; the agent then begins a new one.',
    data: { record, reason },
  });
}
