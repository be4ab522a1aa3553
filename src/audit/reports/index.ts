/** The reports, by the names that people ask for. */
import type { AuditRecord } from '../../model/audit-record.ts';
import { type Elevation, ElevationReader } from './elevation.ts';
import { elevations, managed } from './elevations.ts';
import { applications, denied, publishers, users } from './grouped.ts';
import { overview } from './overview.ts';
import type { AddRow, Period, Report } from './report.ts';
import { isOfWindows } from './windows-processes.ts';

export const REPORTS = { overview, elevations, managed, applications, publishers, users, denied } satisfies Record<
  string,
  Report
>;

export type ReportName = keyof typeof REPORTS;

interface ReportWish {
  readonly report: Report;
  readonly period: Period;
  /** Processes that Windows itself starts count too. */
  readonly withWindows: boolean;
  readonly add: AddRow;
}

/** Makes one report from the records of any number of devices, one device after the other. */
export class ReportRun {
  readonly #wish: ReportWish;
  readonly #maker;
  #reader: ElevationReader;
  #leftOut = 0;

  constructor(wish: ReportWish) {
    this.#wish = wish;
    this.#maker = wish.report.make(wish.add, wish.period);
    this.#reader = this.#newReader();
  }

  record(record: AuditRecord): void {
    this.#reader.record(record);
  }

  /** Records of another device follow. */
  endOfDevice(): void {
    this.#reader.end();
    this.#reader = this.#newReader();
  }

  /** @returns how many processes of Windows itself were left out */
  end(): number {
    this.endOfDevice();
    this.#maker.end();
    return this.#leftOut;
  }

  #newReader(): ElevationReader {
    return new ElevationReader((elevation) => this.#take(elevation));
  }

  #take(elevation: Elevation): void {
    const { period, withWindows } = this.#wish;
    const time = Date.parse(elevation.time);
    if (!(time >= period.after && time < period.before)) return;
    if (!withWindows && isOfWindows(elevation)) this.#leftOut += 1;
    else this.#maker.take(elevation);
  }
}
