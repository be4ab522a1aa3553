import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/text/canonical-json.ts';
import { openJournalFolder, readJournal } from '../../../src/audit/file-storage.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { RecordVerifier, verifyFiles } from '../../../src/audit/verify.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { collect } from '../agent/fake-machine.ts';
import { entry, verifyRecords } from './entry.ts';

const CONTEXT = { deviceName: 'PC-1', now: () => 1_700_000_000_000 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-journal-'));
  file = path.join(folder, 'journal.jsonl');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

async function readRecords(): Promise<AuditRecord[]> {
  const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
  const records = await collect(journal.records());
  journal.close();
  return records;
}

async function written(count: number): Promise<void> {
  const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
  for (let index = 1; index <= count; index++) journal.append(entry('elevationDenied', { reason: `number ${index}` }));
  journal.close();
}

describe('a journal', () => {
  it('numbers and links its records, and goes on after it was closed', async () => {
    await written(2);
    await written(1);
    const records = await readRecords();
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(records[0]?.previousHash).toBe('0'.repeat(64));
    expect(records[2]?.previousHash).toBe(records[1]?.recordHash);
    expect(records[0]).toMatchObject({ deviceName: 'PC-1', eventDateTime: '2023-11-14T22:13:20.000Z' });
    expect(await verifyFiles(readJournal(file))).toMatchObject({
      ok: true,
      records: 3,
      headHash: records[2]?.recordHash,
    });
    expect(verifyRecords(records)).toMatchObject({ ok: true, records: 3 });
  });

  it('gives records after a number, up to those that exist when asked', async () => {
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    for (let index = 0; index < 3; index++) journal.append(entry('agentStarted'));
    const seen: number[] = [];
    for await (const { sequence } of journal.records(1)) {
      seen.push(sequence);
      journal.append(entry('agentStopped'));
    }
    expect(seen).toEqual([2, 3]);
    expect(await collect(journal.records(5))).toEqual([]);
    journal.close();
  });

  it('has a record on the disk when append returns, and takes none once it is closed', async () => {
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    const { recordHash } = journal.append(entry('agentStarted'));
    expect(fs.readFileSync(file, 'ascii')).toContain(recordHash);
    journal.close();
    expect(() => journal.append(entry('agentStopped'))).toThrow(expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }));
  });

  it('refuses a record that is too long and stays usable', async () => {
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    expect(() => journal.append(entry('agentStarted', { message: 'x'.repeat(1024 * 1024) }))).toThrow(
      expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }),
    );
    expect(journal.append(entry('agentStarted')).sequence).toBe(1);
    journal.close();
  });

  it('notices while reading that a record on the disk was changed', async () => {
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    journal.append(entry('agentStarted'));
    fs.writeFileSync(file, fs.readFileSync(file, 'ascii').replace('agentStarted', 'agentStopped'));
    await expect(collect(journal.records())).rejects.toMatchObject({ code: 'EPM_AUDIT_BROKEN', data: { record: 1 } });
    fs.truncateSync(file, 0);
    await expect(collect(journal.records())).rejects.toMatchObject({
      code: 'EPM_AUDIT_BROKEN',
      data: { reason: 'missing' },
    });
    journal.close();
  });
});

it('records that were cut for display are counted and linked, and their content is not compared', async () => {
  await written(3);
  const records = await readRecords();
  const verified = (cut: readonly number[], change: Partial<AuditRecord> = {}) => {
    const verifier = new RecordVerifier();
    records.forEach((record, index) => {
      const isCut = cut.includes(index);
      verifier.take(isCut ? { ...record, reason: 'nu…', ...change } : record, isCut);
    });
    return verifier.end();
  };
  expect(verified([])).toMatchObject({ ok: true, state: 'whole', truncatedRecords: 0 });
  expect(verified([1])).toMatchObject({ ok: true, state: 'truncated', records: 3, truncatedRecords: 1 });
  expect(verified([0, 1, 2])).toMatchObject({ state: 'truncated', headHash: records[2]?.recordHash });
  expect(verified([1], { recordHash: 'f'.repeat(64) })).toMatchObject({ ok: false, state: 'gap', record: 3 });
  expect(verified([1], { sequence: 5 })).toMatchObject({ ok: false, state: 'gap', record: 2 });
});

describe('an interrupted append', () => {
  it.each([1, 10, 200])('of %i bytes is removed and told of in the next record', async (bytes) => {
    await written(2);
    const whole = fs.readFileSync(file);
    fs.appendFileSync(file, whole.subarray(0, bytes));
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    expect(fs.readFileSync(file)).toEqual(whole);
    journal.append(entry('agentStarted'));
    journal.close();
    const records = await readRecords();
    expect(records.slice(2)).toMatchObject([
      { event: 'journalRecovered', message: expect.stringContaining(`${bytes} bytes`) },
      { event: 'agentStarted' },
    ]);
    expect(await verifyFiles(readJournal(file))).toMatchObject({ ok: true, records: 4 });
  });

  it('a whole record without its line feed was never acknowledged and goes too', async () => {
    await written(1);
    fs.truncateSync(file, fs.statSync(file).size - 1);
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    expect(journal.head.records).toBe(0);
    journal.close();
  });
});

