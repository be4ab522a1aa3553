import type { Period, Report, Row } from '../../../audit/reports/report.ts';
import type { Io } from '../../io.ts';
import { moment } from '../moment.ts';
import type { RowWriter } from '../report-writer.ts';
import { writeOutputs } from '../write-file.ts';
import { type PageTable, renderPage } from './page.ts';

/** Rows of a table that a browser still shows at once. */
const MAX_ROWS = 5_000;

/** Holds the rows until the end, at most those that the page has, and writes the page. */
export class PageWriter implements RowWriter {
  readonly #io: Io;
  readonly #path: string;
  readonly #report: Report;
  readonly #period: Period;
  readonly #rows = new Map<string, Row[]>();
  readonly #leftOut = new Map<string, number>();

  constructor(io: Io, path: string, report: Report, period: Period) {
    this.#io = io;
    this.#path = path;
    this.#report = report;
    this.#period = period;
  }

  row(table: string, row: Row): void {
    const rows = this.#rows.get(table);
    if (rows === undefined) this.#rows.set(table, [row]);
    else if (rows.length < MAX_ROWS) rows.push(row);
    else this.#leftOut.set(table, (this.#leftOut.get(table) ?? 0) + 1);
  }

  /** @throws EpmError EPM_FILE_UNWRITABLE */
  async end(): Promise<void> {
    const { drawChart, THEMES } = await import('./chart.ts');
    const tables = Object.entries(this.#report.tables).map(([name, { title, columns, chart }]): PageTable => {
      const rows = this.#rows.get(name) ?? [];
      const draw = (theme: keyof typeof THEMES): string => (chart ? drawChart(chart, rows, THEMES[theme]) : '');
      return {
        title,
        columns: Object.entries(columns).filter(([, { width }]) => width !== undefined),
        rows,
        leftOut: this.#leftOut.get(name) ?? 0,
        ...(chart === undefined || rows.length === 0 ? {} : { chart: { light: draw('light'), dark: draw('dark') } }),
      };
    });
    const { after, before } = this.#period;
    const subtitle = `${moment(after)} to ${moment(before)}`;
    await writeOutputs(this.#io, [
      { path: this.#path, content: renderPage({ title: this.#report.title, subtitle, tables }) },
    ]);
  }
}
