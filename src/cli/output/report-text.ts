/** Reports in a terminal: a line a row, columns of fixed width, so that rows are printed as they come. */
import type { ReportColumn, Report, Row, ReportTable } from '../../audit/reports/report.ts';
import { displayText } from '../../text/display.ts';
import type { Io } from '../io.ts';
import type { RowWriter } from './report-writer.ts';

/** Shortest result of `displayText`. */
const LEAST_SHORTENED = 64;

export class TextWriter implements RowWriter {
  readonly #io: Io;
  readonly #report: Report;
  readonly #begun = new Set<string>();

  constructor(io: Io, report: Report) {
    this.#io = io;
    this.#report = report;
  }

  row(name: string, row: Row): void {
    const table = this.#report.tables[name];
    if (table === undefined) return;
    if (!this.#begun.has(name)) this.#begin(name, table);
    this.#line(columnsOf(table).map(([id, column]) => cell(row[id], column)));
  }

  end(): Promise<void> {
    for (const [name, { title }] of Object.entries(this.#report.tables)) {
      if (!this.#begun.has(name)) this.#io.out(`${this.#begun.size > 0 ? '\n' : ''}${title}: none\n`);
      this.#begun.add(name);
    }
    return Promise.resolve();
  }

  #begin(name: string, table: ReportTable): void {
    this.#io.out(`${this.#begun.size > 0 ? '\n' : ''}${table.title}\n`);
    this.#begun.add(name);
    const columns = columnsOf(table);
    this.#line(columns.map(([, { heading, width }]) => heading.padEnd(width)));
    this.#line(columns.map(([, { width }]) => '-'.repeat(width)));
  }

  #line(cells: readonly string[]): void {
    this.#io.out(`${cells.join('  ').trimEnd()}\n`);
  }
}

type Shown = ReportColumn & { readonly width: number };

function columnsOf({ columns }: ReportTable): readonly (readonly [id: string, column: Shown])[] {
  return Object.entries(columns).filter((entry): entry is [string, Shown] => entry[1].width !== undefined);
}

/** The end of a path, and of a long name, tells more than its beginning. */
function cell(value: Row[string], { width }: Shown): string {
  if (typeof value === 'number') return String(value).padStart(width);
  const text = displayText(value === undefined ? '' : String(value), Math.max(LEAST_SHORTENED, width * 2));
  return (text.length > width ? `…${text.slice(1 - width)}` : text).padEnd(width);
}
