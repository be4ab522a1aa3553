import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORTS } from '../../../src/audit/reports/index.ts';
import { EMPTY_CHAIN, headOf, link } from '../../../src/audit/chain.ts';
import { canonicalJson } from '../../../src/text/canonical-json.ts';
import { parseXml } from '../../../src/text/xml.ts';
import { PageWriter } from '../../../src/cli/output/report-page/page-writer.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { type Company, deviceRecords } from '../../corpus/company.ts';
import { captureOutput, epm } from './captured.ts';

const START = Date.parse('2026-11-02T00:00:00Z');
const COMPANY: Company = { seed: 7, devices: 3, days: 30, requestsPerDay: 4, start: START };
const PERIOD = ['--after', '2026-11-01', '--before', '2026-12-03'];
/** What a stranger names things, to be more than a name. */
const HOSTILE = '<script>alert(1)</script>"\'&]]>\u202egpj.exe';

const folder = mkdtempSync(join(tmpdir(), 'epm-report-'));
let journals: readonly string[];

beforeAll(async () => {
  journals = await Promise.all(
    Array.from({ length: COMPANY.devices }, (_, device) =>
      journalOf(`device-${device}`, [...deviceRecords(COMPANY, device)]),
    ),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

async function journalOf(name: string, records: readonly AuditRecord[]): Promise<string> {
  const path = join(folder, `${name}.jsonl`);
  await writeFile(path, records.map((record) => `${canonicalJson(record)}\n`).join(''));
  return path;
}

const report = (name: string, ...more: readonly string[]) =>
  epm('report', name, '--journal', ...journals, ...PERIOD, ...more);

describe('epm report', () => {
  it('prints the columns of the exports of Intune, and nothing that a spreadsheet would compute', async () => {
    const { code, out } = await report('elevations', '--csv');
    const [head, first] = out.split('\r\n');
    expect(code).toBe(0);
    expect(head).toBe(
      'Id,DeviceId,DeviceName,EventDateTime,ElevationType,FilePath,Upn,UserType,ProductName,CompanyName,FileVersion,Justification,Hash,InternalName,FileDescription,Result,ProcessType,RuleId,ParentProcessName,PolicyId,PolicyName,IsSystemInitiated',
    );
    expect(first).toMatch(/^\d+,<Null>,PC-0001,2026-11-\d\d \d\d:\d\d:\d\d\.\d{3}0000,\w+,/);
    expect(first).toMatch(/,(True|False)$/);
    expect(out).toContain(",'=1+1,");
    expect(out).not.toContain(',=1+1');
  });

  it.each([
    [
      'denied',
      'UserName,DeviceId,DeviceName,FileName,FileProductName,FileDescription,FileInternalName,FileVersion,HashValue,Publisher,ElevationType,MonthElevationCount',
    ],
    ['applications', 'InternalName,FileVersion,Publisher,ElevationType,ElevationCount'],
    ['publishers', 'Publisher,ElevationType,ElevationCount'],
    ['users', 'Upn,InternalName,FileVersion,Publisher,ElevationType,ElevationCount'],
  ])('prints %s as Intune names the columns', async (name, head) => {
    const { out } = await report(name, '--csv');
    expect(out.split('\r\n')[0]).toBe(head);
    expect(out.split('\r\n').length).toBeGreaterThan(4);
  });

  it('prints one object a row, and of several tables which one', async () => {
    const { out } = await report('overview', '--json');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { table: string });
    expect(new Set(rows.map(({ table }) => table))).toEqual(
      new Set(['totals', 'trend', 'frequentlyElevated', 'frequentlyApproved', 'frequentlyDenied']),
    );
  });

  it('fits a terminal, and shows nothing that cannot be seen', async () => {
    const { record } = link(EMPTY_CHAIN, {
      event: 'elevationDenied',
      eventDateTime: '2026-11-02T10:00:00.000Z',
      deviceName: 'PC-1',
      filePath: `C:\\${HOSTILE}`,
      upn: '\u001b[2J\u202ealice',
    });
    const { out } = await epm('report', 'denied', '--journal', await journalOf('hostile', [record]), ...PERIOD);
    expect(out).not.toMatch(/[\u001b\u202e]/);
    expect(out).toContain('<U+202E>gpj.exe');
  });

  it('refuses CSV of several tables', async () => {
    const { code, error } = await report('overview', '--csv');
    expect(code).toBe(2);
    expect(error).toContain('--html');
  });

  it('writes a file in the form that its name says, and tells a program what was written', async () => {
    for (const [name, begins] of [
      ['denied.csv', 'UserName,DeviceId,'],
      ['denied.JSON', '{"userName":'],
      ['denied.html', '<!doctype html>'],
    ] as const) {
      const path = join(folder, name);
      const { code, out } = await report('denied', '--out', path, '--json');
      expect({ code, ...(JSON.parse(out) as object) }).toEqual({ code: 0, output: path, rows: expect.any(Number) });
      expect((await readFile(path, 'utf8')).slice(0, begins.length).toLowerCase()).toBe(begins.toLowerCase());
    }
    const plain = await report('denied', '--csv');
    expect(await readFile(join(folder, 'denied.csv'), 'utf8')).toBe(plain.out);
    expect((await report('denied', '--out', join(folder, 'quiet.csv'))).out).toBe('');
    const odd = await report('denied', '--out', join(folder, 'denied.txt'));
    expect(odd.code).toBe(2);
    expect(odd.error).toContain('.html, .csv or .json');
  });

  it.each([
    ['with an end before the beginning', ['--after', '2026-12-02', '--before', '2026-12-01'], 'later --before'],
    ['with a time that has no zone', ['--after', '2026-12-02T10:00'], 'offset'],
    ['of an unknown name', ['weekly'], 'Allowed choices'],
  ])('refuses one %s', async (_what, values, why) => {
    const { code, error } = await epm('report', ...values);
    expect(code).toBe(2);
    expect(error).toContain(why);
  });

  it('says which journal does not verify, and counts what comes before the fault', async () => {
    const records = [...deviceRecords(COMPANY, 0)];
    const broken = records.map((record, index) => (index === 10 ? { ...record, upn: 'CONTOSO\\mallory' } : record));
    const path = await journalOf('broken', broken);
    const { code, out, error } = await epm('report', 'elevations', '--json', '--journal', path, ...PERIOD);
    expect(code).toBe(1);
    expect(JSON.parse(error.split('\n')[0] ?? '')).toMatchObject({
      error: { code: 'EPM_AUDIT_BROKEN', data: { journal: path, state: 'changed' } },
    });
    const told = await epm('report', 'elevations', '--journal', path, ...PERIOD);
    expect(told.error).toContain('broken.jsonl" does not verify (changed)');
    expect(out).not.toContain('mallory');
    expect(out.split('\n').length).toBeLessThan(12);
  });

  it('says that there is no journal', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, error } = await epm('report', '--journal', empty);
    expect(code).toBe(3);
    expect(error).toContain('EPM_FILE_UNREADABLE');
  });
});

