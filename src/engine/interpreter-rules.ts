import type { RuleInput } from '../model/rule.ts';
import type { Conditions } from './attributes/index.ts';

/**
 * Whether a rule that takes an interpreter by all its other attributes elevates it in no call at all (decision A4): it then
 * needs a listed command line, and there is none. Of a file that is no interpreter this says nothing.
 */
export function neverElevatesInterpreter(
  { type }: Pick<RuleInput, 'type'>,
  { arguments: list, fileName }: Pick<Conditions, 'arguments' | 'fileName'>,
): boolean {
  if (type === 'deny') return false;
  if (list !== undefined) return list.vectors.length === 0;
  return type === 'automatic' || fileName?.literal === undefined;
}
