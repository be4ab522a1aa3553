import { placeText } from '../../../../src/model/diagnostic.ts';
import { describe, expect, it } from 'vitest';
import { readRegistryPol, writeRegistryPol } from '../../../../src/policy/formats/registry-pol.ts';

const KEY = 'Software\\Policies\\EPM';
const HEADER = Buffer.from('5052656701000000', 'hex');
const SZ = 1;
const DWORD = 4;
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const DENY = utf16('{"type":"deny","fileName":"x.exe"}\0');

function record(key: string, name: string, type: number, data: Uint8Array, size = data.length): Buffer {
  return Buffer.concat([
    utf16(`[${key}\0;${name}\0;`),
    number(type),
    utf16(';'),
    number(size),
    utf16(';'),
    data,
    utf16(']'),
  ]);
}
const file = (...records: readonly Uint8Array[]) => Buffer.concat([HEADER, ...records]);
const rules = (...records: readonly Uint8Array[]) =>
  readRegistryPol(file(record(KEY, 'EnableEPM', DWORD, number(1)), ...records)).policies[0]?.rules.map(
    ({ name }) => name,
  );
const rule = (name: string) => record(`${KEY}\\Rules`, name, SZ, DENY);

describe('Registry.pol', () => {
  it('is read and written as [MS-GPREG] lays it out', () => {
    const digest = 'a1ca1b00559de1c519d9498a2638f1cbadcf6be91adeae81c376719848383260';
    const bytes = file(
      record(KEY, 'PolicyDigest', SZ, utf16(`${digest}\0`)),
      record(KEY, 'EnableEPM', DWORD, number(1)),
      rule('r'),
    );
    const { policies, problems } = readRegistryPol(bytes);
    expect(problems).toEqual([]);
    expect(policies).toMatchObject([{ settings: { enabled: true }, rules: [{ name: 'r', fileName: 'x.exe' }] }]);
    expect(policies[0]?.scope).toBeUndefined();
    const [policy] = policies;
    const document = {
      id: 'device',
      scope: { kind: 'device' as const },
      settings: policy!.settings!,
      rules: policy!.rules,
      rejected: [],
    };
    expect(Buffer.from(writeRegistryPol(document).bytes).equals(bytes)).toBe(true);
  });

  it('carries out directives in the order of the file, whatever their case', () => {
    const none = utf16(' \0');
    expect(rules(rule('a'), rule('b'), record(`${KEY}\\rules`, '**Del.A', SZ, none))).toEqual(['b']);
    expect(rules(record(`${KEY}\\Rules`, '**del.a', SZ, none), rule('a'))).toEqual(['a']);
    expect(rules(rule('a'), record(`${KEY}\\Rules`, '**DELVALS.', SZ, none), rule('b'))).toEqual(['b']);
    expect(
      rules(rule('a'), rule('b'), rule('c'), record(`${KEY}\\Rules`, '**DeleteValues', SZ, utf16('A;c\0'))),
    ).toEqual(['b']);
    expect(rules(rule('a'), record(KEY, '**DeleteKeys', SZ, utf16('RULES\0')))).toEqual([]);
    expect(rules(rule('a'), record('Software\\Policies', '**deletekeys', SZ, utf16('Other;EPM\0')))).toBeUndefined();
    const soft = (name: string, text: string) => record(`${KEY}\\Rules`, `**Soft.${name}`, SZ, utf16(`${text}\0`));
    const bytes = file(rule('a'), soft('A', 'ignored'), soft('b', '{"type":"deny","fileName":"y.exe"}'));
    expect(readRegistryPol(bytes).policies[0]?.rules).toMatchObject([
      { name: 'a', fileName: 'x.exe' },
      { name: 'b', fileName: 'y.exe' },
    ]);
  });

  it('names directives without an effect here, and keys of others', () => {
    const { problems } = readRegistryPol(
      file(
        record(KEY, '**SecureKey', DWORD, number(1)),
        record(KEY, '**what', SZ, utf16('\0')),
        record('Software\\Other', 'a', DWORD, number(1)),
        record(KEY, '', 0, Buffer.alloc(0)),
      ),
    );
    expect(problems.map(({ code, place }) => [code, placeText(place)])).toEqual([
      ['noEffect', `${KEY}\\**SecureKey`],
      ['noEffect', `${KEY}\\**what`],
      ['otherKey', 'Software\\Other'],
    ]);
  });

  it('a header alone is an empty side, and is written for an empty policy', () => {
    const { policies, problems } = readRegistryPol(HEADER);
    expect(policies).toMatchObject([{ rules: [], rejected: [] }]);
    expect(problems).toMatchObject([{ code: 'emptySide' }]);
    const empty = { id: 'device', scope: { kind: 'device' as const }, rules: [], rejected: [] };
    expect(Buffer.from(writeRegistryPol(empty).bytes).equals(HEADER)).toBe(true);
    expect(readRegistryPol(file(record('Software\\Other', 'a', DWORD, number(1)))).policies).toEqual([]);
  });

  it.each(['**DelVals.', '**del.Other', '**deleteKeys', '**', '**what'])(
    'writes no rule called %s, which Windows would carry out or pass over',
    (name) => {
      const named = (given: string) => ({
        id: 'device',
        scope: { kind: 'device' as const },
        rules: ['Other', given].map((each) => ({ name: each, type: 'deny' as const, fileName: 'x.exe' })),
        rejected: [],
      });
      expect(() => writeRegistryPol(named(name))).toThrow(
        expect.objectContaining({
          code: 'EPM_POLICY_INVALID',
          hint: expect.stringContaining('another name') as string,
        }),
      );
      const { policies } = readRegistryPol(writeRegistryPol(named(`a${name}`)).bytes);
      expect(policies[0]?.rules.map((each) => each.name)).toEqual(['Other', `a${name}`]);
    },
  );

  it('takes names of 259 characters and data of 65,535 bytes, and no more', () => {
    const read = (name: string, size: number) => () => readRegistryPol(file(record(KEY, name, 3, Buffer.alloc(size))));
    expect(read('n'.repeat(259), 65_535)).not.toThrow();
    expect(read('n'.repeat(260), 1)).toThrow(/259/);
    expect(read('n', 65_536)).toThrow(/65535/);
  });

  const good = rule('r');
  it.each<[string, Buffer, number]>([
    ['another version', Buffer.from('5052656702000000', 'hex'), 0],
    ['a header that is cut off', HEADER.subarray(0, 6), 0],
    ['something before a record', file(utf16(' '), good), 8],
    ['a record that is cut off', file(good.subarray(0, good.length - 1)), 8 + good.length - 2],
    ['a name without end', file(utf16('[abc')), 10],
    ['a size beyond the end', file(record(KEY, 'a', SZ, Buffer.alloc(2), 60_000)), -1],
    ['a size smaller than the data', file(record(KEY, 'a', SZ, Buffer.alloc(4), 2)), -1],
    ['a key without a name in it', file(record('Software\\\\EPM', 'a', SZ, Buffer.alloc(2))), 8],
  ])('AC-76 is refused for %s, with the offset', (_, bytes, offset) => {
    let data: unknown;
    try {
      readRegistryPol(bytes);
    } catch (error) {
      expect(error).toMatchObject({ code: 'EPM_POLICY_INVALID' });
      ({ data } = error as { data: unknown });
    }
    expect(data).toEqual({ offset: offset === -1 ? (expect.any(Number) as number) : offset });
  });
});
