/** Ways in which a report is written. Rows are written as they come, where the form allows it. */
import { stringify } from 'csv-stringify/sync';
import type { Report, Row, ReportTable } from '../../audit/reports/report.ts';
import { EpmError } from '../../model/errors.ts';
import type { Io } from '../io.ts';
import { json } from './text.ts';

/** Where a writer puts its text: standard output, or what becomes a file. */
export type Sink = Pick<Io, 'out'>;

export interface RowWriter {
  row(table: string, row: Row): void;
  end(): Promise<void>;
}

/** One object a line; of a report with several tables each says to which it belongs. */
export class JsonWriter implements RowWriter {
  readonly #io: Sink;
  readonly #several: boolean;

  constructor(io: Sink, report: Report) {
    this.#io = io;
    this.#several = Object.keys(report.tables).length > 1;
  }

  row(table: string, row: Row): void {
    this.#io.out(json(this.#several ? { table, ...row } : row, 0));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * The columns of the exports of Intune, in their order. A cell that a spreadsheet would take for a formula begins with an
 * apostrophe (OWASP, "CSV Injection"): a user writes the justification.
 */
export class CsvWriter implements RowWriter {
  readonly #io: Sink;
  readonly #columns: readonly string[];

  /** @throws EpmError EPM_ARGUMENT for a report that Intune does not export */
  constructor(io: Sink, report: Report) {
    this.#io = io;
    const [table, ...more] = Object.values(report.tables);
    if (table === undefined || more.length > 0) {
      throw new EpmError('EPM_ARGUMENT', `The report "${report.title}" has several tables, and CSV holds one.`, {
        hint: 'Ask for --json or --html.',
      });
    }
    const columns = exported(table);
    this.#columns = columns.map(([id]) => id);
    this.#write(columns.map(([, heading]) => heading));
  }

  row(_table: string, row: Row): void {
    this.#write(this.#columns.map((id) => valueOf(row[id])));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  #write(cells: readonly (string | number)[]): void {
    this.#io.out(stringify([cells], { record_delimiter: 'windows', escape_formulas: true }));
  }
}

function exported({ columns }: ReportTable): readonly (readonly [id: string, heading: string])[] {
  return Object.entries(columns).flatMap(([id, column]) => (column.export === undefined ? [] : [[id, column.export]]));
}

/** Yes and no as the exports write them. */
function valueOf(value: Row[string]): string | number {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : (value ?? '');
}
