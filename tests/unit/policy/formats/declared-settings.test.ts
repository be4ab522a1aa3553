/** Every setting that is declared arrives through every format, or the format says that it does not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEpmError } from '../../../../src/model/errors.ts';
import type { PolicyDocument } from '../../../../src/model/policy.ts';
import type { SettingName, SettingsInput } from '../../../../src/model/settings.ts';
import { SETTING_ENTRIES } from '../../../../src/policy/declaration/settings.ts';
import { POLICY_FORMATS, type PolicyFormat } from '../../../../src/policy/formats/format.ts';
import { FORMATS } from '../../../../src/policy/formats/formats.ts';
import { CLIENT_SETTING_ENTRIES } from '../../../../src/policy/formats/graph/definitions.ts';
import { settingValue } from '../arbitrary-policy.ts';

const GRAPH = new Map(CLIENT_SETTING_ENTRIES.map(([name, definition]) => [name as SettingName, definition]));

/** The setting with what it stands below in Graph, so that it has a place there. */
function withParents(name: SettingName, value: unknown): SettingsInput {
  const parent = GRAPH.get(name)?.parent;
  return { ...(parent === undefined ? {} : withParents(parent.setting, parent.value)), [name]: value };
}

/** What the other side reads, and whether the writer said that the setting is lost. */
function travel(format: PolicyFormat, name: SettingName, settings: SettingsInput) {
  const policy: PolicyDocument = { id: 'device', scope: { kind: 'device' }, settings, rules: [], rejected: [] };
  const place = `/settings/${name}`;
  try {
    const { bytes, problems } = FORMATS[format].write(policy);
    const { policies } = FORMATS[format].read(bytes, {});
    return {
      arrived: policies.map((read) => read.settings?.[name]).find((value) => value !== undefined),
      isReported: problems.some((problem) => problem.place?.pointer === place),
      noticed: policies.flatMap((read) => read.problems),
    };
  } catch (error) {
    // Without the setting every rule would elevate more.
    if (!isEpmError(error)) throw error;
    return {
      arrived: undefined,
      isReported: error.data?.['pointer'] === place,
      noticed: [],
    };
  }
}

describe.each(POLICY_FORMATS)('as %s', (format) => {
  it.each(SETTING_ENTRIES)('%s arrives', (name, setting) => {
    const carries = format !== 'graph' || GRAPH.has(name);
    fc.assert(
      fc.property(settingValue(setting), (value) => {
        const { arrived, isReported, noticed } = travel(format, name, { enabled: true, ...withParents(name, value) });
        expect(arrived).toEqual(carries ? value : undefined);
        expect(isReported).toBe(!carries);
        expect(noticed).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
