/** JSON schemas (draft 2020-12) of a rule, of settings and of the policy file, rendered from the declaration. */
import { wholeText } from './described.ts';
import { LIMITS } from './limits.ts';
import { LISTS, POLICY_ID } from './lists.ts';
import { POLICY_FILE_VERSION } from './names.ts';
import { notificationSchema } from './notification-schema.ts';
import { RIGHTS, ROLES } from '../../model/role.ts';
import { namesOf } from '../../model/rule-action.ts';
import { ATTRIBUTE_ENTRIES, type AttributeDeclaration } from './rule-attributes.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from './settings.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Text without control characters, which mislead readers of a log, but for white space: what stands around a text is
 * trimmed, and a tab parts arguments (decisions M1, A1). Where a blank inside is out of place the engine says so.
 */
const PLAIN_TEXT = '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$';
/**
 * Names also exclude what some format of a policy cannot hold: U+F000 separates the entries of a list in an MDM payload, and
 * lone surrogates, U+FFFE and U+FFFF are no XML characters. A name must have something to read.
 */
const NAME_PATTERN = '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$';

const NAME = new RegExp(NAME_PATTERN, 'u');

/** Whether a text can be the name of a rule or of a certificate in every format. */
export function isName(text: string): boolean {
  return text.length <= LIMITS.ruleName && NAME.test(text);
}

export function ruleSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    $id: 'urn:epm:rule:1',
    title: 'EPM elevation rule',
    type: 'object',
    properties: Object.fromEntries(
      ATTRIBUTE_ENTRIES.map(([name, attribute]) => [
        name,
        { title: attribute.title, description: wholeText(attribute), ...attributeSchema(name, attribute) },
      ]),
    ),
    required: ['name', 'type'],
    additionalProperties: false,
  };
}

function attributeSchema(name: string, attribute: AttributeDeclaration): JsonSchema {
  switch (attribute.kind) {
    case 'text':
      return name === 'name'
        ? { type: 'string', minLength: 1, maxLength: attribute.maxLength, pattern: NAME_PATTERN }
        : { type: 'string', maxLength: attribute.maxLength, pattern: PLAIN_TEXT };
    case 'texts':
      return {
        type: 'array',
        maxItems: attribute.maxItems,
        items: { type: 'string', maxLength: attribute.maxLength, pattern: PLAIN_TEXT },
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'choice':
      return { type: 'string', enum: attribute.choices.map((choice) => choice.value) };
    case 'set':
      return {
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', enum: attribute.choices.map((choice) => choice.value) },
      };
    case 'certificate':
      return {
        type: 'object',
        properties: {
          type: { type: 'string', enum: attribute.choices.map((choice) => choice.value) },
          sha256: { type: 'string', pattern: '^\\s*[0-9A-Fa-f]{64}\\s*$' },
          name: { type: 'string', minLength: 1, maxLength: LIMITS.ruleName, pattern: NAME_PATTERN },
        },
        required: ['type'],
        oneOf: [{ required: ['sha256'] }, { required: ['name'] }],
        additionalProperties: false,
      };
  }
}

export function settingsSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    $id: 'urn:epm:settings:1',
    title: 'EPM elevation settings',
    type: 'object',
    properties: Object.fromEntries(
      SETTING_ENTRIES.map(([name, setting]) => [
        name,
        { title: setting.title, description: wholeText(setting), ...settingSchema(setting) },
      ]),
    ),
    additionalProperties: false,
  };
}

function settingSchema(setting: SettingDeclaration): JsonSchema {
  switch (setting.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return { type: 'integer', minimum: setting.minimum, maximum: setting.maximum };
    case 'choice':
      return { type: 'string', enum: setting.choices.map((choice) => choice.value) };
    case 'set':
      return {
        type: 'array',
        uniqueItems: true,
        items: { type: 'string', enum: setting.choices.map((choice) => choice.value) },
      };
    case 'texts':
      return {
        type: 'array',
        minItems: 1,
        maxItems: setting.maxItems,
        items: { type: 'string', maxLength: setting.maxLength, pattern: setting.pattern },
      };
  }
}

const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$',
} as const;

