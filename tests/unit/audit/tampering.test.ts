/** AC-96: everything that can be done to the files of a sealed journal without its key, and what verification says of it. */
import { describe, expect, it } from 'vitest';
import { EMPTY_CHAIN, headBefore, link, type Verification } from '../../../src/audit/chain.ts';
import { NotedHead } from '../../../src/audit/noted-end.ts';
import { Journal, SEGMENT_AGE } from '../../../src/audit/journal.ts';
import { SealKeys } from '../../../src/audit/seal-keys.ts';
import { verifyFiles } from '../../../src/audit/verify.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { newSigningKey } from '../../../src/requests/ed25519.ts';
import { entry, verifyRecords } from './entry.ts';
import { appendSome, checkpointsOf, DEVICE, sealedJournal, SealedJournal } from './sealed.ts';

/** Two segments: 1 to 7 with a checkpoint at the end, and the open one. */
async function twoSegments(): Promise<SealedJournal> {
  const sealed = await sealedJournal(4);
  sealed.now += SEGMENT_AGE;
  const journal = await sealed.open();
  appendSome(journal, 3);
  expect(sealed.disk.closed()).toEqual([1]);
  return sealed;
}

/** Two segments without seals and signatures: 1 to 4, and the open one. */
async function twoUnsealedSegments(): Promise<SealedJournal> {
  const plain = new SealedJournal();
  const journal = await Journal.open(plain.disk, { deviceName: 'PC-1', now: () => plain.now });
  appendSome(journal, 4);
  plain.now += SEGMENT_AGE;
  appendSome(journal, 3);
  expect(plain.disk.closed()).toEqual([1]);
  return plain;
}

const lines = (bytes: Buffer): string[] => bytes.toString('latin1').split('\n').slice(0, -1);
const bytesOf = (all: readonly string[]): Buffer<ArrayBuffer> =>
  Buffer.from(all.map((line) => `${line}\n`).join(''), 'latin1');
const recordsOf = (sealed: SealedJournal): AuditRecord[] =>
  lines(sealed.disk.content()).map((line) => JSON.parse(line) as AuditRecord);

/** Everything that whoever verifies may have. */
function verified(sealed: SealedJournal, head = sealed.keys): Promise<Verification> {
  return sealed.verify(head, [checkpointsOf(DEVICE)]);
}

/** The journal written anew, as somebody can who has no key: every hash fits. */
function rebuilt(records: readonly AuditRecord[], keys?: SealKeys): Buffer<ArrayBuffer> {
  let head = records[0] === undefined ? EMPTY_CHAIN : headBefore(records[0]);
  const written: string[] = [];
  for (const { sequence, previousHash, recordHash, seal, sealNumber, ...content } of records) {
    const isSealed = seal !== undefined && keys === undefined;
    // The old seal is kept where there is no key to make another.
    const { record, line } = link(
      head,
      isSealed ? ({ ...content, seal, sealNumber } as typeof content) : content,
      seal === undefined ? undefined : keys,
    );
    head = { records: record.sequence, headHash: record.recordHash };
    written.push(line.slice(0, -1));
  }
  return bytesOf(written);
}

describe('a sealed journal', () => {
  it('is whole, and says which records are proved by seals and signatures', async () => {
    const sealed = await twoSegments();
    expect(await verified(sealed)).toMatchObject({ ok: true, state: 'whole', records: 10 });
    const events = recordsOf(sealed).map(({ event, sealNumber }) => `${event} ${sealNumber ?? '-'}`);
    expect(events.slice(0, 3)).toEqual(['agentStarted -', 'journalSealed -', 'elevationDenied 1']);
    expect(events[6]).toBe('journalCheckpoint 5');
    expect(events.at(-1)).toBe('elevationDenied 8');
  });

  it('verifies from the middle: what was removed by its age takes nothing from the rest', async () => {
    const sealed = await twoSegments();
    const journal = await sealed.open();
    sealed.now += SEGMENT_AGE;
    await journal.trim(sealed.now - SEGMENT_AGE + 1);
    expect(sealed.disk.closed()).not.toContain(1);
    expect(await sealed.verify()).toMatchObject({ ok: true, state: 'whole', firstRecord: 8 });
  });
});

