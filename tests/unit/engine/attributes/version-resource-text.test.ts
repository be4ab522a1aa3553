/** The three texts are one piece of code. */
import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

it.each(['fileDescription', 'productName', 'internalName'] as const)(
  '%s compares without case and outer blanks',
  (name) => {
    const rule = { [name]: ' Straße Tool ' };
    expect(saidOf(rule)).toEqual([]);
    expect(ask(name, rule, { facts: { [name]: 'STRAßE tool\t' } })).toBe(true);
    expect(ask(name, rule, { facts: { [name]: 'Strasse Tool' } })).toEqual({
      expected: 'STRAßE TOOL',
      found: 'Strasse Tool',
    });
    expect(ask(name, rule, { facts: {} })).toMatchObject({ found: 'none' });
  },
);