/** One key of an approver, without its name. */
export function approverKeySchema(): JsonSchema {
  return {
    $schema: DRAFT,
    $id: 'urn:epm:approver-key:1',
    title: 'Key of an approver',
    type: 'object',
    properties: {
      publicKey: {
        title: 'Public key',
        description: 'Ed25519, 32 bytes in base64.',
        type: 'string',
        pattern: '^[A-Za-z0-9+/]{43}=$',
      },
      approver: {
        title: 'Approver',
        description: 'SID or user principal name of who holds the key. Nobody approves what they asked for themselves.',
        type: 'string',
        maxLength: 256,
        pattern:
          '^(?:[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}|[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+)$',
      },
      rights: {
        title: 'Rights',
        description: 'What may be approved besides a file for the one user of the one device who asked.',
        type: 'object',
        properties: {
          anyUser: { description: 'For every user of the device at once.', type: 'boolean' },
          deviceGroups: {
            description: 'For all devices of these groups.',
            type: 'array',
            uniqueItems: true,
            maxItems: 64,
            items: { type: 'string', minLength: 1, maxLength: 128, pattern: PLAIN_TEXT },
          },
        },
        additionalProperties: false,
      },
      validFrom: { title: 'Valid from', description: 'UTC, such as 2026-01-01T00:00Z.', ...TIME },
      validUntil: { title: 'Valid until', description: 'UTC; at this moment the key is over.', ...TIME },
      limits: {
        title: 'Limits',
        description: 'What an approval may not exceed.',
        type: 'object',
        properties: {
          publishers: {
            description:
              'Who must have signed the file: SHA-256 of a certificate of the chain, or the name of a publisher exactly as a trusted signature gives it.',
            type: 'array',
            minItems: 1,
            maxItems: 64,
            items: { type: 'string', minLength: 1, maxLength: 256, pattern: PLAIN_TEXT },
          },
          maximumHours: { description: 'From its beginning to its end.', type: 'integer', minimum: 1, maximum: 87_600 },
          singleUseOnly: { type: 'boolean' },
        },
        additionalProperties: false,
      },
    },
    required: ['publicKey', 'approver'],
    additionalProperties: false,
  };
}

function rolesSchema(): JsonSchema {
  return { type: 'array', items: { type: 'string', enum: [...namesOf(ROLES), ...namesOf(RIGHTS)] } };
}

/**
 * The whole file, for editors and for other programs. The reader itself judges the frame, the settings and each rule
 * one by one, because one wrong rule must not take the others with it.
 */
export function policyFileSchema(): JsonSchema {
  const { $schema: _rule, $id: _ruleId, ...rule } = ruleSchema();
  const { $schema: _settings, $id: _settingsId, ...settings } = settingsSchema();
  const { $schema: _key, $id: _keyId, ...approverKey } = approverKeySchema();
  // Not of JSON Schema: the other readers of the published schema refuse it, or pass over it.
  const { $schema: _receiver, $id: _receiverId, discriminator: _kind, ...notification } = notificationSchema();
  const frame = policyFrameSchema();
  const { approverKeys, roles, notifications, ...members } = frame['properties'] as Readonly<
    Record<string, JsonSchema>
  >;
  return {
    ...frame,
    $id: 'urn:epm:policy-file:1',
    title: 'EPM policy file',
    properties: {
      ...members,
      approverKeys: { ...approverKeys, additionalProperties: { $ref: '#/$defs/approverKey' } },
      roles: { ...roles, additionalProperties: rolesSchema() },
      notifications: { ...notifications, additionalProperties: { $ref: '#/$defs/notification' } },
      settings: { $ref: '#/$defs/settings' },
      rules: { type: 'array', maxItems: LIMITS.rules, items: { $ref: '#/$defs/rule' } },
    },
    additionalProperties: false,
    $defs: { settings, rule, approverKey, notification },
  };
}

/** The outermost members of the file only. */
export function policyFrameSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    $id: 'urn:epm:policy-frame:1',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      version: { const: POLICY_FILE_VERSION },
      id: {
        title: POLICY_ID.title,
        description: POLICY_ID.text,
        type: 'string',
        minLength: 1,
        maxLength: POLICY_ID.maxLength,
        pattern: NAME_PATTERN,
      },
      settings: { type: 'object' },
      certificates: {
        title: LISTS.certificates.title,
        description: LISTS.certificates.text,
        type: 'object',
        maxProperties: LIMITS.certificates,
        additionalProperties: { type: 'string' },
      },
      approverKeys: objectOf(LISTS.approverKeys, 'object'),
      revocations: objectOf(LISTS.revocations, 'string'),
      roles: objectOf(LISTS.roles, 'array'),
      notifications: objectOf(LISTS.notifications, 'object'),
      rules: { type: 'array', maxItems: LIMITS.rules },
    },
    required: ['version'],
  };
}

/** A list as an object: what names an entry, and the entry. */
function objectOf(list: (typeof LISTS)[keyof typeof LISTS], type: 'object' | 'string' | 'array'): JsonSchema {
  return {
    title: list.title,
    description: wholeText(list),
    type: 'object',
    maxProperties: list.maxItems,
    additionalProperties: { type },
  };
}
