import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

it('rejects an entry with an open quotation mark, and says that an empty list narrows no Deny', () => {
  expect(saidOf({ arguments: ['/a', '"b'] })).toEqual(['argumentQuote']);
  expect(saidOf({ arguments: [' '] }, 'deny')).toEqual(['denyListEmpty']);
});

it('allows the calls of the list and the one without arguments', () => {
  const rule = { arguments: ['/install "a b"', '/remove'] };
  expect(ask('arguments', rule, { request: { arguments: ['/install', 'a b'] } })).toBe(true);
  expect(ask('arguments', rule, { request: { arguments: [] } })).toBe(true);
  expect(ask('arguments', rule, { request: { arguments: ['/INSTALL', 'a b'] } })).toEqual({
    expected: 'no arguments, or one of 2 command lines the rule lists',
    found: '2 arguments',
  });
  expect(ask('arguments', { ...rule, requireArguments: true }, { request: { arguments: [] } })).toMatchObject({
    expected: 'at least one argument',
  });
});

it('narrows a Deny to the calls of the list', () => {
  const rule = { arguments: ['/remove'] };
  expect(ask('arguments', rule, { request: { arguments: ['/remove'] } }, 'deny')).toBe(true);
  expect(ask('arguments', rule, { request: { arguments: [] } }, 'deny')).toMatchObject({ found: 'no arguments' });
});
