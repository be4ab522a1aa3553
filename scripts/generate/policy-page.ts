/** The tables of docs/policy.md, rendered from the declaration. */
import { ADMX_POLICIES, type AdmxElement } from '../../src/policy/declaration/admx.ts';
import { LIMITS } from '../../src/policy/declaration/limits.ts';
import { LISTS, POLICY_ID } from '../../src/policy/declaration/lists.ts';
import { POLICY_KEY, USERS_SUBKEY } from '../../src/policy/declaration/names.ts';
import { ATTRIBUTE_ENTRIES, type AttributeDeclaration } from '../../src/policy/declaration/rule-attributes.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from '../../src/policy/declaration/settings.ts';
import { EFFECT_WORDS, wholeText, type TitledValue } from '../../src/policy/declaration/described.ts';
import { combinations } from '../../src/policy/declaration/settings-codec.ts';
import { policyUri } from '../../src/policy/formats/mdm/syncml.ts';

/** Markdown of the part between the page's markers. */
export function renderPolicyTables(): string {
  return [
    '### Settings',
    '',
    'Each is one value of the policy key, and one OMA-URI of the same name: a `REG_MULTI_SZ` where it is a list of texts, otherwise a `REG_DWORD`. What has no effect in this version is kept, delivered and shown, and nothing reads it.',
    '',
    table(
      ['In the file', 'In the registry', 'Values', 'Not configured', 'What it does'],
      SETTING_ENTRIES.map(([name, setting]) => [
        `\`${name}\``,
        `\`${setting.valueName}\``,
        settingValues(setting),
        setting.defaultText,
        `**${setting.title}.** ${wholeText(setting)}`,
      ]),
    ),
    '',
    '### Rule attributes',
    '',
    'A rule matches when every attribute it sets matches. Every rule has `name` and `type`; one that elevates also has `fileHash` or `certificate`, an automatic one a `fileName` besides, and a Deny at least one attribute of the file. Otherwise it is rejected. A text that is only white space is not set.',
    '',
    table(
      ['Attribute', 'Form', 'Not set', 'What it means'],
      ATTRIBUTE_ENTRIES.map(([name, attribute]) => [
        `\`${name}\``,
        attributeForm(attribute),
        attribute.defaultText,
        `**${attribute.title}.** ${wholeText(attribute)}`,
      ]),
    ),
    '',
    '### Limits',
    '',
    table(
      ['What', 'At most'],
      [
        ['Rule, as JSON on one line', `${LIMITS.ruleText.toLocaleString('en-GB')} characters`],
        ['Rule name', `${LIMITS.ruleName} characters`],
        ['Rules of one policy', LIMITS.rules.toLocaleString('en-GB')],
        ['Certificates of one policy', LIMITS.certificates.toLocaleString('en-GB')],
        ['Policy identifier', `${LIMITS.policyId} characters`],
        ['Policy file', `${LIMITS.policyFile.toLocaleString('en-GB')} characters`],
      ],
    ),
    '',
    '### Registry and OMA-URI',
    '',
    `The key is \`HKLM\\${POLICY_KEY}\` for the device; for a user it is \`HKLM\\${POLICY_KEY}\\${USERS_SUBKEY}\\<SID>\`, or \`HKU\\<SID>\\${POLICY_KEY}\`, where [what grants must be confirmed](deliver.md#policies-for-one-user). The OMA-URIs of the latter begin with \`./User\` instead of \`./Device\`.`,
    '',
    table(
      ['Stored as', 'OMA-URI'],
      ADMX_POLICIES.map(({ name, element }) => [
        element.kind === 'list'
          ? `key \`${element.key.slice(POLICY_KEY.length + 1)}\`, one \`REG_SZ\` per entry`
          : `value \`${element.valueName}\`, \`${VALUE_TYPES[element.kind]}\``,
        `\`${policyUri('device', name)}\``,
      ]),
    ),
    '',
    `\`${POLICY_ID.valueName}\`: ${POLICY_ID.text} \`${LISTS.certificates.subkey}\`: ${wholeText(LISTS.certificates)} \`${LISTS.grants.subkey}\`: ${wholeText(LISTS.grants)}`,
    '',
  ].join('\n');
}

function settingValues(setting: SettingDeclaration): string {
  switch (setting.kind) {
    case 'boolean':
      return '`true` = 1, `false` = 0';
    case 'number':
      return `${setting.minimum} to ${setting.maximum}, in ${setting.unit}`;
    case 'choice':
      return setting.choices.map((choice) => `${choiceText(choice)} = ${choice.number}`).join(', ');
    case 'set':
      return combinations(setting)
        .map(({ values, number }) => `\`${JSON.stringify(values)}\` = ${number}`)
        .join(', ');
    case 'texts':
      return `list of up to ${setting.maxItems} texts of up to ${setting.maxLength} characters`;
  }
}

function attributeForm(attribute: AttributeDeclaration): string {
  const choices = (list: readonly TitledValue[]): string => list.map(choiceText).join(', ');
  switch (attribute.kind) {
    case 'text':
      return `text, up to ${attribute.maxLength} characters`;
    case 'texts':
      return `list of up to ${attribute.maxItems} texts of up to ${attribute.maxLength} characters`;
    case 'boolean':
      return '`true` or `false`';
    case 'choice':
      return `one of ${choices(attribute.choices)}`;
    case 'set':
      return `list of ${choices(attribute.choices)}`;
    case 'certificate':
      return `object; \`type\` is one of ${choices(attribute.choices)}`;
  }
}

function choiceText({ value, effect }: Omit<TitledValue, 'title'>): string {
  return `\`"${value}"\`${effect === undefined ? '' : ` (${EFFECT_WORDS[effect]})`}`;
}

const VALUE_TYPES: Readonly<Record<Exclude<AdmxElement['kind'], 'list'>, string>> = {
  switch: 'REG_DWORD',
  enum: 'REG_DWORD',
  decimal: 'REG_DWORD',
  text: 'REG_SZ',
  multiText: 'REG_MULTI_SZ',
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