describe('the page of a report', () => {
  it('has the numbers, charts for two grounds, and nothing that runs or is loaded', async () => {
    const path = join(folder, 'overview.html');
    const { code, out } = await report('overview', '--html', path);
    const page = await readFile(path, 'utf8');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|javascript:|@import/i);
    expect(page.match(/https?:\/\/[^"]+/g)?.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(page.match(/<svg/g)).toHaveLength(10);
    expect(page.match(/<table>/g)).toHaveLength(5);
  });

  it('shows names of strangers as texts, in tables and charts', async () => {
    let head = EMPTY_CHAIN;
    const records = Array.from({ length: 3 }, () => {
      const { record } = link(head, {
        event: 'elevationDenied',
        eventDateTime: '2026-11-02T10:00:00.000Z',
        deviceName: 'PC-1',
        filePath: `C:\\${HOSTILE}`,
        publisher: HOSTILE,
        internalName: HOSTILE,
        upn: HOSTILE,
      });
      head = headOf(record);
      return record;
    });
    const journal = await journalOf('hostile-page', records);
    for (const name of ['overview', 'elevations', 'applications', 'publishers', 'users', 'denied']) {
      const { out } = await epm('report', name, '--html', '-', '--journal', journal, ...PERIOD);
      expect(out).toContain('&lt;script');
      expect(out).not.toMatch(/<script|\u202e/i);
      // Whatever the names hold, the tree is the one of the page.
      const body = out.slice(out.indexOf('<body>'), out.indexOf('</html>'));
      expect(() => parseXml(body.replaceAll('&quot;', '"'))).not.toThrow();
    }
  });

  it('says how many rows it does not have', async () => {
    const { out } = await captureOutput(async (io) => {
      const writer = new PageWriter(io, '-', REPORTS.elevations, { after: 0, before: START });
      for (let row = 0; row < 5_003; row += 1) writer.row('elevations', { id: String(row) });
      await writer.end();
      return 0;
    });
    expect(out).toContain('3 more rows are not on this page');
    expect(out.match(/<tr>/g)).toHaveLength(5_001);
  });
});
