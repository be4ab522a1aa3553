import { Argument, Option } from 'commander';
import { type ReportName, ReportRun, REPORTS } from '../../audit/reports/index.ts';
import type { Period, Report } from '../../audit/reports/report.ts';
import { EpmError } from '../../model/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readRecords, type RecordsRead } from '../input/audit-records.ts';
import { journalsOption, jsonOption, time } from '../input/options.ts';
import type { Io } from '../io.ts';
import { PageWriter } from '../output/report-page/page-writer.ts';
import { FileWriter } from '../output/report-file.ts';
import { TextWriter } from '../output/report-text.ts';
import { CsvWriter, JsonWriter, type RowWriter } from '../output/report-writer.ts';
import { json as jsonText, reportError, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

const HOUR = 3_600_000;

interface ReportOptions {
  readonly journal?: readonly string[];
  readonly after?: number;
  readonly before?: number;
  readonly withWindows?: true;
  readonly json?: true;
  readonly csv?: true;
  readonly html?: string;
  readonly out?: string;
}

export const declare: DeclareVerb = (command, io, end) => {
  const names = Object.keys(REPORTS);
  command
    .description('make a report of elevations and denials, from the audit')
    .addArgument(new Argument('[name]', 'which report').choices(names).default('overview'))
    .addOption(journalsOption())
    .addOption(new Option('--after <time>', 'the first time that counts, such as 2026-12-24T18:00Z').argParser(time))
    .addOption(new Option('--before <time>', 'the first time that does not count any more').argParser(time))
    .option('--with-windows', 'processes that Windows itself starts beside many programs count too')
    .addOption(
      jsonOption('print one JSON object a row; with --out, one that says what was written').conflicts(['csv', 'html']),
    )
    .addOption(new Option('--csv', 'print the columns that Intune exports').conflicts('html'))
    .option('--html <file>', 'write one page with charts, which needs nothing else; `-` is standard output')
    .addOption(
      new Option(
        '--out <file>',
        'write a file, as its name ends: .html, .csv, or .json with one object a line',
      ).conflicts(['csv', 'html']),
    )
    .action(async (name: ReportName, options: ReportOptions) => {
      end(await report(io, REPORTS[name], options));
    });
};

/**
 * @returns 1 when a journal does not verify: the report then has what is before the fault
 * @throws EpmError EPM_ARGUMENT, EPM_FILE_UNWRITABLE, and as {@link readRecords}
 */
async function report(io: Io, wanted: Report, options: ReportOptions): Promise<ExitCode> {
  const period = periodOf(wanted, options);
  const writer = writerOf(io, wanted, period, options);
  let rows = 0;
  const run = new ReportRun({
    report: wanted,
    period,
    withWindows: options.withWindows === true,
    add(table, row) {
      rows += 1;
      writer.row(table, row);
    },
  });
  const read = await readRecords(io, options.journal, run);
  const leftOut = run.end();
  await writer.end();
  const asJson = options.json === true;
  if (asJson && options.out !== undefined) io.out(jsonText({ output: options.out, rows }, 0));
  tell(io, read, leftOut, asJson);
  return read.faults.length > 0 ? EXIT.negative : EXIT.done;
}

function periodOf({ hours }: Report, options: ReportOptions): Period {
  const before = options.before ?? Date.now();
  const after = options.after ?? before - hours * HOUR;
  if (after < before) return { after, before };
  throw new EpmError('EPM_ARGUMENT', 'The report would end before it begins.', { hint: 'Give a later --before.' });
}

function writerOf(io: Io, wanted: Report, period: Period, { json, csv, html, out }: ReportOptions): RowWriter {
  if (out !== undefined) return fileWriterOf(io, out, wanted, period);
  if (html !== undefined) return new PageWriter(io, html, wanted, period);
  if (csv === true) return new CsvWriter(io, wanted);
  return json === true ? new JsonWriter(io, wanted) : new TextWriter(io, wanted);
}

/** The form is the one that the name of the file says, so that no file is called what it is not. */
function fileWriterOf(io: Io, path: string, wanted: Report, period: Period): RowWriter {
  if (/\.html?$/i.test(path)) return new PageWriter(io, path, wanted, period);
  if (/\.csv$/i.test(path)) return new FileWriter(io, path, (into) => new CsvWriter(into, wanted));
  if (/\.jsonl?$/i.test(path)) return new FileWriter(io, path, (into) => new JsonWriter(into, wanted));
  throw new EpmError('EPM_ARGUMENT', `The name "${shown(path)}" does not say in which form the report is written.`, {
    hint: 'Give a name that ends with .html, .csv or .json.',
  });
}

/** A program reads what does not verify by its code, a person as a sentence. */
function tell(io: Io, { faults, onlyOwn }: RecordsRead, leftOut: number, asJson: boolean): void {
  for (const { journal, state, message } of faults) {
    if (asJson) {
      reportError(io, brokenJournal(journal, state, message), true);
      continue;
    }
    io.error(
      `epm: The journal "${shown(journal)}" does not verify (${state}): ${shown(message)} What follows there does not count.\n`,
    );
  }
  if (onlyOwn) io.error('epm: These are your own elevations. Whoever has the right to read reports gets all.\n');
  if (leftOut > 0) {
    io.error(`epm: ${leftOut} processes that Windows itself starts are left out; --with-windows counts them.\n`);
  }
}

function brokenJournal(journal: string, state: string, message: string): EpmError {
  return new EpmError('EPM_AUDIT_BROKEN', `The journal "${shown(journal)}" does not verify: ${shown(message)}`, {
    hint: 'What follows the fault does not count. Run epm audit verify, and compare with a copy.',
    data: { journal, state },
  });
}
