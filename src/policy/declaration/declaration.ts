/**
 * The one place where settings and rule attributes are declared: name in the policy file, registry value, limits,
 * choices and the text people read. The JSON schemas, the registry layout, the ADMX and ADML files, the OMA-URIs and
 * the tables of docs/policy.md are all rendered from here, so they cannot disagree.
 *
 * Value names and numbers follow the nodes Microsoft's settings catalog uses for Endpoint Privilege Management where
 * it has them (EnableEPM, DefaultElevationResponse, DefaultBehaviorValidation, AllowElevationDetection, SendData,
 * ReportingScope), so that administrators meet known words.
 */
import type { CertificateType, RuleInput } from '../../model/rule.ts';
import type { SettingName, SettingsInput } from '../../model/settings.ts';

/** Key below HKEY_LOCAL_MACHINE (device) and HKEY_USERS\<SID> (user). ADMX ingestion allows it: it is not Microsoft's. */
export const POLICY_KEY = 'Software\\Policies\\EPM';
/** Version of the policy file's form. */
export const POLICY_FILE_VERSION = 1;
/** Name of the ADMX file's application, setting type and category: the parts of every OMA-URI. */
export const ADMX_APPLICATION = 'EPM';
export const ADMX_SETTING_TYPE = 'Policy';
export const ADMX_CATEGORY = 'EPM';
/** Raised with every change of the ADMX content; a new identifier is what makes MDM clients take a new version. */
export const ADMX_REVISION = '1.1';

/** All lengths in UTF-16 units, as the registry counts. */
export const LIMITS = {
  /** Registry.pol carries at most 65,535 bytes per value ([MS-GPREG] 2.2.1), which is 32,766 units and a NUL. */
  ruleText: 32_000,
  /** A certificate in base64; a value of the registry like a rule. */
  certificate: 32_000,
  /** Registry.pol carries value names of at most 259 units. */
  ruleName: 255,
  rules: 10_000,
  certificates: 1_000,
  grants: 10_000,
  policyId: 128,
  policyFile: 16 * 1024 * 1024,
  /** Nesting of objects and arrays. */
  ruleDepth: 4,
  policyFileDepth: 6,
} as const;

export interface Choice<Value extends string = string> {
  readonly value: Value;
  /** Number in the registry. Of a set: its bit. */
  readonly number: number;
  readonly title: string;
}

interface Described {
  readonly title: string;
  readonly text: string;
  /** What holds when nothing says otherwise, for people. */
  readonly defaultText: string;
}

export interface BooleanSetting extends Described {
  readonly kind: 'boolean';
  readonly valueName: string;
}

export interface ChoiceSetting<Value extends string = string> extends Described {
  readonly kind: 'choice';
  readonly valueName: string;
  readonly choices: readonly Choice<Value>[];
}

/** Several choices at once, stored as the sum of their numbers. */
export interface SetSetting<Value extends string = string> extends Described {
  readonly kind: 'set';
  readonly valueName: string;
  readonly choices: readonly Choice<Value>[];
}

/** A whole number, stored as it is. */
export interface NumberSetting extends Described {
  readonly kind: 'number';
  readonly valueName: string;
  readonly minimum: number;
  readonly maximum: number;
  /** What editors offer first: the value that holds when nothing is configured. */
  readonly initial: number;
  readonly unit: string;
}

export type SettingDeclaration = BooleanSetting | ChoiceSetting | SetSetting | NumberSetting;

type DeclarationOf<T> = [T] extends [boolean]
  ? BooleanSetting
  : [T] extends [string]
    ? ChoiceSetting<T>
    : [T] extends [number]
      ? NumberSetting
      : [T] extends [readonly (infer E extends string)[]]
        ? SetSetting<E>
        : never;

