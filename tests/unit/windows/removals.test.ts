import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Removals } from '../../../src/windows/copies/removals.ts';

function removals(failures: number) {
  const left = new Map([['C:\\Cache\\a', failures]]);
  const tried: string[] = [];
  const log: { event: string; data: object }[] = [];
  const list = new Removals(
    (folder) => {
      tried.push(folder);
      const times = left.get(folder) ?? 0;
      left.set(folder, times - 1);
      if (times > 0) throw new Error('EBUSY');
    },
    { write: (_level, event, data) => void log.push({ event, data }) },
  );
  return { list, tried, log };
}

describe('folders to be removed', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('go at once when they can', () => {
    const { list, tried } = removals(0);
    list.add('C:\\Cache\\a');
    vi.runAllTimers();
    expect(tried).toEqual(['C:\\Cache\\a']);
  });

  it('are tried again, with longer waits, until they are gone', () => {
    const { list, tried } = removals(3);
    list.add('C:\\Cache\\a');
    vi.advanceTimersByTime(100);
    expect(tried).toHaveLength(2);
    vi.advanceTimersByTime(200);
    expect(tried).toHaveLength(3);
    vi.runAllTimers();
    expect(tried).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are tried a last time at the end, and counted in the log when they stay', () => {
    const { list, tried, log } = removals(5);
    list.add('C:\\Cache\\a');
    list.add('C:\\Cache\\b');
    list.close();
    expect(tried.filter((folder) => folder === 'C:\\Cache\\a')).toHaveLength(3);
    expect(log).toEqual([{ event: 'copiesLeft', data: { folders: 1 } }]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
