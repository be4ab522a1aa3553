/** Get-EPMReport with the real command line behind it, over copied journals, in one language mode. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ReportName, ReportRun, REPORTS } from '../../src/audit/reports/index.ts';
import type { Row } from '../../src/audit/reports/report.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import { canonicalJson } from '../../src/text/canonical-json.ts';
import { isWindows } from '../../testbed/machine.ts';
import { whyNoPowerShell } from '../../testbed/powershell.ts';
import { type Company, deviceRecords } from '../corpus/company.ts';
import { describeUnless } from '../describe-unless.ts';
import { shell } from './powershell.ts';
import { RealInstallation } from './real-installation.ts';

const START = Date.parse('2026-11-02T00:00:00Z');
const COMPANY: Company = { seed: 7, devices: 2, days: 10, requestsPerDay: 4, start: START };
const AFTER = '2026-11-01T00:00:00Z';
const BEFORE = '2026-12-01T00:00:00Z';
/** What people ask for, and what the core calls it. */
const NAMES: readonly (readonly [word: string, name: ReportName, type: string])[] = [
  ['Overview', 'overview', 'EPM.ReportOverview'],
  ['Elevation', 'elevations', 'EPM.ReportElevation'],
  ['Managed', 'managed', 'EPM.ReportElevation'],
  ['ByApplication', 'applications', 'EPM.ReportApplication'],
  ['ByPublisher', 'publishers', 'EPM.ReportPublisher'],
  ['ByUser', 'users', 'EPM.ReportUser'],
  ['Denied', 'denied', 'EPM.ReportDenial'],
];

/** Both modes are files of their own, so that they run at the same time. */
export function describeReports(mode: 'full' | 'constrained'): void {
  const lack = isWindows
    ? 'the command line is that of Linux here'
    : shell === undefined
      ? whyNoPowerShell()
      : undefined;
  describeUnless(lack, `Get-EPMReport in ${mode} language`, () => testsIn(mode));
}

/** The same rows as the core makes them of the records. */
function rowsOf(name: ReportName, devices: readonly (readonly AuditRecord[])[]): readonly Row[] {
  const rows: Row[] = [];
  const period = { after: Date.parse(AFTER), before: Date.parse(BEFORE) };
  const run = new ReportRun({
    report: REPORTS[name],
    period,
    withWindows: false,
    add: (_, row) => void rows.push(row),
  });
  for (const records of devices) {
    for (const record of records) run.record(record);
    run.endOfDevice();
  }
  run.end();
  return rows;
}

