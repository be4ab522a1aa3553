/** Every format: a policy written in it reads back as the same policy, as the same bytes, and is known by its content. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sid } from '../../../../src/model/brands.ts';
import type { PortablePolicy } from '../../../../src/model/policy.ts';
import { portable, writeAs } from '../../../../src/policy/formats/convert.ts';
import type { PolicyFormat } from '../../../../src/policy/formats/format.ts';
import { FORMATS, readPolicies } from '../../../../src/policy/formats/formats.ts';
import type { PolicyFile } from '../../../../src/policy/formats/json/policy-file.ts';
import { deliveryOf, LONGEST_OMA_VALUE, renderSyncMl } from '../../../../src/policy/formats/mdm/syncml.ts';
import { policyDocument } from '../arbitrary-policy.ts';

/** Formats that carry everything EPM knows; Graph knows less and has tests of its own. */
const FORMATS_OF_EPM = ['json', 'syncml', 'intune-profile', 'registry', 'reg', 'registry-pol'] as const;
const DEVICE = { kind: 'device' } as const;
const USER = { kind: 'user', sid: sid('S-1-5-21-1-2-3-1001') } as const;

function readOne(bytes: Uint8Array, format?: PolicyFormat): PolicyFile {
  const { policies, problems } = readPolicies(bytes, format);
  expect(policies).toHaveLength(1);
  expect(problems).toEqual([]);
  return policies[0]!;
}

function policyOf(file: PolicyFile, scope: PortablePolicy['scope'] = DEVICE): PortablePolicy {
  expect(file.report.filter(({ outcome }) => outcome !== 'imported')).toEqual([]);
  expect(file.problems).toEqual([]);
  return structuredClone(portable({ scope, ...file }));
}

const isEmpty = (policy: PortablePolicy): boolean =>
  policy.settings === undefined &&
  policy.rules.length === 0 &&
  policy.certificates === undefined &&
  policy.id === policy.scope.kind;

