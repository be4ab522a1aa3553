/**
 * The head of the journal as it is noted outside of it (decision E2): in a file of the agent, and in the Windows event
 * log. It is noted after the records are on the disk, so a note is never ahead of the journal, whenever the machine
 * stops. The journal may be ahead of its note by what {@link NOTE_RECORDS} and {@link NOTE_DELAY} allow: so many of the
 * newest records could be cut without being missed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChainHead } from '../audit/chain.ts';
import type { AnchorLog, Log } from './ports.ts';

/** Records after which the head is noted in the agent's file. */
export const NOTE_RECORDS = 64;
/** Milliseconds after the first record that is not noted. */
export const NOTE_DELAY = 5_000;
/** The same for the event log, which others write to as well. */
export const LOG_RECORDS = 1024;
export const LOG_DELAY = 10 * 60_000;

/** What an entry of the event log says. */
interface LoggedHead {
  readonly head: ChainHead;
  /** The agent itself removed the journal (decision S3). */
  readonly removed: boolean;
}

/** Reads and writes heads in the event log, each with a code that only this installation can make. */
export class LoggedHeads {
  readonly #log: AnchorLog;
  readonly #secret: Uint8Array;
  readonly #operational: Log;

  constructor(log: AnchorLog, secret: Uint8Array, operational: Log) {
    this.#log = log;
    this.#secret = secret;
    this.#operational = operational;
  }

  get isAvailable(): boolean {
    return this.#log.isAvailable();
  }

  /** Never throws: what cannot be noted now is noted with a later record. */
  write(head: ChainHead, removed = false): void {
    if (!this.isAvailable) return;
    const { records, headHash } = head;
    try {
      this.#log.write(JSON.stringify({ records, headHash, removed, code: this.#code(head, removed) }));
    } catch {
      this.#operational.write('warning', 'eventLogNotWritten', { records });
    }
  }

  /**
   * The newest head that was logged; undefined where there is none, or the agent removed that journal itself. Entries
   * of another installation count only while this one has none: its secret went with its journal.
   */
  newest(): ChainHead | undefined {
    let texts: readonly string[] = [];
    try {
      if (this.isAvailable) texts = this.#log.read();
    } catch {
      this.#operational.write('warning', 'eventLogUnreadable', {});
    }
    const entries = texts.flatMap((text) => this.#parse(text));
    const newest = entries.find(({ isOwn }) => isOwn) ?? entries[0];
    return newest === undefined || newest.removed ? undefined : newest.head;
  }

  #parse(text: string): readonly (LoggedHead & { readonly isOwn: boolean })[] {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return [];
    }
    if (typeof value !== 'object' || value === null || !isHead(value)) return [];
    const { removed, code } = value as { readonly removed?: unknown; readonly code?: unknown };
    if (typeof removed !== 'boolean' || typeof code !== 'string') return [];
    const head = { records: value.records, headHash: value.headHash };
    const [given, right] = [Buffer.from(code), Buffer.from(this.#code(head, removed))];
    return [{ head, removed, isOwn: given.length === right.length && timingSafeEqual(given, right) }];
  }

  #code({ records, headHash }: ChainHead, removed: boolean): string {
    const text = `journal head ${records} ${headHash} ${removed}`;
    return createHmac('sha256', this.#secret).update(text, 'ascii').digest('hex');
  }
}

export function isHead(value: object): value is ChainHead {
  const { records, headHash } = value as Record<string, unknown>;
  return (
    Number.isSafeInteger(records) &&
    (records as number) >= 0 &&
    typeof headHash === 'string' &&
    /^[0-9a-f]{64}$/.test(headHash)
  );
}