describe('AC-96 one changed byte', () => {
  it.each([
    ['sealed', twoSegments, 8],
    ['without seals', twoUnsealedSegments, 5],
  ] as const)(
    'at every position is told, and never from a later record on than the changed one: %s',
    async (_, make, first) => {
      const sealed = await make();
      const verify = () => (sealed.keys.length > 0 ? sealed.verify() : verifyFiles(sealed.files));
      const states = new Set<string>();
      for (const named of [1, undefined]) {
        const whole = Buffer.from(named === undefined ? sealed.disk.open : (sealed.disk.segments.get(named) ?? ''));
        for (let at = 0; at < whole.length; at += 1) {
          const changed = Buffer.from(whole);
          changed[at] = (changed[at] ?? 0) ^ 1;
          if (named === undefined) sealed.disk.open = changed;
          else sealed.disk.segments.set(named, changed);
          const found = await verify();
          const record = (named ?? first) + whole.subarray(0, at).filter((byte) => byte === 0x0a).length;
          const isLastLineFeed = named === undefined && at === whole.length - 1;
          // The last line without its end is one that was being written.
          if (isLastLineFeed) expect(found).toMatchObject({ ok: true, records: first + 1 });
          else expect(found, `byte ${at} of ${named ?? 'open'}`).toMatchObject({ ok: false, record });
          states.add(found.state);
        }
        if (named === undefined) sealed.disk.open = whole;
        else sealed.disk.segments.set(named, whole);
      }
      expect([...states].sort()).toEqual(['changed', 'gap', 'whole']);
    },
  );
});

describe('AC-96 AC-75 records cut off', () => {
  it('at the end, at every record, is told by a head that was noted', async () => {
    const sealed = await twoSegments();
    const all = recordsOf(sealed);
    const last = all.at(-1);
    const noted = { records: last?.sequence ?? 0, headHash: last?.recordHash ?? '' };
    for (let left = 0; left < 3; left += 1) {
      const cut = sealed.copy();
      cut.disk.open = bytesOf(lines(sealed.disk.open).slice(0, left));
      expect(await cut.verify(cut.keys, [new NotedHead(noted)])).toMatchObject({
        ok: false,
        state: 'cut',
        record: 8 + left,
      });
    }
  });

  it('is seen by the agent at its next start, recorded, and seen for ever by whoever has the key', async () => {
    const sealed = await twoSegments();
    sealed.disk.open = bytesOf(lines(sealed.disk.open).slice(0, 1));
    const journal = await sealed.open();
    expect(journal.sealFinding).toEqual({ state: 'cut', record: 9 });
    appendSome(journal, 2);
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'gap', reason: 'sealNumber', record: 9 });
    expect((await sealed.open()).sealFinding).toBeUndefined();
  });

  it('before the key began is told by the key alone', async () => {
    const sealed = await twoSegments();
    sealed.disk.segments.clear();
    sealed.disk.open = bytesOf([JSON.stringify(recordsOf(await sealedJournal(0))[0])]);
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'cut', record: 2 });
    const closed = await sealedJournal(0);
    const journal = await closed.open();
    journal.append(entry('agentStopped'));
    const key = closed.begin(journal);
    closed.disk.open = bytesOf(lines(closed.disk.open).slice(0, -1));
    expect(await closed.verify([key])).toMatchObject({ ok: false, state: 'older', record: 4 });
  });

  it('in the middle', async () => {
    const sealed = await twoSegments();
    sealed.disk.open = bytesOf(lines(sealed.disk.open).filter((_, index) => index !== 1));
    expect(await verified(sealed)).toMatchObject({ ok: false, state: 'gap', record: 9 });
  });
});

