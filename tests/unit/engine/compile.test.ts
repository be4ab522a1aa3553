import { expect, it } from 'vitest';
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
    const named = compile([policy], { machine: MACHINE, longPath, memory }).rules;
    return (name: string) => named.find((rule) => rule.name === name)?.warnings;
  };
  const first = compiled(plain, short);
  const once = asked;
  const second = compiled(short, { ...plain, name: 'Other' }, plain);
  expect(first('Plain')).toBeDefined();
  expect(second('Plain')).toBe(first('Plain'));
  expect(second('Other')).not.toBe(first('Plain'));
  expect(second('Short')).not.toBe(first('Short'));
  expect(once).toBeGreaterThan(0);
  expect(asked).toBe(2 * once);
});
