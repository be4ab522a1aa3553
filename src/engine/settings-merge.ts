/** Settings in force for one requester, from every settings policy that applies (decisions S1, S2, D1, D2). */
import type { Sid } from '../model/brands.ts';
import type { PolicyDocument } from '../model/policy.ts';
import {
  SETTING_ROWS,
  SETTINGS,
  type EffectiveSettings,
  type SettingName,
  type SettingPolicies,
  type SettingRow,
  type SettingsInput,
} from '../model/settings.ts';
import { compareCodePoints, foldCase } from '../text/compare.ts';

type Source = { readonly id: string; readonly settings: SettingsInput };
/** Of any setting; what fits which one is for the table to say. */
type Value = boolean | number | string | readonly string[];

/** @param user requester, or undefined for a user without policies of their own */
export function mergeSettings(policies: readonly PolicyDocument[], user: Sid | undefined): EffectiveSettings {
  const sources: Source[] = [];
  const unconfirmed: Source[] = [];
  for (const { id, scope, trust, settings } of policies) {
    const applies = scope.kind === 'device' || scope.sid === user;
    if (applies && settings !== undefined) (trust === undefined ? sources : unconfirmed).push({ id, settings });
  }
  const conflicts: SettingPolicies[] = [];
  const leftOut: SettingPolicies[] = [];
  const clientState = mergeClientState(sources, conflicts);
  addWhere(leftOut, 'enabled', unconfirmed, ({ settings }) => settings.enabled !== undefined);
  // What a disabling policy says besides counts for nothing, even where another policy keeps the client on.
  const counting = sources.filter((source) => source.settings.enabled !== false);
  const merged: Record<string, unknown> = { clientState };
  for (const [name, row] of SETTING_ROWS) {
    if (row.merge === 'enabled') continue;
    const value = mergeSetting(counting, name, row, conflicts);
    merged[name] = restrict(value, unconfirmed, name, row, leftOut);
  }
  // Every other member of the type is a row of the table, and was given a value of its kind.
  return Object.freeze({ ...merged, conflicts, leftOut }) as unknown as EffectiveSettings;
}

/** Whether less is elevated under `value` than under what holds when nothing is configured. In doubt: yes. */
export function isStricterThanDefault(name: SettingName, value: Value): boolean {
  const row: SettingRow = SETTINGS[name];
  if (row.merge === 'union') return (value as readonly string[]).length > 0;
  if (row.merge === 'larger' || row.merge === 'gathered') return false;
  if (row.merge !== 'stricter') return value !== row.default;
  if (row.kind === 'number') return row.default === undefined || Number(value) < row.default;
  if (row.kind === 'boolean') return value === row.stricter && value !== row.default;
  return rankOf(row.values, value) < rankOf(row.values, row.default);
}

function mergeClientState(sources: readonly Source[], conflicts: SettingPolicies[]): EffectiveSettings['clientState'] {
  if (sources.length === 0) return 'noPolicy';
  const saying = sources.filter((source) => source.settings.enabled !== undefined);
  const enabled = saying.some((source) => source.settings.enabled === true);
  const disabled = saying.some((source) => source.settings.enabled === false);
  if (enabled && disabled) conflicts.push(named('enabled', saying));
  return disabled && !enabled ? 'disabled' : 'enabled';
}

function mergeSetting(
  sources: readonly Source[],
  name: SettingName,
  row: SettingRow,
  conflicts: SettingPolicies[],
): Value | undefined {
  const saying = sources.filter((source) => source.settings[name] !== undefined);
  const values = saying.map((source) => normal(row, source.settings[name] as Value));
  const [first] = values;
  if (first === undefined) return row.default;
  const differ = new Set(values.map((value) => JSON.stringify(value))).size > 1;
  if (!differ) return first;
  conflicts.push(named(name, saying));
  switch (row.merge) {
    case 'union':
      return normal(row, values.flat() as string[]);
    case 'gathered':
      return normal(row, gathered(saying, name));
    case 'stricter':
      return strictest(row, values);
    case 'larger':
      return Math.max(...values.map(Number));
    default:
      return row.default;
  }
}

/**
 * What holds when users' hives speak too: they count where they are stricter than the rest, and make no conflict, which
 * could fall back to something looser.
 */
function restrict(
  value: Value | undefined,
  unconfirmed: readonly Source[],
  name: SettingName,
  row: SettingRow,
  leftOut: SettingPolicies[],
): Value | undefined {
  let restricted = value;
  for (const { settings } of unconfirmed) {
    const said = settings[name];
    if (said !== undefined && restricts(row, said, restricted)) restricted = together(row, said, restricted);
  }
  addWhere(leftOut, name, unconfirmed, ({ settings }) => {
    const said = settings[name];
    return said !== undefined && said !== value && !restricts(row, said, value);
  });
  return restricted;
}

/** Whether nothing is elevated under `said` that is not elevated under `value`. */
function restricts(row: SettingRow, said: Value, value: Value | undefined): boolean {
  if (row.merge === 'union') return true;
  if (row.merge === 'larger' || row.merge === 'gathered') return false;
  switch (row.kind) {
    case 'boolean':
      return said === row.stricter;
    case 'number':
      // On other numbers no elevation depends: how long the journal is kept is not for a user to say.
      return row.merge === 'stricter' && (value === undefined || Number(said) < Number(value));
    case 'choice':
      return row.merge === 'stricter'
        ? rankOf(row.values, said) < rankOf(row.values, value)
        : said === row.strictest && value !== said;
    default:
      return false;
  }
}

function together(row: SettingRow, said: Value, value: Value | undefined): Value {
  return row.merge === 'union' ? normal(row, [value ?? [], said].flat() as string[]) : said;
}

/** Of a choice whose stricter values come first. Deciding case by case lies behind the strictest one. */
function rankOf(values: readonly string[], value: Value | undefined): number {
  return value === undefined ? 0.5 : values.indexOf(String(value));
}

/** In the order of the ids of their policies; of one id, by what they hold. */
function gathered(sources: readonly Source[], name: SettingName): readonly string[] {
  return sources
    .map(({ id, settings }) => ({ id, texts: settings[name] as readonly string[] }))
    .sort(
      (left, right) =>
        compareCodePoints(left.id, right.id) ||
        compareCodePoints(JSON.stringify(left.texts), JSON.stringify(right.texts)),
    )
    .flatMap(({ texts }) => texts);
}

/** A list in an order that does not follow the order of delivery. */
function normal(row: SettingRow, value: Value): Value {
  if (row.kind === 'set') return row.values.filter((each) => (value as readonly string[]).includes(each));
  if (row.kind !== 'texts') return value;
  if (row.merge === 'gathered') return [...new Set(value as readonly string[])];
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

function addWhere(
  list: SettingPolicies[],
  setting: SettingName,
  sources: readonly Source[],
  isSo: (source: Source) => boolean,
): void {
  const found = sources.filter(isSo);
  if (found.length > 0) list.push(named(setting, found));
}

function named(setting: SettingName, sources: readonly Source[]): SettingPolicies {
  return { setting, policies: [...new Set(sources.map((source) => source.id))].sort(compareCodePoints) };
}
