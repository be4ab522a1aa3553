/**
 * Endpoint Privilege Management in Microsoft Graph's settings catalog, as one table from which both the reader and the
 * writer work: which setting definition holds which attribute of ours, and which option which value.
 *
 * Ids are those of `/deviceManagement/configurationSettings` (Graph beta) as public dumps and exports show them. The
 * braces of `{elevationrulename}` are literal. Two option ids belong to two settings each, so that an option can only
 * be resolved by its setting.
 */
import { defined } from '../../../model/defined.ts';
import { namesOf, type ChildProcessBehavior, type ElevationType, type Validation } from '../../../model/rule-action.ts';
import {
  DETECTION_ATTRIBUTES,
  type ACTION_ATTRIBUTES,
  type ActionAttribute,
  type CertificateType,
  type DetectionAttribute,
  type RuleInput,
} from '../../../model/rule.ts';
import type { SettingName, SettingsInput } from '../../../model/settings.ts';

/** Root of an elevation rule, and prefix of everything in it. */
export const RULE_GROUP_ID = 'device_vendor_msft_policy_privilegemanagement_elevationrules_{elevationrulename}';
/** Root of a rule about a Windows setting, which this project does not have. */
export const SYSTEM_SETTING_GROUP_ID =
  'device_vendor_msft_policy_privilegemanagement_systemsettingrules_{systemsettingrulename}';
/** Definition of a reusable settings group that holds a certificate. */
export const REUSABLE_CERTIFICATE_ID = 'device_vendor_msft_policy_privilegemanagement_reusablesettings_certificatefile';
/** Rules of one policy: the group collection's limit. */
export const RULES_PER_POLICY = 100;

/** Ids by which a policy says which part of its template an instance and its value fill. */
export interface TemplateIds {
  readonly instance: string;
  /** Absent: the value has none. */
  readonly value?: string;
}

export interface Option<Value> {
  readonly id: string;
  readonly value: Value;
}

interface Definition {
  readonly id: string;
  /** Absent: no public policy shows one. */
  readonly template?: TemplateIds;
}
/** A string. */
export interface TextDefinition extends Definition {
  readonly kind: 'text';
}
/** A string that is the id of a reusable setting. */
interface ReferenceDefinition extends Definition {
  readonly kind: 'reference';
}
/** Several strings. */
export interface TextsDefinition extends Definition {
  readonly kind: 'texts';
}
/** One option. */
export interface ChoiceDefinition<Value> extends Definition {
  readonly kind: 'choice';
  readonly options: readonly Option<Value>[];
}
/** Several options. */
export interface ChoicesDefinition<Value> extends Definition {
  readonly kind: 'choices';
  readonly options: readonly Option<Value>[];
}

const inRule = (suffix: string): string => RULE_GROUP_ID + suffix;
const option = <Value>(suffix: string, value: Value): Option<Value> => ({ id: inRule(suffix), value });
/** One option for every value of ours; undefined: Graph has none. */
const options = <Value extends string>(
  suffixes: Readonly<Record<Value, string | undefined>>,
): readonly Option<Value>[] =>
  (Object.entries(suffixes) as [Value, string | undefined][]).flatMap(([value, suffix]) =>
    suffix === undefined ? [] : [option(suffix, value)],
  );
const text = (suffix: string, template?: TemplateIds): TextDefinition => ({
  kind: 'text',
  id: inRule(suffix),
  ...defined({ template }),
});

/** Where a rule's certificate comes from: a reusable setting, or the rule itself. */
export type SignatureSource = 'reference' | 'upload';

