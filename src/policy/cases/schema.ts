/** JSON schema (draft 2020-12) of a file of policy test cases. */
import type { JsonSchema } from '../schema.ts';

export const CASE_FILE_VERSION = 1;
/** Cases of one file. */
export const MAX_CASES = 10_000;

const TEXT = { type: 'string', maxLength: 32_767 } as const;
const DIGEST = { type: 'string', pattern: '^[0-9A-Fa-f]{64}$' } as const;

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
        cases: { type: 'array', maxItems: MAX_CASES, items: caseSchema() },
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
      file: object(
        {
          path: { ...TEXT, minLength: 1, description: 'Full path on the device, with the file name.' },
          sha256: DIGEST,
          sha384: { type: 'string', pattern: '^[0-9A-Fa-f]{96}$' },
          sha512: { type: 'string', pattern: '^[0-9A-Fa-f]{128}$' },
          version: { ...TEXT, description: 'File version, one to four numbers.' },
          productName: TEXT,
          internalName: TEXT,
          originalName: TEXT,
          fileDescription: TEXT,
          publisher: { ...DIGEST, description: 'SHA-256 of the certificate that signed the file.' },
          authorities: {
            description: 'SHA-256 of the certificates above it, issuer first.',
            type: 'array',
            maxItems: 16,
            items: DIGEST,
          },
          signature: choice(...SIGNATURE_STATES),
          fromInternet: { type: 'boolean' },
        },
        'path',
      ),
      user: object({
        sid: { type: 'string', maxLength: 184, pattern: '^[Ss]-1-' },
        profileFolder: TEXT,
        administrator: { type: 'boolean' },
      }),
      trigger: choice('userInitiated', 'launch', 'detected'),
      arguments: { type: 'array', maxItems: 1024, items: TEXT },
      expect: object(
        {
          outcome: choice('elevate', 'needs', 'needsApproval', 'denied', 'notManaged'),
          winner: { description: 'Name of the rule that decides; null: none does.', type: ['string', 'null'] },
          requirements: {
            type: 'array',
            uniqueItems: true,
            items: choice('confirmation', 'justification', 'authentication'),
          },
          reason: TEXT,
          childProcesses: choice('requireRule', 'deny', 'allow'),
        },
        'outcome',
      ),
    },
    'name',
    'file',
    'expect',
  );
}
