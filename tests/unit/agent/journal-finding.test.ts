import { describe, expect, it } from 'vitest';
import { judgeFound } from '../../../src/agent/journal-finding.ts';
import type { ChainHead } from '../../../src/audit/chain.ts';

/** The journal that the agent left has the hash `h<number>` at each record. */
const head = (records: number, prefix = 'h'): ChainHead => ({ records, headHash: `${prefix}${records}` });
const found = (records: number, { isClosed = false, prefix = 'h', from = 0 } = {}) => ({
  head: head(records, prefix),
  isClosed,
  hashOf: (sequence: number) => (sequence < from || sequence > records ? undefined : `${prefix}${sequence}`),
});

describe('a journal that is found at the start', () => {
  const cases: [string, Parameters<typeof judgeFound>, object | undefined][] = [
    ['was never noted', [found(7), undefined, undefined], undefined],
    ['is new', [found(0), undefined, undefined], undefined],
    ['is as noted', [found(7), head(7), head(5)], undefined],
    ['is ahead of what was noted, as after a crash', [found(9), head(7), head(5)], undefined],
    ['is noted in a segment that is not read yet', [found(900, { from: 500 }), head(400), head(100)], undefined],
    ['was cut', [found(5), head(7), head(3)], { state: 'cut', record: 6, noted: head(7) }],
    ['was cut, and no event log is there', [found(5), head(7), undefined], { state: 'cut' }],
    ['was cut, and the state is gone', [found(5), undefined, head(7)], { state: 'cut' }],
    ['is an older one that was closed', [found(5, { isClosed: true }), head(7), undefined], { state: 'older' }],
    ['is as old as the state', [found(5), head(4), head(7)], { state: 'older', record: 6, noted: head(7) }],
    ['is another one', [found(9, { prefix: 'x' }), head(7), head(5)], { state: 'replaced', record: 7 }],
    ['is another, shorter one', [found(6, { prefix: 'x' }), head(7), head(5)], { state: 'replaced', record: 5 }],
    ['was deleted', [found(0), head(7), undefined], { state: 'missing', record: 1, noted: head(7) }],
    ['was deleted with the state', [found(0), undefined, head(7)], { state: 'missing' }],
  ];
  it.each(cases)('%s', (_name, values, expected) => {
    const finding = judgeFound(...values);
    if (expected === undefined) expect(finding).toBeUndefined();
    else expect(finding).toMatchObject(expected);
  });
});
