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
