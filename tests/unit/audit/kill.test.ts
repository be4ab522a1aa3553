/** AC-75: the process that writes the journal is killed at any moment. No record that it told as durable is lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { headOf } from '../../../src/audit/chain.ts';
import { openJournalFolder, readJournal } from '../../../src/audit/file-storage.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { SealCheck } from '../../../src/audit/seal-check.ts';
import { openSealFile } from '../../../src/audit/seal-file.ts';
import { Sealer } from '../../../src/audit/sealer.ts';
import { readVerificationKeys, writeVerificationKey } from '../../../src/audit/verification-key.ts';
import { verifyFiles } from '../../../src/audit/verify.ts';
import { entry } from './entry.ts';

/** How often it is killed; EPM_KILLS gives another number. */
const KILLS = Number(process.env['EPM_KILLS'] ?? 6);
/** Kills of one journal. */
const KILLS_EACH = 50;
const PROGRAM = path.join(import.meta.dirname, 'killed-process.ts');
const SEED = Buffer.alloc(32, 7);

function open(folder: string): Promise<Journal> {
  const sealer = new Sealer(openSealFile(path.join(folder, 'journal-seal.bin')));
  return Journal.open(openJournalFolder(folder), { deviceName: 'PC-1', now: () => 1_800_000_000_000, sealer });
}

/** @param lines after which it is killed @returns what it told, by number */
async function writeUntilKilled(folder: string, lines: number, delay: number): Promise<ReadonlyMap<number, string>> {
  const child = spawn(process.execPath, [PROGRAM, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let isEnding = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (isEnding || text.split('\n').length <= lines) return;
    isEnding = true;
    setTimeout(() => child.kill('SIGKILL'), delay);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  // Behind the last line feed is what it did not tell any more.
  const told = text.split('\n').slice(0, -1);
  return new Map(told.map((line) => line.split(' ')).map(([number, hash = '']) => [Number(number), hash]));
}

/** @returns acknowledged records that were compared */
async function killOften(folder: string, kills: number): Promise<number> {
  const told = new Map<number, string>();
  let compared = 0;
  const first = await open(folder);
  const key = writeVerificationKey(headOf(first.sealFrom(entry('journalSealed'), SEED)), SEED);
  first.close();
  for (let kill = 0; kill < kills; kill += 1) {
    const more = await writeUntilKilled(folder, 1 + ((kill * 37) % 30), kill % 5);
    for (const [number, hash] of more) told.set(number, hash);
    const journal = await open(folder);
    expect(journal.sealFinding).toBeUndefined();
    journal.close();
    const found = new Map<number, string>();
    const check = new SealCheck(readVerificationKeys(key));
    const verified = await verifyFiles(readJournal(folder), (record) => found.set(record.sequence, record.recordHash), [
      check,
    ]);
    expect(verified).toMatchObject({ ok: true, state: 'whole' });
    const oldest = Math.min(...found.keys());
    for (const [number, hash] of told) {
      if (number < oldest) told.delete(number);
      else expect(found.get(number), `record ${number}`).toBe(hash);
    }
    expect(Math.max(...found.keys())).toBeGreaterThanOrEqual(Math.max(...told.keys()));
    compared += more.size;
  }
  return compared;
}

describe('AC-75 a process that is killed while it writes', () => {
  it('keeps every record that it told as durable, sealed, and the next start finds nothing wrong', async () => {
    let left = KILLS;
    while (left > 0) {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-killed-'));
      try {
        const kills = Math.min(left, KILLS_EACH);
        expect(await killOften(folder, kills)).toBeGreaterThanOrEqual(kills);
        left -= kills;
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    }
  });
});
