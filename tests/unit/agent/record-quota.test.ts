import { expect, it } from 'vitest';
import { BYTES_PER_DAY, RECORDS_PER_MINUTE, RecordQuota } from '../../../src/agent/record-quota.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const ALICE = 'S-1-5-21-1';
const BOB = 'S-1-5-21-2';
const new60 = (usage?: RecordQuota['usage']): RecordQuota => new RecordQuota(usage, RECORDS_PER_MINUTE);
const refused = (bound: 'minute' | 'day') => expect.objectContaining({ code: 'EPM_AUDIT_QUOTA', data: { bound } });

it('one user has so many records a minute, whatever others do', () => {
  const quota = new60();
  for (let count = 0; count < RECORDS_PER_MINUTE; count += 1) quota.take(ALICE, 1, 100, NOON);
  expect(() => quota.take(ALICE, 1, 100, NOON + 59_999)).toThrow(refused('minute'));
  quota.take(BOB, 1, 100, NOON);
  quota.take(ALICE, 1, 100, NOON + 60_000);
});

it('room for two records is there or is not', () => {
  const quota = new60();
  for (let count = 1; count < RECORDS_PER_MINUTE; count += 1) quota.take(ALICE, 1, 100, NOON);
  expect(() => quota.take(ALICE, 2, 100, NOON)).toThrow(refused('minute'));
  quota.take(ALICE, 1, 100, NOON);
});

it('one user has so many bytes a day, by UTC, also through a restart', () => {
  const quota = new60();
  quota.take(ALICE, 1, BYTES_PER_DAY - 10, NOON);
  quota.take(ALICE, 1, 10, NOON);
  expect(() => quota.take(ALICE, 1, 1, NOON + 61_000)).toThrow(refused('day'));
  const restarted = new60(structuredClone(quota.usage));
  expect(() => restarted.take(ALICE, 1, 1, NOON + 61_000)).toThrow(refused('day'));
  restarted.take(BOB, 1, 1, NOON);
  restarted.take(ALICE, 1, 1, NOON + 12 * 3_600_000);
});

it('what was omitted is counted until a record tells it, also through a restart', () => {
  const quota = new60();
  expect(quota.due(NOON)).toEqual([]);
  for (let count = 0; count < RECORDS_PER_MINUTE; count += 1) quota.take(ALICE, 1, 1, NOON);
  quota.omit(ALICE);
  quota.omit(ALICE);
  expect(quota.due(NOON + 1)).toEqual([]);
  expect(quota.due(NOON + 60_000)).toEqual([[ALICE, 2]]);
  expect(new60(structuredClone(quota.usage)).due(NOON)).toEqual([[ALICE, 2]]);
  quota.told(ALICE, 2);
  expect(quota.due(NOON + 120_000)).toEqual([]);
});

it('a clock that is set back, or a new day, takes no count away', () => {
  const quota = new60();
  for (let count = 0; count < RECORDS_PER_MINUTE; count += 1) quota.take(ALICE, 1, 1, NOON);
  quota.omit(ALICE);
  expect(quota.due(NOON - 3_600_000)).toEqual([[ALICE, 1]]);
  expect(quota.due(NOON + 24 * 3_600_000)).toEqual([[ALICE, 1]]);
});