/** In the order in which files are written and tables are shown. */
export const SETTINGS = {
  enabled: {
    kind: 'boolean',
    valueName: 'EnableEPM',
    title: 'Elevation management',
    text: 'Turns EPM on or off for the device, or for the user. While it is off nothing is elevated. When one policy enables it and another disables it, it is on.',
    defaultText: 'on, when any other setting is configured',
  },
  defaultElevationResponse: {
    kind: 'choice',
    valueName: 'DefaultElevationResponse',
    title: 'Default elevation response',
    text: 'What happens when a person asks to elevate a file that no rule matches. "Require user confirmation" lets people elevate almost any file; prefer one of the other two.',
    defaultText: 'deny all requests',
    choices: [
      { value: 'denyAll', number: 0, title: 'Deny all requests' },
      { value: 'requireUserConfirmation', number: 1, title: 'Require user confirmation' },
      { value: 'requireSupportApproval', number: 2, title: 'Require support approval' },
    ],
  },
  defaultValidations: {
    kind: 'set',
    valueName: 'DefaultBehaviorValidation',
    title: 'Validation of the default response',
    text: 'What a person must give, besides a confirmation, when the default response is "Require user confirmation".',
    defaultText: 'nothing',
    choices: [
      { value: 'justification', number: 1, title: 'Business justification' },
      { value: 'authentication', number: 2, title: 'Windows authentication' },
    ],
  },
  allowElevationDetection: {
    kind: 'boolean',
    valueName: 'AllowElevationDetection',
    title: 'Detect elevation requests',
    text: 'A program that asks Windows for elevation by itself is judged by the rules, as if the person had asked EPM.',
    defaultText: 'off',
  },
  sendData: {
    kind: 'boolean',
    valueName: 'SendData',
    title: 'Send elevation data for reporting',
    text: 'Whether elevation data may leave the device. The local audit journal is always written.',
    defaultText: 'on',
  },
  reportingScope: {
    kind: 'choice',
    valueName: 'ReportingScope',
    title: 'Reporting scope',
    text: 'Which elevations are reported when data may be sent.',
    defaultText: 'all elevations',
    choices: [
      { value: 'diagnosticOnly', number: 0, title: 'Diagnostic data only' },
      { value: 'managedElevations', number: 1, title: 'Diagnostic data and managed elevations' },
      { value: 'allElevations', number: 2, title: 'Diagnostic data and all elevations' },
    ],
  },
  revocationUnknown: {
    kind: 'choice',
    valueName: 'RevocationUnknown',
    title: 'Certificates whose revocation is unknown',
    text: 'Whether a certificate counts while its revocation cannot be checked, for example offline.',
    defaultText: 'automatic rules refuse it, other rules accept it with a note',
    choices: [
      { value: 'refuse', number: 0, title: 'Refuse' },
      { value: 'accept', number: 1, title: 'Accept' },
    ],
  },
  manageAdministrators: {
    kind: 'boolean',
    valueName: 'ManageAdministrators',
    title: 'Manage administrators',
    text: 'Members of Administrators are treated like everyone else, deny rules included. Otherwise EPM leaves them alone.',
    defaultText: 'off',
  },
  denyReachesChildren: {
    kind: 'boolean',
    valueName: 'DenyReachesChildren',
    title: 'Deny rules reach child processes',
    text: 'A deny rule also ends the child of an elevated program whose rule allows all child processes.',
    defaultText: 'on',
  },
  denyEscapeTools: {
    kind: 'boolean',
    valueName: 'DenyEscapeTools',
    title: 'End known escape tools',
    text: 'Ends shells, interpreters and administrative tools that an elevated program starts, unless an automatic rule names the tool.',
    defaultText: 'off',
  },
  blockInternetFiles: {
    kind: 'boolean',
    valueName: 'BlockInternetFiles',
    title: 'Block files from the internet',
    text: 'A file that carries the mark of the web is not elevated.',
    defaultText: 'off',
  },
  acceptTimestamped: {
    kind: 'boolean',
    valueName: 'AcceptTimestamped',
    title: 'Accept timestamped signatures',
    text: 'A signature whose certificate has expired still counts when a trusted timestamp shows that it was valid at signing.',
    defaultText: 'off',
  },
  maximumFileSize: {
    kind: 'number',
    valueName: 'MaximumFileSizeMegabytes',
    minimum: 1,
    maximum: 1_048_576,
    initial: 4096,
    unit: 'mebibytes',
    title: 'Maximum file size',
    text: 'A larger file is not read and not elevated, so that nobody can keep the agent busy with one. In mebibytes (1,048,576 bytes).',
    defaultText: '4096 (4 GiB)',
  },
} as const satisfies { readonly [Name in SettingName]: DeclarationOf<NonNullable<SettingsInput[Name]>> };

