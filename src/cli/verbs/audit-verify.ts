import type { Verification } from '../../audit/chain.ts';
import { readJournalFile } from '../../audit/file-storage.ts';
import { verifyJournal, verifyRecords } from '../../audit/verify.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fields, json, shown } from '../output/text.ts';
import { journalOption, jsonOption } from '../input/options.ts';
import { requireFile } from '../input/read-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface VerifyOptions {
  readonly journal?: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('prove that no record was changed, removed or added')
    .addOption(journalOption())
    .addOption(jsonOption())
    .action(async (_options: VerifyOptions, self: Command) => {
      end(await auditVerify(io, self.optsWithGlobals<VerifyOptions>()));
    });
};

/**
 * Proves the journal: a file, or the records as the agent hands them out, which takes an administrator.
 * @returns 1 when a record was changed, removed or added, and when there is none
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_AUDIT_UNREADABLE, EPM_AGENT_UNREACHABLE
 */
async function auditVerify(io: Io, options: VerifyOptions): Promise<ExitCode> {
  if (options.journal !== undefined) await requireFile(options.journal);
  const verification =
    options.journal === undefined
      ? await verifyRecords(await allRecords())
      : await verifyJournal(readJournalFile(options.journal));
  io.out(options.json === true ? json(verification) : describe(verification));
  if (verification.ok && verification.records === 0) {
    io.error('epm: The journal has no records, so nothing is proved. The agent writes one when it starts.\n');
    return EXIT.negative;
  }
  return verification.ok ? EXIT.done : EXIT.negative;
}

async function allRecords(): Promise<readonly AuditRecord[]> {
  const { askAgent } = await import('../agent/connect.ts');
  const records: AuditRecord[] = [];
  await askAgent('audit', {}, { event: ({ record }) => void records.push(record) });
  return records;
}

function describe(verification: Verification): string {
  if (!verification.ok) return `The journal does not verify.\n${shown(verification.message)}\n`;
  return fields([
    ['Journal', 'verified'],
    ['Records', verification.records],
    ['Head', verification.headHash],
    ['Unfinished', verification.unfinishedBytes === 0 ? undefined : `${verification.unfinishedBytes} bytes at the end`],
  ]);
}
