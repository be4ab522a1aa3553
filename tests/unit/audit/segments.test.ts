/** A journal in segments: one chain through all of them, whenever the machine stops. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openJournalFolder, readJournal } from '../../../src/audit/file-storage.ts';
import { Journal, SEGMENT_AGE, SEGMENT_BYTES } from '../../../src/audit/journal.ts';
import { verifyFiles, verifyJournal } from '../../../src/audit/verify.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { collect } from '../agent/fake-machine.ts';
import { entry } from './entry.ts';
import { MemoryJournal, PowerCut } from './memory-journal.ts';

const DAY = 24 * 60 * 60 * 1000;
let now = 1_800_000_000_000;
const context = { deviceName: 'PC-1', now: () => now };
const note = (text: string) => entry('policyChanged', { message: text });

beforeEach(() => {
  now = 1_800_000_000_000;
});

/** One record on each of several days, each day in a segment of its own. */
async function days(disk: MemoryJournal, count: number): Promise<Journal> {
  const journal = await Journal.open(disk, context);
  for (let day = 1; day <= count; day += 1) {
    journal.append(note(`day ${day}`));
    now += SEGMENT_AGE;
  }
  return journal;
}

async function reviewed(journal: Journal): Promise<{ fault: unknown; seen: number[] }> {
  const seen: number[] = [];
  const fault = await journal.review({
    record: ({ sequence }) => seen.push(sequence) > 0,
    fault: () => void seen.push(0),
  });
  return { fault, seen };
}

describe('segments', () => {
  it('begin anew with the day, and one chain runs through them', async () => {
    const disk = new MemoryJournal();
    const journal = await days(disk, 4);
    expect(disk.closed()).toEqual([1, 2, 3]);
    expect((await collect(journal.records())).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect((await collect(journal.records(2))).map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, state: 'whole', records: 4 });
    expect(await reviewed(journal)).toEqual({ fault: undefined, seen: [1, 2, 3, 4] });
    const again = await Journal.open(disk, context);
    expect(again.head).toEqual(journal.head);
    expect(again.append(note('after')).sequence).toBe(5);
  });

  it('begin anew when one is full', async () => {
    const disk = new MemoryJournal();
    const journal = await Journal.open(disk, context);
    const large = 'x'.repeat(512 * 1024);
    for (let count = 0; count < 20; count += 1) journal.append(note(large));
    expect(disk.closed()).toEqual([1, 9]);
    for (const first of disk.closed()) expect(disk.segments.get(first)?.length).toBeLessThan(SEGMENT_BYTES * 1.2);
    expect(await reviewed(journal)).toMatchObject({ fault: undefined });
  });

  it('stay open where they cannot be closed, and no record is lost by it', async () => {
    const disk = new MemoryJournal();
    const journal = await Journal.open(disk, context);
    journal.append(note('1'));
    disk.rotateFails = true;
    now += 2 * SEGMENT_AGE;
    journal.append(note('2'));
    disk.rotateFails = false;
    journal.append(note('3'));
    expect(disk.closed()).toEqual([]);
    now += SEGMENT_AGE / 24;
    journal.append(note('4'));
    expect(disk.closed()).toEqual([1]);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, records: 4 });
  });

  it('are opened by the newest alone, however many there are', async () => {
    const disk = new MemoryJournal();
    await days(disk, 20);
    const read: (number | undefined)[] = [];
    const counted = Object.create(disk) as MemoryJournal;
    counted.read = (first) => {
      read.push(first);
      return disk.read(first);
    };
    expect((await Journal.open(counted, context)).head.records).toBe(20);
    expect(read).toEqual([undefined]);
  });
});

