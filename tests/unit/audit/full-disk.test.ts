/** A sealed journal whose disk is full: nothing is told as written, the keys wait, and all goes on when there is room. */
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { entry } from './entry.ts';
import { appendSome, sealedJournal } from './sealed.ts';

const NOT_WRITTEN = expect.objectContaining({ code: 'EPM_AUDIT_WRITE' }) as Error;

describe('AC-95 a full disk under a sealed journal', () => {
  it('refuses records alone and together, moves no key, and goes on without a gap', async () => {
    const sealed = await sealedJournal(3);
    const journal = await sealed.open();
    const { head } = journal;
    const before = { key: sealed.seal.bytes, content: sealed.disk.content() };
    sealed.disk.fails = true;
    expect(() => journal.append(entry('elevationStarting'))).toThrow(NOT_WRITTEN);
    const together = Array.from({ length: 5 }, () => journal.appendSoon(entry('elevationStarting')));
    const settled = await Promise.allSettled(together);
    for (const each of settled) expect(each).toEqual({ status: 'rejected', reason: NOT_WRITTEN });
    expect(() => sealed.begin(journal)).toThrow(NOT_WRITTEN);
    expect(journal.head).toEqual(head);
    expect(sealed.seal.bytes).toEqual(before.key);
    expect(sealed.disk.content()).toEqual(before.content);
    sealed.disk.fails = false;
    appendSome(journal, 2);
    expect(numbers(sealed.disk.content())).toEqual([1, 2, 3, 4, 5]);
    expect(await sealed.verify()).toMatchObject({ ok: true, state: 'whole', records: 7 });
  });

  it('is started anew while there is no room: the agent finds nothing wrong', async () => {
    const sealed = await sealedJournal(3);
    sealed.disk.fails = true;
    const journal = await sealed.open();
    expect(journal.sealFinding).toBeUndefined();
    expect(() => journal.append(entry('agentStarted'))).toThrow(NOT_WRITTEN);
    sealed.disk.fails = false;
    const again = await sealed.open();
    expect(again.sealFinding).toBeUndefined();
    appendSome(again, 1);
    expect(await sealed.verify()).toMatchObject({ ok: true, state: 'whole', records: 6 });
  });

  it('that takes records and not the key: the key stays behind, and the next start brings it forward', async () => {
    const sealed = await sealedJournal(3);
    const journal = await sealed.open();
    const kept = sealed.seal.bytes;
    sealed.seal.fails = true;
    appendSome(journal, 3);
    expect(sealed.seal.bytes).toEqual(kept);
    sealed.seal.fails = false;
    const again = await sealed.open();
    expect(again.sealFinding).toBeUndefined();
    expect(sealed.seal.bytes).not.toEqual(kept);
    appendSome(again, 1);
    expect(await sealed.verify()).toMatchObject({ ok: true, state: 'whole', records: 9 });
  });
});

function numbers(content: Buffer): number[] {
  const records = content.toString('latin1').trimEnd().split('\n');
  return records.flatMap((line) => (JSON.parse(line) as AuditRecord).sealNumber ?? []);
}
