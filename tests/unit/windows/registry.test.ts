import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../../src/policy/registry/registry-value.ts';
import { readKey } from '../../../src/windows/registry/key.ts';
import { readTree } from '../../../src/windows/registry/snapshot.ts';

import { replaceTree } from '../../../src/windows/registry/write.ts';
import { fakeKey, FakeRegistry, number, text } from './fake-registry.ts';

const KEY = 'Software\\Policies\\EPM';

describe('reading a key tree', () => {
  it('takes every value and subkey and closes what it opened', () => {
    const registry = new FakeRegistry();
    registry.put(
      registry.machine,
      KEY,
      fakeKey({ EnableEPM: number(1) }, { Rules: fakeKey({ 'Rule one': text('{"type":"deny"}') }) }),
    );
    const tree = readTree(registry, 'HKLM', KEY);
    expect(tree).toEqual({
      values: [{ name: 'EnableEPM', type: 'REG_DWORD', data: 1 }],
      subkeys: [
        {
          name: 'Rules',
          key: { values: [{ name: 'Rule one', type: 'REG_SZ', data: '{"type":"deny"}' }], subkeys: [] },
        },
      ],
    });
    expect(registry.open.size).toBe(0);
  });

  it('tells an absent key from one that cannot be read', () => {
    const registry = new FakeRegistry();
    expect(readTree(registry, 'HKLM', KEY)).toBeUndefined();
    registry.put(registry.machine, KEY, { ...fakeKey(), error: 5 });
    expect(() => readTree(registry, 'HKLM', KEY)).toThrow(
      expect.objectContaining({ code: 'EPM_WINDOWS_API', data: expect.objectContaining({ win32: 5 }) }),
    );
  });

  it('does not leave out a subkey that cannot be read', () => {
    const registry = new FakeRegistry();
    registry.put(registry.machine, KEY, fakeKey({}, { Rules: { ...fakeKey(), error: 5 } }));
    expect(() => readTree(registry, 'HKLM', KEY)).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
    expect(registry.open.size).toBe(0);
  });

  it('never takes values that cannot be listed for none', () => {
    const registry = new FakeRegistry();
    registry.put(registry.machine, KEY, { ...fakeKey({ EnableEPM: number(1) }), valuesError: 5 });
    expect(() => readTree(registry, 'HKLM', KEY)).toThrow(
      expect.objectContaining({ code: 'EPM_WINDOWS_API', data: expect.objectContaining({ win32: 5 }) }),
    );
    expect(registry.open.size).toBe(0);
  });

  it('reads values that are longer than its buffer', () => {
    const registry = new FakeRegistry();
    const long = 'x'.repeat(100_000);
    registry.put(registry.machine, KEY, fakeKey({ Long: text(long) }));
    expect(readKey(registry.advapi32, 'HKLM', KEY, (key) => key.values(registry.native))?.[0]).toMatchObject({
      data: long,
    });
  });

  it('reads more values than fit in one answer', () => {
    const registry = new FakeRegistry();
    const names = Array.from({ length: 300 }, (_, index) => `Rule ${index}`);
    const values = Object.fromEntries(names.map((name, index) => [name, text('x'.repeat(index * 7))]));
    // One that fits in no usual answer, between others.
    values['Rule 150'] = text('y'.repeat(50_000));
    registry.put(registry.machine, KEY, fakeKey(values));
    const read = readTree(registry, 'HKLM', KEY)?.values.map(({ name, data }) => [name, data]);
    expect(read).toEqual(
      names.map((name, index) => [name, index === 150 ? 'y'.repeat(50_000) : 'x'.repeat(index * 7)]),
    );
  });

  it('does not read a value without bounds, and names the key', () => {
    const registry = new FakeRegistry();
    registry.put(registry.machine, KEY, fakeKey({ Long: text('x'.repeat(600_000)) }));
    expect(() => readTree(registry, 'HKLM', KEY)).toThrow(
      expect.objectContaining({
        code: 'EPM_WINDOWS_API',
        message: `The key HKLM\\${KEY} has a value of more than 1048576 bytes.`,
      }),
    );
    expect(registry.open.size).toBe(0);
  });

  it('refuses trees that are deeper or larger than a policy', () => {
    const registry = new FakeRegistry();
    registry.put(registry.machine, `${KEY}\\1\\2\\3\\4\\5`, fakeKey());
    expect(() => readTree(registry, 'HKLM', KEY)).toThrow(expect.objectContaining({ code: 'EPM_POLICY_UNREADABLE' }));
    const values = Object.fromEntries(Array.from({ length: 50_001 }, (_, index) => [`v${index}`, number(index)]));
    registry.put(registry.machine, KEY, fakeKey(values));
    expect(() => readTree(registry, 'HKLM', KEY)).toThrow(expect.objectContaining({ code: 'EPM_POLICY_UNREADABLE' }));
  });
});

