/** Records that become durable together, with one write and one flush. */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import { headOf, link, MAX_LINE, type ChainHead } from './chain.ts';
import type { DeviceSigner } from './checkpoint.ts';
import type { SealKeys } from './seal-keys.ts';
import type { Sealer } from './sealer.ts';

export interface JournalContext {
  readonly deviceName: string;
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** Sees every record of the open segment while it is opened. */
  readonly visit?: (record: AuditRecord) => void;
  readonly sealer?: Sealer;
  /** Signs checkpoints; undefined: the key of the device cannot be read now. */
  readonly signer?: () => DeviceSigner | undefined;
}

/** Called with the bytes of a record and its time before it is written. @throws EpmError when it must not be */
export type Admission = (bytes: number, time: number) => void;

/** An entry on its way, and what becomes of it. */
export interface Item {
  readonly entry: AuditEntry;
  readonly admit: Admission | undefined;
  readonly settle: (result: AuditRecord | { readonly error: Error }) => void;
}

export class Batch {
  readonly #context: JournalContext;
  readonly #time: number;
  readonly #eventDateTime: string;
  readonly #lines: string[] = [];
  readonly #done: (() => void)[] = [];
  readonly first: number;
  keys: SealKeys | undefined;
  head: ChainHead;
  length = 0;
  /** Number of the last checkpoint in it. */
  checkpoint: number | undefined;

  constructor(context: JournalContext, head: ChainHead, time: number) {
    this.#context = context;
    this.#time = time;
    this.#eventDateTime = new Date(time).toISOString();
    this.head = head;
    this.first = head.records + 1;
    this.keys = context.sealer?.draft();
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  bytes(): Uint8Array {
    return Buffer.from(this.#lines.join(''), 'latin1');
  }

  /** @throws EpmError EPM_AUDIT_WRITE for one that is too long; what `admit` throws; then it is not in the batch */
  add(entry: AuditEntry, admit?: Admission): AuditRecord {
    const { deviceName } = this.#context;
    // A record that is not taken leaves no number out.
    const before = this.keys?.copy();
    try {
      const content = { ...defined(entry), deviceName, eventDateTime: this.#eventDateTime };
      const { record, line } = link(this.head, content, this.keys);
      if (line.length > MAX_LINE)
        throw new EpmError('EPM_AUDIT_WRITE', `The audit record has ${line.length} bytes; the limit is ${MAX_LINE}.`);
      admit?.(line.length, this.#time);
      this.#lines.push(line);
      this.length += line.length;
      this.head = headOf(record);
      if (record.event === 'journalCheckpoint') this.checkpoint = record.sequence;
      before?.erase();
      return record;
    } catch (error) {
      this.keys?.erase();
      this.keys = before;
      throw error;
    }
  }

  /** One that cannot be taken is settled at once; the others when {@link settle} is called. */
  tryAdd({ entry, admit, settle }: Item): void {
    try {
      const record = this.add(entry, admit);
      this.#done.push(() => settle(record));
    } catch (error) {
      settle({ error: toError(error) });
    }
  }

  settle(): void {
    for (const done of this.#done) done();
  }
}

export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
