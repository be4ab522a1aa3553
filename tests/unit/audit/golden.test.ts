import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { headOf } from '../../../src/audit/chain.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { SealCheck } from '../../../src/audit/seal-check.ts';
import { Sealer } from '../../../src/audit/sealer.ts';
import { readVerificationKeys, writeVerificationKey } from '../../../src/audit/verification-key.ts';
import { verifyFiles, verifyJournal } from '../../../src/audit/verify.ts';
import { AUDIT_EVENTS, AUDIT_FIELDS, type AuditField, type AuditRecord } from '../../../src/model/audit-record.ts';
import { collect } from '../agent/fake-machine.ts';
import { entry, verifyRecords } from './entry.ts';
import { MemoryJournal, MemorySeal } from './memory-journal.ts';

/** Written by version 0.1, with every event and every field of that version. Never written again. */
const GOLDEN = readFileSync(new URL('journal-0.1.jsonl', import.meta.url));
const HEAD = '9b62903cbfecc1e8277068afcc39586a18b9048eb9008e36b2b0988ea127f124';
const CONTEXT = { deviceName: 'PC-1', now: () => 1_800_000_000_000 };

function storage(bytes: Uint8Array = Buffer.alloc(0)): MemoryJournal {
  const journal = new MemoryJournal();
  journal.open = Buffer.from(bytes);
  return journal;
}

describe('a journal of an earlier version', () => {
  it('verifies, is read, and goes on', async () => {
    expect(await verifyJournal([GOLDEN])).toEqual({
      ok: true,
      state: 'whole',
      firstRecord: 1,
      records: 14,
      headHash: HEAD,
      truncatedRecords: 0,
      unfinishedBytes: 0,
    });
    const journal = await Journal.open(storage(GOLDEN), CONTEXT);
    expect(journal.append(entry('agentStarted'))).toMatchObject({ sequence: 15, previousHash: HEAD });
    const records = await collect(journal.records());
    expect(verifyRecords(records)).toMatchObject({ ok: true, records: 15 });
  });

  it('is sealed from a record on, verifies with the key and without it, and the key fixes what was before', async () => {
    const disk = storage(GOLDEN);
    const journal = await Journal.open(disk, { ...CONTEXT, sealer: new Sealer(new MemorySeal()) });
    expect(journal.sealedSince).toBeUndefined();
    const seed = Buffer.alloc(32, 3);
    const key = writeVerificationKey(headOf(journal.sealFrom(entry('journalSealed'), seed)), seed);
    expect(journal.sealedSince).toBe(16);
    journal.append(entry('agentStarted'));
    journal.append(entry('agentStopped'));
    const records = await collect(journal.records());
    expect(records.filter(({ seal }) => seal !== undefined).map(({ sequence }) => sequence)).toEqual([16, 17]);
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, state: 'whole', records: 17 });
    const withKey = (bytes: Buffer) =>
      verifyFiles([{ named: undefined, bytes: [bytes] }], undefined, [new SealCheck(readVerificationKeys(key))]);
    expect(await withKey(disk.content())).toMatchObject({ ok: true, state: 'whole', records: 17 });
    // Another journal of that version, to which somebody without the key added the same records.
    const other = storage();
    const forger = await Journal.open(other, CONTEXT);
    for (let count = 0; count < 17; count += 1) forger.append(entry('agentStarted'));
    expect(await verifyJournal([other.content()])).toMatchObject({ ok: true, records: 17 });
    expect(await withKey(other.content())).toMatchObject({ ok: false, state: 'replaced', record: 15 });
  });

  it('has no field and no event that is not known any more', async () => {
    const journal = await Journal.open(storage(GOLDEN), CONTEXT);
    const records = await collect(journal.records());
    const members = new Set(records.flatMap((record) => Object.keys(record)));
    expect(Object.keys(AUDIT_FIELDS)).toEqual(expect.arrayContaining([...members]));
    expect(Object.keys(AUDIT_EVENTS)).toEqual(expect.arrayContaining(records.map(({ event }) => event)));
    for (const record of records) {
      for (const field of Object.keys(record) as AuditField[]) {
        const { events } = AUDIT_FIELDS[field];
        expect(
          typeof events === 'string' || events.some((event) => event === record.event),
          `${record.event}.${field}`,
        ).toBe(true);
      }
    }
  });

  it('verifies with a field that this version does not know', async () => {
    const disk = storage();
    const journal = await Journal.open(disk, CONTEXT);
    journal.append(entry('agentStarted', { laterField: 'x' } as Partial<AuditRecord>));
    expect(disk.content().toString()).toContain('laterField');
    expect(await verifyJournal([disk.content()])).toMatchObject({ ok: true, records: 1 });
  });
});

it('a member without a value is not written', async () => {
  const disk = storage();
  const journal = await Journal.open(disk, CONTEXT);
  journal.append({ event: 'policyFault', userSid: undefined, errorCode: 'EPM_POLICY_INVALID', message: 'A message.' });
  expect(Object.keys(JSON.parse(disk.content().toString()) as object)).not.toContain('userSid');
});
