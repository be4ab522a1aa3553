import { expect, it } from 'vitest';
import { compile } from '../../../src/engine/index.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import { USERS } from '../../compliance/row.ts';
import { MACHINE } from '../../fuzz/engine-case.ts';

it('shows a user the rules of the device and their own, and those of nobody else', () => {
  const policy = (id: string, scope: PolicyDocument['scope']): PolicyDocument => ({
    id,
    scope,
    rules: [{ name: `of ${id}`, type: 'automatic', fileName: 'app.exe', fileHash: 'a'.repeat(64) }],
    rejected: [{ name: `bad of ${id}`, typeText: '', readable: {}, reasons: [] }],
  });
  const compiled = compile(
    [
      policy('device', { kind: 'device' }),
      policy('ann', { kind: 'user', sid: USERS.ann }),
      policy('bob', { kind: 'user', sid: USERS.bob }),
    ],
    { machine: MACHINE },
  );
  const names = compiled.rulesFor(USERS.ann).map(({ name }) => name);
  expect(names.sort()).toEqual(['bad of ann', 'bad of device', 'of ann', 'of device']);
});
