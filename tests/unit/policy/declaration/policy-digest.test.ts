import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PortablePolicy } from '../../../../src/model/policy.ts';
import { digestState, policyDigest } from '../../../../src/policy/declaration/policy-digest.ts';
import { portable } from '../../../../src/policy/formats/convert.ts';
import { POLICY_FORMATS } from '../../../../src/policy/formats/format.ts';
import { FORMATS, readPolicies } from '../../../../src/policy/formats/formats.ts';
import { writePolicy } from '../../../../src/policy/registry/registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from '../../../../src/policy/registry/registry-snapshot.ts';
import { policyDocument } from '../arbitrary-policy.ts';

const RULE = { name: 'No registry editor', type: 'deny', fileName: 'regedit.exe' } as const;
const POLICY: PortablePolicy = {
  id: 'device',
  scope: { kind: 'device' },
  settings: { enabled: true },
  rules: [RULE],
  rejected: [],
};
const CARRIERS = POLICY_FORMATS.filter((format) => format !== 'json' && format !== 'graph');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const text = (name: string, data: string): RegistryValue => ({ name, type: 'REG_SZ', data });
const key = (values: readonly RegistryValue[], ...subkeys: RegistrySnapshot['subkeys']): RegistrySnapshot => ({
  values,
  subkeys,
});
const list = (name: string, ...values: readonly RegistryValue[]) => ({ name, key: key(values) });

/** Every value and every list in the opposite order. */
function reversed({ values, subkeys }: RegistrySnapshot): RegistrySnapshot {
  return {
    values: values.toReversed(),
    subkeys: subkeys.map((subkey) => ({ name: subkey.name, key: reversed(subkey.key) })).reverse(),
  };
}

describe('the digest of a policy', () => {
  it('is computed as the documentation says and shows', () => {
    const documentation = readFileSync('docs/policy.md', 'utf8');
    const entries = [
      '\0ENABLEEPM\0REG_DWORD\x001',
      `RULES\0NO REGISTRY EDITOR\0REG_SZ\0{"type":"deny","fileName":"regedit.exe"}`,
    ];
    const digests = entries.map((entry) => sha256(Buffer.from(entry, 'utf16le')));
    const whole = sha256(Buffer.from(digests.toSorted().join('')));
    expect(writePolicy(POLICY).values[0]).toEqual(text('PolicyDigest', whole));
    for (const digest of [...digests, whole]) expect(documentation).toContain(`\`${digest}\``);
  });

  it('takes every type of data', () => {
    const of = (value: object): string => policyDigest(key([{ name: 'x', ...value } as RegistryValue]));
    const expected = (type: string, data: string): string =>
      sha256(Buffer.from(sha256(Buffer.from(`\0X\0${type}\0${data}`, 'utf16le'))));
    expect(of({ type: 'REG_MULTI_SZ', data: ['a', ''] })).toBe(expected('REG_MULTI_SZ', 'a\0\0'));
    expect(of({ type: 'REG_QWORD', data: 2n ** 60n })).toBe(expected('REG_QWORD', '1152921504606846976'));
    expect(of({ type: 'REG_BINARY', data: Uint8Array.of(1, 171) })).toBe(expected('REG_BINARY', '01ab'));
    expect(of({ type: 'REG_EXPAND_SZ', data: 'ä' })).toBe(expected('REG_EXPAND_SZ', 'ä'));
  });

  it('does not depend on the order of values, nor on the spelling of names that Windows keeps', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        const snapshot = writePolicy(document);
        expect(policyDigest(reversed(snapshot))).toBe(policyDigest(snapshot));
      }),
      { numRuns: 40 },
    );
    const rule = (outer: string, inner: string) => key([], list(outer, text(inner, '{}')));
    expect(policyDigest(rule('RULES', 'Ärger'))).toBe(policyDigest(rule('Rules', 'äRGER')));
    expect(policyDigest(rule('Rules', 'a'))).not.toBe(policyDigest(rule('Certificates', 'a')));
  });

  it('covers what this version does not know, and neither approvals nor the policies of users', () => {
    const base = writePolicy(POLICY);
    const values = (...more: readonly RegistryValue[]) => ({ ...base, values: [...base.values, ...more] });
    const subkeys = (...more: RegistrySnapshot['subkeys']) => ({ ...base, subkeys: [...base.subkeys, ...more] });
    expect(digestState(values(text('NewSetting', '1')))).toBe('differs');
    expect(digestState(subkeys(list('NewList', text('a', 'b'))))).toBe('differs');
    expect(digestState(subkeys({ name: 'Deep', key: key([], list('er', text('a', 'b'))) }))).toBe('differs');
    expect(digestState(subkeys(list('NewList')))).toBe('fits');
    expect(digestState(subkeys(list('grants', text('a', 'b'))))).toBe('fits');
    expect(digestState(subkeys({ name: 'Users', key: key([], list('S-1-5-21-1-2-3-4', text('a', 'b'))) }))).toBe(
      'fits',
    );
  });

  it('is compared in any case, and one that is none never fits', () => {
    const base = writePolicy(POLICY);
    const digest = policyDigest(base);
    const carrying = (value: RegistryValue) => ({ ...base, values: [value, ...base.values.slice(1)] });
    expect(digestState(base)).toBe('fits');
    expect(digestState(carrying(text('policydigest', digest.toUpperCase())))).toBe('fits');
    expect(digestState({ ...base, values: base.values.slice(1) })).toBe('absent');
    for (const data of ['', 'x', ` ${digest}`, policyDigest(key([]))]) {
      expect(digestState(carrying(text('PolicyDigest', data)))).toBe('differs');
    }
    expect(digestState(carrying({ name: 'PolicyDigest', type: 'REG_EXPAND_SZ', data: digest }))).toBe('differs');
    expect(digestState(carrying({ name: 'PolicyDigest', type: 'REG_DWORD', data: 1 }))).toBe('differs');
  });

  it('is none for an empty policy, which a device reads as no policy', () => {
    expect(writePolicy({ ...POLICY, settings: {}, rules: [] })).toEqual({ values: [], subkeys: [] });
  });
});

describe.each(CARRIERS)('the format %s', (format) => {
  const read = (bytes: Uint8Array) => readPolicies(bytes, format).policies[0]!;

  it('carries the same digest as every other, and it fits what is read', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        const whole = { ...document, settings: { enabled: true, ...document.settings } };
        const file = read(FORMATS[format].write(whole).bytes);
        expect(file.digest).toBe('fits');
        expect(writePolicy({ ...portable(file), scope: whole.scope })).toEqual(writePolicy(whole));
      }),
      { numRuns: 40 },
    );
  });

  it('says so when the digest does not fit', () => {
    const bytes = FORMATS[format].write(POLICY).bytes;
    const [from, to] = ['regedit.exe', 'regedjt.exe'].map((name) =>
      Buffer.from(name, format === 'reg' || format === 'registry-pol' ? 'utf16le' : 'utf8'),
    ) as [Buffer, Buffer];
    const changed = Buffer.from(bytes);
    changed.set(to, changed.indexOf(from));
    const file = read(changed);
    expect(file.digest).toBe('differs');
    expect(file.rules).toMatchObject([{ fileName: 'regedjt.exe' }]);
    expect(file.problems).toMatchObject([{ code: 'digestDiffers', place: { registry: 'PolicyDigest' } }]);
  });
});

it.each(['json', 'graph'] as const)('the format %s carries none', (format) => {
  const file = readPolicies(FORMATS[format].write(POLICY).bytes, format).policies[0]!;
  expect(file.digest).toBeUndefined();
});