describe('AC-96 other files in the place of those of the agent', () => {
  it('segments swapped', async () => {
    const sealed = await twoSegments();
    const journal = await sealed.open();
    sealed.now += SEGMENT_AGE;
    appendSome(journal, 1);
    const [first, second] = [1, 8].map((named) => sealed.disk.segments.get(named) ?? Buffer.alloc(0));
    sealed.disk.segments.set(1, second ?? Buffer.alloc(0)).set(8, first ?? Buffer.alloc(0));
    expect(await verified(sealed)).toMatchObject({ ok: false, state: 'swapped', record: 1 });
  });

  it('a segment that is missing', async () => {
    const sealed = await twoSegments();
    const journal = await sealed.open();
    sealed.now += SEGMENT_AGE;
    appendSome(journal, 1);
    sealed.disk.segments.delete(8);
    expect(await verified(sealed)).toMatchObject({ ok: false, state: 'gap', record: 8 });
  });

  it('an older copy: the agent sees it by its key, whoever verifies by a head', async () => {
    const sealed = await twoSegments();
    const journal = await sealed.open();
    journal.append(entry('agentStopped'));
    const copy = sealed.copy();
    const head = appendSome(await sealed.open(), 2);
    sealed.disk = copy.disk;
    expect((await sealed.open()).sealFinding).toEqual({ state: 'older', record: 12 });
    expect(await sealed.verify(sealed.keys, [new NotedHead(head)])).toMatchObject({ ok: false, state: 'older' });
  });

  it('a journal rebuilt from scratch', async () => {
    const sealed = await twoSegments();
    const other = rebuilt(recordsOf(sealed).map((record) => ({ ...record, deviceName: 'PC-2' })));
    sealed.disk.segments.clear();
    sealed.disk.open = other;
    expect(await verifyFiles(sealed.files)).toMatchObject({ ok: true, state: 'whole' });
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'replaced', record: 2 });
  });

  it('records rebuilt behind a change, with the seals that were there', async () => {
    const sealed = await twoSegments();
    const records = recordsOf(sealed);
    const changed = records.map((record) => (record.sequence === 4 ? { ...record, reason: 'harmless' } : record));
    sealed.disk.segments.clear();
    sealed.disk.open = rebuilt(changed);
    expect(await verifyFiles(sealed.files)).toMatchObject({ ok: true, state: 'whole' });
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'forged', record: 4 });
    expect(await verifyFiles(sealed.files, undefined, [checkpointsOf(DEVICE)])).toMatchObject({
      state: 'forged',
      record: 7,
    });
  });

  it('records rebuilt behind a change, without seals and with those of another key', async () => {
    const sealed = await twoSegments();
    const records = recordsOf(sealed);
    sealed.disk.segments.clear();
    sealed.disk.open = rebuilt(records.map(({ seal, sealNumber, ...record }) => record));
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'unsealed', record: 3 });
    sealed.disk.open = rebuilt(records, SealKeys.from(Buffer.alloc(32, 9)));
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'forged', record: 3 });
  });

  it('a record before the key began', async () => {
    const sealed = await twoSegments();
    const records = recordsOf(sealed).slice(0, 2);
    sealed.disk.segments.clear();
    sealed.disk.open = rebuilt(records.map((record) => ({ ...record, deviceName: 'PC-2' })));
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'replaced', record: 2 });
  });
});

describe('AC-96 checkpoints', () => {
  it('one that is removed leaves a gap, and a chain closed over it is forged', async () => {
    const sealed = await twoSegments();
    const records = recordsOf(sealed).filter(({ event }) => event !== 'journalCheckpoint');
    sealed.disk.segments.clear();
    sealed.disk.open = bytesOf(records.map((record) => JSON.stringify(record)));
    expect(await verified(sealed)).toMatchObject({ ok: false, state: 'gap', record: 7 });
    sealed.disk.open = rebuilt(records);
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'forged', record: 7 });
    expect(await verifyFiles(sealed.files, undefined, [checkpointsOf(DEVICE)])).toMatchObject({ state: 'unsealed' });
  });

  it('of another device count for nothing', async () => {
    const sealed = await twoSegments();
    const other = checkpointsOf(newSigningKey());
    expect(await verifyFiles(sealed.files, undefined, [other])).toMatchObject({
      ok: false,
      state: 'forged',
      record: 7,
    });
  });

  it('come after 1,024 records at the latest, and are missed', async () => {
    const sealed = await sealedJournal(0);
    const journal = await sealed.open();
    for (let count = 0; count < 30; count += 1) {
      const batch = Array.from({ length: 100 }, () => journal.appendSoon(entry('policyFault')));
      await Promise.all(batch);
    }
    const check = checkpointsOf(DEVICE);
    expect(await sealed.verify(sealed.keys, [check])).toMatchObject({ ok: true, state: 'whole' });
    expect(check.signed).toBeGreaterThan(3000 - 1024);
    const records = recordsOf(sealed);
    const second = records.filter(({ event }) => event === 'journalCheckpoint')[1];
    sealed.disk.segments.clear();
    sealed.disk.open = rebuilt(records.filter((record) => record !== second));
    const found = await verifyFiles(sealed.files, undefined, [checkpointsOf(DEVICE)]);
    expect(found).toMatchObject({ ok: false, state: 'unsealed', reason: 'checkpointMissing' });
  });
});