function testsIn(mode: 'full' | 'constrained'): void {
  const devices = [0, 1].map((device) => [...deviceRecords(COMPANY, device)]);
  let installation: RealInstallation;
  const at = (name: string): string => path.join(installation.folder, name);
  const during = `-After '${AFTER}' -Before '${BEFORE}' -WarningAction SilentlyContinue`;
  const both = `-Path 0.jsonl, 1.jsonl ${during}`;
  const run = async (script: string): Promise<string> => (await installation.run(script)).output;
  const list = (script: string) => installation.list<Record<string, unknown>>(script);
  const lastError =
    '-ErrorVariable e -ErrorAction SilentlyContinue; $e | Select-Object -Last 1 | ForEach-Object { "$($_.FullyQualifiedErrorId)|$($_.CategoryInfo.Category)|$($_.TargetObject)" }';

  beforeAll(async () => {
    installation = new RealInstallation();
    await installation.start({ constrained: mode === 'constrained' });
    const journal = (records: readonly AuditRecord[]): string =>
      records.map((record) => `${canonicalJson(record)}\n`).join('');
    for (const [device, records] of devices.entries()) installation.put(`${device}.jsonl`, journal(records));
    const changed = (devices[0] ?? []).map((record, at) => (at === 10 ? { ...record, upn: 'PC\\mallory' } : record));
    installation.put('changed.jsonl', journal(changed));
  });
  afterAll(() => installation.remove());

  it.each(NAMES)('%s has the rows of the core, each an object of its type', async (word, name, type) => {
    const expected = rowsOf(name, devices);
    const found = await list(
      `Get-EPMReport ${word} ${both} | ForEach-Object { $_ | Select-Object *, @{ n = 'Kind'; e = { $_.PSObject.TypeNames[0] } } }`,
    );
    expect(found.length).toBe(expected.length);
    expect(expected.length).toBeGreaterThan(1);
    expect(new Set(found.map(({ Kind }) => Kind))).toEqual(new Set([type]));
    const sum = (values: readonly unknown[]): number => values.reduce<number>((all, value) => all + Number(value), 0);
    const countOf = (row: Row): unknown => row['count'] ?? row['elevationCount'] ?? row['monthElevationCount'] ?? 0;
    expect(sum(found.map(({ Count }) => Count ?? 0))).toBe(sum(expected.map(countOf)));
    expect(found.map(({ ElevationType }) => ElevationType ?? undefined)).toEqual(
      expected.map((row) => row['elevationType']),
    );
    const userOf = (row: Row): unknown => row['upn'] ?? row['userName'];
    expect(found.map(({ User }) => User ?? undefined)).toEqual(expected.map(userOf));
  });

  it('has times, and nothing in place of an identifier that is missing', async () => {
    const [first] = rowsOf('elevations', devices);
    const [found] = await list(
      `Get-EPMReport Elevation ${both} | Select-Object -First 1 | ForEach-Object {
        @{ Time = $_.Time.ToUniversalTime().ToString('s'); Kind = $_.Time -is [datetime]; DeviceId = $_.DeviceId; Number = $_.Number } }`,
    );
    expect(found).toEqual({
      Time: String(first?.['eventDateTime']).slice(0, 19).replace(' ', 'T'),
      Kind: true,
      DeviceId: null,
      Number: Number(first?.['id']),
    });
  });

  it('takes journals from the pipe as one report', async () => {
    const script = `Get-ChildItem 0.jsonl, 1.jsonl | Get-EPMReport ByPublisher ${during}`;
    expect((await list(script)).length).toBe(rowsOf('publishers', devices).length);
    expect(await run(`Get-ChildItem *.none | Get-EPMReport ByPublisher ${during} ${lastError}`)).toBe('');
  });

  it('writes what the name of the file says, and over a file only when told to', async () => {
    const written = await list(`Get-EPMReport Denied ${both} -OutFile denied.csv
      Get-EPMReport Denied ${both} -OutFile denied.json
      Get-EPMReport Overview ${both} -OutFile over.html`);
    const rows = rowsOf('denied', devices).length;
    expect(written.map(({ Name, Rows }) => [Name, Rows])).toEqual([
      ['Denied', rows],
      ['Denied', rows],
      ['Overview', rowsOf('overview', devices).length],
    ]);
    expect(readFileSync(at('denied.csv'), 'utf8')).toMatch(/^UserName,DeviceId,.*\r\n/);
    expect(readFileSync(at('denied.json'), 'utf8').trimEnd().split('\n')).toHaveLength(rows);
    expect(readFileSync(at('over.html'), 'utf8')).toContain('<svg');
    const again = `Get-EPMReport Denied ${both} -OutFile denied.csv`;
    expect(await run(`${again} ${lastError}`)).toContain('EPM.File.Unwritable,Get-EPMReport|WriteError|');
    expect(await list(`${again} -Force`)).toHaveLength(1);
    rmSync(at('denied.csv'));
    expect(await run(`${again} -WhatIf`)).toMatch(/What if: .*denied\.csv/);
    expect(existsSync(at('denied.csv'))).toBe(false);
    expect(await run(`Get-EPMReport Denied ${both} -OutFile denied.txt ${lastError}`)).toMatch(
      /^EPM\.Argument,Get-EPMReport\|InvalidArgument\|.*denied\.txt\n$/,
    );
    expect(await run(`Get-EPMReport Overview ${both} -OutFile over.csv ${lastError}`)).toContain('EPM.Argument,');
  });

  it('tells which journal does not verify, and counts what comes before the fault', async () => {
    const text = await run(
      `$rows = Get-EPMReport Elevation -Path changed.jsonl, 1.jsonl ${during} ${lastError}; $rows.Count`,
    );
    const [, id, category, target] = /^(.+?)\|(.+?)\|(.+)$/m.exec(text) ?? [];
    expect([id, category]).toEqual(['EPM.Audit.Broken,Get-EPMReport', 'SecurityError']);
    expect(target).toMatch(/changed\.jsonl$/);
    const whole = rowsOf('elevations', devices.slice(1)).length;
    expect(Number(text.trim().split('\n').at(-1))).toBeGreaterThan(whole);
    expect(text).not.toContain('mallory');
  });

  it('says why there is no report', async () => {
    const of = (query: string): Promise<string> => run(`Get-EPMReport ${query} ${lastError}`);
    expect(await of('Denied -Path gone.jsonl')).toMatch(/^EPM\.File\.NotFound,Get-EPMReport\|ObjectNotFound\|/);
    expect(await of(`Denied -After '2026-12-02' -Before '2026-12-01'`)).toMatch(/^EPM\.Argument,Get-EPMReport\|/);
    // No text becomes an option of epm.exe.
    expect(await of('Denied -Path --help')).toMatch(/^EPM\.File\.NotFound,/);
    expect(await of('Denied')).toMatch(/^EPM\.Platform,Get-EPMReport\|.*\|EPM Agent\n$/);
  });

  it('warns of what was left out', async () => {
    const { output } = await installation.run(
      `$null = Get-EPMReport Elevation -Path 0.jsonl, 1.jsonl -After '${AFTER}' -Before '${BEFORE}' -WarningVariable w 3>$null; $w.Count
       $null = Get-EPMReport Elevation -Path 0.jsonl, 1.jsonl -After '${AFTER}' -Before '${BEFORE}' -WithWindows -WarningVariable none 3>$null; $none.Count`,
    );
    expect(output).toBe('1\n0\n');
  });
}
