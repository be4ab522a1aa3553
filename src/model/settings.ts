/**
 * Settings of the client, one row each: the kind of value, what holds when no policy says anything, and what holds when
 * policies say different things (decisions S1, S2). Types, schemas, registry values, the ADMX, tables of the
 * documentation and lists of the module derive from the rows.
 */
import { ACCOUNT_SCOPES, namesOf, REQUESTERS, USER_WRITABLE_FILES, VALIDATIONS } from './rule-action.ts';

/**
 * What holds when policies differ: `default` is the built-in default, `stricter` the value under which less is
 * elevated, `union` everything that any of them names, `gathered` the same of texts in their order, which only
 * whoever manages the device may say: words for people, names of groups, `larger` the larger number of a setting on which no
 * elevation depends. `enabled` is for the one setting that says whether there is a client at all: enabling wins.
 */
type Merge = 'default' | 'stricter' | 'union' | 'gathered' | 'larger' | 'enabled';

export interface BooleanRow {
  readonly kind: 'boolean';
  readonly default: boolean;
  readonly merge: Exclude<Merge, 'union' | 'gathered' | 'larger'>;
  /** Value under which less is elevated; always of `merge: 'stricter'`. Absent: neither elevates less. */
  readonly stricter?: boolean;
}

export interface ChoiceRow {
  readonly kind: 'choice';
  /** Of `merge: 'stricter'` the stricter ones come first. */
  readonly values: readonly string[];
  /** Undefined: decided case by case, as the text of the setting says. */
  readonly default: string | undefined;
  readonly merge: 'default' | 'stricter';
  /** Of `merge: 'default'`: the value under which nothing is elevated that another would. The others have no order. */
  readonly strictest?: string;
}

/** A whole number; of `merge: 'stricter'` the smaller is the stricter one. */
export interface NumberRow {
  readonly kind: 'number';
  readonly minimum: number;
  readonly maximum: number;
  /** Undefined: there is no limit. */
  readonly default: number | undefined;
  readonly merge: 'default' | 'stricter' | 'larger';
}

/** Some of a few values. */
export interface SetRow {
  readonly kind: 'set';
  readonly values: readonly string[];
  readonly default: readonly [];
  readonly merge: 'union';
}

/** Free texts, at least one; case tells none apart. */
export interface TextsRow {
  readonly kind: 'texts';
  readonly maxItems: number;
  /** UTF-16 units of one text. */
  readonly maxLength: number;
  /** Regular expression, with the flag `u`, that each text must match. */
  readonly pattern: string;
  readonly default: readonly [];
  /** What is gathered keeps its order: that of each policy, and the policies by their ids. */
  readonly merge: 'union' | 'gathered';
}

/** One line that a person reads: no control character, nothing that changes how the rest looks, no white space around it. */
const LINE = '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$';

export type SettingRow = BooleanRow | ChoiceRow | NumberRow | SetRow | TextsRow;

