/** AC-75: the machine stops at any moment. No record that was acknowledged is lost, and what is left is proved. */
import { describe, expect, it } from 'vitest';
import { headOf } from '../../../src/audit/chain.ts';
import { Journal, SEGMENT_AGE } from '../../../src/audit/journal.ts';
import { SealCheck } from '../../../src/audit/seal-check.ts';
import { Sealer } from '../../../src/audit/sealer.ts';
import { readVerificationKeys, writeVerificationKey } from '../../../src/audit/verification-key.ts';
import { verifyFiles } from '../../../src/audit/verify.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { entry } from './entry.ts';
import { PowerCut } from './memory-journal.ts';
import { type Chance, PowerDisk } from './power-disk.ts';
import { DEVICE, signerOf } from './sealed.ts';

/** Times that the power is lost; EPM_POWER_CUTS gives another number, EPM_POWER_SEED another seed. */
const CUTS = Number(process.env['EPM_POWER_CUTS'] ?? 600);
const SEED = Number(process.env['EPM_POWER_SEED'] ?? 1);

/** Mulberry32. */
function chanceFrom(seed: number): Chance {
  let state = seed;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
    },
  };
}

interface Told {
  readonly acknowledged: AuditRecord[];
  readonly keys: string[];
  /** A key that nobody was told, because the power was lost before; it may be the one that seals now. */
  untold: string | undefined;
}

/** Works until the power is lost: records alone and together, new segments, removals, and another key at times. */
async function work(disk: PowerDisk, told: Told, chance: Chance, clock: { now: number }): Promise<void> {
  const journal = await Journal.open(disk, {
    deviceName: 'PC-1',
    now: () => clock.now,
    sealer: new Sealer(disk.seal()),
    signer: () => signerOf(DEVICE),
  });
  const text = (): string => 'x'.repeat(chance.below(1500));
  for (;;) {
    switch (chance.below(12)) {
      case 0:
        clock.now += SEGMENT_AGE;
        break;
      case 1: {
        const seed = Buffer.alloc(32, 1 + chance.below(250));
        let record: AuditRecord;
        try {
          record = journal.sealFrom(entry('journalSealed'), seed);
        } catch (error) {
          told.untold = writeVerificationKey(journal.head, seed);
          throw error;
        }
        told.acknowledged.push(record);
        told.keys.push(writeVerificationKey(headOf(record), seed));
        break;
      }
      case 2:
        await journal.trim(clock.now - 2 * SEGMENT_AGE);
        break;
      case 3: {
        const count = 1 + chance.below(6);
        const all = Array.from({ length: count }, () => journal.appendSoon(entry('agentStarted', { message: text() })));
        told.acknowledged.push(...(await Promise.all(all)));
        break;
      }
      case 4:
        disk.seal().flush();
        journal.checkpoint();
        break;
      default:
        told.acknowledged.push(journal.append(entry('agentStarted', { message: text() })));
    }
  }
}

async function recordsOf(disk: PowerDisk, told: Told | undefined): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const verify = (keys: readonly string[]) => {
    const files = [
      ...disk.closed().map((named) => ({ named, bytes: disk.read(named) })),
      { named: undefined, bytes: disk.read() },
    ];
    const checks = keys.length === 0 ? [] : [new SealCheck(readVerificationKeys(keys.join('\n')))];
    return verifyFiles(files, ({ sequence, recordHash }) => found.set(sequence, recordHash), checks);
  };
  let verified = await verify(told?.keys ?? []);
  if (!verified.ok && verified.reason === 'sealKey' && told?.untold !== undefined) {
    told.keys.push(told.untold);
    verified = await verify(told.keys);
  }
  if (told !== undefined) told.untold = undefined;
  expect(verified).toMatchObject({ ok: true, state: 'whole' });
  return found;
}

/** @returns how often the power was lost */
async function losePower(seed: number, tearsKey: boolean): Promise<number> {
  const chance = chanceFrom(seed);
  const clock = { now: 1_800_000_000_000 };
  const disk = new PowerDisk(chance, 0, tearsKey);
  const told: Told = { acknowledged: [], keys: [], untold: undefined };
  let cuts = 0;
  let isSealed = true;
  while (cuts < 20) {
    disk.restart(1 + chance.below(12));
    isSealed &&= !disk.isKeyTorn;
    if (!isSealed && disk.isKeyTorn) return cuts;
    await work(disk, told, chance, clock).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      if (!(cause instanceof PowerCut)) throw error;
    });
    cuts += 1;
    // The agent comes back, and finds nothing but what happened.
    disk.restart(Number.POSITIVE_INFINITY);
    const sealer = new Sealer(disk.seal());
    const journal = await Journal.open(disk, { deviceName: 'PC-1', now: () => clock.now, sealer });
    if (disk.isKeyTorn) {
      expect(journal.sealFinding?.state ?? 'unsealed').toBe('unsealed');
      isSealed = false;
    } else expect(journal.sealFinding).toBeUndefined();
    journal.append(entry('agentStopped'));
    const found = await recordsOf(disk, isSealed ? told : undefined);
    const first = Math.min(...found.keys());
    for (const { sequence, recordHash } of told.acknowledged)
      if (sequence >= first) expect(found.get(sequence), `record ${sequence}`).toBe(recordHash);
    if (!isSealed) return cuts;
  }
  return cuts;
}

describe('AC-75 a machine that loses its power', () => {
  it('at any step keeps every acknowledged record, sealed, and the agent finds nothing wrong', async () => {
    let cuts = 0;
    for (let seed = SEED; cuts < CUTS; seed += 1) {
      try {
        cuts += await losePower(seed, false);
      } catch (error) {
        throw new Error(`Seed ${seed}`, { cause: error });
      }
    }
    expect(cuts).toBeGreaterThanOrEqual(CUTS);
  });

  it('and tears even the sector of the key: the records are there, and the loss of the key is told', async () => {
    for (let seed = SEED; seed < SEED + CUTS / 20; seed += 1) await losePower(seed, true);
  });

  it('after every byte of an append', async () => {
    const chance = chanceFrom(SEED);
    const disk = new PowerDisk(chance, Number.POSITIVE_INFINITY);
    const context = { deviceName: 'PC-1', now: () => 0 };
    const before = (await Journal.open(disk, context)).append(entry('agentStarted'));
    const length = disk.open.length;
    (await Journal.open(disk, context)).append(entry('agentStarted', { message: 'x'.repeat(800) }));
    const whole = disk.open;
    for (let left = length; left <= whole.length; left += 1) {
      disk.open = whole.subarray(0, left);
      const journal = await Journal.open(disk, context);
      expect(journal.head.records).toBe(left === whole.length ? 2 : 1);
      journal.append(entry('agentStopped'));
      const found = await recordsOf(disk, undefined);
      expect(found.get(1)).toBe(before.recordHash);
    }
  });
});
