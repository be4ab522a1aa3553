/** Random valid policies for property tests. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { compareCodePoints, foldCase } from '../../../src/text/compare.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import { ATTRIBUTE_ENTRIES, type AttributeDeclaration } from '../../../src/policy/declaration/rule-attributes.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from '../../../src/policy/declaration/settings.ts';

const SHA256 = fc.stringMatching(/^[0-9a-f]{64}$/);

/** Text with the characters that formats find hard: quotes, markup, separators, other planes. */
const text = (maxLength: number) =>
  fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(
          '"',
          "'",
          '&',
          '<',
          '>',
          ']',
          '\\',
          '%',
          ' ',
          '\t',
          '\r\n',
          '\u00a0',
          '\ufeff',
          'é',
          '\u{1f511}',
          '\u2028',
          '\ufffd',
          'ı',
        ),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
      maxLength,
    })
    .filter((value) => !/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/.test(value) && value.length <= maxLength);

/** Names, which exclude what no format can hold, are not blank, and are no directive of Registry.pol. */
const ruleName = text(60).filter(
  (value) => value.trim() !== '' && !/^\*\*|[\t-\r]|[\uf000\ufffe\uffff]|\p{Cs}/u.test(value),
);

function attribute(name: string, declaration: AttributeDeclaration): fc.Arbitrary<unknown> {
  if (name === 'name') return ruleName;
  switch (declaration.kind) {
    case 'text':
      return text(40);
    case 'texts':
      return fc.array(text(30), { maxLength: 4 });
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...declaration.choices.map((choice) => choice.value));
    case 'set':
      return fc.subarray(declaration.choices.map((choice) => choice.value));
    case 'certificate':
      return fc.record({ type: fc.constantFrom(...declaration.choices.map((choice) => choice.value)), sha256: SHA256 });
  }
}

const rule = fc.record(
  Object.fromEntries(ATTRIBUTE_ENTRIES.map(([name, declaration]) => [name, attribute(name, declaration)])),
  {
    requiredKeys: ['name', 'type'],
  },
) as unknown as fc.Arbitrary<RuleInput>;

const PROGRAM_NAME = fc
  .stringMatching(/^[A-Za-z0-9_& -]{0,20}[A-Za-z0-9é]$/)
  .filter((name) => name.trimStart() === name);

/** Any value that the setting may have. */
export function settingValue(setting: SettingDeclaration): fc.Arbitrary<unknown> {
  switch (setting.kind) {
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...setting.choices.map((choice) => choice.value));
    case 'number':
      return fc.integer({ min: setting.minimum, max: setting.maximum });
    case 'set':
      return fc.subarray(setting.choices.map((choice) => choice.value));
    case 'texts':
      return fc.array(PROGRAM_NAME, { minLength: 1, maxLength: Math.min(4, setting.maxItems) });
  }
}

const settings = fc
  .record(Object.fromEntries(SETTING_ENTRIES.map(([name, setting]) => [name, settingValue(setting)])), {
    requiredKeys: [],
  })
  .filter((value) => Object.keys(value).length > 0);

/** The frame of a certificate around random bytes, as base64 with its digest. */
export const certificateContent = fc.uint8Array({ minLength: 1, maxLength: 90 }).map((body) => {
  const element = (tag: number, content: readonly number[]) => [tag, content.length, ...content];
  const parts = [...element(0x30, []), ...element(0x30, []), ...element(0x03, [...body])];
  const der = Buffer.from(element(0x30, parts));
  return { sha256: createHash('sha256').update(der).digest('hex'), der: der.toString('base64') };
});

const certificates = fc
  .uniqueArray(
    fc
      .tuple(
        ruleName,
        fc.oneof(
          SHA256.map((sha256) => ({ sha256 })),
          certificateContent,
        ),
      )
      .map(([name, content]) => ({ name, ...content })),
    { selector: ({ name }) => foldCase(name), minLength: 1, maxLength: 4 },
  )
  .map((list) => list.sort((left, right) => compareCodePoints(left.name, right.name)));

export const policyDocument = fc
  .record(
    {
      id: fc.oneof(fc.constant('device'), ruleName),
      scope: fc.constant({ kind: 'device' as const }),
      settings,
      rules: fc.uniqueArray(rule, { selector: ({ name }) => foldCase(name), maxLength: 8 }),
      rejected: fc.constant([]),
      certificates,
    },
    { requiredKeys: ['id', 'scope', 'rules', 'rejected'] },
  )
  // Plain objects, so that comparisons do not stumble over prototypes.
  .map((document) => JSON.parse(JSON.stringify(document)) as PolicyDocument);