/** In the order in which files are written and tables are shown. */
export const SETTINGS = {
  enabled: { kind: 'boolean', default: true, merge: 'enabled' },
  defaultElevationResponse: {
    kind: 'choice',
    values: ['denyAll', 'requireUserConfirmation', 'requireSupportApproval'],
    default: 'denyAll',
    merge: 'default',
    strictest: 'denyAll',
  },
  defaultValidations: { kind: 'set', values: namesOf(VALIDATIONS), default: [], merge: 'union' },
  allowElevationDetection: { kind: 'boolean', default: false, merge: 'default', stricter: false },
  sendData: { kind: 'boolean', default: true, merge: 'default' },
  reportingScope: {
    kind: 'choice',
    values: ['diagnosticOnly', 'managedElevations', 'allElevations'],
    default: 'allElevations',
    merge: 'default',
  },
  revocationUnknown: { kind: 'choice', values: ['refuse', 'accept'], default: undefined, merge: 'stricter' },
  manageAdministrators: { kind: 'boolean', default: false, merge: 'stricter', stricter: true },
  denyReachesChildren: { kind: 'boolean', default: true, merge: 'stricter', stricter: true },
  denyEscapeTools: { kind: 'boolean', default: false, merge: 'stricter', stricter: true },
  blockInternetFiles: { kind: 'boolean', default: false, merge: 'stricter', stricter: true },
  acceptTimestamped: { kind: 'boolean', default: true, merge: 'stricter', stricter: false },
  userWritableFile: { kind: 'choice', values: namesOf(USER_WRITABLE_FILES), default: 'copy', merge: 'stricter' },
  reducedPrivileges: { kind: 'boolean', default: false, merge: 'stricter', stricter: true },
  /** Questions count only from the agent's own window on a desktop of its own (decision U2). */
  secureConsent: { kind: 'boolean', default: false, merge: 'stricter', stricter: true },
  accountScope: { kind: 'choice', values: namesOf(ACCOUNT_SCOPES), default: 'userAndRule', merge: 'stricter' },
  /** In mebibytes; a larger file is not read and not elevated. */
  maximumFileSize: { kind: 'number', minimum: 1, maximum: 1_048_576, default: 4096, merge: 'stricter' },
  /** Of one user by local day (decision G5). */
  maximumElevationsPerDay: { kind: 'number', minimum: 1, maximum: 10_000, default: undefined, merge: 'stricter' },
  maximumElevatedMinutesPerDay: { kind: 'number', minimum: 1, maximum: 1440, default: undefined, merge: 'stricter' },
  /** Nobody approves what they asked for themselves (decision G4). */
  fourEyes: { kind: 'boolean', default: true, merge: 'stricter', stricter: true },
  /** Who of the device may ask support (decision G2). */
  requestsFrom: { kind: 'choice', values: namesOf(REQUESTERS), default: 'anyUser', merge: 'stricter' },
  /** A window tells whoever asked support what became of it. */
  notifyUser: { kind: 'boolean', default: true, merge: 'default' },
  /** Groups of devices that approvals may be for, besides this device alone. */
  deviceGroups: { kind: 'texts', maxItems: 64, maxLength: 128, pattern: LINE, default: [], merge: 'gathered' },
  /** For which records stay in the audit journal. */
  journalDays: { kind: 'number', minimum: 1, maximum: 3650, default: 30, merge: 'larger' },
  /** Names of programs with or without `.exe` that count as interpreters besides the known ones (decision A4). */
  additionalInterpreters: {
    kind: 'texts',
    maxItems: 64,
    maxLength: 64,
    // No path, no wildcard, no character that a delivery separates by, and none that Windows strips from a name.
    pattern: '^(?!\\p{Z})[^\\p{C}\\\\/:*?"<>|]*[^\\p{C}\\p{Z}\\\\/:*?"<>|.]$',
    default: [],
    merge: 'union',
  },
  promptInstructions: { kind: 'texts', maxItems: 4, maxLength: 500, pattern: LINE, default: [], merge: 'gathered' },
  supportContact: { kind: 'texts', maxItems: 4, maxLength: 200, pattern: LINE, default: [], merge: 'gathered' },
  /** Each is a justification: no longer than one may be. */
  cannedReasons: { kind: 'texts', maxItems: 20, maxLength: 256, pattern: LINE, default: [], merge: 'gathered' },
} as const satisfies Readonly<Record<string, SettingRow>>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<Row> = Row extends { readonly kind: 'boolean' }
  ? boolean
  : Row extends { readonly kind: 'number' }
    ? number
    : Row extends { readonly kind: 'choice'; readonly values: readonly (infer Value)[] }
      ? Value
      : Row extends { readonly kind: 'set'; readonly values: readonly (infer Value)[] }
        ? readonly Value[]
        : readonly string[];

/** What a policy may say of one setting. */
export type SettingValue<Name extends SettingName = SettingName> = ValueOf<(typeof SETTINGS)[Name]>;

/** One policy's settings; a missing member is "not configured", which never conflicts. */
export type SettingsInput = { readonly [Name in SettingName]?: SettingValue<Name> };

/** Settings with a value in force; whether the client is enabled is {@link EffectiveSettings.clientState}. */
type EffectiveSettingName = Exclude<SettingName, 'enabled'>;

type InForce = {
  readonly [Name in EffectiveSettingName]: SettingValue<Name> | Extract<(typeof SETTINGS)[Name]['default'], undefined>;
};

/** A setting, and policies that say something about it. */
export interface SettingPolicies {
  readonly setting: SettingName;
  readonly policies: readonly string[];
}

/** Settings in force for one requester. */
export interface EffectiveSettings extends InForce {
  /** `noPolicy`: no settings policy at all. `disabled`: all that say something disable. */
  readonly clientState: 'enabled' | 'disabled' | 'noPolicy';
  /** Settings on which policies disagree, and the policies that do. */
  readonly conflicts: readonly SettingPolicies[];
  /** Settings of which the hive of the user says something that does not count, because nothing confirms it. */
  readonly leftOut: readonly SettingPolicies[];
}

/** Rows as entries, in declared order, with their common type. */
export const SETTING_ROWS = Object.entries(SETTINGS) as readonly (readonly [SettingName, SettingRow])[];
