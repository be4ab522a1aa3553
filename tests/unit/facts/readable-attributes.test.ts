import { expect, it } from 'vitest';
import { rejectUnreadAttributes } from '../../../src/facts/readable-attributes.ts';

const base = { id: 'p', scope: { kind: 'device' }, rejected: [] } as const;

it('keeps rules whose attributes are read', () => {
  const policy = { ...base, rules: [{ name: 'a', type: 'automatic', fileName: 'a.exe', filePath: 'C:\\A' }] } as const;
  expect(rejectUnreadAttributes(policy)).toEqual(policy);
});

it('rejects a rule that names an attribute which is not read, and keeps the rest of it for a Deny', () => {
  const policy = {
    ...base,
    rules: [{ name: 'd', type: 'deny', fileName: 'a.exe', productName: 'A', minimumVersion: '1.0' }],
  } as const;
  expect(rejectUnreadAttributes(policy)).toEqual({
    ...base,
    rules: [],
    rejected: [
      {
        name: 'd',
        typeText: 'deny',
        readable: { fileName: 'a.exe' },
        reasons: [
          expect.objectContaining({ reason: 'attributeNotRead', place: '/minimumVersion' }),
          expect.objectContaining({ reason: 'attributeNotRead', place: '/productName' }),
        ],
      },
    ],
  });
});
