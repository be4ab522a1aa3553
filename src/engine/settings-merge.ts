/** Settings in force for one requester, from every settings policy that applies (decisions S1, S2). */
import type { Sid } from '../model/brands.ts';
import type { PolicyDocument } from '../model/policy.ts';
import {
  SETTING_ROWS,
  SETTINGS,
  type EffectiveSettings,
  type SettingName,
  type SettingRow,
  type SettingsInput,
} from '../model/settings.ts';
import { compareCodePoints, foldCase } from '../text/compare.ts';

type Conflict = EffectiveSettings['conflicts'][number];
type Source = { readonly id: string; readonly settings: SettingsInput };
/** Of any setting; what fits which one is for the table to say. */
type Value = boolean | number | string | readonly string[];

/** @param user requester, or undefined for a user without policies of their own */
export function mergeSettings(policies: readonly PolicyDocument[], user: Sid | undefined): EffectiveSettings {
  const sources: Source[] = [];
  for (const { id, scope, settings } of policies) {
    const applies = scope.kind === 'device' || scope.sid === user;
    if (applies && settings !== undefined) sources.push({ id, settings });
  }
  const conflicts: Conflict[] = [];
  const clientState = mergeClientState(sources, conflicts);
  // What a disabling policy says besides counts for nothing, even where another policy keeps the client on.
  const counting = sources.filter((source) => source.settings.enabled !== false);
  const merged: Record<string, unknown> = { clientState };
  for (const [name, row] of SETTING_ROWS) {
    if (row.merge !== 'enabled') merged[name] = mergeSetting(counting, name, row, conflicts);
  }
  // Every other member of the type is a row of the table, and was given a value of its kind.
  return Object.freeze({ ...merged, conflicts }) as unknown as EffectiveSettings;
}

/** Whether less is elevated under `value` than under what holds when nothing is configured. In doubt: yes. */
export function isStricterThanDefault(name: SettingName, value: Value): boolean {
  const row: SettingRow = SETTINGS[name];
  if (row.merge === 'union') return (value as readonly string[]).length > 0;
  if (row.merge !== 'stricter') return value !== row.default;
  if (row.kind === 'number') return Number(value) < row.default;
  if (row.kind === 'boolean') return value === row.stricter && value !== row.default;
  const builtIn = row.default === undefined ? 1 : row.values.indexOf(row.default);
  return row.values.indexOf(String(value)) < builtIn;
}

function mergeClientState(sources: readonly Source[], conflicts: Conflict[]): EffectiveSettings['clientState'] {
  if (sources.length === 0) return 'noPolicy';
  const saying = sources.filter((source) => source.settings.enabled !== undefined);
  const enabled = saying.some((source) => source.settings.enabled === true);
  const disabled = saying.some((source) => source.settings.enabled === false);
  if (enabled && disabled) conflicts.push(conflict('enabled', saying));
  return disabled && !enabled ? 'disabled' : 'enabled';
}

function mergeSetting(
  sources: readonly Source[],
  name: SettingName,
  row: SettingRow,
  conflicts: Conflict[],
): Value | undefined {
  const saying = sources.filter((source) => source.settings[name] !== undefined);
  const values = saying.map((source) => normal(row, source.settings[name] as Value));
  const [first] = values;
  if (first === undefined) return row.default;
  const differ = new Set(values.map((value) => JSON.stringify(value))).size > 1;
  if (!differ) return first;
  conflicts.push(conflict(name, saying));
  switch (row.merge) {
    case 'union':
      return normal(row, values.flat() as string[]);
    case 'stricter':
      return strictest(row, values);
    default:
      return row.default;
  }
}

/** A list in an order of its own, whatever the order of delivery. */
function normal(row: SettingRow, value: Value): Value {
  if (row.kind === 'set') return row.values.filter((each) => (value as readonly string[]).includes(each));
  if (row.kind !== 'texts') return value;
  const texts = new Map((value as readonly string[]).toSorted(compareCodePoints).map((text) => [foldCase(text), text]));
  return [...texts].sort(([left], [right]) => compareCodePoints(left, right)).map(([, text]) => text);
}

function strictest(row: SettingRow, values: readonly Value[]): Value | undefined {
  switch (row.kind) {
    case 'boolean':
      return row.stricter;
    case 'number':
      return Math.min(...values.map(Number));
    case 'choice':
      return row.values.find((value) => values.includes(value));
    default:
      return row.default;
  }
}

function conflict(setting: SettingName, sources: readonly Source[]): Conflict {
  return { setting, policies: [...new Set(sources.map((source) => source.id))].sort(compareCodePoints) };
}