describe('another key', () => {
  it('takes over: both verify all, and the first alone says from which record on another one is needed', async () => {
    const sealed = await sealedJournal(2);
    const journal = await sealed.open();
    sealed.begin(journal);
    appendSome(journal, 3);
    const [first = '', second = ''] = sealed.keys;
    expect(await sealed.verify()).toMatchObject({ ok: true, records: 8 });
    expect(await sealed.verify([second])).toMatchObject({ ok: true, records: 8 });
    expect(await sealed.verify([first])).toMatchObject({ ok: false, state: 'unsealed', reason: 'sealKey', record: 6 });
  });

  it('that never came to be leaves the one before: the machine stopped in between', async () => {
    const sealed = await sealedJournal(2);
    const journal = await sealed.open();
    sealed.seal.fails = true;
    expect(() => sealed.begin(journal)).toThrow(expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }));
    sealed.seal.fails = false;
    appendSome(journal, 2);
    expect(await sealed.verify()).toMatchObject({ ok: true, records: 7 });
    expect((await sealed.open()).sealFinding).toBeUndefined();
  });
});

describe('a key of the agent that is', () => {
  it.each([0, 1, 5])('%i records behind, after a crash, is brought forward', async (behind) => {
    const sealed = await sealedJournal(3);
    const journal = await sealed.open();
    const kept = sealed.seal.bytes;
    appendSome(journal, behind);
    sealed.seal.bytes = kept;
    const again = await sealed.open();
    expect(again.sealFinding).toBeUndefined();
    appendSome(again, 2);
    expect(await sealed.verify()).toMatchObject({ ok: true, records: 7 + behind });
  });

  it('behind records that somebody else wrote: they are told', async () => {
    const sealed = await sealedJournal(3);
    const records = recordsOf(sealed);
    const [last] = records.slice(-1);
    const forged = link(
      { records: 5, headHash: last?.recordHash ?? '' },
      entry('agentStopped') as never,
      SealKeys.from(Buffer.alloc(32, 9), 4),
    );
    sealed.disk.open = Buffer.concat([sealed.disk.open, Buffer.from(forged.line)]);
    expect((await sealed.open()).sealFinding).toEqual({ state: 'forged', record: 6 });
    const bare = link({ records: 5, headHash: last?.recordHash ?? '' }, entry('agentStopped') as never);
    sealed.disk.open = Buffer.concat([
      bytesOf(records.map((record) => JSON.stringify(record))),
      Buffer.from(bare.line),
    ]);
    expect((await sealed.open()).sealFinding).toEqual({ state: 'unsealed', record: 6 });
  });

  it.each([
    ['missing', undefined],
    ['cut', Buffer.alloc(100)],
    ['damaged', Buffer.alloc(512)],
  ])('%s: records go on without seals, which is told once', async (_name, bytes) => {
    const sealed = await sealedJournal(3);
    sealed.seal.bytes = bytes;
    const journal = await sealed.open();
    expect(journal.sealFinding).toEqual({ state: 'unsealed', record: 6 });
    appendSome(journal, 1);
    expect(await sealed.verify()).toMatchObject({ ok: false, state: 'unsealed', record: 6 });
    expect(await verifyFiles(sealed.files)).toMatchObject({ ok: true, state: 'whole' });
    const next = await sealed.open();
    expect(next.sealFinding).toBeUndefined();
    sealed.begin(next);
    appendSome(next, 1);
    expect(await sealed.verify(sealed.keys.slice(1))).toMatchObject({ ok: true });
  });
});

it('records that the agent hands out are compared with the seals too', async () => {
  const sealed = await twoSegments();
  expect(verifyRecords(recordsOf(sealed))).toMatchObject({ ok: true, state: 'whole' });
});
