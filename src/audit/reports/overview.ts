/** What happened in the last two days, at a glance. */
import { Counts } from './counts.ts';
import { fileNameOf } from './export-values.ts';
import { UNKNOWN_PUBLISHER } from './grouped.ts';
import type { Elevation } from './elevation.ts';
import type { AddRow, Period, Report, ReportMaker, Row, ReportTable } from './report.ts';

/** Rows of "frequently …". */
const FREQUENT = 10;
/** Parts of the period in which the trend counts. */
const TREND_PARTS = 12;

const frequent = (title: string): ReportTable => ({
  title,
  chart: { kind: 'bars', label: 'fileName', value: 'count' },
  columns: {
    fileName: { heading: 'File', width: 32 },
    publisher: { heading: 'Publisher', width: 40 },
    count: { heading: 'Count', width: 8 },
    users: { heading: 'Users', width: 8 },
  },
});

/** Which elevations a list of the most frequent ones has. */
const LISTS: Readonly<Record<string, (elevation: Elevation) => boolean>> = {
  frequentlyElevated: ({ elevationType, processType }) => elevationType !== 'denied' && processType === 'parent',
  frequentlyApproved: ({ elevationType, processType }) =>
    elevationType === 'supportApprovedElevation' && processType === 'parent',
  frequentlyDenied: ({ elevationType }) => elevationType === 'denied',
};

export const overview: Report = {
  title: 'Overview',
  hours: 48,
  tables: {
    totals: {
      title: 'By type',
      chart: { kind: 'bars', label: 'elevationType', value: 'count' },
      columns: {
        elevationType: { heading: 'Type', width: 24 },
        count: { heading: 'Count', width: 8 },
        users: { heading: 'Users', width: 8 },
      },
    },
    trend: {
      title: 'Elevation trends',
      chart: { kind: 'trend', at: 'from', series: 'elevationType', value: 'count' },
      columns: {
        from: { heading: 'From', width: 24 },
        elevationType: { heading: 'Type', width: 24 },
        count: { heading: 'Count', width: 8 },
      },
    },
    frequentlyElevated: frequent('Frequently elevated'),
    frequentlyApproved: frequent('Frequently approved by support'),
    frequentlyDenied: frequent('Frequently denied'),
  },
  make: (add, period) => new OverviewMaker(add, period),
};

class OverviewMaker implements ReportMaker {
  readonly #add: AddRow;
  readonly #period: Period;
  readonly #totals = new Counts();
  readonly #trend = Array.from({ length: TREND_PARTS }, () => new Counts());
  readonly #lists = Object.keys(LISTS).map((name) => ({ name, counts: new Counts() }));

  constructor(add: AddRow, period: Period) {
    this.#add = add;
    this.#period = period;
  }

  take(elevation: Elevation): void {
    const { elevationType, userSid, filePath, publisher = UNKNOWN_PUBLISHER } = elevation;
    const { after, before } = this.#period;
    this.#totals.add({ elevationType }, userSid);
    const part = Math.floor(((Date.parse(elevation.time) - after) / (before - after)) * TREND_PARTS);
    this.#trend[part]?.add({ elevationType }, userSid);
    for (const { name, counts } of this.#lists) {
      if (LISTS[name]?.(elevation) === true) counts.add({ fileName: fileNameOf(filePath), publisher }, userSid);
    }
  }

  end(): void {
    const { after, before } = this.#period;
    this.#rows('totals', this.#totals);
    for (const [part, counts] of this.#trend.entries()) {
      const from = new Date(after + ((before - after) / TREND_PARTS) * part).toISOString();
      const parts = counts.largest();
      // Nights and weekends are a part of the picture.
      if (parts.length === 0) this.#add('trend', { from, count: 0 });
      for (const { values, count } of parts) this.#add('trend', { from, ...values, count });
    }
    for (const { name, counts } of this.#lists) this.#rows(name, counts, FREQUENT);
  }

  #rows(table: string, counts: Counts, limit?: number): void {
    for (const { values, count, users } of counts.largest(limit)) {
      const row: Row = { ...values, count, users };
      this.#add(table, row);
    }
  }
}
