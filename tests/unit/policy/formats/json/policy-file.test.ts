import { placeText } from '../../../../../src/model/diagnostic.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../../../src/policy/declaration/limits.ts';
import {
  parsePolicyFile,
  toPolicyDocuments,
  writePolicyFile,
} from '../../../../../src/policy/formats/json/policy-file.ts';
import { decodePolicyText } from '../../../../../src/policy/formats/input.ts';
import { policyDocument } from '../../arbitrary-policy.ts';

const DEVICE = { kind: 'device' } as const;

describe('parsePolicyFile', () => {
  it('reads a file with comments and says where each rule stands', () => {
    const file = parsePolicyFile(`\ufeff// pilot
{
  "$schema": "./policy-file.schema.json",
  "version": 1, /* the only one */
  "id": "pilot",
  "settings": { "enabled": true, "defaultValidations": ["authentication", "justification"] },
  "certificates": { "Vendor": "${'AB'.repeat(32)}" },
  "rules": [
    { "name": "One", "type": "automatic", "fileName": "a.exe",
      "certificate": { "type": "publisher", "name": "Vendor" } },
    { "name": "Two", "type": "sometimes", "fileName": "b.exe" },
    { "name": "one", "type": "deny", "fileName": "c.exe" }
  ]
}`);
    expect(file.id).toBe('pilot');
    expect(file.settings).toEqual({ enabled: true, defaultValidations: ['justification', 'authentication'] });
    expect(file.rules.map(({ name }) => name)).toEqual(['One', 'one (2)']);
    expect(file.rules[0]?.certificate).toEqual({ type: 'publisher', sha256: 'ab'.repeat(32) });
    expect(file.rejected).toMatchObject([{ name: 'Two', typeText: 'sometimes', readable: { fileName: 'b.exe' } }]);
    expect(file.report).toMatchObject([
      { name: 'One', outcome: 'imported', place: { pointer: '/rules/0', line: 9 } },
      {
        name: 'Two',
        outcome: 'rejected',
        place: { line: 11 },
        reasons: [{ code: 'unknownValue', place: { pointer: '/rules/1/type', line: 11 } }],
      },
      {
        name: 'one (2)',
        outcome: 'importedWithWarnings',
        reasons: [{ code: 'renamed', place: { pointer: '/rules/2/name', line: 12 } }],
      },
    ]);
    expect(file.problems).toEqual([]);
    expect(toPolicyDocuments(file, DEVICE)).toMatchObject([{ id: 'pilot', scope: DEVICE, rules: file.rules }]);
  });

  it('is undone by writePolicyFile, whose text is stable', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        const text = writePolicyFile(document);
        const [read] = toPolicyDocuments(parsePolicyFile(text), document.scope);
        expect(read).toEqual(document);
        expect(read && writePolicyFile(read)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['', 'line 1'],
    ['{', 'line 1'],
    ['{"version":1,\n"rules":[}', 'line 2'],
    ['[]', 'JSON object'],
    ['{"rules":[]}', '/version'],
    ['{"version":2}', '/version'],
    ['{"version":1,"version":1}', '/version: This is given twice'],
    ['{"version":1,"rules":{}}', '/rules'],
    ['{"version":1,"settings":[]}', '/settings'],
    ['{"version":1,"settings":{"enabled":true,"enabled":false}}', '/settings'],
    ['{"version":1,"id":" "}', '/id'],
    ['{"version":1,"certificates":{"a":1}}', '/certificates'],
    [`{"version":1,"rules":${'['.repeat(50_000)}`, 'nested'],
    [`{"version":1,"id":"${'x'.repeat(LIMITS.policyFile)}"}`, 'characters'],
  ])('AC-76 refuses the file %.60s as a whole', (text, message) => {
    expect(() => parsePolicyFile(text)).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID', message: expect.stringContaining(message) as string }),
    );
  });

  it('I9: an unknown setting or option is left out and reported, unknown validations become all', () => {
    const file = parsePolicyFile(
      '{"version":1,\n"settings":{"enabled":"yes",\n"blockInternet":true,"defaultValidations":["pin"],"sendData":false}}',
    );
    expect(file.settings).toEqual({ defaultValidations: ['justification', 'authentication'], sendData: false });
    expect(file.problems.map(({ place }) => [place?.pointer, place?.line])).toEqual([
      ['/settings/blockInternet', 3],
      ['/settings/enabled', 2],
      ['/settings/defaultValidations/0', 3],
    ]);
  });

  it('reports members of the file that mean nothing', () => {
    const file = parsePolicyFile('{"version":1,"rule":[],"__proto__":{"rules":[]}}');
    expect(file.rules).toEqual([]);
    expect(file.problems.map(({ place }) => placeText(place))).toEqual(['/rule', '/__proto__']);
  });

  it('names a rejected rule without a name by its position', () => {
    const file = parsePolicyFile('{"version":1,"rules":[{"type":"deny","fileName":"a.exe"},7]}');
    expect(file.rejected.map(({ name }) => name)).toEqual(['rule 1', 'rule 2']);
    expect(file.rejected[0]).toMatchObject({ typeText: 'deny', readable: { fileName: 'a.exe' } });
  });

  it('rejects a rule that no format could hold', () => {
    const rule = { name: 'long', type: 'deny', fileName: 'a.exe', arguments: Array(5).fill('x'.repeat(8_000)) };
    const file = parsePolicyFile(JSON.stringify({ version: 1, rules: [rule] }));
    expect(file.report).toMatchObject([
      { outcome: 'rejected', reasons: [{ code: 'tooLong', place: { pointer: '/rules/0' } }] },
    ]);
    expect(file.rejected[0]?.readable.fileName).toBe('a.exe');
  });

  it('AC-97 numbers many rules of one name without cost of their square', () => {
    const rules = Array.from({ length: LIMITS.rules }, () => '{"name":"x","type":"deny","fileName":"a.exe"}');
    const file = parsePolicyFile(`{"version":1,"rules":[${rules.join(',')}]}`);
    expect(file.rules.at(-1)?.name).toBe(`x (${LIMITS.rules})`);
  });
});

describe('a file of the greatest size', () => {
  it.each([
    ['one long text', (length: number) => `"${'y'.repeat(length)}"`],
    ['escapes only', (length: number) => `"${'\\"'.repeat(length / 2)}"`],
  ])('is read when it holds %s', (_, text) => {
    const file = parsePolicyFile(`{"version":1,"note":${text(LIMITS.policyFile - 100)}}`);
    expect(file.problems.map(({ place }) => placeText(place))).toEqual(['/note']);
  });

  it('is refused when it holds comments that never end', () => {
    expect(() => parsePolicyFile('/*'.padEnd(LIMITS.policyFile, '*/ /*'))).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID' }),
    );
  });
});

describe('decodePolicyText', () => {
  it.each([
    ['UTF-8', Buffer.from('{"é":1}')],
    ['UTF-8 with a mark', Buffer.from('\ufeff{"é":1}')],
    ['UTF-16LE', Buffer.from('\ufeff{"é":1}', 'utf16le')],
    ['UTF-16BE', Buffer.from('\ufeff{"é":1}', 'utf16le').swap16()],
  ])('reads %s', (_, bytes) => {
    expect(decodePolicyText(bytes)).toBe('{"é":1}');
  });

  it('refuses other bytes', () => {
    expect(() => decodePolicyText(Uint8Array.of(0x7b, 0xff))).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID' }),
    );
  });
});