describe('AC-96 segments that were changed', () => {
  const cases: [string, (disk: MemoryJournal) => void | Promise<void>, object][] = [
    ['a record changed', (disk) => change(disk, 2, 'day 2', 'day 9'), { state: 'changed', record: 2 }],
    ['a segment removed', (disk) => void disk.segments.delete(3), { state: 'gap', record: 3 }],
    ['the oldest removed', (disk) => void disk.segments.delete(1), { state: 'gap', reason: 'start' }],
    ['a segment emptied', (disk) => void disk.segments.set(2, Buffer.alloc(0)), { state: 'gap', record: 2 }],
    [
      'two swapped',
      (disk) => {
        const second = disk.segments.get(2) ?? Buffer.alloc(0);
        disk.segments.set(2, disk.segments.get(3) ?? Buffer.alloc(0)).set(3, second);
      },
      { state: 'swapped', record: 2 },
    ],
    [
      'a segment of another journal',
      async (disk) => {
        const other = new MemoryJournal();
        now += 1;
        await days(other, 4);
        disk.segments.set(2, other.segments.get(2) ?? Buffer.alloc(0));
      },
      { state: 'gap', reason: 'previousHash' },
    ],
    [
      'a segment cut',
      (disk) => void disk.segments.set(2, (disk.segments.get(2) ?? Buffer.alloc(0)).subarray(0, -5)),
      { state: 'changed', record: 2 },
    ],
  ];
  it.each(cases)('%s is found, and what is behind is read all the same', async (_name, edit, expected) => {
    const disk = new MemoryJournal();
    await days(disk, 5);
    await edit(disk);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: false });
    const journal = await Journal.open(disk, context);
    const { fault, seen } = await reviewed(journal);
    expect(fault).toMatchObject({ ok: false, ...expected });
    expect(seen).toContain(5);
  });

  function change(disk: MemoryJournal, segment: number, from: string, to: string): void {
    disk.segments.set(segment, Buffer.from(disk.segments.get(segment)?.toString('ascii').replace(from, to) ?? ''));
  }
});

describe('old records', () => {
  it('are removed by whole segments, and the journal says where it begins', async () => {
    const disk = new MemoryJournal();
    const journal = await days(disk, 6);
    await journal.trim(now - 3.5 * DAY);
    expect(disk.closed()).toEqual([4, 5, 6]);
    const last = (await collect(journal.records())).at(-1);
    expect(last).toMatchObject({ event: 'journalTrimmed', removedRecords: 3 });
    // The status tells it each time: no folder is read for that.
    const looks = vi.spyOn(disk, 'closed');
    expect(journal.firstRecord).toBe(4);
    expect(looks).not.toHaveBeenCalled();
    looks.mockRestore();
    expect(await reviewed(journal)).toMatchObject({ fault: undefined, seen: [4, 5, 6, 7] });
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, firstRecord: 4, records: 7 });
    // Again, when those are old too.
    now += 5 * DAY;
    await journal.trim(now - 3.5 * DAY);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, firstRecord: 7 });
  });

  it('stay while one of their segment is young, and when nothing is old nothing is said', async () => {
    const disk = new MemoryJournal();
    const journal = await days(disk, 3);
    await journal.trim(now - 30 * DAY);
    expect(journal.head.records).toBe(3);
    expect(disk.closed()).toEqual([1, 2]);
  });

  it('that do not verify do not keep all behind them', async () => {
    const disk = new MemoryJournal();
    const journal = await days(disk, 6);
    disk.segments.set(1, Buffer.from('garbage\n'));
    disk.segments.set(2, Buffer.from(disk.segments.get(2)?.toString('ascii').replace('day 2', 'day 9') ?? ''));
    await journal.trim(now - 2.5 * DAY);
    expect(disk.closed()[0]).toBe(5);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, firstRecord: 5 });
  });

  it('AC-96 a beginning that no record tells of is a gap', async () => {
    const disk = new MemoryJournal();
    const journal = await days(disk, 6);
    await journal.trim(now - 4.5 * DAY);
    disk.segments.delete(disk.closed()[0] ?? 0);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: false, state: 'gap', reason: 'start' });
  });
});

