/** Any text as the data of a rule's registry value: a rule, or a rejection with a reason. */
import { readPolicy, writePolicy } from '../../src/policy/registry/registry-policy.ts';
import { requirePolicyKept } from './policy-promises.ts';

export const corpus: readonly string[] = [
  '{"type":"automatic","fileName":"a.exe","fileHash":"' + 'a'.repeat(64) + '"}',
  '{"type":"deny","filePath":"C:\\\\Windows\\\\**"}',
  '{"type":"userConfirmed","validations":["justification","authentication"],"childProcesses":"deny","minimumVersion":"1.2"}',
  '{"type":"currentUser","certificate":{"type":"issuingAuthority","sha256":"' +
    'c'.repeat(64) +
    '"},"requireArguments":true}',
  '{"type":["deny"],"fileName":"a.exe","arguments":["\\u0000"]}',
  '{"type":"deny","fileName":"a.exe"',
  '[[[[[[[[[[',
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  const data = new TextDecoder('utf-8').decode(bytes);
  const rules = { values: [{ name: 'rule', type: 'REG_SZ' as const, data }], subkeys: [] };
  const scope = { kind: 'device' } as const;
  const document = readPolicy({ values: [], subkeys: [{ name: 'Rules', key: rules }] }, scope);
  if (document.rules.length + document.rejected.length !== 1) throw new Error('The rule was lost.');
  const [rejected] = document.rejected;
  if (rejected?.reasons.length === 0) throw new Error('A rule was rejected without a reason.');
  requirePolicyKept(document, (policy) => readPolicy(writePolicy(policy), scope));
}
