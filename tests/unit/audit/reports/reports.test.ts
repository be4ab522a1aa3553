import { describe, expect, it } from 'vitest';
import { REPORTS, type ReportName, ReportRun } from '../../../../src/audit/reports/index.ts';
import type { Period, Row } from '../../../../src/audit/reports/report.ts';
import type { AuditRecord } from '../../../../src/model/audit-record.ts';
import { type Company, deviceRecords } from '../../../corpus/company.ts';
import { entry } from '../entry.ts';

const START = Date.parse('2026-11-02T00:00:00Z');
const DAY = 24 * 60 * 60 * 1000;
const COMPANY: Company = { seed: 7, devices: 12, days: 30, requestsPerDay: 4, start: START };
const ALL: Period = { after: 0, before: Number.MAX_SAFE_INTEGER };

const devices: readonly (readonly AuditRecord[])[] = Array.from({ length: COMPANY.devices }, (_, device) => [
  ...deviceRecords(COMPANY, device),
]);

/** Rows of each table. */
function make(
  name: ReportName,
  records: readonly (readonly AuditRecord[])[],
  { period = ALL, withWindows = true }: { readonly period?: Period; readonly withWindows?: boolean } = {},
): { readonly tables: Readonly<Record<string, readonly Row[]>>; readonly leftOut: number } {
  const tables: Record<string, Row[]> = {};
  const add = (table: string, row: Row): void => void (tables[table] ??= []).push(row);
  const run = new ReportRun({ report: REPORTS[name], period, withWindows, add });
  for (const device of records) {
    for (const record of device) run.record(record);
    run.endOfDevice();
  }
  return { leftOut: run.end(), tables };
}

/** What counts as one elevation or denial, found another way than the reports find it. */
const STARTS = ['elevationStarting', 'childAllowed'];
const DENIALS = ['elevationDenied', 'childDenied', 'libraryDenied'];
const counted = devices.flat().filter(({ event }) => [...STARTS, ...DENIALS].includes(event));
const typeOf = (record: AuditRecord): string =>
  DENIALS.includes(record.event) ? 'denied' : (record.elevationType ?? 'undetermined');

