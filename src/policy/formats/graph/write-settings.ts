/** Client settings as one setting of Graph with the others below it, and what of them Graph cannot hold. */
import { diagnostic, type Diagnostic } from '../../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../../model/diagnostic-codes.ts';
import { isStricterThanDefault } from '../../../engine/settings-merge.ts';
import { EpmError } from '../../../model/errors.ts';
import type { SettingName, SettingsInput, SettingValue } from '../../../model/settings.ts';
import { CLIENT_SETTINGS, CLIENT_SETTING_ENTRIES, type ClientDefinition } from './definitions.ts';
import { choiceInstance, choicesInstance, type GraphJson } from './write-instance.ts';

interface WrittenSettings {
  /** Undefined: no setting could be written. */
  readonly instance: GraphJson | undefined;
  readonly problems: readonly Diagnostic[];
}

/** Settings of which Microsoft's client always does the stricter thing: an expired certificate never counts there. */
const HELD_THERE: readonly SettingName[] = ['acceptTimestamped'];

type Values = Partial<Record<SettingName, unknown>>;

/**
 * @param allowLooser Leave out settings without which every rule of the policy elevates more.
 * @throws EpmError EPM_POLICY_INVALID when there is such a setting
 */
export function writeSettings(settings: SettingsInput, allowLooser: boolean): WrittenSettings {
  const problems: Diagnostic[] = [];
  const values: Values = {};
  for (const [setting, value] of Object.entries(settings) as [SettingName, SettingValue | undefined][]) {
    if (value === undefined) continue;
    if (setting in CLIENT_SETTINGS) values[setting] = value;
    else {
      const isStricter = isStricterThanDefault(setting, value) && !HELD_THERE.includes(setting);
      if (isStricter && !allowLooser) throw refused(setting, value);
      const without = isStricter ? ', and without it more is elevated' : '';
      problems.push(problem('settingDropped', setting, `Graph has no such setting${without}; it is not written.`));
    }
  }
  // Children first: what they stand below may have to be added, and must then stand somewhere itself.
  for (const [setting, { parent }] of CLIENT_SETTING_ENTRIES.toReversed()) {
    if (values[setting] === undefined || parent === undefined || values[parent.setting] === parent.value) continue;
    if (values[parent.setting] === undefined && parent.isDefault) {
      values[parent.setting] = parent.value;
      const wins = parent.setting === 'enabled' ? ' Unlike before, it wins over a policy that disables.' : '';
      const message = `Graph holds "${setting}" below "${parent.setting}", which is written with its default.${wins}`;
      problems.push(problem('settingAdded', parent.setting, message));
      continue;
    }
    values[setting] = undefined;
    const message = `Without "${parent.setting}" as ${String(parent.value)} the setting has no place in Graph, and no effect.`;
    problems.push(problem('settingDropped', setting, message));
  }
  const { enabled } = values;
  return { instance: enabled === undefined ? undefined : instanceOf('enabled', values), problems };
}

function instanceOf(setting: SettingName, values: Values): GraphJson {
  const [, definition] = CLIENT_SETTING_ENTRIES.find(([name]) => name === setting) as [string, ClientDefinition];
  if (definition.kind === 'choices') return choicesInstance(definition, values[setting] as []);
  const children = CLIENT_SETTING_ENTRIES.flatMap(([name, { parent }]) =>
    parent?.setting === setting && values[name] !== undefined ? [instanceOf(name, values)] : [],
  );
  return choiceInstance(definition, values[setting] as boolean | string, true, children);
}

function refused(setting: SettingName, value: unknown): EpmError {
  const given = `"${setting}": ${JSON.stringify(value)}`;
  return new EpmError('EPM_POLICY_INVALID', `Graph has no setting for ${given}, without which more is elevated.`, {
    hint: 'Remove the setting from the policy first, or write the policy all the same with --allow-looser (-AllowLooser).',
    data: { pointer: `/settings/${setting}` },
  });
}

function problem(code: DiagnosticCode, setting: SettingName, message: string): Diagnostic {
  return diagnostic(code, message, { pointer: `/settings/${setting}` });
}
