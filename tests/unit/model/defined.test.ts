import { expect, expectTypeOf, it } from 'vitest';
import { defined } from '../../../src/model/defined.ts';

interface Target {
  readonly name: string;
  readonly size?: number;
  readonly kind?: 'a' | 'b';
}

function given<T>(value: T | undefined): T | undefined {
  return value;
}

it('leaves undefined members out and keeps the others in their order, null and false included', () => {
  const result = defined({ c: 1, a: undefined, b: null, d: false, e: '' });
  expect(Object.entries(result)).toEqual([
    ['c', 1],
    ['b', null],
    ['d', false],
    ['e', ''],
  ]);
});

it('makes members optional that may be undefined, and only those', () => {
  const target: Target = defined({ name: 'x', size: given(1), kind: given<'a' | 'b'>('b') });
  expect(target).toStrictEqual({ name: 'x', size: 1, kind: 'b' });
  expectTypeOf(defined({ name: 'x' as string, size: given<number>(1) })).toEqualTypeOf<{
    readonly name: string;
    readonly size?: number;
  }>();
});

it('gives a member of the name __proto__ as any other', () => {
  const members = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as object;
  expect(Object.keys(defined(members))).toEqual(['__proto__', 'a']);
});