function recount(keyOf: (record: AuditRecord) => string | undefined): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const record of counted) {
    const key = keyOf(record);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const fileName = (path = ''): string => path.split('\\').at(-1) ?? '';
const application = (record: AuditRecord): string =>
  [
    record.internalName ?? fileName(record.filePath),
    record.fileVersion ?? '',
    record.publisher ?? 'unknown publisher',
  ].join('|');
const numbers = (rows: readonly Row[] = [], columns: readonly string[], count: string): Record<string, unknown> =>
  Object.fromEntries(rows.map((row) => [columns.map((column) => row[column]).join('|'), row[count]]));

describe('a month of a company, counted by', () => {
  it('elevation has a row for each', () => {
    const rows = make('elevations', devices).tables['elevations'] ?? [];
    expect(rows).toHaveLength(counted.length);
    const key = (id: unknown, device: unknown): string => `${String(device)} ${String(id)}`;
    expect(new Set(rows.map(({ id, deviceName }) => key(id, deviceName)))).toEqual(
      new Set(counted.map(({ sequence, deviceName }) => key(sequence, deviceName))),
    );
  });

  it('elevation has the exit code of each that ended', () => {
    const ended = devices.flat().filter(({ result }) => result !== undefined);
    const rows = make('elevations', devices).tables['elevations'] ?? [];
    const codes = (values: readonly unknown[]): readonly unknown[] => values.filter((value) => value === 1603);
    expect(rows.filter(({ result }) => result !== undefined)).toHaveLength(ended.length);
    expect(codes(rows.map(({ result }) => result))).toHaveLength(codes(ended.map(({ result }) => result)).length);
  });

  it('rule has what ran by one', () => {
    const rows = make('managed', devices).tables['elevations'] ?? [];
    expect(rows).toHaveLength(counted.filter((record) => typeOf(record) !== 'denied').length);
  });

  it('application', () => {
    const { counts } = make('applications', devices).tables;
    const columns = ['internalName', 'fileVersion', 'publisher', 'elevationType'];
    expect(numbers(counts, columns, 'elevationCount')).toEqual(
      recount((record) => `${application(record)}|${typeOf(record)}`),
    );
  });

  it('publisher', () => {
    const { counts } = make('publishers', devices).tables;
    expect(numbers(counts, ['publisher', 'elevationType'], 'elevationCount')).toEqual(
      recount((record) => `${record.publisher ?? 'unknown publisher'}|${typeOf(record)}`),
    );
  });

  it('user', () => {
    const { counts } = make('users', devices).tables;
    const columns = ['upn', 'internalName', 'fileVersion', 'publisher', 'elevationType'];
    expect(numbers(counts, columns, 'elevationCount')).toEqual(
      recount((record) => `${record.upn ?? ''}|${application(record)}|${typeOf(record)}`),
    );
  });

  it('denial', () => {
    const { counts } = make('denied', devices).tables;
    const columns = ['userName', 'deviceName', 'fileName', 'fileVersion', 'reason'];
    expect(numbers(counts, columns, 'monthElevationCount')).toEqual(
      recount((record) =>
        typeOf(record) === 'denied'
          ? [record.upn, record.deviceName, fileName(record.filePath), record.fileVersion, record.reason].join('|')
          : undefined,
      ),
    );
  });
});

describe('the overview', () => {
  const period = { after: START + 10 * DAY, before: START + 12 * DAY };
  const inside = counted.filter(({ eventDateTime }) => {
    const time = Date.parse(eventDateTime);
    return time >= period.after && time < period.before;
  });
  const { tables } = make('overview', devices, { period });

  it('counts what lies within its time, and the people', () => {
    const types = [...new Set(inside.map(typeOf))];
    expect(types.length).toBeGreaterThan(3);
    for (const type of types) {
      const of = inside.filter((record) => typeOf(record) === type);
      expect(tables['totals']).toContainEqual({
        elevationType: type,
        count: of.length,
        users: new Set(of.map(({ userSid }) => userSid)).size,
      });
    }
  });

  it('has every elevation in one part of the trend', () => {
    const sum = (tables['trend'] ?? []).reduce((total, { count }) => total + Number(count), 0);
    expect(sum).toBe(inside.length);
    for (const { from } of tables['trend'] ?? []) {
      expect((Date.parse(String(from)) - period.after) % (4 * 3_600_000)).toBe(0);
    }
  });

  it('names what is often approved and denied, the most frequent first', () => {
    const denials = inside.filter((record) => typeOf(record) === 'denied');
    const [first] = tables['frequentlyDenied'] ?? [];
    expect(first?.['count']).toBe(denials.filter(({ filePath }) => fileName(filePath) === first?.['fileName']).length);
    expect(tables['frequentlyApproved']?.[0]).toMatchObject({ fileName: 'Wireshark-4.4.2-x64.exe' });
  });
});

describe('processes of Windows itself', () => {
  it('are left out, and their number is told', () => {
    const isNoise = (record: AuditRecord): boolean =>
      record.event === 'childAllowed' && fileName(record.filePath) === 'conhost.exe';
    const noise = counted.filter(isNoise).length;
    const { tables, leftOut } = make('elevations', devices, { withWindows: false });
    expect(noise).toBeGreaterThan(10);
    expect(leftOut).toBe(noise);
    expect(tables['elevations']).toHaveLength(counted.length - noise);
  });

  it.each([
    ['of the same name elsewhere', 'C:\\Users\\Public\\conhost.exe', 'childAllowed'],
    ['that were denied', 'C:\\Windows\\System32\\conhost.exe', 'childDenied'],
    ['that somebody asked for', 'C:\\Windows\\System32\\conhost.exe', 'elevationStarting'],
    ['in a folder that only looks like that of Windows', 'C:\\Windows2\\conhost.exe', 'childAllowed'],
  ] as const)('are no noise %s', (_what, filePath, event) => {
    const record = recordOf(event, { filePath });
    expect(make('elevations', [[record]], { withWindows: false }).leftOut).toBe(0);
  });
});

describe('a program', () => {
  const start = recordOf('elevationStarting', { requestId: 'a', filePath: 'C:\\a.exe', sequence: 5 });
  const rowsOf = (...records: readonly AuditRecord[]): readonly Row[] =>
    make('elevations', [records]).tables['elevations'] ?? [];

  it('that runs on has no result', () => {
    expect(rowsOf(start)).toMatchObject([{ id: '5', result: undefined, reason: undefined }]);
  });

  it('that was interrupted says so', () => {
    expect(rowsOf(start, recordOf('elevationInterrupted', { requestId: 'a' }))).toMatchObject([
      { id: '5', reason: 'interrupted' },
    ]);
  });

  it('whose start is older than the journal is there once', () => {
    expect(rowsOf(recordOf('elevationEnded', { requestId: 'a', filePath: 'C:\\a.exe', result: 3 }))).toMatchObject([
      { filePath: 'C:\\a.exe', result: 3 },
    ]);
  });

  it('that could not be started is not there', () => {
    expect(rowsOf(start, recordOf('elevationFailed', { requestId: 'a' }))).toEqual([]);
  });

  it('of another device with the same number of request is another one', () => {
    const end = recordOf('elevationEnded', { requestId: 'a', result: 9 });
    const { elevations } = make('elevations', [[start], [end]]).tables;
    expect(elevations).toHaveLength(2);
    expect(elevations?.[0]).toMatchObject({ result: undefined });
  });
});

function recordOf(event: AuditRecord['event'], fields: Partial<AuditRecord>): AuditRecord {
  const fixed = { sequence: 1, eventDateTime: '2026-11-02T10:00:00.000Z', deviceName: 'PC-1' };
  return { ...fixed, previousHash: '', recordHash: '', ...entry(event, fields) } as AuditRecord;
}