describe('AC-96 a journal that was edited', () => {
  const lines = (): string[] => fs.readFileSync(file, 'ascii').split('\n').slice(0, -1);
  const cases: [string, (all: string[]) => string[], number, string][] = [
    [
      'a changed text',
      (all) => all.map((line, index) => (index === 1 ? line.replace('number 2', 'number 9') : line)),
      2,
      'recordHash',
    ],
    ['a removed record', (all) => all.filter((_, index) => index !== 1), 2, 'sequence'],
    ['a record twice', (all) => [...all.slice(0, 2), ...all.slice(1)], 3, 'sequence'],
    ['two records swapped', (all) => [...all.slice(0, 1), all[2] ?? '', all[1] ?? '', ...all.slice(3)], 2, 'sequence'],
    [
      'another form of the same value',
      (all) => all.map((line, index) => (index === 2 ? line.replace('{', '{ ') : line)),
      3,
      'notCanonical',
    ],
    [
      'a member twice',
      (all) => all.map((line, index) => (index === 0 ? line.replace('{', '{"event":"agentStarted",') : line)),
      1,
      'notCanonical',
    ],
    ['an empty line', (all) => [...all.slice(0, 1), '', ...all.slice(1)], 2, 'notJson'],
    ['a line that is no record', (all) => [...all, '[]'], 5, 'notJson'],
    [
      'a new record with a right hash of its own',
      (all) => [...all.slice(0, 2), forged(all[2] ?? ''), ...all.slice(3)],
      4,
      'previousHash',
    ],
  ];
  it.each(cases)('%s', async (_name, edit, record, reason) => {
    await written(4);
    fs.writeFileSync(
      file,
      edit(lines())
        .map((text) => `${text}\n`)
        .join(''),
    );
    expect(await verifyFiles(readJournal(file))).toMatchObject({ ok: false, record, reason });
    await expect(Journal.open(openJournalFolder(folder), CONTEXT)).rejects.toMatchObject({
      code: 'EPM_AUDIT_BROKEN',
      data: { record, reason },
    });
  });

  it('a first record removed', async () => {
    await written(4);
    fs.writeFileSync(file, `${lines().slice(1).join('\n')}\n`);
    expect(await verifyFiles(readJournal(file))).toMatchObject({ ok: false, state: 'gap', reason: 'start' });
    const journal = await Journal.open(openJournalFolder(folder), CONTEXT);
    const fault = await journal.review({ record: () => true, fault: () => undefined });
    expect(fault).toMatchObject({ state: 'gap', reason: 'start', record: 2 });
    journal.close();
  });

  it('a line without end is refused within bounds', async () => {
    fs.writeFileSync(file, Buffer.alloc(2 * 1024 * 1024, 0x61));
    expect(await verifyFiles(readJournal(file))).toMatchObject({ ok: false, record: 1, reason: 'tooLong' });
  });

  /** The third record, changed, with hashes that fit itself and the one before. */
  function forged(line: string): string {
    const { recordHash: _old, ...rest } = JSON.parse(line) as Record<string, unknown>;
    const changed = { ...rest, reason: 'number 3, forged' };
    const hash = createHash('sha256').update(canonicalJson(changed)).digest('hex');
    return canonicalJson({ ...changed, recordHash: hash });
  }
});

describe('a disk that is full', () => {
  it.runIf(process.platform === 'linux')('the file is as it was, and nothing recorded is lost', async () => {
    await written(2);
    const before = fs.readFileSync(file);
    // The limit on file size makes the kernel write a part of the record and then fail, as a full disk does.
    const script = `
      import { Journal } from ${JSON.stringify(path.resolve('src/audit/journal.ts'))};
      import { openJournalFolder } from ${JSON.stringify(path.resolve('src/audit/file-storage.ts'))};
      process.on('SIGXFSZ', () => undefined);
      const journal = await Journal.open(openJournalFolder(process.argv[1]), { deviceName: 'PC-1', now: () => 0 });
      try {
        journal.append({ event: 'agentStarted', message: 'x'.repeat(8192) });
      } catch (error) {
        console.log(error.code, error.data.system);
      }
      console.log(journal.append({ event: 'agentStopped' }).sequence);
    `;
    const blocks = Math.ceil(before.length / 1024) + 2;
    const command = `ulimit -f ${blocks}; exec "$0" --input-type=module-typescript -e "$1" "$2"`;
    const result = spawnSync('bash', ['-c', command, process.execPath, script, folder], { encoding: 'utf8' });
    expect(result.stdout).toBe('EPM_AUDIT_WRITE EFBIG\n3\n');
    expect(fs.readFileSync(file).subarray(0, before.length)).toEqual(before);
    expect(await verifyFiles(readJournal(file))).toMatchObject({ ok: true, records: 3 });
  });
});

it('a journal that cannot be opened says so', () => {
  expect(() => openJournalFolder(path.join(folder, 'missing'))).toThrow(EpmError);
  fs.mkdirSync(file);
  expect(() => openJournalFolder(folder)).toThrow(expect.objectContaining({ code: 'EPM_AUDIT_UNREADABLE' }));
});
