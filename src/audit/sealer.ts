/**
 * The keys of the agent: they seal what it appends, and only the next one is kept. The key on the disk is replaced after the record
 * is durable, and is not waited for: a crash in between leaves it one record or more behind, and the next start brings it
 * forward by the seals that are there. It is never ahead of the journal, unless records were removed.
 */
import { createHash } from 'node:crypto';
import type { AuditRecord } from '../model/audit-record.ts';
import type { ChainHead, FoundFault, RecordCheck } from './chain.ts';
import { SEAL_KEY_BYTES, SealKeys } from './seal-keys.ts';
import type { SealStore } from './storage.ts';

/** Bytes of a kept key: one sector, which a disk writes whole or not at all. */
export const KEPT_BYTES = 512;
const MARK = Buffer.from('EPMSEAL1', 'ascii');
const CHECK_AT = MARK.length + 16 + 2 * SEAL_KEY_BYTES;
/** Seals by which the kept key may be behind. */
const MAX_BEHIND = 10_000_000;

/** What an agent finds wrong with the seals of its journal. */
export interface SealFinding {
  readonly state: 'forged' | 'unsealed' | 'cut' | 'older' | 'gap';
  readonly record: number;
}

export class Sealer {
  readonly #store: SealStore;
  readonly #failed: () => void;
  /** Number of the record before the first one that these keys seal. */
  #before = 0;
  #keys: SealKeys | undefined;

  /** @param failed called when the key on the disk could not be replaced; never throws */
  constructor(store: SealStore, failed: () => void = () => undefined) {
    this.#store = store;
    this.#failed = failed;
    try {
      const kept = store.read();
      const read = kept && readKept(kept);
      this.#keys = read?.keys;
      this.#before = read?.before ?? 0;
    } catch {
      // As one that is not there.
    }
  }

  /** Sequence number of the first record that the keys seal; undefined: nothing is sealed. */
  get since(): number | undefined {
    return this.#keys === undefined ? undefined : this.#before + 1;
  }

  /** Keys for records that are not durable yet, to be {@link commit committed} or erased. */
  draft(): SealKeys | undefined {
    return this.#keys?.copy();
  }

  /** The records are durable: the keys before are gone. */
  commit(keys: SealKeys | undefined): void {
    if (keys === undefined) return;
    this.#keys?.erase();
    this.#keys = keys;
    this.#keep((bytes) => this.#store.replace(bytes));
  }