describe('a power cut', () => {
  /** What a day of the agent does; a segment is closed and old ones are removed on the way. */
  async function work(disk: MemoryJournal, acknowledged: AuditRecord[]): Promise<void> {
    const journal = await Journal.open(disk, context);
    const append = (text: string): void => void acknowledged.push(journal.append(note(text)));
    append('one');
    now += SEGMENT_AGE;
    append('two');
    append('three');
    now += SEGMENT_AGE;
    append('four');
    await journal.trim(now - 0.5 * DAY);
    append('five');
  }

  it('after any byte, and any change of a name, loses nothing that was acknowledged and leaves a chain', async () => {
    const whole = new MemoryJournal();
    await work(whole, []);
    const start = 1_800_000_000_000;
    const total = whole.content().length + 2000;
    let cuts = 0;
    for (let power = 0; power < total; power += 1) {
      now = start;
      const disk = new MemoryJournal();
      disk.power = power;
      const acknowledged: AuditRecord[] = [];
      try {
        await work(disk, acknowledged);
        break;
      } catch (error) {
        // Closing a segment is not said to have failed; the append behind it is.
        if (!(error instanceof PowerCut) && disk.power > 0) throw error;
        cuts += 1;
      }
      const after = disk.copy();
      const journal = await Journal.open(after, context);
      journal.append(note('after'));
      const at = `cut after ${power} bytes`;
      expect(await verifyJournal([after.content()]), at).toMatchObject({ ok: true, unfinishedBytes: 0 });
      const { fault, seen } = await reviewed(journal);
      expect(fault, at).toBeUndefined();
      const left = acknowledged.filter(({ sequence }) => sequence >= (seen[0] ?? 0));
      expect(seen.slice(0, left.length), at).toEqual(left.map(({ sequence }) => sequence));
    }
    expect(cuts).toBeGreaterThan(1500);
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-segments-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('a journal of one file, from before there were segments, is taken over', async () => {
    fs.copyFileSync(new URL('journal-0.1.jsonl', import.meta.url), path.join(folder, 'journal.jsonl'));
    const journal = await Journal.open(openJournalFolder(folder), context);
    expect(journal.append(note('new')).sequence).toBe(15);
    journal.close();
    expect(fs.readdirSync(folder).sort()).toEqual(['journal-000000000001.jsonl', 'journal.jsonl']);
    expect(await verifyFiles(readJournal(folder))).toMatchObject({ ok: true, state: 'whole', records: 15 });
    expect(await verifyFiles(readJournal(path.join(folder, 'journal.jsonl')))).toMatchObject({ records: 15 });
    // A file under another name stands for itself: what is missing before it is missing.
    fs.copyFileSync(path.join(folder, 'journal.jsonl'), path.join(folder, 'copy.jsonl'));
    expect(await verifyFiles(readJournal(path.join(folder, 'copy.jsonl')))).toMatchObject({
      ok: false,
      reason: 'start',
    });
  });

  it('a segment that is closed while it is read is read to its end', async () => {
    const journal = await Journal.open(openJournalFolder(folder), context);
    for (let count = 0; count < 600; count += 1) journal.append(note('x'.repeat(1000)));
    const seen: number[] = [];
    for await (const { sequence } of journal.records()) {
      seen.push(sequence);
      if (sequence === 10) {
        now += SEGMENT_AGE;
        journal.append(note('another day'));
      }
    }
    expect(seen).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect((await collect(journal.records(599))).map(({ sequence }) => sequence)).toEqual([600, 601]);
    journal.close();
  });

  it('a segment stays open while a read of it is on its way, or its name is taken', async () => {
    const storage = openJournalFolder(folder);
    const journal = await Journal.open(storage, context);
    journal.append(note('one'));
    const reading = storage.read()[Symbol.asyncIterator]().next();
    expect(() => storage.rotate(1)).toThrow(expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }));
    await reading;
    fs.writeFileSync(path.join(folder, 'journal-000000000001.jsonl'), '');
    expect(() => storage.rotate(1)).toThrow(expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }));
    expect(journal.append(note('two')).sequence).toBe(2);
    journal.close();
  });
});