export interface TextAttribute extends Described {
  readonly kind: 'text';
  readonly maxLength: number;
}
export interface ChoiceAttribute<Value extends string = string> extends Described {
  readonly kind: 'choice';
  readonly choices: readonly Omit<Choice<Value>, 'number'>[];
}
export interface SetAttribute<Value extends string = string> extends Described {
  readonly kind: 'set';
  readonly choices: readonly Omit<Choice<Value>, 'number'>[];
}
export interface TextsAttribute extends Described {
  readonly kind: 'texts';
  readonly maxLength: number;
  readonly maxItems: number;
}
export interface BooleanAttribute extends Described {
  readonly kind: 'boolean';
}
export interface CertificateAttribute extends Described {
  readonly kind: 'certificate';
  readonly choices: readonly Omit<Choice<CertificateType>, 'number'>[];
}
export type AttributeDeclaration =
  TextAttribute | ChoiceAttribute | SetAttribute | TextsAttribute | BooleanAttribute | CertificateAttribute;

export type AttributeName = keyof RuleInput;

/** In the order in which files are written and tables are shown. */
export const RULE_ATTRIBUTES = {
  name: {
    kind: 'text',
    maxLength: LIMITS.ruleName,
    title: 'Name',
    text: 'Identifies the rule in its policy, the audit and messages. In the registry it is the name of the value.',
    defaultText: 'required',
  },
  description: {
    kind: 'text',
    maxLength: 1024,
    title: 'Description',
    text: 'For administrators; has no effect.',
    defaultText: '',
  },
  type: {
    kind: 'choice',
    title: 'Elevation type',
    text: 'What the rule does with a file it matches.',
    defaultText: 'required',
    choices: [
      { value: 'automatic', title: 'Automatic' },
      { value: 'userConfirmed', title: 'User confirmed' },
      { value: 'currentUser', title: 'Elevate as current user' },
      { value: 'supportApproved', title: 'Support approved' },
      { value: 'deny', title: 'Deny' },
    ],
  },
  validations: {
    kind: 'set',
    title: 'Validation',
    text: 'What a person must give besides the confirmation. Counts for `userConfirmed` and `currentUser`.',
    defaultText: 'nothing',
    choices: [
      { value: 'justification', title: 'Business justification' },
      { value: 'authentication', title: 'Windows authentication' },
    ],
  },
  childProcesses: {
    kind: 'choice',
    title: 'Child processes',
    text: 'What programs the elevated program may start.',
    defaultText: '`requireRule`',
    choices: [
      { value: 'requireRule', title: 'Require rule to elevate' },
      { value: 'deny', title: 'Deny all' },
      { value: 'allow', title: 'Allow all child processes to run elevated' },
    ],
  },
  fileName: {
    kind: 'text',
    maxLength: 255,
    title: 'File name',
    text: 'Name with extension. `*` and `?` are wildcards, not in the extension and not in automatic rules.',
    defaultText: 'any name',
  },
  filePath: {
    kind: 'text',
    maxLength: 1024,
    title: 'File path',
    text: 'Folder of the file, without its name. It may start with a variable such as `%ProgramFiles%`.',
    defaultText: 'any folder',
  },
  fileHash: {
    kind: 'text',
    maxLength: 160,
    title: 'File hash',
    text: 'SHA-256, SHA-384 or SHA-512 of the file in hexadecimal, as Get-FileHash prints it.',
    defaultText: 'any content',
  },
  certificate: {
    kind: 'certificate',
    title: 'Certificate',
    text: 'Certificate of a good signature of the file: its `type` and either `sha256`, the SHA-256 of the certificate (DER) in hexadecimal, or `name`, an entry of `certificates`.',
    defaultText: 'any or none',
    choices: [
      { value: 'publisher', title: 'Publisher' },
      { value: 'issuingAuthority', title: 'Certificate authority' },
    ],
  },
  minimumVersion: {
    kind: 'text',
    maxLength: 64,
    title: 'Minimum version',
    text: 'Lowest file version that matches, one to four numbers with dots.',
    defaultText: 'any version',
  },
  fileDescription: {
    kind: 'text',
    maxLength: 1024,
    title: 'File description',
    text: 'File description in the version resource of the file.',
    defaultText: 'any',
  },
  productName: {
    kind: 'text',
    maxLength: 1024,
    title: 'Product name',
    text: 'Product name in the version resource of the file.',
    defaultText: 'any',
  },
  internalName: {
    kind: 'text',
    maxLength: 1024,
    title: 'Internal name',
    text: 'Internal name in the version resource of the file.',
    defaultText: 'any',
  },
  arguments: {
    kind: 'texts',
    maxLength: 8191,
    maxItems: 256,
    title: 'Argument list',
    text: 'Allowed command lines after the program name, each compared as a whole and with case. Never put a secret here.',
    defaultText: 'any arguments',
  },
  requireArguments: {
    kind: 'boolean',
    title: 'Require arguments',
    text: 'A call without arguments does not match either; otherwise it always does.',
    defaultText: 'off',
  },
  allowInterpreter: {
    kind: 'boolean',
    title: 'Allow interpreter',
    text: 'The author knows that the rule elevates an interpreter or a shell; silences the warning.',
    defaultText: 'off',
  },
  acceptTimestamped: {
    kind: 'boolean',
    title: 'Accept timestamped signatures',
    text: 'As the setting of the same name, for this rule.',
    defaultText: 'as the setting',
  },
} as const satisfies { readonly [Name in AttributeName]: AttributeDeclaration };

