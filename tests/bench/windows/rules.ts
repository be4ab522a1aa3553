import { writePolicy } from '../../../src/policy/registry-policy.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { RegistrySnapshot } from '../../../src/policy/registry-snapshot.ts';
import { POLICY_KEY } from '../../../src/policy/declaration.ts';
import { renderRegFile, type RegistryOperation } from '../../mdm-client/registry.ts';
import type { TestBed } from '../../bed/test-bed.ts';

/** Puts a device policy with these rules into the registry of the bed. */
export async function deliverRules(bed: TestBed, rules: readonly RuleInput[]): Promise<void> {
  const snapshot = writePolicy({
    id: 'device',
    scope: { kind: 'device' },
    settings: { enabled: true },
    rules,
    rejected: [],
  });
  const text = Buffer.from(renderRegFile(operations(snapshot, POLICY_KEY)))
    .toString('utf16le')
    .slice(1);
  await bed.importRegistry(text);
}

function operations(snapshot: RegistrySnapshot, key: string): readonly RegistryOperation[] {
  return [
    ...snapshot.values.map((value): RegistryOperation => ({ kind: 'set', hive: 'HKLM', key, value })),
    ...snapshot.subkeys.flatMap(({ name, key: below }) => operations(below, `${key}\\${name}`)),
  ];
}
