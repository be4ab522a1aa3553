/** The picture of a report for the documentation: two days of a made-up company, drawn by Chromium where there is one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';
import { canonicalJson } from '../../src/text/canonical-json.ts';
import { deviceRecords } from '../../tests/corpus/company.ts';

const DEVICES = 40;
const START = Date.parse('2026-11-02T00:00:00Z');

/** @param image where the picture is put; nothing happens without Chromium */
export async function takeReportPicture(image: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-report-'));
  try {
    const company = { seed: 7, devices: DEVICES, days: 30, requestsPerDay: 4, start: START };
    const journals = Array.from({ length: DEVICES }, (_, device) => {
      const journal = path.join(folder, `${device}.jsonl`);
      writeFileSync(
        journal,
        [...deviceRecords(company, device)].map((record) => `${canonicalJson(record)}\n`).join(''),
      );
      return journal;
    });
    const page = path.join(folder, 'report.html');
    const period = ['--after', '2026-11-10', '--before', '2026-11-12'];
    await run(['report', 'overview', '--html', page, ...period, '--journal', ...journals], processIo());
    const options = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--window-size=1200,900'];
    const chromium = spawnSync('chromium', [...options, `--screenshot=${image}`, `file://${page}`]);
    if (chromium.error !== undefined) process.stdout.write('No picture of the report: chromium is not installed.\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
