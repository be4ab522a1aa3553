/** Reading a journal through its segments, checking the chain within each and from one to the next. */
import type { AuditRecord } from '../model/audit-record.ts';
import {
  type ChainHead,
  ChainWalk,
  headBefore,
  headOf,
  MAX_LINE,
  type Refutation,
  refuted,
  tellsOfStart,
} from './chain.ts';
import { linesOf } from './lines.ts';
import type { JournalStorage } from './storage.ts';

/** A good record, or what does not verify. */
type Reading = { readonly record: AuditRecord } | { readonly fault: Refutation };

/** Number of the first record of the open segment, or of the next one while it is empty; it may change meanwhile. */
type OpenSince = () => number;

/**
 * Records after a number, up to the head that the journal has now, oldest first. Behind a fault reading goes on with
 * the next segment. A segment that is closed meanwhile is found again.
 * @throws EpmError EPM_AUDIT_UNREADABLE
 */
export async function* readSegments(
  storage: JournalStorage,
  openSince: OpenSince,
  after: number,
  last: ChainHead,
): AsyncGenerator<Reading> {
  /** The record before the next one, where it was read. */
  let done: ChainHead | undefined;
  let next = after + 1;
  while (next <= last.records) {
    const segment = segmentWith(storage, openSince(), next);
    const behind = segment === undefined ? Infinity : segmentBehind(storage, openSince(), segment);
    const before = next;
    let fault: Refutation | undefined;
    for await (const item of recordsOf(storage, segment, next, behind)) {
      if ('fault' in item) {
        ({ fault } = item);
        break;
      }
      const { record } = item;
      if (record.sequence < next) continue;
      const follows = done === undefined || (record.sequence === next && record.previousHash === done.headHash);
      if (!follows) yield { fault: refuted(next - 1, 'previousHash', 'it does not follow the record before it.') };
      done = headOf(record);
      next = record.sequence + 1;
      yield { record };
      if (next > last.records) return;
    }
    // The next segment goes on, or the open one, which was closed while it was read, is read again under its new name.
    if (fault === undefined && (next !== before || segmentWith(storage, openSince(), next) !== segment)) continue;
    yield { fault: fault ?? refuted(next - 1, 'missing', 'it is not there.') };
    if (segment === undefined) return;
    next = Math.max(next, behind);
    done = undefined;
  }
}

export interface JournalVisitor {
  /** Takes a good record; false ends the review without a finding. */
  record(record: AuditRecord): boolean;
  /** Records behind the last one were passed over, because they do not verify. */
  fault(): void;
}

/**
 * Every record, and the first fault of all.
 * @throws EpmError EPM_AUDIT_UNREADABLE
 */
export async function reviewSegments(
  storage: JournalStorage,
  openSince: OpenSince,
  last: ChainHead,
  visitor: JournalVisitor,
): Promise<Refutation | undefined> {
  let fault: Refutation | undefined;
  let start: ChainHead | undefined;
  let isTold = false;
  for await (const item of readSegments(storage, openSince, 0, last)) {
    if ('fault' in item) {
      fault ??= item.fault;
      visitor.fault();
      continue;
    }
    const { record } = item;
    start ??= headBefore(record);
    isTold ||= tellsOfStart(record, start);
    if (!visitor.record(record)) return undefined;
  }
  if (start !== undefined && start.records > 0 && !isTold)
    fault ??= refuted(start.records, 'start', 'no record says what became of those before it.');
  return fault;
}

/** Name of the segment that has a record, or of the first behind it; undefined: the open one. */
function segmentWith(storage: JournalStorage, openSince: number, sequence: number): number | undefined {
  if (sequence >= openSince) return undefined;
  const closed = closedBefore(storage, openSince);
  return closed.findLast((first) => first <= sequence) ?? closed[0];
}

/** Sequence number of the first record of the segment behind. */
function segmentBehind(storage: JournalStorage, openSince: number, segment: number): number {
  return closedBefore(storage, openSince).find((first) => first > segment) ?? openSince;
}

function closedBefore(storage: JournalStorage, openSince: number): readonly number[] {
  return storage.closed().filter((first) => first < openSince);
}

/**
 * @param next number of the record that is wanted
 * @param behind number of the first record of the next segment
 */
async function* recordsOf(
  storage: JournalStorage,
  segment: number | undefined,
  next: number,
  behind: number,
): AsyncGenerator<Reading> {
  const walk = new ChainWalk((segment ?? next) - 1);
  let expected = segment;
  for await (const line of linesOf(storage.read(segment), MAX_LINE)) {
    // Behind the last line feed of the open segment a record is being appended; a closed one has nothing there.
    if (line.kind === 'rest') {
      if (segment !== undefined && line.bytes > 0) yield { fault: walk.fail('notJson', 'it is not whole.').failure };
      return;
    }
    const checked =
      line.kind === 'tooLong'
        ? walk.fail('tooLong', `the line is longer than ${MAX_LINE} bytes.`)
        : walk.takeLine(line.text);
    if ('failure' in checked) {
      yield { fault: checked.failure };
      return;
    }
    const { record } = checked;
    if ((expected ?? record.sequence) !== record.sequence) {
      const message = `the file named after it begins with record ${record.sequence}.`;
      yield { fault: refuted((expected ?? behind) - 1, 'segment', message) };
      return;
    }
    if (record.sequence >= behind) {
      yield { fault: refuted(behind - 1, 'sequence', `it has the number ${record.sequence}.`) };
      return;
    }
    expected = undefined;
    yield { record };
  }
}
