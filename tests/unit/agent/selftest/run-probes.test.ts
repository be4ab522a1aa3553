import { describe, expect, it } from 'vitest';
import { anythingBut, differences, NOTHING, oneOf, type Probe } from '../../../../src/agent/selftest/probe.ts';
import { PROBES } from '../../../../src/agent/selftest/probes.ts';
import { NotPossible, type Recorder, runProbes } from '../../../../src/agent/selftest/run-probes.ts';
import { EpmError } from '../../../../src/model/errors.ts';

const PROBE: Probe = {
  id: 'one',
  title: 'One',
  relies: 'something',
  source: 'somewhere',
  needs: 'administrator',
  restores: 'nothing',
  expected: { code: 5, kind: oneOf('a', 'b'), child: anythingBut(7), foreign: NOTHING },
};
const GOOD = { code: 5, kind: 'b', child: 1, foreign: [] };

async function run(record: Recorder, more: Partial<Probe> = {}, as: 'administrator' | 'system' = 'administrator') {
  const [result] = await runProbes({ probes: [{ ...PROBE, ...more }], recorders: { one: record }, as, now: () => 0 });
  if (result === undefined) throw new Error('no result');
  return result;
}

describe('an answer', () => {
  it('is as expected only when every member is', () => {
    expect(differences(PROBE, GOOD)).toEqual([]);
    expect(differences(PROBE, { ...GOOD, code: 0 })).toEqual(['code is 0, expected 5']);
    expect(differences(PROBE, { ...GOOD, kind: 'c' })).toEqual(['kind is "c", expected "a" or "b"']);
    expect(differences(PROBE, { ...GOOD, child: 7 })).toEqual(['child is 7, expected anything but 7']);
    expect(differences(PROBE, { ...GOOD, foreign: ['x'] })).toEqual(['foreign is ["x"], expected nothing']);
  });

  it.each(Object.keys(GOOD))('differs when it lacks %s', (name) => {
    const lacking = Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));
    expect(differences(PROBE, lacking)).toEqual([expect.stringMatching(`^${name} is not answered`)]);
    expect(differences(PROBE, {})).toHaveLength(4);
    // What an object has by itself is no answer.
    const inherited = { ...PROBE, expected: { toString: anythingBut('x') } };
    expect(differences(inherited, {})).toHaveLength(1);
  });
});

describe('a probe', () => {
  it('keeps the answer', async () => {
    expect(await run(() => GOOD)).toMatchObject({ state: 'asExpected', why: '', answer: GOOD, left: [] });
    expect(await run(() => ({ ...GOOD, code: 6 }))).toMatchObject({ state: 'differs', why: 'code is 6, expected 5' });
  });

  it('that fails differs, and is never as expected', async () => {
    const failed = await run(() => {
      throw new EpmError('EPM_WINDOWS_API', 'X failed.', { data: { call: 'X', win32: 87 } });
    });
    expect(failed).toMatchObject({ state: 'differs', why: 'the question failed: X failed.', left: [] });
    expect(failed.answer).toEqual({ error: 'EPM_WINDOWS_API', call: 'X', win32: 87 });
    expect((await run(() => Promise.reject(new Error('boom')))).state).toBe('differs');
  });

  it('that has no meaning here says why', async () => {
    const none = await run(() => {
      throw new NotPossible('there is no disk');
    });
    expect(none).toMatchObject({ state: 'notPossible', why: 'there is no disk' });
    expect(none).not.toHaveProperty('answer');
  });

  it('of the system is asked by nobody else', async () => {
    let asked = 0;
    const record = (): typeof GOOD => {
      asked += 1;
      return GOOD;
    };
    expect(await run(record, { needs: 'system' })).toMatchObject({ state: 'notPossible' });
    expect(asked).toBe(0);
    expect(await run(record, { needs: 'system' }, 'system')).toMatchObject({ state: 'asExpected' });
  });

  it('puts back in reverse order, also when it fails', async () => {
    const order: string[] = [];
    await run((putBack) => {
      putBack('first', () => void order.push('first'));
      putBack('second', async () => {
        await Promise.resolve();
        order.push('second');
      });
      throw new Error('failed');
    });
    expect(order).toEqual(['second', 'first']);
  });

  it('that leaves something says so, and everything else is still put back', async () => {
    const order: string[] = [];
    const result = await run((putBack) => {
      putBack('a', () => void order.push('a'));
      putBack('the right', () => {
        throw new Error('it is still there');
      });
      return GOOD;
    });
    expect(result).toMatchObject({ state: 'differs', left: ['the right (it is still there)'] });
    expect(order).toEqual(['a']);
  });

  it('that nobody records is an error of the program', async () => {
    await expect(runProbes({ probes: [PROBE], recorders: {}, as: 'system', now: () => 0 })).rejects.toMatchObject({
      code: 'EPM_INTERNAL',
    });
  });
});

describe('the table', () => {
  it('has every id once, and says what is expected, why and from where', () => {
    const ids = PROBES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, relies, source, restores, expected } of PROBES) {
      expect(id).toMatch(/^[a-z][A-Za-z]+$/);
      for (const text of [title, relies, source, restores]) expect(text, id).toMatch(/\S/);
      // Without one, every answer would be as expected.
      expect(Object.keys(expected), id).not.toHaveLength(0);
      expect(differences({ ...PROBE, expected }, {}), id).toHaveLength(Object.keys(expected).length);
    }
  });
});
