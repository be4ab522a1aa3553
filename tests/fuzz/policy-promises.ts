/** What must hold of every policy that was read, whatever it was read from. */
import { deepStrictEqual } from 'node:assert';
import type { PolicyDocument } from '../../src/model/policy.ts';

/** The valid part of a policy survives being written and read again. @throws when it does not. */
export function requirePolicyKept(
  document: PolicyDocument,
  writeAndRead: (policy: PolicyDocument) => PolicyDocument | undefined,
): void {
  const { problems: _, ...valid } = { ...document, rejected: [] };
  // Objects read from JSON have no prototype; that is no difference here.
  deepStrictEqual(structuredClone(writeAndRead(valid)), structuredClone(valid));
}
