/**
 * Settings from and to the two forms they are delivered in: JSON members and registry numbers. A setting that cannot
 * be read counts as not configured and is reported; an unreadable set of validations counts as all of them, because
 * the default would be weaker than whatever was meant (decision I9).
 */
import type { RejectionReason } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from './declaration.ts';
import type { RegistryValue } from '../registry/registry-snapshot.ts';
import { sameRegistryName } from '../registry/registry-snapshot.ts';
import { findFaults } from './validation.ts';

export interface SettingsResult {
  /** Undefined: no setting could be read, which is no settings policy at all. */
  readonly settings: SettingsInput | undefined;
  readonly problems: readonly RejectionReason[];
}

/**
 * Reads settings from the plain value of a JSON object.
 * @param value An object without prototype; members given twice are the caller's to refuse.
 */
export function settingsFromJson(value: Readonly<Record<string, unknown>>): SettingsResult {
  const faults = findFaults('settings', value);
  const broken = new Set(faults.map((fault) => fault.member));
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of SETTING_ENTRIES) {
    if (!Object.hasOwn(value, name)) continue;
    if (broken.has(name)) Object.assign(settings, unreadable(name, setting));
    else settings[name] = setting.kind === 'set' ? inDeclaredOrder(setting, value[name] as string[]) : value[name];
  }
  return { settings: settingsOrNone(settings), problems: faults.map(({ member: _, ...problem }) => problem) };
}

/** Reads the single values of the policy key. Values of other names are left to the caller. */
export function settingsFromRegistry(values: readonly RegistryValue[]): SettingsResult {
  const problems: RejectionReason[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of SETTING_ENTRIES) {
    const value = values.find((candidate) => sameRegistryName(candidate.name, setting.valueName));
    if (value === undefined) continue;
    const read = value.type === 'REG_DWORD' ? fromNumber(setting, value.data) : undefined;
    if (read !== undefined) {
      settings[name] = read;
    } else {
      Object.assign(settings, unreadable(name, setting));
      problems.push({
        reason: value.type === 'REG_DWORD' ? 'unknownValue' : 'wrongType',
        place: setting.valueName,
        message: `${setting.valueName} must be ${expectedNumbers(setting)} (REG_DWORD).`,
      });
    }
  }
  return { settings: settingsOrNone(settings), problems };
}

/** The registry form, in declared order. */
export function settingsToRegistry(settings: SettingsInput): readonly RegistryValue[] {
  return SETTING_ENTRIES.flatMap(([name, setting]) => {
    const value = settings[name];
    if (value === undefined) return [];
    return [{ name: setting.valueName, type: 'REG_DWORD' as const, data: settingNumber(setting, value) }];
  });
}

/** The number that stands for a value of the setting. */
export function settingNumber(
  setting: SettingDeclaration,
  value: boolean | string | number | readonly string[],
): number {
  if (setting.kind === 'number') return Number(value);
  if (setting.kind === 'boolean') return value === true ? 1 : 0;
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
      title: chosen.length === 0 ? 'None' : chosen.map((choice) => choice.title).join(' and '),
    };
  });
}

function fromNumber(setting: SettingDeclaration, number: number): unknown {
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

function unreadable(name: string, setting: SettingDeclaration): Record<string, unknown> {
  return setting.kind === 'set' ? { [name]: setting.choices.map((choice) => choice.value) } : {};
}

function inDeclaredOrder(setting: SettingDeclaration & { kind: 'set' }, values: readonly string[]): readonly string[] {
  return setting.choices.map((choice) => choice.value).filter((value) => values.includes(value));
}

function expectedNumbers(setting: SettingDeclaration): string {
  if (setting.kind === 'boolean') return '0 or 1';
  if (setting.kind === 'set') return `0 to ${combinations(setting).length - 1}`;
  if (setting.kind === 'number') return `${setting.minimum} to ${setting.maximum}`;
  return setting.choices.map((choice) => choice.number).join(', ');
}

function settingsOrNone(settings: Record<string, unknown>): SettingsInput | undefined {
  return Object.keys(settings).length === 0 ? undefined : settings;
}
