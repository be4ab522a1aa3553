/** JSON schema (draft 2020-12) of a file of policy test cases. */
import { TEXT_FACTS } from '../../engine/attributes/index.ts';
import { CHILD_PROCESS_BEHAVIORS, namesOf, VALIDATIONS } from '../../model/rule-action.ts';
import type { JsonSchema } from '../declaration/schema.ts';

const CASE_FILE_VERSION = 1;
/** Cases of one file. */
const MAX_CASES = 10_000;

const TEXT = { type: 'string', maxLength: 32_767 } as const;
const DIGEST = { type: 'string', pattern: '^[0-9A-Fa-f]{64}$' } as const;

/** A letter and folders, as the agent takes paths. A path that is written otherwise fits no rule, so that a denial would prove nothing. */
const LOCAL_PATH = '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$';
/** A number of a version, 0 to 65535. */
const PART = '(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})';
const VERSION = `^${PART}(?:(?:\\.|, ?)${PART}){0,3}$`;

const choice = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });
const object = (properties: JsonSchema, ...required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** How good the signature of a case's file is. */
export const SIGNATURE_STATES = ['good', 'untrusted', 'expired', 'timestamped', 'revoked', 'unchecked'] as const;

export function caseFileSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:epm:policy-cases:1',
    title: 'EPM policy test cases',
    ...object(
      {
        $schema: { type: 'string' },
        version: { const: CASE_FILE_VERSION },
        policies: {
          description: 'Policy files, relative to this file; those of the command line come before them.',
          type: 'array',
          maxItems: 100,
          items: { type: 'string', minLength: 1, maxLength: 1024 },
        },
        cases: { type: 'array', minItems: 1, maxItems: MAX_CASES, items: caseSchema() },
      },
      'version',
      'cases',
    ),
  };
}

function caseSchema(): JsonSchema {
  return object(
    {
      name: { type: 'string', minLength: 1, maxLength: 512 },
      file: {
        ...object(
          {
            path: { ...TEXT, pattern: LOCAL_PATH, description: 'Full path on the device, with the file name.' },
            sha256: DIGEST,
            sha384: { type: 'string', pattern: '^[0-9A-Fa-f]{96}$' },
            sha512: { type: 'string', pattern: '^[0-9A-Fa-f]{128}$' },
            version: { ...TEXT, pattern: VERSION, description: 'File version, one to four numbers.' },
            ...Object.fromEntries(TEXT_FACTS.map((name) => [name, TEXT])),
            originalName: TEXT,
            publisher: { ...DIGEST, description: 'SHA-256 of the certificate that signed the file.' },
            authorities: {
              description: 'SHA-256 of the certificates above it, issuer first.',
              type: 'array',
              maxItems: 16,
              items: DIGEST,
            },
            signature: choice(...SIGNATURE_STATES),
            fromInternet: { type: 'boolean' },
            textsSigned: {
              description: 'Of a package: its signature also covers its product name, version and description.',
              type: 'boolean',
            },
            externalFiles: {
              description: 'Of a package: cabinets or files that it installs lie beside it.',
              type: 'boolean',
            },
          },
          'path',
        ),
        // Neither says anything about a file that nobody signed.
        dependentRequired: { authorities: ['publisher'], signature: ['publisher'], textsSigned: ['publisher'] },
      },
      user: object({
        sid: {
          type: 'string',
          maxLength: 184,
          pattern: '^[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}$',
        },
        profileFolder: { ...TEXT, pattern: LOCAL_PATH },
        administrator: { type: 'boolean' },
      }),
      trigger: choice('userInitiated', 'launch', 'detected'),
      arguments: { type: 'array', maxItems: 1024, items: TEXT },
      localTime: {
        description:
          'What the clock of the device shows, for rules with hours: 2026-12-24T08:00. Otherwise as it is now.',
        type: 'string',
        pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d$',
      },
      expect: object(
        {
          outcome: choice('elevate', 'needs', 'needsApproval', 'denied', 'notManaged'),
          winner: { description: 'Name of the rule that decides; null: none does.', type: ['string', 'null'] },
          requirements: {
            type: 'array',
            uniqueItems: true,
            items: choice('confirmation', ...namesOf(VALIDATIONS)),
          },
          reason: TEXT,
          childProcesses: choice(...namesOf(CHILD_PROCESS_BEHAVIORS)),
        },
        'outcome',
      ),
    },
    'name',
    'file',
    'expect',
  );
}