describe.each(FORMATS_OF_EPM)('the format %s', (format) => {
  it('gives back every valid policy, is known by its content, and is the same bytes each time', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        fc.pre(!isEmpty(document));
        const { bytes, rules, problems } = FORMATS[format].write(document);
        expect([rules, problems]).toEqual([[], []]);
        const file = readOne(bytes);
        expect(policyOf(file)).toEqual(document);
        expect(Buffer.from(FORMATS[format].write(document).bytes).equals(bytes)).toBe(true);
        expect(Buffer.from(writeAs(file, format).bytes).equals(bytes)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('carries 1,000 rules', () => {
    const rules = Array.from({ length: 1000 }, (_, index) => ({
      name: `Rule ${index}`,
      type: 'userConfirmed' as const,
      fileName: `tool${index}.exe`,
      fileHash: index.toString(16).padStart(64, '0'),
    }));
    const policy: PortablePolicy = { id: 'big', scope: DEVICE, settings: { enabled: true }, rules, rejected: [] };
    expect(policyOf(readOne(FORMATS[format].write(policy).bytes))).toEqual(policy);
  });

  it('takes the way through every other format and comes back the same', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        fc.pre(!isEmpty(document));
        const start = Buffer.from(FORMATS.json.write(document).bytes);
        const there = writeAs(readOne(start), format);
        const back = writeAs(readOne(there.bytes, format), 'json');
        expect(Buffer.from(back.bytes).equals(start)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe('whom a policy is for', () => {
  const policy: PortablePolicy = { id: 'user', scope: USER, settings: { enabled: true }, rules: [], rejected: [] };

  it.each(['reg', 'registry'] as const)('stands in %s', (format) => {
    const file = readOne(FORMATS[format].write(policy).bytes);
    expect(file.scope).toEqual(USER);
    expect(file.id).toBeUndefined();
    expect(writeAs(file, format).problems).toEqual([]);
  });

  it.each(['reg', 'registry', 'registry-pol'] as const)(
    'stands in %s when it lies in the place that the machine has for the user',
    (format) => {
      const scope = { ...USER, place: 'machine' } as const;
      fc.assert(
        fc.property(policyDocument, (document) => {
          fc.pre(!isEmpty(document));
          const { bytes } = FORMATS[format].write({ ...document, scope });
          const file = readOne(bytes);
          expect(file.scope).toEqual(scope);
          const written = writeAs(file, format);
          expect(written.problems).toEqual([]);
          expect(Buffer.from(written.bytes).equals(bytes)).toBe(true);
        }),
        { numRuns: 20 },
      );
    },
  );

  it('keeps the places of users apart from the policy of the device, in one file and beside each other', () => {
    const scope = { ...USER, place: 'machine' } as const;
    const texts = [policy, { ...policy, scope }, { ...policy, id: 'device', scope: DEVICE }].map((each) =>
      Buffer.from(FORMATS.reg.write(each).bytes)
        .toString('utf16le')
        .replace(/^.*\r\n\r\n/, ''),
    );
    const together = Buffer.from(`\ufeffWindows Registry Editor Version 5.00\r\n\r\n${texts.join('')}`, 'utf16le');
    const { policies, problems } = readPolicies(together, undefined);
    expect(problems).toEqual([]);
    expect(policies.map((file) => file.scope)).toEqual([DEVICE, scope, USER]);
    expect(policies.map(({ settings }) => settings)).toEqual([{ enabled: true }, { enabled: true }, { enabled: true }]);
  });

  it('does not take the places of users away with a .reg file of the device', () => {
    const text = Buffer.from(FORMATS.reg.write({ ...policy, scope: DEVICE }).bytes).toString('utf16le');
    expect(text).not.toContain('[-HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM]');
    expect(text).toContain('[-HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM\\Rules]');
    expect(text).toContain('"BlockInternetFiles"=-');
  });

  it('says of a key below those of users that is no SID that it has no effect', () => {
    const place = 'HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM\\Users';
    const text = `Windows Registry Editor Version 5.00\r\n\r\n[${place}\\ann]\r\n"EnableEPM"=dword:00000001\r\n`;
    const { policies, problems } = readPolicies(Buffer.from(text), 'reg');
    expect(policies).toMatchObject([{ scope: DEVICE, rules: [] }]);
    expect(problems).toMatchObject([{ code: 'unknownMember', place: { registry: 'Users\\ann' } }]);
  });

  it.each(['syncml', 'intune-profile'] as const)('stands in %s without the name of the user', (format) => {
    const written = writeAs(
      { scope: USER, settings: { enabled: true }, rules: [], rejected: [], report: [], problems: [] },
      format,
    );
    expect(written.problems).toMatchObject([{ code: 'scopeNotWritten' }]);
    expect(readOne(written.bytes).scope).toEqual({ kind: 'user' });
    expect(() => writeAs(readOne(written.bytes), 'reg')).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID' }),
    );
  });

  it.each(['json', 'registry-pol'] as const)('is lost in %s, which is said', (format) => {
    const file = readOne(FORMATS.reg.write(policy).bytes);
    expect(writeAs(file, format).problems).toMatchObject([{ code: 'scopeNotWritten' }]);
  });
});

describe('the longest OMA-URI value', () => {
  it.each(['syncml', 'intune-profile'] as const)('is the limit of %s and refuses with what to do', (format) => {
    const rules = Array.from({ length: 400 }, (_, index) => ({
      name: `r${index}`,
      type: 'deny' as const,
      description: 'd'.repeat(900),
      fileName: 'x.exe',
    }));
    const policy = (count: number): PortablePolicy => ({
      id: 'device',
      scope: DEVICE,
      rules: rules.slice(0, count),
      rejected: [],
    });
    const lengthOf = (count: number): number =>
      deliveryOf(policy(count)).find(({ uri }) => uri.endsWith('/Rules'))?.data?.length ?? 0;
    const longest = Math.floor(LONGEST_OMA_VALUE / (lengthOf(100) / 100));
    expect(FORMATS[format].write(policy(longest - 2)).bytes.length).toBeGreaterThan(LONGEST_OMA_VALUE * 0.95);
    expect(() => FORMATS[format].write(policy(400))).toThrow(/350000/);
  });

  it('is not the reader’s: another server may send more', () => {
    const rule = '{&quot;type&quot;:&quot;deny&quot;,&quot;fileName&quot;:&quot;x.exe&quot;}';
    const entries = Array.from({ length: 6000 }, (_, index) => `r${index}&#xF000;${rule}`).join('&#xF000;');
    const uri = './Device/Vendor/MSFT/Policy/Config/EPM~Policy~EPM/Rules';
    const data = `<enabled/><data id="Rules_List" value="${entries}"/>`;
    const message = renderSyncMl([{ verb: 'Replace', uri, data }]);
    expect(readOne(Buffer.from(message)).rules).toHaveLength(6000);
  });
});

describe('what no format has a place for', () => {
  const rejected = (name: string, typeText: string, readable: object) => ({ name, typeText, readable, reasons: [] });
  const file = (list: PolicyFile['rejected']): PolicyFile => ({
    rules: [{ name: 'a', type: 'deny', fileName: 'a.exe' }],
    rejected: list,
    report: [],
    problems: [],
  });

  it.each(FORMATS_OF_EPM)('M8: a rejected Deny becomes the Deny it amounts to in %s', (format) => {
    const written = writeAs(
      file([
        rejected('A', 'Denied?', { fileName: 'tool.*', filePath: 'C:\\Tools', arguments: ['/x'] }),
        rejected('b', 'deny', {}),
        rejected('c', 'automatic', { fileName: 'c.exe' }),
      ]),
      format,
    );
    expect(
      written.rules.map(({ name, outcome, stillDenies, reasons }) => [name, outcome, stillDenies, reasons[0]?.code]),
    ).toEqual([
      ['A (2)', 'importedWithWarnings', true, 'rewrittenDeny'],
      ['b', 'rejected', undefined, 'leftOut'],
      ['c', 'rejected', undefined, 'leftOut'],
    ]);
    expect(readOne(written.bytes, format).rules.map((rule) => ({ ...rule }))).toEqual([
      { name: 'a', type: 'deny', fileName: 'a.exe' },
      { name: 'A (2)', type: 'deny', fileName: 'tool.*', filePath: 'C:\\Tools' },
    ]);
  });

  it('M8: a rejected Deny too long for a value loses its description, not what it denies', () => {
    const long = '\u2028'.repeat(1024);
    const detection = {
      fileName: `${'\u2028'.repeat(250)}.exe`,
      filePath: `C:\\${long.slice(3)}`,
      fileDescription: long,
      productName: long,
      internalName: long,
    };
    const written = writeAs(file([rejected('Long', 'deny!', { ...detection, description: long })]), 'registry-pol');
    expect(written.rules).toMatchObject([{ name: 'Long', outcome: 'importedWithWarnings', stillDenies: true }]);
    expect({ ...readOne(written.bytes, 'registry-pol').rules[1] }).toEqual({
      name: 'Long',
      type: 'deny',
      ...detection,
    });
  });
});
