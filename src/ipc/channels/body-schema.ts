/** Parts of the schemas of bodies. A body has no member that its schema does not name. */
import { MAX_ARGUMENTS, MAX_COMMAND_LINE } from '../../agent/command-line.ts';

/** UTF-16 units. */
const MAX_PATH = 32_767;

/** Absolute path of a file. */
export const PATH = { type: 'string', minLength: 1, maxLength: MAX_PATH };
/** Arguments of a program, already split. */
export const ARGUMENTS = {
  type: 'array',
  maxItems: MAX_ARGUMENTS,
  items: { type: 'string', maxLength: MAX_COMMAND_LINE },
};
/** UTF-16 units before normalisation; the exact limit is checked on the normalised text. */
export const JUSTIFICATION = { type: 'string', maxLength: 4_096 };
/** A request to support. */
export const REQUEST_ID = { type: 'string', pattern: '^[A-Za-z0-9_-]{22}$' };
/** Position in a list or journal. */
export const POSITION = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

/** @param required members that must be there */
export function bodySchema(properties: Readonly<Record<string, object>>, required: readonly string[] = []): object {
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  };
}
