/** A journal of which one call of the disk fails, or every call for a while. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournalFolder, readJournal } from '../../../src/audit/file-storage.ts';
import { Journal, SEGMENT_AGE } from '../../../src/audit/journal.ts';
import { verifyFiles } from '../../../src/audit/verify.ts';
import { isEpmError } from '../../../src/model/errors.ts';
import { CallFaults, type FaultTarget } from '../../windows/call-faults.ts';
import { failFiles } from '../../windows/failing-files.ts';
import { entry } from './entry.ts';

/** Reading the names of its folder is no write. */
const CALLS = ['writeSync', 'fsyncSync', 'closeSync', 'renameSync', 'openSync', 'fstatSync', 'writeSync', 'fsyncSync'];

let folder = '';
let restore = (): void => undefined;
const faults = new CallFaults();

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'journal-'));
  restore = failFiles(faults);
});
afterEach(() => {
  restore();
  fs.rmSync(folder, { recursive: true });
});

/** A record, one in a new segment, and one after the disk is well again. @returns calls of the first two */
async function write(target: FaultTarget | undefined): Promise<readonly string[]> {
  let now = 1_800_000_000_000;
  const written: string[] = [];
  const journal = await Journal.open(openJournalFolder(folder), { deviceName: 'PC-1', now: () => now });
  const append = (message: string): void => {
    journal.append(entry('policyChanged', { message }));
    written.push(message);
  };
  append('before');
  faults.arm(target);
  for (const message of ['same segment', 'next segment']) {
    try {
      append(message);
    } catch (error) {
      expect(isEpmError(error) && error.code, String(error)).toBe('EPM_AUDIT_WRITE');
    }
    now += SEGMENT_AGE;
  }
  const calls = faults.disarm();
  expect(faults.hasFailed).toBe(target !== undefined);
  append('after');
  journal.close();
  const read: unknown[] = [];
  const verified = await verifyFiles(readJournal(folder), ({ message }) => void read.push(message));
  expect(verified).toMatchObject({ ok: true, state: 'whole' });
  expect(read).toEqual(written);
  return calls;
}

describe('a journal on a disk that fails', () => {
  it('is written by these calls', async () => {
    expect((await write(undefined)).map((call) => call.split(' ', 1)[0])).toEqual(CALLS);
  });

  it.each(CALLS.map((name, at) => ({ name, at })))(
    'is whole, and takes records again, after call $at ($name) failed',
    async ({ name, at }) => {
      const time = CALLS.slice(0, at + 1).filter((each) => each === name).length;
      await write({ name: `${name} journal.jsonl`, time });
    },
  );

  it.each(CALLS.map((name, at) => ({ name, at })))(
    'is whole, and takes records again, when call $at ($name) and all after it failed',
    async ({ at }) => {
      await write({ from: at + 1 });
    },
  );
});
