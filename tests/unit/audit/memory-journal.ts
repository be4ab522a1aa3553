/** The journal's segments in memory, as a disk holds them; it can fail, and lose power after any byte. */
import type { JournalStorage, SealStore } from '../../../src/audit/storage.ts';
import { EpmError } from '../../../src/model/errors.ts';

/** The machine stops here. */
export class PowerCut extends Error {}

export class MemoryJournal implements JournalStorage {
  readonly segments = new Map<number, Buffer>();
  open = Buffer.alloc(0);
  /** Bytes and changes of names that still reach the disk. */
  power = Number.POSITIVE_INFINITY;
  fails = false;
  rotateFails = false;

  closed(): readonly number[] {
    return [...this.segments.keys()].sort((left, right) => left - right);
  }

  read(first?: number): AsyncIterable<Uint8Array> {
    const bytes = first === undefined ? this.open : this.segments.get(first);
    if (bytes === undefined) throw new EpmError('EPM_AUDIT_UNREADABLE', 'There is no such segment.');
    return inPieces(bytes);
  }

  append(bytes: Uint8Array): void {
    if (this.fails) throw new EpmError('EPM_AUDIT_WRITE', 'The disk is full.');
    const written = Math.min(bytes.length, this.power);
    this.open = Buffer.concat([this.open, bytes.subarray(0, written)]);
    this.power -= written;
    if (written < bytes.length) throw new PowerCut();
  }

  truncate(length: number): void {
    this.open = this.open.subarray(0, length);
  }

  rotate(first: number): void {
    if (this.rotateFails) throw new EpmError('EPM_AUDIT_WRITE', 'The file is in use.');
    this.#spend();
    this.segments.set(first, this.open);
    this.open = Buffer.alloc(0);
  }

  remove(first: number): void {
    this.#spend();
    this.segments.delete(first);
  }

  close(): void {
    // Nothing is held.
  }

  /** All of it, oldest first. */
  content(): Buffer {
    return Buffer.concat([...this.closed().map((first) => this.segments.get(first) ?? Buffer.alloc(0)), this.open]);
  }

  /** The disk as it is now, under power. */
  copy(): MemoryJournal {
    const copy = new MemoryJournal();
    for (const [first, bytes] of this.segments) copy.segments.set(first, Buffer.from(bytes));
    copy.open = Buffer.from(this.open);
    return copy;
  }

  #spend(): void {
    if (this.power <= 0) throw new PowerCut();
    this.power -= 1;
  }
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield await Promise.resolve(bytes.subarray(at, at + 65_536));
}

/** The kept key, as a disk holds it. */
export class MemorySeal implements SealStore {
  bytes: Uint8Array | undefined;
  fails = false;

  read(): Uint8Array | undefined {
    return this.bytes && Uint8Array.from(this.bytes);
  }

  replace(bytes: Uint8Array): void {
    if (this.fails) throw new EpmError('EPM_AUDIT_WRITE', 'The disk is full.');
    this.bytes = Uint8Array.from(bytes);
  }

  begin(bytes: Uint8Array): void {
    this.replace(bytes);
  }

  flush(): void {
    // There is nothing to wait for.
  }

  close(): void {
    // Nothing is held.
  }
}
