/** Whether the journal that an agent finds at its start is the one that an agent left. */
import type { ChainHead } from '../audit/chain.ts';
import type { JournalState } from '../model/journal-states.ts';

/** What is wrong with a journal. */
type JournalFault = Exclude<JournalState, 'whole' | 'truncated' | 'unverified'>;

export interface JournalFinding {
  readonly state: JournalFault;
  /** Sequence number of the first record that is missing or not as it was. */
  readonly record: number;
  readonly noted?: ChainHead;
}

interface FoundJournal {
  readonly head: ChainHead;
  /** Its last record is that of an agent that was stopped. */
  readonly isClosed: boolean;
  /** Hash of a record, or undefined where it was not read. */
  hashOf(sequence: number): string | undefined;
}

/**
 * @param ofState head noted in the agent's file, as old as that file
 * @param ofLog head noted in the event log
 * @returns undefined when nothing contradicts the notes
 */
export function judgeFound(
  journal: FoundJournal,
  ofState: ChainHead | undefined,
  ofLog: ChainHead | undefined,
): JournalFinding | undefined {
  const notes = [ofState, ofLog].filter((note) => note !== undefined).sort((a, b) => b.records - a.records);
  const [newest] = notes;
  if (newest === undefined || newest.records === 0) return undefined;
  if (journal.head.records === 0) return { state: 'missing', record: 1, noted: newest };
  for (const noted of notes) {
    const hash = journal.hashOf(noted.records);
    if (hash !== undefined && hash !== noted.headHash) return { state: 'replaced', record: noted.records, noted };
  }
  if (journal.head.records >= newest.records) return undefined;
  const isOlder = journal.isClosed || (ofState !== undefined && ofState.records <= journal.head.records);
  return { state: isOlder ? 'older' : 'cut', record: journal.head.records + 1, noted: newest };
}
