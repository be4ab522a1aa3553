/**
 * Settings from and to the two ways they are delivered: JSON members and registry values. A setting that cannot be
 * read counts as not configured and is reported. Of a list that cannot be read whole what can be read counts, and an
 * unreadable set of validations counts as all of them, because the default would be weaker than whatever was meant
 * (decision I9).
 */
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import type { SettingsInput } from '../../model/settings.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from './settings.ts';
import type { RegistryValue } from '../registry/registry-snapshot.ts';
import { sameRegistryName } from '../registry/registry-snapshot.ts';
import { wholeTitle } from './described.ts';
import { checkValue } from './validation.ts';

interface SettingsResult {
  /** Undefined: no setting could be read, which is no settings policy at all. */
  readonly settings: SettingsInput | undefined;
  readonly problems: readonly Diagnostic[];
}

/**
 * Reads settings from the plain value of a JSON object.
 * @param value An object without prototype; members given twice are the caller's to refuse.
 */
export function settingsFromJson(value: Readonly<Record<string, unknown>>): SettingsResult {
  const found = checkValue('settings', value);
  const broken = new Set(found.map(({ member }) => member));
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of SETTING_ENTRIES) {
    if (!Object.hasOwn(value, name)) continue;
    const read = broken.has(name) ? whatCountsOf(setting, value[name]) : normal(setting, value[name]);
    if (read !== undefined) settings[name] = read;
  }
  return { settings: settingsOrNone(settings), problems: found.map(({ diagnostic }) => diagnostic) };
}

/** Reads the single values of the policy key. Values of other names are left to the caller. */
export function settingsFromRegistry(values: readonly RegistryValue[]): SettingsResult {
  const problems: Diagnostic[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of SETTING_ENTRIES) {
    const value = values.find((candidate) => sameRegistryName(candidate.name, setting.valueName));
    if (value === undefined) continue;
    const isOfType = value.type === registryType(setting);
    const read = isOfType ? fromRegistry(setting, value.data) : undefined;
    const counts = read ?? whatCountsOf(setting, value.data);
    if (counts !== undefined) settings[name] = counts;
    if (read !== undefined) continue;
    const message = `${setting.valueName} must be ${expected(setting)} (${registryType(setting)}).`;
    problems.push(diagnostic(isOfType ? 'unknownValue' : 'wrongType', message, { registry: setting.valueName }));
  }
  return { settings: settingsOrNone(settings), problems };
}

/** The values of the policy key, in declared order. */
export function settingsToRegistry(settings: SettingsInput): readonly RegistryValue[] {
  return SETTING_ENTRIES.flatMap(([name, setting]): readonly RegistryValue[] => {
    const value = settings[name];
    if (value === undefined) return [];
    if (registryType(setting) === 'REG_MULTI_SZ') {
      return [{ name: setting.valueName, type: 'REG_MULTI_SZ', data: value as readonly string[] }];
    }
    return [{ name: setting.valueName, type: 'REG_DWORD', data: settingNumber(setting, value) }];
  });
}

/** Type of the registry value that holds the setting. */
function registryType({ kind }: Pick<SettingDeclaration, 'kind'>): 'REG_DWORD' | 'REG_MULTI_SZ' {
  return kind === 'texts' ? 'REG_MULTI_SZ' : 'REG_DWORD';
}

/** The number that stands for a value of a setting that is stored as one. */
function settingNumber(setting: SettingDeclaration, value: boolean | string | number | readonly string[]): number {
  if (setting.kind === 'number') return Number(value);
  if (!('choices' in setting)) return value === true ? 1 : 0;
  const chosen = setting.choices.filter((choice) =>
    typeof value === 'object' ? value.includes(choice.value) : choice.value === value,
  );
  return chosen.reduce((sum, choice) => sum + choice.number, 0);
}

/** Every combination of a set with its number, from none to all. */
export function combinations(setting: SettingDeclaration & { kind: 'set' }): readonly {
  readonly number: number;
  readonly values: readonly string[];
  readonly title: string;
}[] {
  const all = setting.choices.reduce((sum, choice) => sum + choice.number, 0);
  return Array.from({ length: all + 1 }, (_, number) => {
    const chosen = setting.choices.filter((choice) => (number & choice.number) !== 0);
    return {
      number,
      values: chosen.map((choice) => choice.value),
      title: chosen.length === 0 ? 'None' : chosen.map(wholeTitle).join(' and '),
    };
  });
}

/** @param data of the type that the setting is stored as; undefined: it means nothing */
function fromRegistry(setting: SettingDeclaration, data: RegistryValue['data']): unknown {
  if (setting.kind === 'texts') {
    const texts = readableTexts(setting, data);
    return Array.isArray(data) && texts?.length === data.length ? texts : undefined;
  }
  const number = Number(data);
  switch (setting.kind) {
    case 'boolean':
      return number === 0 || number === 1 ? number === 1 : undefined;
    case 'choice':
      return setting.choices.find((choice) => choice.number === number)?.value;
    case 'set':
      return combinations(setting).find((combination) => combination.number === number)?.values;
    case 'number':
      return number >= setting.minimum && number <= setting.maximum ? number : undefined;
  }
}

/** What counts of a value that cannot be taken whole; undefined: nothing, the setting is not configured. */
function whatCountsOf(setting: SettingDeclaration, value: unknown): readonly string[] | undefined {
  if (setting.kind === 'set') return setting.choices.map((choice) => choice.value);
  return setting.kind === 'texts' ? readableTexts(setting, value) : undefined;
}

/** The texts that may stand in the list, as many as it may have; undefined: none. */
function readableTexts(setting: SettingDeclaration & { kind: 'texts' }, value: unknown): readonly string[] | undefined {
  const pattern = new RegExp(setting.pattern, 'u');
  const texts = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter(
    (text): text is string => typeof text === 'string' && text.length <= setting.maxLength && pattern.test(text),
  );
  return texts.length === 0 ? undefined : texts.slice(0, setting.maxItems);
}

/** A set in declared order, so that one choice has one form. */
function normal(setting: SettingDeclaration, value: unknown): unknown {
  if (setting.kind !== 'set') return value;
  return setting.choices
    .map((choice) => choice.value)
    .filter((choice) => (value as readonly string[]).includes(choice));
}

function expected(setting: SettingDeclaration): string {
  switch (setting.kind) {
    case 'boolean':
      return '0 or 1';
    case 'set':
      return `0 to ${combinations(setting).length - 1}`;
    case 'number':
      return `${setting.minimum} to ${setting.maximum}`;
    case 'choice':
      return setting.choices.map((choice) => choice.number).join(', ');
    case 'texts':
      return `1 to ${setting.maxItems} texts of at most ${setting.maxLength} characters, without ${setting.merge === 'union' ? '\\ / : * ? " < > |' : 'control characters and white space around them'}`;
  }
}

function settingsOrNone(settings: Record<string, unknown>): SettingsInput | undefined {
  return Object.keys(settings).length === 0 ? undefined : settings;
}