/** Settings of a rule whose value is one of our texts, under our name. */
export const RULE_TEXTS = {
  name: text('_name', {
    instance: 'fdabfcf9-afa4-4dbf-a4ef-d5c1549065e1',
    value: '03f003e5-43ef-4e7e-bf30-57f00781fdcc',
  }),
  description: text('_description', {
    instance: 'b3714f3a-ead8-4682-a16f-ffa264c9d58f',
    value: '5e82a1e9-ef4f-43ea-8031-93aace2ad14d',
  }),
  fileName: text('_filename', {
    instance: '0c1ceb2b-bbd4-46d4-9ba5-9ee7abe1f094',
    value: 'a165327c-f0e5-4c7d-9af1-d856b02191f7',
  }),
  filePath: text('_filepath', {
    instance: 'c3b7fda4-db6a-421d-bf04-d485e9d0cfb1',
    value: 'f011bcfc-03cd-4b28-a1f4-305278d7a030',
  }),
  fileHash: text('_filehash', {
    instance: 'e4436e2c-1584-4fba-8e38-78737cbbbfdf',
    value: '1adcc6f7-9fa4-4ce3-8941-2ce22cf5e404',
  }),
  minimumVersion: text('_fileversion', {
    instance: '4a36432a-ad41-4ea6-b69f-05655afc43d2',
    value: '9d5c2849-fa98-437c-92f6-abee4e9b8a0c',
  }),
  fileDescription: text('_filedescription', {
    instance: '5e10c5a9-d3ca-4684-b425-e52238cf3c8b',
    value: 'df3081ea-4ea7-4f34-ac87-49b2e84d4c4b',
  }),
  productName: text('_productname', {
    instance: '234631a1-aeb1-436f-9e05-dcd9489caf08',
    value: 'e466f96d-0633-40b3-86a4-9e093b696077',
  }),
  internalName: text('_internalname', {
    instance: '08511f12-25b5-4218-812c-39a2db444ef1',
    value: 'ec295dd4-6bbc-4fa8-a503-960784c53f41',
  }),
} as const satisfies { readonly [Name in keyof RuleInput]?: TextDefinition };

/** The other settings of a rule. */
export const RULE_CHOICES = {
  appliesTo: {
    kind: 'choice',
    id: inRule('_appliesto'),
    template: { instance: '0cde1c42-c701-44b1-94b7-438dd4536128', value: '2ec26569-c08f-434c-af3d-a50ac4a1ce26' },
    options: [option('_allusers', 'allUsers')],
  } satisfies ChoiceDefinition<string>,
  type: {
    kind: 'choice',
    id: inRule('_ruletype'),
    template: { instance: 'bc5a31ac-95b5-4ec6-be1f-50a384bb165f', value: 'cb2ea689-ebc3-42ea-a7a4-c704bb13e3ad' },
    options: options<ElevationType>({
      userConfirmed: '_self',
      automatic: '_automatic',
      deny: '_deny',
      supportApproved: '_supportarbitrated',
      currentUser: '_userconfirmeduser',
    }),
  } as ChoiceDefinition<ElevationType>,
  /** Child of the type User confirmed. */
  validation: {
    kind: 'choices',
    id: inRule('_ruletype_validation'),
    options: options<Validation>({ justification: '_ruletype_validation_0', authentication: '_ruletype_validation_1' }),
  } as ChoicesDefinition<Validation>,
  /** Child of the type Elevate as current user. */
  currentUserValidation: {
    kind: 'choices',
    id: inRule('_ruletype_userconfirmeduservalidation'),
    options: [option('_ruletype_userconfirmeduservalidation_0', 'authentication')],
  } as ChoicesDefinition<Validation>,
  /** Child of the type Elevate as current user. */
  currentUserJustification: {
    kind: 'choices',
    id: inRule('_ruletype_userconfirmeduservalidation_2'),
    options: [option('_ruletype_userconfirmeduservalidation_2_0', 'justification')],
  } as ChoicesDefinition<Validation>,
  childProcesses: {
    kind: 'choice',
    id: inRule('_childprocessbehavior'),
    options: options<ChildProcessBehavior>({
      allow: '_allowrunelevated',
      requireRule: '_allowrunelevatedrulerequired',
      deny: '_deny',
    }),
  } as ChoiceDefinition<ChildProcessBehavior>,
  signatureSource: {
    kind: 'choice',
    id: inRule('_signaturesource'),
    template: { instance: 'beb74dcd-b6c8-41b1-a95d-0874e96951e0', value: '437fac65-8d18-433c-bd51-8edd33038082' },
    options: [option('_signaturesource_0', 'reference'), option('_signaturesource_1', 'upload')],
  } as ChoiceDefinition<SignatureSource>,
  /** Child of the source "reusable settings". */
  certificateReference: {
    kind: 'reference',
    id: inRule('_certificatepayloadwithreusablesetting'),
  } as ReferenceDefinition,
  /** Child of the source "upload". */
  certificateUpload: { kind: 'text', id: inRule('_certificatefileupload') } as TextDefinition,
  /** Child of either source. */
  certificateType: {
    kind: 'choice',
    id: inRule('_certificatetype'),
    template: { instance: 'ea3b1b52-411c-4d89-80e9-c2289e59a97f', value: 'e36c490a-62b5-4b8c-8b2a-f099fad4441b' },
    options: options<CertificateType>({ publisher: '_publisher', issuingAuthority: '_issuingauthority' }),
  } as ChoiceDefinition<CertificateType>,
  restrictArguments: {
    kind: 'choice',
    id: inRule('_arguments'),
    options: [option('_arguments_allow', 'allow')],
  } as ChoiceDefinition<'allow'>,
  /** Child of restricted arguments. */
  argumentList: { kind: 'texts', id: inRule('_arguments_restrictargumentlist') } as TextsDefinition,
} as const;

