/** Bytes of Graph JSON to a tree with positions. */
import { EpmError } from '../../../model/errors.ts';
import { decodePolicyText } from '../input.ts';
import { parseJson } from '../../../text/json-text.ts';
import type { Located } from './json-view.ts';

/** Nesting of a list of policies as SDKs write it is 24; real exports stay below that. */
const MAX_DEPTH = 48;
/** Characters. What this project writes for the most rules of a policy, with its indentation, is a little less. */
const MAX_LENGTH = 128 * 1024 * 1024;

/**
 * @param label What the input is called in a message.
 * @throws EpmError EPM_POLICY_INVALID when the bytes are no text, no JSON, too long or nested too deep
 */
export function parseGraph(bytes: Uint8Array, label: string): Located {
  // UTF-16 and UTF-8 have at most three bytes for a unit, and a mark of up to three.
  const text = bytes.length > MAX_LENGTH * 3 + 3 ? undefined : decodePolicyText(bytes);
  if (text === undefined || text.length > MAX_LENGTH) {
    throw new EpmError('EPM_POLICY_INVALID', `${label} has more than ${MAX_LENGTH} characters.`, {
      hint: 'Export fewer policies into one file.',
    });
  }
  const parsed = parseJson(text, { comments: false, maxDepth: MAX_DEPTH });
  if ('root' in parsed) return { node: parsed.root, pointer: '' };
  const { message, place } = parsed.fault;
  const { line, column } = place;
  throw new EpmError('EPM_POLICY_INVALID', `${label} is not valid at line ${line}, column ${column}: ${message}`, {
    hint: 'Give the JSON of configurationPolicies as Graph writes it.',
    data: { line, column },
  });
}
