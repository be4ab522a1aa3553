/**
 * Client settings of Graph JSON. What cannot be read counts as not configured, with a warning; unreadable validations
 * count as all of them, because anything less could be weaker than what was meant (decision I9).
 */
import { foldCase } from '../../../text/compare.ts';
import { namesOf, VALIDATIONS } from '../../../model/rule-action.ts';
import type { SettingName, SettingsInput } from '../../../model/settings.ts';
import {
  CLIENT_SETTINGS,
  CLIENT_SETTING_ALIASES,
  CLIENT_SETTING_ENTRIES,
  type ClientDefinition,
  type ClientSetting,
} from './definitions.ts';
import { readChoice, readChoices, type Instance } from './instances.ts';
import type { Diagnostics } from './json-view.ts';

interface Known {
  readonly setting: ClientSetting;
  readonly definition: ClientDefinition;
}

const DEFINITION_BY_ID: ReadonlyMap<string, Known> = new Map(
  [...CLIENT_SETTING_ENTRIES, ...CLIENT_SETTING_ALIASES].map(([setting, definition]) => [
    foldCase(definition.id),
    { setting, definition },
  ]),
);
const ALL_VALIDATIONS = namesOf(VALIDATIONS);

/** Whether the instance is of a client setting. */
export function isClientSetting(instance: Instance): boolean {
  return instance.ids.some((id) => DEFINITION_BY_ID.has(id));
}

/**
 * @param instances Those of client settings, wherever they stand.
 * @returns undefined when nothing could be read, which is no settings policy at all
 */
export function readSettings(instances: readonly Instance[], diagnostics: Diagnostics): SettingsInput | undefined {
  const bySetting = Map.groupBy(instances, ({ ids }) => DEFINITION_BY_ID.get(ids[0] ?? '')?.setting);
  const settings: Partial<Record<ClientSetting, unknown>> = {};
  const ignored = new Set<SettingName>();
  // Parents come first, so that what stands below another option is known when its turn comes.
  for (const setting of Object.keys(CLIENT_SETTINGS) as ClientSetting[]) {
    const [instance, second] = bySetting.get(setting) ?? [];
    if (instance === undefined) continue;
    const known = DEFINITION_BY_ID.get(instance.ids[0] ?? '');
    if (known === undefined) continue;
    const { parent } = known.definition;
    const chosen = parent && settings[parent.setting as ClientSetting];
    const isElsewhere = chosen !== undefined && chosen !== parent?.value;
    if (parent !== undefined && (isElsewhere || ignored.has(parent.setting))) {
      // What stands below it counts as little.
      ignored.add(setting);
      const message = `"${setting}" has no effect, as its place under "${parent.setting}" is not chosen; it is ignored.`;
      diagnostics.add('underOtherOption', instance.object, message);
      continue;
    }
    if (second !== undefined) diagnostics.add('givenTwice', second.object, `"${setting}" is given more than once.`);
    const value = second === undefined ? readValue(known.definition, instance, diagnostics) : undefined;
    const read = value ?? (known.definition.kind === 'choices' ? ALL_VALIDATIONS : undefined);
    if (value === undefined) {
      const counts = read === undefined ? 'it counts as not configured' : 'both validations are required';
      diagnostics.add('settingUnreadable', instance.object, `"${setting}" cannot be read; ${counts}.`);
    }
    if (read !== undefined) settings[setting] = read;
  }
  return Object.keys(settings).length === 0 ? undefined : (settings as SettingsInput);
}

function readValue(definition: ClientDefinition, instance: Instance, diagnostics: Diagnostics): unknown {
  if (definition.kind === 'choice') return readChoice(instance, definition, diagnostics)?.value;
  const chosen = readChoices(instance, definition, diagnostics)?.map(({ value }) => value);
  return chosen && ALL_VALIDATIONS.filter((validation) => chosen.includes(validation));
}
