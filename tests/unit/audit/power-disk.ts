/**
 * A disk that loses its power: what was not made durable is there or not, in any order and in parts. Durable is what `append`, `truncate`
 * and `begin` returned from; changes of names become durable with the next of these, as file systems with a journal keep
 * their order.
 */
import type { JournalStorage, SealStore } from '../../../src/audit/storage.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { PowerCut } from './memory-journal.ts';

const SECTOR = 512;

export interface Chance {
  /** A whole number from 0 to below the limit. */
  below(limit: number): number;
}

export class PowerDisk implements JournalStorage {
  segments = new Map<number, Buffer>();
  open: Buffer = Buffer.alloc(0);
  /** The kept key as every state that the disk may hold: the durable one, and what was written since. */
  keys: Uint8Array[] = [];
  /** Names before the changes that are not durable yet. */
  #before: { readonly segments: Map<number, Buffer>; readonly open: Buffer }[] = [];
  readonly #chance: Chance;
  #isDark = false;
  /** Steps until the power is lost. */
  left: number;
  /** The sector of the key was written in parts. */
  isKeyTorn = false;
  /** Tears the sector of the key too, which disks do not do. */
  readonly #tearsKey: boolean;

  constructor(chance: Chance, left: number, tearsKey = false) {
    this.#chance = chance;
    this.left = left;
    this.#tearsKey = tearsKey;
  }

  closed(): readonly number[] {
    return [...this.segments.keys()].sort((left, right) => left - right);
  }

  async *read(first?: number): AsyncGenerator<Uint8Array> {
    const bytes = first === undefined ? this.open : this.segments.get(first);
    if (bytes === undefined) throw new EpmError('EPM_AUDIT_UNREADABLE', 'There is no such segment.');
    yield await Promise.resolve(bytes);
  }

  append(bytes: Uint8Array): void {
    if (this.#isOver()) {
      if (this.#keepsNames()) this.open = this.#torn(this.open, bytes);
      throw new PowerCut();
    }
    this.open = Buffer.concat([this.open, bytes]);
    this.#durable();
    // The power may go after the flush and before anybody hears of it.
    if (this.#isOver()) throw new PowerCut();
  }

  truncate(length: number): void {
    if (this.#isOver()) {
      if (this.#keepsNames() && this.#chance.below(2) === 0) this.open = this.open.subarray(0, length);
      throw new PowerCut();
    }
    this.open = this.open.subarray(0, length);
    this.#durable();
  }

  rotate(first: number): void {
    this.#rename();
    this.segments.set(first, this.open);
    this.open = Buffer.alloc(0);
  }

  remove(first: number): void {
    this.#rename();
    this.segments.delete(first);
  }

  close(): void {
    // Nothing is held.
  }

  /** The key on this disk. */
  seal(): SealStore {
    return {
      read: () => this.keys.at(-1),
      replace: (bytes) => {
        const isOver = this.#isOver();
        this.keys.push(Uint8Array.from(bytes));
        if (isOver) throw new PowerCut();
      },
      begin: (bytes) => {
        if (this.#isOver()) {
          this.keys.push(Uint8Array.from(bytes));
          throw new PowerCut();
        }
        this.keys = [Uint8Array.from(bytes)];
      },
      flush: () => (this.keys = this.keys.slice(-1)),
      close: () => undefined,
    };
  }

  /** The power comes back. @param left steps until it is lost again */
  restart(left: number): void {
    this.left = left;
    this.#isDark = false;
    this.#keepsNames();
    const key = this.keys[this.#chance.below(Math.max(1, this.keys.length))];
    const newest = this.keys.at(-1);
    this.isKeyTorn = false;
    if (key === undefined || newest === undefined) return;
    const torn = Buffer.from(key);
    if (this.#tearsKey && this.#chance.below(4) === 0) {
      Buffer.from(newest).copy(torn, 0, 0, this.#chance.below(torn.length));
      this.isKeyTorn = !this.keys.some((state) => torn.equals(state));
    }
    this.keys = [torn];
  }

  /** @returns whether the power is lost now @throws PowerCut when it was before */
  #isOver(): boolean {
    if (this.#isDark) throw new PowerCut();
    this.left -= 1;
    this.#isDark = this.left < 0;
    return this.#isDark;
  }

  #rename(): void {
    if (this.#isOver()) throw new PowerCut();
    this.#before.push({ segments: new Map(this.segments), open: this.open });
  }

  #durable(): void {
    this.#before = [];
  }

  /** @returns whether all changes of names reached the disk */
  #keepsNames(): boolean {
    const lost = this.#before[this.#chance.below(this.#before.length + 1)];
    this.#before = [];
    if (lost === undefined) return true;
    this.segments = lost.segments;
    this.open = lost.open;
    return false;
  }

  /** A part of what was appended: its beginning, or any of its sectors. */
  #torn(good: Buffer, bytes: Uint8Array): Buffer {
    if (this.#chance.below(2) === 0)
      return Buffer.concat([good, bytes.subarray(0, this.#chance.below(bytes.length + 1))]);
    const all = Buffer.concat([good, bytes]);
    for (let at = good.length; at < all.length; at += SECTOR - (at % SECTOR))
      if (this.#chance.below(2) === 0) all.fill(0, at, Math.min(all.length, at + SECTOR - (at % SECTOR)));
    return all.subarray(0, good.length + 1 + this.#chance.below(bytes.length));
  }
}