  /**
   * Other keys from the record behind the head on.
   * @throws EpmError EPM_AUDIT_WRITE; then the keys are those from before
   */
  begin(head: ChainHead, seed: Uint8Array): void {
    const keys = SealKeys.from(seed);
    const kept = writeKept(head.records, keys);
    try {
      this.#store.begin(kept);
    } catch (error) {
      keys.erase();
      // What is on the disk is not known.
      if (this.#keys !== undefined) this.#keep((bytes) => this.#store.replace(bytes));
      throw error;
    } finally {
      kept.fill(0);
    }
    this.#keys?.erase();
    this.#keys = keys;
    this.#before = head.records;
  }

  /** To go through the newest segment with, which brings the key forward to its end. */
  catchUp(): SealCatchUp {
    return new SealCatchUp(this.#keys?.copy(), this.#before);
  }

  /**
   * Takes what was found in the newest segment.
   * @param last record of the journal; undefined: it has none
   */
  caughtUp(found: SealCatchUp, head: ChainHead, last: AuditRecord | undefined): SealFinding | undefined {
    // The first record without a seal tells of it, so that it is found once.
    if (this.#keys === undefined)
      return last?.seal === undefined ? undefined : { state: 'unsealed', record: head.records + 1 };
    const state = last?.event === 'agentStopped' ? 'older' : 'cut';
    if (head.records < this.#before) {
      // The record that the keys go out from is not there: nothing that they seal could be verified.
      this.#keys.erase();
      this.#keys = undefined;
      return { state, record: head.records + 1 };
    }
    const { keys, fault, next } = found;
    if (keys === undefined) return undefined;
    const isAhead = keys.number === this.#keys.number && fault === undefined && next < keys.number;
    if (keys.number > this.#keys.number) this.commit(keys);
    return fault ?? (isAhead ? { state, record: head.records + 1 } : undefined);
  }

  flush(): void {
    this.#store.flush();
  }

  close(): void {
    this.#keys?.erase();
    this.#keys = undefined;
    this.#store.close();
  }

  #keep(write: (bytes: Uint8Array) => void): void {
    if (this.#keys === undefined) return;
    const kept = writeKept(this.#before, this.#keys);
    try {
      write(kept);
    } catch {
      this.#failed();
    } finally {
      kept.fill(0);
    }
  }
}

/** Compares the seals that the agent still can, and brings the keys to the end of the journal. It finds, and refuses nothing. */
class SealCatchUp implements RecordCheck {
  readonly keys: SealKeys | undefined;
  readonly #before: number;
  #fault: SealFinding | undefined;
  /** Number of the seal that the next record has. */
  #next = 1;

  constructor(keys: SealKeys | undefined, before: number) {
    this.keys = keys;
    this.#before = before;
  }

  get fault(): SealFinding | undefined {
    return this.#fault;
  }

  get next(): number {
    return this.#next;
  }

  take(record: AuditRecord, sealed: () => string | undefined): FoundFault | undefined {
    const { keys } = this;
    const { sequence: number, seal, sealNumber } = record;
    if (keys === undefined || this.#fault !== undefined || number <= this.#before) return undefined;
    if (seal === undefined || sealNumber === undefined) {
      this.#fault = { state: 'unsealed', record: number };
      return undefined;
    }
    this.#next = sealNumber + 1;
    // Those keys are gone.
    if (sealNumber < keys.number) return undefined;
    const ahead = keys.copy();
    if (sealNumber - keys.number <= MAX_BEHIND) while (ahead.number < sealNumber) ahead.advance();
    const text = sealed();
    if (ahead.number !== sealNumber || (text !== undefined && ahead.seal(text) !== seal)) {
      this.#fault = { state: 'forged', record: number };
      return undefined;
    }
    while (keys.number <= sealNumber) keys.advance();
    ahead.erase();
    return undefined;
  }
}

function writeKept(before: number, keys: SealKeys): Buffer {
  const bytes = Buffer.alloc(KEPT_BYTES);
  MARK.copy(bytes);
  bytes.writeBigUInt64BE(BigInt(before), MARK.length);
  bytes.writeBigUInt64BE(BigInt(keys.number), MARK.length + 8);
  bytes.set(keys.secrets.block, MARK.length + 16);
  bytes.set(keys.secrets.record, MARK.length + 16 + SEAL_KEY_BYTES);
  checkOf(bytes).copy(bytes, CHECK_AT);
  return bytes;
}

/** Undefined where it is not whole. */
function readKept(kept: Uint8Array): { readonly before: number; readonly keys: SealKeys } | undefined {
  const bytes = Buffer.from(kept.buffer, kept.byteOffset, kept.length).subarray(0, KEPT_BYTES);
  if (bytes.length < KEPT_BYTES || !MARK.equals(bytes.subarray(0, MARK.length))) return undefined;
  if (!checkOf(bytes).equals(bytes.subarray(CHECK_AT, CHECK_AT + 32))) return undefined;
  const [before, number] = [0, 8].map((at) => Number(bytes.readBigUInt64BE(MARK.length + at)));
  if (!Number.isSafeInteger(before) || !Number.isSafeInteger(number) || number === undefined || number < 1)
    return undefined;
  const at = MARK.length + 16;
  const keys = SealKeys.resume(
    number,
    bytes.subarray(at, at + SEAL_KEY_BYTES),
    bytes.subarray(at + SEAL_KEY_BYTES, CHECK_AT),
  );
  return { before: before ?? 0, keys };
}

function checkOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes.subarray(0, CHECK_AT)).digest();
}