/** Template id of the group of rules; a rule itself has none for its value. */
export const RULE_GROUP_TEMPLATE: TemplateIds = { instance: 'ee3d2e5f-6b3d-4cb1-af9b-37b02d3dbae2' };

/** Every setting of a rule by our name for it. */
export const RULE_SETTINGS = { ...RULE_TEXTS, ...RULE_CHOICES } as const;
export type RuleSetting = keyof typeof RULE_SETTINGS;

/** Attributes of files and calls that Graph holds. A rule that sets another one would match more there. */
const HELD: readonly string[] = [...namesOf(RULE_TEXTS), 'certificate', 'arguments'];

/** Attributes of files and calls that Graph has no place for. */
export const DETECTION_WITHOUT_PLACE: readonly DetectionAttribute[] = namesOf(DETECTION_ATTRIBUTES).filter(
  (name) => !HELD.includes(name),
);

type ActionWithoutPlace = {
  [Name in ActionAttribute]: (typeof ACTION_ATTRIBUTES)[Name] extends
    'flag' | 'text' | 'texts' | 'userWritableFile' | 'workingDirectory' | 'privileges'
    ? Name
    : never;
}[ActionAttribute];

/**
 * Flags and other actions of which Graph has none, and what holds without them. `requireArguments`, `reducedPrivileges`
 * that is on, and `userWritableFile` that refuses, are said of a rule where they have no effect; elsewhere the rule is
 * looser without them. Without `acceptTimestamped` an expired certificate never counts,
 * which is what Microsoft's client does.
 */
export const ACTIONS_WITHOUT_PLACE = {
  userWritableFile: 'a program always runs where it lies there',
  activeFrom: 'a rule holds at every time there',
  activeUntil: 'a rule holds at every time there',
  activeHours: 'a rule holds at every time there',
  keepPrivileges: 'a program always has every privilege there',
  requireArguments: 'it has no effect on this rule',
  allowInterpreter: 'it only silences a warning',
  acceptTimestamped: 'an expired certificate never counts there',
  runInPlace: 'a program always runs where it lies there',
  libraryGate: 'a program may load any library there',
  copyFolder: 'a program always runs where it lies there',
  workingDirectory: 'there it is not said where a program starts',
  ownDesktop: 'there a program runs on the desktop of the user',
  showUserFolders: 'a program has the folders of its own account there',
  reducedPrivileges: 'a program always has every privilege there',
} as const satisfies Readonly<Record<ActionWithoutPlace, string>>;

/** A setting that only exists below one option of another one. */
interface Parent {
  readonly setting: SettingName;
  readonly value: boolean | string;
  /** Whether that option is also what holds when nothing is configured. */
  readonly isDefault: boolean;
}

export type ClientDefinition = (ChoiceDefinition<boolean | string> | ChoicesDefinition<Validation>) & {
  /** Absent: the root of the policy. */
  readonly parent?: Parent;
};

