/** One format into another. What the other format cannot carry is rewritten or left out, and reported either way. */
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import type { PolicyFormat, WriteOptions, WrittenPolicy } from './format.ts';
import { FORMATS } from './formats.ts';
import { type PolicyFile, policyFor } from './json/policy-file.ts';
import { rewriteRejected } from '../declaration/rejected-deny.ts';

/** The policy a file stands for; one that does not say for whom is the device's. */
export function portable(file: PolicyFile): PortablePolicy {
  return policyFor(file, file.scope ?? { kind: 'device' });
}

/**
 * Writes a policy that was read, in another format.
 * @throws EpmError EPM_POLICY_INVALID when the policy as a whole has no place in the format
 */
export function writeAs(file: PolicyFile, to: PolicyFormat, options: WriteOptions = {}): WrittenPolicy {
  const { document, rules } = rewriteRejected(portable(file));
  const written = FORMATS[to].write(document, options);
  return {
    bytes: written.bytes,
    rules: [...rules, ...written.rules],
    problems: [...scopeLost(document, to), ...written.problems],
  };
}

function scopeLost({ scope }: PortablePolicy, to: PolicyFormat): readonly Diagnostic[] {
  if (scope.kind === 'device') return [];
  const { statesScope } = FORMATS[to];
  if (statesScope === 'place' && scope.place === 'machine') return [];
  if (statesScope === 'user' || (statesScope === 'kind' && scope.sid === undefined)) return [];
  const whom = scope.sid === undefined ? 'users' : `the user ${scope.sid}`;
  const message = `The policy is for ${whom}, which ${to} does not say; see to it that it is delivered so.`;
  return [diagnostic('scopeNotWritten', message)];
}
