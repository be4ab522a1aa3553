import { describe, expect, it } from 'vitest';
import { debuggerValue, isOurs, planOptions, type WantedOption } from '../../../../src/agent/launch/image-options.ts';
import { foldCase } from '../../../../src/text/compare.ts';
import { MemoryOptions } from './memory-options.ts';

const LAUNCHER = 'C:\\Program Files\\EPM\\epmlaunch.exe';
const OURS = debuggerValue(LAUNCHER, 'setup.exe');
const FOREIGN = 'C:\\Tools\\debugger.exe -g';

function wanted(...options: WantedOption[]): Map<string, WantedOption> {
  return new Map(options.map((option) => [foldCase(option.name), option]));
}

function write(options: MemoryOptions, ...wants: WantedOption[]) {
  const plan = planOptions(options.all(), wanted(...wants), LAUNCHER);
  for (const change of plan.changes) options.apply(change);
  return plan;
}

const byName: WantedOption = { name: 'setup.exe', paths: undefined };
const byPath: WantedOption = { name: 'setup.exe', paths: ['C:\\Tools\\setup.exe', 'D:\\Old\\setup.exe'] };

describe('options of Windows', () => {
  it('puts the launcher in the place of a name, in both views, and takes it back without a trace', () => {
    const options = new MemoryOptions();
    write(options, byName);
    for (const view of [64, 32] as const) expect(options.of('setup.exe', view)?.debugger).toBe(OURS);
    expect(write(options, byName).changes).toEqual([]);
    write(options);
    expect(options.all()).toEqual([]);
  });

  it('sees programs of some paths only, and takes that back too', () => {
    const options = new MemoryOptions();
    write(options, byPath);
    expect(options.of('setup.exe')).toMatchObject({ debugger: undefined, usesFilter: true });
    expect(options.of('setup.exe')?.filters.map((filter) => [filter.path, filter.debugger])).toEqual([
      ['C:\\Tools\\setup.exe', OURS],
      ['D:\\Old\\setup.exe', OURS],
    ]);
    expect(write(options, byPath).changes).toEqual([]);
    write(options, { name: 'SETUP.EXE', paths: ['d:\\OLD\\setup.exe'] });
    expect(options.of('setup.exe')?.filters).toHaveLength(1);
    write(options);
    expect(options.all()).toEqual([]);
  });

  it('goes from a name to a path and back with the launcher in place all the time', () => {
    const options = new MemoryOptions();
    const isSeen = (): boolean => {
      const option = options.of('setup.exe');
      const filters = option?.usesFilter === true ? option.filters : [];
      return option?.debugger === OURS || filters.some((filter) => filter.debugger === OURS);
    };
    write(options, byName);
    for (const next of [byPath, byName]) {
      for (const change of planOptions(options.all(), wanted(next), LAUNCHER).changes) {
        options.apply(change);
        expect(isSeen()).toBe(true);
      }
    }
    expect(options.of('setup.exe')).toMatchObject({ debugger: OURS, usesFilter: false, filters: [] });
  });

  it.each([FOREIGN, '', '(REG_BINARY)', OURS.replace('setup.exe', 'other.exe')])(
    'leaves a foreign value as it is and tells of it: %s',
    (value) => {
      const options = new MemoryOptions();
      options.put('setup.exe', { debugger: value });
      for (const want of [byName, byPath]) {
        expect(write(options, want)).toEqual({
          changes: [],
          taken: [{ name: 'setup.exe', reason: 'foreignDebugger' }],
        });
      }
      write(options);
      expect(options.of('setup.exe')?.debugger).toBe(value);
    },
  );

  it('takes its filters away when somebody else puts a debugger there', () => {
    const options = new MemoryOptions();
    write(options, byPath);
    options.put('setup.exe', { debugger: FOREIGN });
    write(options, byPath);
    expect(options.of('setup.exe')).toMatchObject({ debugger: FOREIGN, usesFilter: false, filters: [] });
  });

  it('never hides what else is set for the name behind a filter of its own', () => {
    const options = new MemoryOptions();
    options.put('setup.exe', { hasOthers: true });
    write(options, byPath);
    expect(options.of('setup.exe')).toMatchObject({ debugger: OURS, usesFilter: false, filters: [], hasOthers: true });
    write(options);
    expect(options.of('setup.exe')).toMatchObject({ debugger: undefined, hasOthers: true });
  });

  it('leaves foreign filters, and tells that they come first', () => {
    const foreign = { key: '1', path: 'C:\\Tools\\setup.exe', debugger: FOREIGN, hasOthers: false };
    const options = new MemoryOptions();
    options.put('setup.exe', { usesFilter: true, filters: [foreign] });
    const { taken } = write(options, byPath);
    expect(taken).toEqual([{ name: 'setup.exe', reason: 'foreignFilter' }]);
    expect(options.of('setup.exe')).toMatchObject({ debugger: OURS, usesFilter: true, filters: [foreign] });
    write(options);
    expect(options.of('setup.exe')).toMatchObject({ debugger: undefined, usesFilter: true, filters: [foreign] });
  });

  it('judges each view by what is there', () => {
    const options = new MemoryOptions();
    options.put('setup.exe', { debugger: FOREIGN }, [32]);
    expect(write(options, byName).taken).toEqual([{ name: 'setup.exe', reason: 'foreignDebugger' }]);
    expect(options.of('setup.exe', 64)?.debugger).toBe(OURS);
    expect(options.of('setup.exe', 32)?.debugger).toBe(FOREIGN);
  });

  it('renews what an installation in another folder has left', () => {
    const options = new MemoryOptions();
    options.put('setup.exe', { debugger: debuggerValue('D:\\EPM\\epmlaunch.exe', 'setup.exe') });
    options.put('old.exe', { debugger: debuggerValue('D:\\EPM\\epmlaunch.exe', 'old.exe') });
    write(options, byName);
    expect(options.of('setup.exe')?.debugger).toBe(OURS);
    expect(options.of('old.exe')).toBeUndefined();
  });

  it('comes to the same after it was ended at any change', () => {
    const steps: readonly (readonly WantedOption[])[] = [[byName], [byPath], [byName], []];
    const [whole] = runs(steps);
    expect(whole?.changes.length).toBeGreaterThan(10);
    for (let at = 0; at < (whole?.changes.length ?? 0); at += 1) {
      const options = new MemoryOptions();
      options.failAt = at;
      for (const step of steps) {
        try {
          write(options, ...step);
        } catch {
          options.failAt = undefined;
          write(options, ...step);
        }
      }
      // A key in which nothing is left says nothing.
      const left = options
        .all()
        .filter((each) => each.debugger !== undefined || each.usesFilter || each.filters.length > 0);
      expect(left).toEqual([]);
    }
  });
});

function runs(steps: readonly (readonly WantedOption[])[]): readonly MemoryOptions[] {
  const options = new MemoryOptions();
  for (const step of steps) write(options, ...step);
  return [options];
}

describe('values of EPM', () => {
  it.each([
    [OURS, 'SETUP.exe', true],
    [OURS, 'other.exe', false],
    [`${OURS} `, 'setup.exe', false],
    ['epmlaunch.exe --image "setup.exe"', 'setup.exe', false],
    ['"C:\\x\\notepmlaunch.exe" --image "setup.exe"', 'setup.exe', false],
    [undefined, 'setup.exe', false],
  ])('knows its own: %s for %s', (value, name, expected) => {
    expect(isOurs(value, name)).toBe(expected);
  });
});
