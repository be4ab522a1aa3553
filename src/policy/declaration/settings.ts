/**
 * Settings as they are delivered and shown: the value in the registry, which is also the name in the OMA-URI, and the
 * texts people read. What each setting is stands in the model; a setting that is missing here does not compile. The
 * JSON schemas, the registry layout, the ADMX and ADML files, the OMA-URIs and the tables of docs/policy.md are all
 * rendered from here, so they cannot disagree.
 *
 * Value names and numbers follow the nodes Microsoft's settings catalog uses for Endpoint Privilege Management where
 * it has them (EnableEPM, DefaultElevationResponse, DefaultBehaviorValidation, AllowElevationDetection, SendData,
 * ReportingScope), so that administrators meet known words.
 */
import { ACCOUNT_SCOPES, REQUESTERS, USER_WRITABLE_FILES, VALIDATIONS } from '../../model/rule-action.ts';
import {
  SETTING_ROWS,
  SETTINGS,
  type BooleanRow,
  type ChoiceRow,
  type NumberRow,
  type SetRow,
  type SettingName,
  type SettingRow,
  type TextsRow,
} from '../../model/settings.ts';
import type { Effect } from '../../model/effect.ts';
import type { Described, TitledValue } from './described.ts';

interface SettingWords extends Omit<Described, 'defaultText'> {
  readonly valueName: string;
  /** Where the default says it less well. */
  readonly defaultText?: string;
}

interface ChoiceWords {
  /** Number in the registry. Of a set: its bit. */
  readonly number: number;
  readonly title: string;
  readonly effect?: Effect;
}

type WordsOf<Row> = Row extends { readonly values: readonly (infer Value extends string)[] }
  ? SettingWords & { readonly choices: { readonly [Each in Value]: ChoiceWords } }
  : Row extends { readonly kind: 'number' }
    ? SettingWords & { readonly unit: string }
    : SettingWords;

