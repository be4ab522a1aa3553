/** Records for verbs that read them: of the agent, or of journals that were copied from devices. */
import { readJournal } from '../../audit/file-storage.ts';
import { verifyFiles } from '../../audit/verify.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import type { JournalState } from '../../model/journal-states.ts';
import type { Io } from '../io.ts';
import { requireJournal } from './read-file.ts';

interface RecordVisitor {
  record(record: AuditRecord): void;
  /** Records of another device follow, or none. */
  endOfDevice(): void;
}

export interface RecordsRead {
  readonly records: number;
  /** Journals that do not verify: what is behind the fault was not read. */
  readonly faults: readonly { readonly journal: string; readonly state: JournalState; readonly message: string }[];
  /** The agent gave only the caller's own. */
  readonly onlyOwn: boolean;
}

/**
 * @param journals undefined: the agent of this machine is asked
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_AUDIT_UNREADABLE; without journals what the agent answers
 */
export async function readRecords(
  io: Io,
  journals: readonly string[] | undefined,
  visitor: RecordVisitor,
): Promise<RecordsRead> {
  return journals === undefined ? readAgent(io, visitor) : readJournals(journals, visitor);
}

async function readJournals(journals: readonly string[], visitor: RecordVisitor): Promise<RecordsRead> {
  let records = 0;
  const faults: RecordsRead['faults'][number][] = [];
  for (const journal of journals) await requireJournal(journal);
  for (const journal of journals) {
    const verification = await verifyFiles(readJournal(journal), (record) => {
      records += 1;
      visitor.record(record);
    });
    visitor.endOfDevice();
    if (!verification.ok) faults.push({ journal, state: verification.state, message: verification.message });
  }
  return { records, faults, onlyOwn: false };
}

async function readAgent(io: Io, visitor: RecordVisitor): Promise<RecordsRead> {
  const { askAudit } = await import('../agent/connect.ts');
  const cancel = new AbortController();
  const interrupted = io.onInterrupt(() => cancel.abort());
  let records = 0;
  try {
    const event = ({ record }: { readonly record: AuditRecord }): void => {
      records += 1;
      visitor.record(record);
    };
    const { all } = await askAudit({}, { signal: cancel.signal, event });
    visitor.endOfDevice();
    return { records, faults: [], onlyOwn: !all };
  } finally {
    interrupted();
  }
}