/** Lists of the policy: one registry subkey each, one value per entry. */
export const LISTS = {
  rules: {
    subkey: 'Rules',
    title: 'Elevation rules',
    text: 'One entry per rule: the name of the rule, and the rule as JSON on one line.',
    nameLabel: 'Rule name',
    valueLabel: 'Rule as JSON',
    maxItems: LIMITS.rules,
  },
  certificates: {
    subkey: 'Certificates',
    title: 'Certificates',
    text: 'Certificates that rules refer to by name: the name, and either the SHA-256 of the certificate (DER) in hexadecimal or the certificate itself, in base64 or PEM.',
    nameLabel: 'Name',
    valueLabel: 'SHA-256, or the certificate in base64',
    maxItems: LIMITS.certificates,
  },
  grants: {
    subkey: 'Grants',
    title: 'Support approvals',
    text: 'Signed approvals of single elevation requests: the identifier, and the approval on one line. They are kept with the policy; the rules and settings do not depend on them.',
    nameLabel: 'Identifier',
    valueLabel: 'Signed approval',
    maxItems: LIMITS.grants,
  },
} as const;

export type ListName = keyof typeof LISTS;

/** Name a policy goes by in the audit and when two rules tie; without it the policy is named after its scope. */
export const POLICY_ID = {
  valueName: 'PolicyId',
  maxLength: LIMITS.policyId,
  title: 'Policy identifier',
  text: 'Name of this policy in the audit. When two rules are otherwise equal, the one of the policy with the smaller identifier wins.',
} as const;

/** Settings as entries, in declared order, with their common type. */
export const SETTING_ENTRIES = Object.entries(SETTINGS) as readonly [SettingName, SettingDeclaration][];
/** Attributes as entries, in declared order, with their common type. */
export const ATTRIBUTE_ENTRIES = Object.entries(RULE_ATTRIBUTES) as readonly [AttributeName, AttributeDeclaration][];
