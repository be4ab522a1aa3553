import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

it.each(['1.2.3.4.5', '1.65536', 'v1', '1,2'])('rejects %s', (minimumVersion) => {
  expect(saidOf({ minimumVersion })).toEqual(['versionInvalid']);
});

it('takes the version itself and later ones', () => {
  const rule = { minimumVersion: '1.2' };
  expect(ask('minimumVersion', rule, { facts: { fixedVersion: [1, 2, 0, 0] } })).toBe(true);
  expect(ask('minimumVersion', rule, { facts: { fileVersionText: '1, 10' } })).toBe(true);
  expect(ask('minimumVersion', rule, { facts: { fixedVersion: [1, 1, 9, 9] } })).toEqual({
    expected: '1.2.0.0 or later',
    found: '1.1.9.9',
  });
  expect(ask('minimumVersion', rule, { facts: {} })).toMatchObject({ found: 'no version' });
});