const CLIENT = 'device_vendor_msft_policy_elevationclientsettings_';
/** One definition is called by another prefix; some tools write it with the common one. */
const VALIDATION_PREFIXES = ['device_vendor_msft_policy_privilegemanagement_elevationclientsettings_', CLIENT] as const;
const clientOption = <Value>(suffix: string, value: Value): Option<Value> => ({ id: CLIENT + suffix, value });
const underEnabled: Parent = { setting: 'enabled', value: true, isDefault: true };

const validation = (prefix: string): ClientDefinition => ({
  kind: 'choices',
  id: `${prefix}defaultelevationresponse_validation`,
  options: [
    { id: `${prefix}defaultelevationresponse_validation_0`, value: 'justification' },
    { id: `${prefix}defaultelevationresponse_validation_1`, value: 'authentication' },
  ],
  parent: { setting: 'defaultElevationResponse', value: 'requireUserConfirmation', isDefault: false },
});

/** The client settings that Graph knows, parents first. Settings of ours that are not here have no place in Graph. */
export const CLIENT_SETTINGS = {
  enabled: {
    kind: 'choice',
    id: `${CLIENT}enableepm`,
    template: { instance: '58a79a4b-ba9b-4923-a7a5-6dc1a9f638a4', value: 'a13cc55c-307a-4962-aaec-20b832bf75c7' },
    options: [clientOption('enableepm_1', true), clientOption('enableepm_0', false)],
  },
  defaultElevationResponse: {
    kind: 'choice',
    id: `${CLIENT}defaultelevationresponse`,
    options: [
      clientOption('defaultelevationresponse_0', 'denyAll'),
      clientOption('defaultelevationresponse_1', 'requireUserConfirmation'),
      clientOption('defaultelevationresponse_2', 'requireSupportApproval'),
    ],
    parent: underEnabled,
  },
  defaultValidations: validation(VALIDATION_PREFIXES[0]),
  allowElevationDetection: {
    kind: 'choice',
    id: `${CLIENT}allowelevationdetection`,
    options: [clientOption('allowelevationdetection_0', false), clientOption('allowelevationdetection_1', true)],
    parent: underEnabled,
  },
  sendData: {
    kind: 'choice',
    id: `${CLIENT}senddata`,
    options: [clientOption('senddata_1', true), clientOption('senddata_0', false)],
    parent: underEnabled,
  },
  reportingScope: {
    kind: 'choice',
    id: `${CLIENT}reportingscope`,
    options: [
      clientOption('reportingscope_0', 'diagnosticOnly'),
      clientOption('reportingscope_1', 'managedElevations'),
      clientOption('reportingscope_2', 'allElevations'),
    ],
    parent: { setting: 'sendData', value: true, isDefault: true },
  },
} as const satisfies { readonly [Name in keyof SettingsInput]?: ClientDefinition };

export type ClientSetting = keyof typeof CLIENT_SETTINGS;

/** As entries, parents first, with their common type. */
export const CLIENT_SETTING_ENTRIES = Object.entries(CLIENT_SETTINGS) as readonly [ClientSetting, ClientDefinition][];
/** A second spelling of a definition, taken on import. */
export const CLIENT_SETTING_ALIASES: readonly [ClientSetting, ClientDefinition][] = [
  ['defaultValidations', validation(VALIDATION_PREFIXES[1])],
];

/** What the two kinds of policy say about themselves. */
export const POLICY_KINDS = {
  settings: {
    templateId: 'e7dcaba4-959b-46ed-88f0-16ba39b14fd8_1',
    templateDisplayName: 'Elevation settings policy',
    technologies: 'mdm,endpointPrivilegeManagement',
  },
  rules: {
    templateId: 'cff02aad-51b1-498d-83ad-81161a393f56_1',
    templateDisplayName: 'Elevation rules policy',
    technologies: 'endpointPrivilegeManagement',
  },
} as const;
export type PolicyKind = keyof typeof POLICY_KINDS;

export const TEMPLATE_FAMILY = 'endpointSecurityEndpointPrivilegeManagement';
export const TEMPLATE_VERSION = 'Version 1';
export const PLATFORMS = 'windows10';
