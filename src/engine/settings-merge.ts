/** Settings in force for one requester, from every settings policy that applies (decisions S1, S2). */
import type { Sid } from '../model/brands.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { Validation } from '../model/rule.ts';
import type { EffectiveSettings, SettingName, SettingsInput } from '../model/settings.ts';
import { compareCodePoints } from '../text/compare.ts';

type Conflict = EffectiveSettings['conflicts'][number];
type Source = { readonly id: string; readonly settings: SettingsInput };

const DEFAULTS = {
  defaultElevationResponse: 'denyAll',
  allowElevationDetection: false,
  sendData: true,
  reportingScope: 'allElevations',
  revocationUnknown: undefined,
  manageAdministrators: false,
  denyReachesChildren: true,
  denyEscapeTools: false,
  blockInternetFiles: false,
  acceptTimestamped: false,
  maximumFileSize: 4096,
} as const satisfies Partial<EffectiveSettings>;

/** @param user requester, or undefined for a user without policies of his own */
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
  const pick = <Name extends keyof typeof DEFAULTS>(name: Name): EffectiveSettings[Name] =>
    mergeValue(counting, name, DEFAULTS[name] as EffectiveSettings[Name], conflicts);
  const merged: EffectiveSettings = {
    clientState,
    defaultElevationResponse: pick('defaultElevationResponse'),
    defaultValidations: mergeValidations(counting, conflicts),
    allowElevationDetection: pick('allowElevationDetection'),
    sendData: pick('sendData'),
    reportingScope: pick('reportingScope'),
    revocationUnknown: pick('revocationUnknown'),
    manageAdministrators: pick('manageAdministrators'),
    denyReachesChildren: pick('denyReachesChildren'),
    denyEscapeTools: pick('denyEscapeTools'),
    blockInternetFiles: pick('blockInternetFiles'),
    acceptTimestamped: pick('acceptTimestamped'),
    maximumFileSize: pick('maximumFileSize'),
    conflicts,
  };
  return Object.freeze(merged);
}

function mergeClientState(sources: readonly Source[], conflicts: Conflict[]): EffectiveSettings['clientState'] {
  if (sources.length === 0) return 'noPolicy';
  const saying = sources.filter((source) => source.settings.enabled !== undefined);
  const enabled = saying.some((source) => source.settings.enabled === true);
  const disabled = saying.some((source) => source.settings.enabled === false);
  if (enabled && disabled) conflicts.push(conflict('enabled', saying));
  return disabled && !enabled ? 'disabled' : 'enabled';
}

function mergeValue<Name extends keyof typeof DEFAULTS>(
  sources: readonly Source[],
  name: Name,
  builtIn: EffectiveSettings[Name],
  conflicts: Conflict[],
): EffectiveSettings[Name] {
  const saying = sources.filter((source) => source.settings[name] !== undefined);
  const first = saying[0]?.settings[name];
  if (first === undefined) return builtIn;
  if (saying.every((source) => source.settings[name] === first)) return first as EffectiveSettings[Name];
  conflicts.push(conflict(name, saying));
  return builtIn;
}

/** Contradicting validations join, because the built-in "none" would be weaker than each of them. */
function mergeValidations(sources: readonly Source[], conflicts: Conflict[]): readonly Validation[] {
  const saying = sources.filter((source) => source.settings.defaultValidations !== undefined);
  const sets = saying.map((source) => ordered(source.settings.defaultValidations ?? []));
  if (new Set(sets.map((set) => set.join())).size > 1) conflicts.push(conflict('defaultValidations', saying));
  return ordered(sets.flat());
}

function ordered(validations: readonly Validation[]): Validation[] {
  return (['justification', 'authentication'] as const).filter((validation) => validations.includes(validation));
}

function conflict(setting: SettingName, sources: readonly Source[]): Conflict {
  return { setting, policies: [...new Set(sources.map((source) => source.id))].sort(compareCodePoints) };
}
