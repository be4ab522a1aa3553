import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournalFolder, readJournal } from '../../../src/audit/file-storage.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { SealCheck } from '../../../src/audit/seal-check.ts';
import { openSealFile } from '../../../src/audit/seal-file.ts';
import { Sealer } from '../../../src/audit/sealer.ts';
import { headOf } from '../../../src/audit/chain.ts';
import { readVerificationKeys, writeVerificationKey } from '../../../src/audit/verification-key.ts';
import { verifyFiles } from '../../../src/audit/verify.ts';
import { CallFaults } from '../../windows/call-faults.ts';
import { failFiles } from '../../windows/failing-files.ts';
import { entry } from './entry.ts';

const SEED = Buffer.alloc(32, 3);
let folder = '';
let file = '';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-seal-'));
  file = path.join(folder, 'journal-seal.bin');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const open = (): Promise<Journal> =>
  Journal.open(openJournalFolder(folder), { deviceName: 'PC-1', now: () => 0, sealer: new Sealer(openSealFile(file)) });

describe('the file of the key', () => {
  it('is overwritten in its place, and has no key that was used', async () => {
    let journal = await open();
    expect(fs.existsSync(file)).toBe(false);
    const head = headOf(journal.sealFrom(entry('journalSealed'), SEED));
    const { ino, size } = fs.statSync(file);
    expect(size).toBe(8192);
    const seen = new Set<string>();
    for (let number = 0; number < 5; number += 1) {
      const bytes = fs.readFileSync(file);
      expect(bytes.includes(SEED)).toBe(false);
      for (const key of seen) expect(bytes.includes(Buffer.from(key, 'hex'))).toBe(false);
      seen.add(bytes.subarray(56, 88).toString('hex'));
      journal.append(entry('agentStarted'));
      if (number !== 2) continue;
      journal.close();
      journal = await open();
    }
    journal.close();
    expect(seen.size).toBe(5);
    expect(fs.statSync(file)).toMatchObject({ ino, size });
    const check = new SealCheck(readVerificationKeys(writeVerificationKey(head, SEED)));
    expect(await verifyFiles(readJournal(folder), undefined, [check])).toMatchObject({ ok: true, records: 6 });
    expect(check.span).toEqual({ first: 2, last: 6 });
  });

  it('costs a record no flush: it has one, like a record without a seal', async () => {
    const faults = new CallFaults();
    const restore = failFiles(faults);
    try {
      const journal = await open();
      journal.sealFrom(entry('journalSealed'), SEED);
      faults.arm(undefined);
      journal.append(entry('agentStarted'));
      const calls = faults.disarm();
      expect(calls.filter((call) => call.startsWith('fsync'))).toEqual(['fsyncSync journal.jsonl']);
      expect(calls.filter((call) => call.startsWith('write'))).toHaveLength(2);
      journal.close();
    } finally {
      restore();
    }
  });

  it('that is a folder, or cannot be read, is as one that is not there', async () => {
    fs.mkdirSync(file);
    const journal = await open();
    expect(() => journal.sealFrom(entry('journalSealed'), SEED)).toThrow(
      expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }),
    );
    journal.append(entry('agentStarted'));
    expect(journal.sealedSince).toBeUndefined();
    journal.close();
  });
});
