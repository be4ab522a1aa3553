/**
 * The form of client messages. The validators are compiled from this ahead of time into generated/
 * (`npm run generate`), because the packed executable should not compile code while it runs.
 */
import { MAX_ARGUMENTS, MAX_COMMAND_LINE } from '../agent/command-line.ts';
import { PROTOCOL_VERSION, type Channel } from './channels.ts';

/** UTF-16 units. */
const MAX_PATH = 32_767;
/** UTF-16 units before normalisation; the exact limit is checked on the normalised text. */
const MAX_JUSTIFICATION_TEXT = 4_096;

const path = { type: 'string', minLength: 1, maxLength: MAX_PATH };
const args = { type: 'array', maxItems: MAX_ARGUMENTS, items: { type: 'string', maxLength: MAX_COMMAND_LINE } };
const empty = { type: 'object', additionalProperties: false };

const BODIES: Readonly<Record<Channel, object>> = {
  elevate: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path,
      arguments: args,
      justification: { type: 'string', maxLength: MAX_JUSTIFICATION_TEXT },
      ticket: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      wait: { type: 'boolean' },
    },
  },
  test: { type: 'object', additionalProperties: false, required: ['path'], properties: { path, arguments: args } },
  policy: {
    type: 'object',
    additionalProperties: false,
    properties: { after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } },
  },
  audit: {
    type: 'object',
    additionalProperties: false,
    properties: {
      after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
      limit: { type: 'integer', minimum: 0, maximum: 100_000 },
    },
  },
  status: empty,
};

const ENVELOPES: Readonly<Record<'request' | 'cancel', object>> = {
  request: {
    type: 'object',
    additionalProperties: false,
    required: ['v', 'channel', 'body'],
    properties: { v: { const: PROTOCOL_VERSION }, channel: { enum: Object.keys(BODIES) }, body: { type: 'object' } },
  },
  cancel: {
    type: 'object',
    additionalProperties: false,
    required: ['v', 'cancel'],
    properties: { v: { const: PROTOCOL_VERSION }, cancel: { const: true } },
  },
};

/** Schemas by the name of the function that is compiled from each. */
export function ipcSchemas(): Readonly<Record<string, object>> {
  const named = { request: ENVELOPES.request, cancel: ENVELOPES.cancel, ...BODIES };
  return Object.fromEntries(
    Object.entries(named).map(([name, schema]) => [
      `validate${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      { $id: `urn:epm:ipc:${PROTOCOL_VERSION}:${name}`, ...schema },
    ]),
  );
}
