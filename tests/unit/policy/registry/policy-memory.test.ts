import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyScope } from '../../../../src/model/policy.ts';
import { PolicyMemory } from '../../../../src/policy/registry/policy-memory.ts';
import { readPlace } from '../../../../src/policy/registry/policy-place.ts';
import { writePolicy } from '../../../../src/policy/registry/registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from '../../../../src/policy/registry/registry-snapshot.ts';
import { policyDocument } from '../arbitrary-policy.ts';

const DEVICE: PolicyScope = { kind: 'device' };
const text = (name: string, data: string): RegistryValue => ({ name, type: 'REG_SZ', data });
const list = (name: string, ...values: readonly RegistryValue[]) => ({ name, key: { values, subkeys: [] } });
const tree = (...subkeys: RegistrySnapshot['subkeys']): RegistrySnapshot => structuredClone({ values: [], subkeys });
const read = (memory: PolicyMemory, snapshot: RegistrySnapshot, path = 'K') =>
  readPlace(snapshot, path, DEVICE, memory);

const deny = (fileName: string): string => JSON.stringify({ type: 'deny', fileName });
const byName = JSON.stringify({ type: 'deny', certificate: { type: 'publisher', name: 'Vendor' } });

describe('the memory of places', () => {
  it('never changes what is read, whatever was read before', () => {
    const states = fc.array(fc.tuple(policyDocument, fc.integer({ min: 0, max: 3 })), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(states, (documents) => {
        const memory = new PolicyMemory();
        for (const [document, kept] of documents) {
          const whole = writePolicy(document);
          // Without a digest a part of a policy is one, too.
          const part = { values: whole.values.slice(1), subkeys: whole.subkeys.slice(0, kept) };
          for (const snapshot of [whole, part, part]) {
            const found = structuredClone(snapshot);
            expect(read(memory, found)).toEqual(read(new PolicyMemory(), found));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answers the same objects for what did not change, and new ones for the rest', () => {
    const memory = new PolicyMemory();
    const before = tree(list('Rules', text('a', deny('a.exe')), text('b', deny('b.exe'))));
    const [first] = read(memory, before).policies;
    expect(read(memory, structuredClone(before)).policies[0]).toBe(first);
    const [second] = read(memory, tree(list('Rules', text('b', deny('b.exe')), text('a', deny('other.exe'))))).policies;
    expect(second?.rules.map(({ name, fileName }) => [name, fileName])).toEqual([
      ['b', 'b.exe'],
      ['a', 'other.exe'],
    ]);
    expect(second?.rules[0]).toBe(first?.rules[1]);
  });

  it('looks again at a rule that refers to a certificate when the certificate changes', () => {
    const memory = new PolicyMemory();
    const digestOf = (certificate: string) =>
      read(memory, tree(list('Certificates', text('Vendor', certificate)), list('Rules', text('a', byName))))
        .policies[0]?.rules[0]?.certificate?.sha256;
    expect(digestOf('a'.repeat(64))).toBe('a'.repeat(64));
    expect(digestOf('b'.repeat(64))).toBe('b'.repeat(64));
    expect(digestOf('broken')).toBeUndefined();
  });

  it('is of each place by itself, and forgets those that are gone', () => {
    const memory = new PolicyMemory();
    const rules = tree(list('Rules', text('a', deny('a.exe'))));
    const [one, other] = [read(memory, rules, 'one'), read(memory, structuredClone(rules), 'other')];
    expect(other.policies[0]).not.toBe(one.policies[0]);
    memory.forgetOthers(new Set(['other']));
    expect(read(memory, structuredClone(rules), 'other').policies[0]).toBe(other.policies[0]);
    expect(read(memory, structuredClone(rules), 'one').policies[0]).not.toBe(one.policies[0]);
  });

  it('does not take half of a policy for one that it knew', () => {
    const memory = new PolicyMemory();
    const whole = writePolicy({
      id: 'device',
      scope: DEVICE,
      rules: [{ name: 'a', type: 'deny', fileName: 'a.exe' }],
      rejected: [],
    });
    const half = { ...whole, subkeys: [] };
    expect(read(memory, whole).isWhole).toBe(true);
    for (const _ of [1, 2]) expect(() => read(memory, structuredClone(half))).toThrow(/does not fit its PolicyDigest/);
    expect(read(memory, structuredClone(whole)).isWhole).toBe(true);
  });
});
