/** What every report is: tables with columns, filled from elevations that come one by one. */
import type { Elevation } from './elevation.ts';

export type Cell = string | number | boolean | undefined;
/** A value for each column of its table. */
export type Row<Id extends string = string> = Readonly<Partial<Record<Id, Cell>>>;

export interface ReportColumn {
  /** What a person reads. */
  readonly heading: string;
  /** Characters that a person is shown of it in a terminal; absent: not shown there. */
  readonly width?: number;
  /** Name in the reports that Intune exports; absent: of EPM only, and not in the CSV. */
  readonly export?: string;
}

/** How a table is drawn; columns by their ids. */
export type Chart =
  /** A bar for each row, as long as its number. */
  | { readonly kind: 'bars'; readonly label: string; readonly value: string }
  /** A column for each time, with a part for each series. */
  | { readonly kind: 'trend'; readonly at: string; readonly series: string; readonly value: string };

export interface ReportTable<Id extends string = string> {
  readonly title: string;
  readonly chart?: Chart;
  readonly columns: Readonly<Record<Id, ReportColumn>>;
}

/** What a report counts. */
export interface Period {
  /** Milliseconds since 1970, UTC: the first that counts, and the first that does not. */
  readonly after: number;
  readonly before: number;
}

/** A report that is being made. Rows of one table may come at any time. */
export interface ReportMaker {
  /** One elevation within the period. */
  take(elevation: Elevation): void;
  end(): void;
}

export type AddRow = (table: string, row: Row) => void;

export interface Report {
  readonly title: string;
  /** Hours that count where nobody says which. */
  readonly hours: number;
  readonly tables: Readonly<Record<string, ReportTable>>;
  readonly make: (add: AddRow, period: Period) => ReportMaker;
}
