/** Durable records, alone and together, sealed as on a device; and how long a long journal takes to open. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openJournalFolder } from '../../src/audit/file-storage.ts';
import { Journal } from '../../src/audit/journal.ts';
import { openSealFile } from '../../src/audit/seal-file.ts';
import { Sealer } from '../../src/audit/sealer.ts';
import type { AuditEntry } from '../../src/model/audit-record.ts';
import { summary, type BenchResult } from './result.ts';

const ENTRY = {
  event: 'elevationStarting',
  requestId: '00112233445566778899aabbccddeeff',
  userSid: 'S-1-5-21-1004336348-1177238915-682003330-1001',
  upn: 'CONTOSO\\alice',
  trigger: 'userInitiated',
  filePath: 'C:\\Tools\\setup.exe',
  arguments: ['/quiet'],
  hash: 'ab'.repeat(32),
  processId: 4711,
} as unknown as AuditEntry;
const BATCHES = [100, 1000];
const ROUNDS = 40;
const RECORDS = 1_000_000;

export async function run(only: string): Promise<readonly BenchResult[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-bench-audit-'));
  try {
    const journal = await open(folder);
    journal.sealFrom({ event: 'journalSealed', userSid: undefined, sealKey: undefined }, Buffer.alloc(32, 1));
    const results = [alone(folder, journal)];
    for (const size of BATCHES) results.push(await together(journal, size));
    if ('audit.open.1m'.startsWith(only)) {
      while (journal.head.records < RECORDS) await batch(journal, 5000);
      journal.close();
      results.push(await opening(folder));
    } else journal.close();
    return results;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function open(folder: string): Promise<Journal> {
  const sealer = new Sealer(openSealFile(path.join(folder, 'journal-seal.bin')));
  return Journal.open(openJournalFolder(folder), { deviceName: 'PC-1', now: () => Date.now(), sealer });
}

async function batch(journal: Journal, size: number): Promise<void> {
  await Promise.all(Array.from({ length: size }, () => journal.appendSoon(ENTRY)));
}

/** One record over a write and a flush of as many bytes, in turns. */
function alone(folder: string, journal: Journal): BenchResult {
  const { recordHash } = journal.append(ENTRY);
  const bytes = Buffer.alloc(JSON.stringify(ENTRY).length + 4 * recordHash.length, 0x61);
  const file = fs.openSync(path.join(folder, 'bare'), 'w');
  const ratios: number[] = [];
  try {
    for (let round = 0; round < 10 * ROUNDS; round += 1) {
      const before = performance.now();
      fs.writeSync(file, bytes);
      fs.fsyncSync(file);
      const between = performance.now();
      journal.append(ENTRY);
      ratios.push((performance.now() - between) / (between - before));
    }
  } finally {
    fs.closeSync(file);
  }
  const { p50, p99, max } = summary(ratios);
  const method = 'one sealed record made durable over a write and fsync of as many bytes, in turns';
  return { id: 'audit.append.one', value: p50, unit: 'x', p50, p99, max, samples: ratios.length, method };
}

async function together(journal: Journal, size: number): Promise<BenchResult> {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = performance.now();
    await batch(journal, size);
    rates.push((size * 1000) / (performance.now() - before));
  }
  const { p50, p99, max } = summary(rates);
  const method = `sealed records that ${size} requests give at once, until all are durable`;
  return { id: `audit.append.${size}`, value: p50, unit: 'records/s', p50, p99, max, samples: ROUNDS, method };
}

async function opening(folder: string): Promise<BenchResult> {
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const before = performance.now();
    const journal = await open(folder);
    times.push(performance.now() - before);
    journal.close();
  }
  const { p50, p99, max } = summary(times);
  const method = `a journal of ${RECORDS} records opened: its newest segment verified, the rest is read in the background`;
  return { id: 'audit.open.1m', value: p50, unit: 'ms', p50, p99, max, samples: times.length, method };
}