const WORDS = {
  enabled: {
    valueName: 'EnableEPM',
    title: 'Elevation management',
    text: 'Turns EPM on or off for the device, or for the user. While it is off nothing is elevated. When one policy enables it and another disables it, it is on.',
    defaultText: 'on, when any other setting is configured',
  },
  defaultElevationResponse: {
    valueName: 'DefaultElevationResponse',
    title: 'Default elevation response',
    text: 'What happens when a person asks to elevate a file that no rule matches. "Require user confirmation" lets people elevate almost any file; prefer one of the other two.',
    choices: {
      denyAll: { number: 0, title: 'Deny all requests' },
      requireUserConfirmation: { number: 1, title: 'Require user confirmation' },
      requireSupportApproval: { number: 2, title: 'Require support approval' },
    },
  },
  defaultValidations: {
    valueName: 'DefaultBehaviorValidation',
    title: 'Validation of the default response',
    text: 'What a person must give, besides a confirmation, when the default response is "Require user confirmation".',
    choices: {
      justification: { number: 1, ...VALIDATIONS.justification },
      authentication: { number: 2, ...VALIDATIONS.authentication },
    },
  },
  allowElevationDetection: {
    valueName: 'AllowElevationDetection',
    title: 'Detect elevation requests',
    text: 'A program that somebody starts as always, that asks Windows for administrator rights and that a rule names is judged by the rules, as if the person had asked EPM. Where no rule fits, Windows asks as always. Only programs whose file name a rule says without wildcards are seen.',
  },
  sendData: {
    valueName: 'SendData',
    title: 'Send elevation data for reporting',
    text: 'Whether elevation data may leave the device. The local audit journal is always written.',
  },
  reportingScope: {
    valueName: 'ReportingScope',
    title: 'Reporting scope',
    text: 'Which elevations are reported when data may be sent.',
    choices: {
      diagnosticOnly: { number: 0, title: 'Diagnostic data only' },
      managedElevations: { number: 1, title: 'Diagnostic data and managed elevations' },
      allElevations: { number: 2, title: 'Diagnostic data and all elevations' },
    },
  },
  revocationUnknown: {
    valueName: 'RevocationUnknown',
    title: 'Certificates whose revocation is unknown',
    text: 'Whether a certificate counts while its revocation cannot be checked, for example offline.',
    defaultText: 'automatic rules refuse it, other rules accept it with a note',
    choices: {
      refuse: { number: 0, title: 'Refuse' },
      accept: { number: 1, title: 'Accept' },
    },
  },
  manageAdministrators: {
    valueName: 'ManageAdministrators',
    title: 'Manage administrators',
    text: 'Members of Administrators are treated like everyone else, deny rules included. Otherwise EPM leaves them alone.',
  },
  denyReachesChildren: {
    valueName: 'DenyReachesChildren',
    title: 'Deny rules reach child processes',
    text: 'A deny rule also ends the child of an elevated program whose rule allows all child processes.',
  },
  denyEscapeTools: {
    valueName: 'DenyEscapeTools',
    title: 'End known escape tools',
    text: 'Ends shells, interpreters and administrative tools that an elevated program starts, unless an automatic rule names the tool.',
  },
  blockInternetFiles: {
    valueName: 'BlockInternetFiles',
    title: 'Block files from the internet',
    text: 'A file that carries the mark of the web is not elevated.',
  },
  acceptTimestamped: {
    valueName: 'AcceptTimestamped',
    title: 'Accept timestamped signatures',
    text: 'A signature whose certificate has expired still counts when a trusted timestamp shows that it was valid at signing.',
  },
  userWritableFile: {
    valueName: 'UserWritableFile',
    title: 'Files that users may write',
    text: 'What becomes of a file that people without administrator rights may write, or whose folder they may write. A protected copy has none of the files that lie beside the original.',
    choices: {
      refuse: { number: 0, ...USER_WRITABLE_FILES.refuse },
      copy: { number: 1, ...USER_WRITABLE_FILES.copy },
    },
  },
  reducedPrivileges: {
    valueName: 'ReducedPrivileges',
    title: 'Reduced privileges',
    text: 'Privileges that reach beyond files and settings of the machine, such as those to debug, load drivers, back up, restore and take ownership, are removed from the token of elevated programs. Installers and driver updates may need them; a rule can keep some, or all. Otherwise an elevated program has every privilege that Windows gives administrators.',
  },
  secureConsent: {
    valueName: 'SecureConsent',
    title: 'Secure consent',
    text: 'Confirmation, justification and credentials count only when they are given in the window of the agent, which then runs under an isolated account without administrator rights, on a desktop of its own that programs of the person can neither see nor answer. What a client sends is no consent then. Where the window cannot be shown, nothing is elevated that a person would have to answer.',
  },
  accountScope: {
    valueName: 'AccountScope',
    title: 'Isolated accounts',
    text: 'Which elevations share an isolated account. The narrower the scope, the less one elevated program can leave for another to find; with one for each elevation no program finds its settings again.',
    choices: {
      launch: { number: 0, ...ACCOUNT_SCOPES.launch },
      userAndRule: { number: 1, ...ACCOUNT_SCOPES.userAndRule },
      user: { number: 2, ...ACCOUNT_SCOPES.user },
    },
  },
  maximumFileSize: {
    valueName: 'MaximumFileSizeMegabytes',
    title: 'Maximum file size',
    text: 'A larger file is not read and not elevated, so that nobody can keep the agent busy with one. In mebibytes (1,048,576 bytes).',
    defaultText: `${SETTINGS.maximumFileSize.default} (${SETTINGS.maximumFileSize.default / 1024} GiB)`,
    unit: 'mebibytes',
  },
  maximumElevationsPerDay: {
    valueName: 'MaximumElevationsPerDay',
    title: 'Elevations a day',
    text: 'How many programs one person may elevate in a day, by the local time of the device. What is more is denied until the next day begins; programs that run go on.',
    defaultText: 'no limit',
    unit: 'elevations',
  },
  maximumElevatedMinutesPerDay: {
    valueName: 'MaximumElevatedMinutesPerDay',
    title: 'Elevated minutes a day',
    text: 'For how many minutes of a day one person may have elevated programs, by the local time of the device; programs that run at the same time count once. When they are used up, nothing more is elevated until the next day begins; programs that run go on.',
    defaultText: 'no limit',
    unit: 'minutes',
  },
  fourEyes: {
    valueName: 'FourEyes',
    title: 'Four eyes',
    text: 'An approval counts only when somebody else than the person who asked has given it.',
  },
  requestsFrom: {
    valueName: 'RequestsFrom',
    title: 'Who may ask for support approval',
    text: 'Whether every user of the device may ask for a support approval, or its primary user only.',
    choices: {
      primaryUser: { number: 0, ...REQUESTERS.primaryUser },
      anyUser: { number: 1, ...REQUESTERS.anyUser },
    },
  },
  notifyUser: {
    valueName: 'NotifyUser',
    title: 'Tell users of answers',
    text: 'A window tells a person who asked for a support approval that it was given, denied or taken back, or is over, when it happens and they are signed in. Otherwise they are told at their next attempt only.',
  },
  deviceGroups: {
    valueName: 'DeviceGroups',
    title: 'Device groups',
    text: 'Names of groups that the device belongs to. An approver whose key has the right can approve a file for all devices of such a group. Names of several policies add up.',
  },
  journalDays: {
    valueName: 'JournalDays',
    title: 'Days of the audit journal',
    text: 'Records of the audit journal that are older are removed. Only policies of the device count: the journal is one for everybody. Of different numbers the larger one holds.',
    unit: 'days',
  },
  additionalInterpreters: {
    valueName: 'AdditionalInterpreters',
    title: 'Additional interpreters',
    text: 'Programs that run what their arguments say, besides those EPM knows: file names with or without ".exe", without a folder. A rule that is automatic or names no file, and the default response, elevate such a program only with an argument list that allows the arguments. Names of several policies add up.',
  },
  promptInstructions: {
    valueName: 'PromptInstructions',
    title: 'Instructions in the consent window',
    text: 'What people are to know before they answer, one paragraph each, as plain text. Paragraphs of several policies stand one after the other.',
  },
  supportContact: {
    valueName: 'SupportContact',
    title: 'Support contact',
    text: 'How people reach support, one line each, as plain text: the consent window shows it beside a denial and a request for approval.',
  },
  cannedReasons: {
    valueName: 'CannedReasons',
    title: 'Reasons to choose from',
    text: 'Reasons that people can choose in the consent window instead of writing one. They can still write another.',
  },
} as const satisfies { readonly [Name in SettingName]: WordsOf<(typeof SETTINGS)[Name]> };

