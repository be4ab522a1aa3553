import { regText, replacePolicy } from '../../../src/policy/formats/reg/reg-writer.ts';
import { writePolicy } from '../../../src/policy/registry/registry-policy.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { RegistrySnapshot } from '../../../src/policy/registry/registry-snapshot.ts';
import type { TestBed } from '../../../testbed/test-bed.ts';

/** Puts a device policy with these rules into the registry of the bed. */
export async function deliverRules(bed: TestBed, rules: readonly RuleInput[]): Promise<void> {
  await bed.importRegistry(regText(replacePolicy({ kind: 'device' }, devicePolicy(rules))));
}

export function devicePolicy(rules: readonly RuleInput[]): RegistrySnapshot {
  return writePolicy({ id: 'device', scope: { kind: 'device' }, settings: { enabled: true }, rules, rejected: [] });
}
