import { expect, it } from 'vitest';
import { sid } from '../../../src/model/brands.ts';
import { compile, type CompileMemory } from '../../../src/engine/index.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { MACHINE } from '../../fuzz/engine-case.ts';

it('compiles a rule once while it is the same, and again where folders of the machine decide what it says', () => {
  const memory: CompileMemory = new WeakMap();
  let asked = 0;
  const longPath = (): undefined => void (asked += 1);
  const plain: RuleInput = { name: 'Plain', type: 'deny', fileName: 'a.exe' };
  const short: RuleInput = { name: 'Short', type: 'deny', filePath: 'C:\\PROGRA~1\\App' };
  const compiled = (...rules: readonly RuleInput[]) => {
    const policy: PolicyDocument = { id: 'device', scope: { kind: 'device' }, rules, rejected: [] };
    compile([policy], { machine: MACHINE, longPath, memory });
    return rules.map((rule) => memory.get(rule)?.body?.conditions);
  };
  const [firstPlain, firstShort] = compiled(plain, short);
  const once = asked;
  const [secondShort, secondOther, secondPlain] = compiled(short, { ...plain, name: 'Other' }, plain);
  expect(firstPlain).toBeDefined();
  expect(secondPlain).toBe(firstPlain);
  expect(secondOther).not.toBe(firstPlain);
  expect([firstShort, secondShort]).toEqual([undefined, undefined]);
  expect(once).toBeGreaterThan(0);
  expect(asked).toBe(2 * once);
});

it('tells what became of rules by number, and counts them', () => {
  const user = sid('S-1-5-21-1-2-3-1001');
  const rule = (name: string): RuleInput => ({ name, type: 'deny', fileName: `${name}.exe` });
  const broken: RuleInput = { name: 'broken', type: 'automatic' };
  const policies: readonly PolicyDocument[] = [
    { id: 'a', scope: { kind: 'device' }, rules: [rule('1'), rule('2'), broken], rejected: [] },
    { id: 'b', scope: { kind: 'user', sid: sid('S-1-5-21-1-2-3-1002') }, rules: [rule('other')], rejected: [] },
    { id: 'c', scope: { kind: 'user', sid: user }, rules: [rule('3'), rule('4')], rejected: [] },
  ];
  const compiled = compile(policies, { machine: MACHINE });
  const all = compiled.rulesFor(user);
  expect(all.map(({ name, state }) => `${name} ${state}`)).toEqual([
    '1 active',
    '2 active',
    'broken rejected',
    '3 active',
    '4 active',
  ]);
  for (let from = 0; from <= all.length + 1; from += 1) {
    for (let limit = 0; limit <= all.length + 1; limit += 1) {
      expect(compiled.rulesFor(user, from, limit)).toEqual(all.slice(from, from + limit));
    }
  }
  expect(compiled.countFor(user)).toEqual({ active: 4, rejected: 1 });
  expect(compiled.rejected.map(({ name }) => name)).toEqual(['broken']);
  expect(compiled.rules).toHaveLength(6);
});