interface Choice extends TitledValue {
  readonly number: number;
}

interface Delivered extends Described {
  readonly valueName: string;
}

/** A setting with all that is known of it. */
export type SettingDeclaration = Delivered &
  (
    | BooleanRow
    | ((ChoiceRow | SetRow) & { readonly choices: readonly Choice[] })
    | (NumberRow & { readonly unit: string })
    | TextsRow
  );

type AnyWords = SettingWords & {
  readonly choices?: Readonly<Record<string, ChoiceWords>>;
  readonly unit?: string;
};

function declare(row: SettingRow, words: AnyWords): SettingDeclaration {
  const { choices: choiceWords = {}, unit = '', ...described } = words;
  const choices =
    'values' in row
      ? row.values.flatMap((value) => (choiceWords[value] ? [{ value, ...choiceWords[value] }] : []))
      : [];
  const texts = { ...described, defaultText: described.defaultText ?? defaultTextOf(row.default, choices) };
  switch (row.kind) {
    case 'choice':
    case 'set':
      return { ...row, ...texts, choices };
    case 'number':
      return { ...row, ...texts, unit };
    default:
      return { ...row, ...texts };
  }
}

function defaultTextOf(value: SettingRow['default'], choices: readonly Choice[]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object') return 'nothing';
  const title = choices.find((choice) => choice.value === value)?.title ?? String(value);
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/** Settings in declared order. */
export const SETTING_ENTRIES: readonly (readonly [SettingName, SettingDeclaration])[] = SETTING_ROWS.map(
  ([name, row]) => [name, declare(row, WORDS[name])],
);