describe('values', () => {
  it.each([
    [{ name: 'a', type: 'REG_SZ', data: 'text' }],
    [{ name: 'a', type: 'REG_SZ', data: '' }],
    [{ name: 'a', type: 'REG_EXPAND_SZ', data: '%SystemRoot%\\x' }],
    [{ name: 'a', type: 'REG_DWORD', data: 0xffff_ffff }],
    [{ name: 'a', type: 'REG_QWORD', data: 2n ** 63n }],
    [{ name: 'a', type: 'REG_MULTI_SZ', data: ['one', 'two'] }],
    [{ name: 'a', type: 'REG_MULTI_SZ', data: [] }],
    [{ name: 'a', type: 'REG_BINARY', data: Uint8Array.of(1, 2, 3) }],
  ] as const)('survive being stored: %o', (value) => {
    const { type, data } = encodeValue(value);
    expect(decodeValue('a', type, data)).toEqual(value);
  });

  it('keeps data that does not fit its type for the reader to reject', () => {
    expect(decodeValue('a', 4, Uint8Array.of(1, 2))).toEqual({
      name: 'a',
      type: 'REG_OTHER',
      data: Uint8Array.of(1, 2),
    });
    expect(decodeValue('a', 1, Uint8Array.of(65))).toMatchObject({ type: 'REG_OTHER' });
    expect(decodeValue('a', 99, Uint8Array.of())).toMatchObject({ type: 'REG_OTHER' });
  });

  it('keeps a NUL inside a text visible', () => {
    expect(decodeValue('a', 1, Buffer.from('a\0b\0', 'utf16le'))).toMatchObject({ data: 'a\0b' });
    expect(decodeValue('a', 1, Buffer.from('no end', 'utf16le'))).toMatchObject({ data: 'no end' });
  });
});

describe('replacing a key tree', () => {
  it('leaves exactly the content, but for the subkeys that are to stay', () => {
    const registry = new FakeRegistry();
    registry.put(
      registry.machine,
      KEY,
      fakeKey(
        { Old: number(1), EnableEPM: number(0) },
        {
          Certificates: fakeKey(),
          Grants: fakeKey({ g: text('grant') }),
          Rules: fakeKey({ gone: text('x'.repeat(600_000)) }),
        },
      ),
    );
    const content = {
      values: [{ name: 'EnableEPM', type: 'REG_DWORD', data: 1 }],
      subkeys: [{ name: 'Rules', key: { values: [{ name: 'new', type: 'REG_SZ', data: 'y' }], subkeys: [] } }],
    } as const;
    replaceTree(registry.advapi32, 'HKLM', KEY, content, ['grants']);
    expect(readTree(registry, 'HKLM', KEY)).toEqual({
      values: content.values,
      subkeys: expect.arrayContaining([
        ...content.subkeys,
        { name: 'Grants', key: { values: [{ name: 'g', type: 'REG_SZ', data: 'grant' }], subkeys: [] } },
      ]) as unknown,
    });
    expect(registry.find(registry.machine, KEY)?.keys.size).toBe(2);
    expect(registry.open.size).toBe(0);
  });

  it('says that it takes an administrator', () => {
    const registry = new FakeRegistry();
    registry.put(registry.machine, KEY, { ...fakeKey(), error: 5 });
    expect(() => replaceTree(registry.advapi32, 'HKLM', KEY, { values: [], subkeys: [] })).toThrow(
      expect.objectContaining({ code: 'EPM_NOT_ADMINISTRATOR' }),
    );
  });
});
