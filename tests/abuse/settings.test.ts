/** Settings that somebody repeats as they are built in, to lift what another policy restricts. */
import { describe, expect, it } from 'vitest';
import { mergeSettings } from '../../src/engine/settings-merge.ts';
import { sid } from '../../src/model/brands.ts';
import type { PolicyDocument, PolicyScope } from '../../src/model/policy.ts';
import { SETTING_ROWS, type SettingName, type SettingRow, type SettingsInput } from '../../src/model/settings.ts';
import { POLICY_FORMATS } from '../../src/policy/formats/format.ts';
import { FORMATS, readPolicies } from '../../src/policy/formats/formats.ts';

const ANN = sid('S-1-5-21-1-2-3-1001');

/** The strictest and the loosest value of each setting that does not fall back to what is built in. */
const VALUES = SETTING_ROWS.filter(([, { merge }]) => merge === 'stricter' || merge === 'union').map(
  ([name, row]) => [name, strictest(row), loosest(row)] as const,
);
const STRICT: SettingsInput = settings(1);
const LOOSE: SettingsInput = settings(2);

function settings(which: 1 | 2): SettingsInput {
  const entries = VALUES.map((value) => [value[0], value[which]] as const);
  return Object.fromEntries([['enabled', true], ...entries.filter(([, value]) => value !== undefined)]);
}

function strictest(row: SettingRow): unknown {
  switch (row.kind) {
    case 'boolean':
      return row.stricter;
    case 'number':
      return row.minimum;
    case 'choice':
      return row.values[0];
    case 'set':
      return row.values;
    case 'texts':
      return ['tool'];
  }
}

function loosest(row: SettingRow): unknown {
  switch (row.kind) {
    case 'boolean':
      return row.stricter === false;
    case 'number':
      return row.maximum;
    case 'choice':
      return row.values.at(-1);
    case 'set':
      return [];
    case 'texts':
      // A list of texts that is there has one at least.
      return undefined;
  }
}

function document(id: string, given: SettingsInput | undefined, scope: PolicyScope): PolicyDocument {
  return { id, scope, ...(given === undefined ? {} : { settings: given }), rules: [], rejected: [] };
}

describe.each(POLICY_FORMATS)('a policy as %s', (format) => {
  // Graph refuses what its client would read more loosely, and has few of these settings.
  const written = FORMATS[format].write(
    {
      ...document('loose', format === 'graph' ? { enabled: true, defaultValidations: [] } : LOOSE, { kind: 'device' }),
    },
    { allowLooser: true },
  );
  const read = readPolicies(written.bytes, format).policies.find((policy) => policy.settings !== undefined)?.settings;

  it.each<[string, PolicyScope]>([
    ['of the device', { kind: 'device' }],
    ['of the user', { kind: 'user', sid: ANN }],
  ])('AC-91 %s that repeats what is built in lifts nothing that the device restricts', (_whose, scope) => {
    expect(read).toBeDefined();
    if (format !== 'graph') expect(read).toEqual(LOOSE);
    const policies = [document('strict', STRICT, { kind: 'device' }), document('loose', read, scope)];
    for (const order of [policies, policies.toReversed()]) {
      const { clientState, conflicts, leftOut, ...merged } = mergeSettings(order, ANN);
      const { enabled: _, ...expected } = STRICT;
      expect(merged).toMatchObject(expected);
      expect([clientState, leftOut]).toEqual(['enabled', []]);
      const named = conflicts.map(({ setting }) => setting);
      for (const name of named) expect(VALUES.map(([each]) => each)).toContain<SettingName>(name);
    }
  });
});
