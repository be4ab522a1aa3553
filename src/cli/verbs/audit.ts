import type { AuditRecord } from '../../model/audit-record.ts';
import { askAudit } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonOption, wholeNumber } from '../input/options.ts';
import { json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

interface AuditOptions {
  readonly after?: number;
  readonly limit?: number;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('print audit records: your own, or all for administrators')
    .option('--after <number>', 'only records after this sequence number', wholeNumber)
    .option('--limit <number>', 'at most this many records; otherwise all', wholeNumber)
    .addOption(jsonOption('print one JSON object a line'))
    .action(async (options: AuditOptions) => {
      end(await audit(io, options));
    });
};

/** @throws EpmError EPM_AGENT_UNREACHABLE, EPM_AUDIT_BROKEN and what else the agent answers */
async function audit(io: Io, options: AuditOptions): Promise<ExitCode> {
  const cancel = new AbortController();
  const interrupted = io.onInterrupt(() => cancel.abort());
  try {
    const { more, last } = await askAudit(options, {
      signal: cancel.signal,
      event: ({ record, truncated }) =>
        io.out(options.json === true ? json(record, 0) : describeRecord(record, truncated === true)),
    });
    if (more) io.error(`epm: There are later records, which --limit left out. Go on with --after ${last}.\n`);
    return EXIT.done;
  } finally {
    interrupted();
  }
}

/** One record on one line. */
function describeRecord(record: AuditRecord, truncated: boolean): string {
  const parts = [
    String(record.sequence).padStart(6),
    record.eventDateTime,
    record.event,
    record.upn ?? record.userSid,
    record.filePath,
    record.rule === undefined ? undefined : `rule "${record.rule.name}"`,
    record.accountFactory === 'testBed' ? 'test bed' : undefined,
    record.result === undefined ? undefined : `exit code ${record.result}`,
    record.reason,
    record.errorCode,
    record.message,
    truncated ? 'cut for display' : undefined,
  ];
  return `${parts
    .filter((part) => part !== undefined)
    .map(shown)
    .join('  ')}\n`;
}
