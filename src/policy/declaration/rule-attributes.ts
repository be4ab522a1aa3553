/**
 * Attributes of a rule: the form of each value, its limits and the text people read. Which there are stands in the
 * model, and what tells files apart comes with its words and limits from the engine's table; an attribute that is
 * missing here does not compile.
 */
import { ATTRIBUTE_LIST, type Attribute } from '../../engine/attributes/index.ts';
import { defined } from '../../model/defined.ts';
import { REDUCED_PRIVILEGES } from '../../model/privileges.ts';
import {
  CHILD_PROCESS_BEHAVIORS,
  ELEVATION_TYPES,
  namesOf,
  USER_WRITABLE_FILES,
  VALIDATIONS,
  WORKING_DIRECTORIES,
} from '../../model/rule-action.ts';
import {
  ACTION_ATTRIBUTES,
  CERTIFICATE_TYPES,
  DETECTION_ATTRIBUTES,
  type ActionAttribute,
  type AttributeKind,
  type CertificateType,
  type DESCRIPTIVE_ATTRIBUTES,
  type DetectionAttribute,
  type RuleInput,
} from '../../model/rule.ts';
import type { Described, TitledValue } from './described.ts';
import { LIMITS } from './limits.ts';

interface TextAttribute extends Described {
  readonly kind: 'text';
  readonly maxLength: number;
}
interface ChoiceAttribute<Value extends string = string> extends Described {
  readonly kind: 'choice';
  readonly choices: readonly TitledValue<Value>[];
}
interface SetAttribute<Value extends string = string> extends Described {
  readonly kind: 'set';
  readonly choices: readonly TitledValue<Value>[];
}
interface TextsAttribute extends Described {
  readonly kind: 'texts';
  readonly maxLength: number;
  readonly maxItems: number;
}
interface BooleanAttribute extends Described {
  readonly kind: 'boolean';
}
interface CertificateAttribute extends Described {
  readonly kind: 'certificate';
  readonly choices: readonly TitledValue<CertificateType>[];
}
export type AttributeDeclaration =
  TextAttribute | ChoiceAttribute | SetAttribute | TextsAttribute | BooleanAttribute | CertificateAttribute;

export type AttributeName = keyof RuleInput;

/** Rows of a table of the model as values to choose from. */
function valuesOf<Table extends Readonly<Record<string, Omit<TitledValue, 'value'>>>>(
  table: Table,
): readonly TitledValue<keyof Table & string>[] {
  return namesOf(table).map((value) => {
    const { title, effect } = table[value] as Omit<TitledValue, 'value'>;
    return { value, title, ...defined({ effect }) };
  });
}

/** What is declared of an attribute of each kind. */
interface DeclarationOf {
  readonly text: TextAttribute;
  readonly texts: TextsAttribute;
  readonly flag: BooleanAttribute;
  readonly certificate: CertificateAttribute;
  readonly elevationType: ChoiceAttribute;
  readonly validations: SetAttribute;
  readonly childProcesses: ChoiceAttribute;
  readonly userWritableFile: ChoiceAttribute;
  readonly workingDirectory: ChoiceAttribute;
  readonly privileges: SetAttribute;
}

type Declarations<Kinds extends Readonly<Record<string, AttributeKind>>> = {
  readonly [Name in keyof Kinds]: DeclarationOf[Kinds[Name]];
};

const DESCRIPTIVE: Declarations<typeof DESCRIPTIVE_ATTRIBUTES> = {
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
};

const ACTION: Declarations<typeof ACTION_ATTRIBUTES> = {
  type: {
    kind: 'choice',
    title: 'Elevation type',
    text: 'What the rule does with a file it matches.',
    defaultText: 'required',
    choices: valuesOf(ELEVATION_TYPES),
  },
  validations: {
    kind: 'set',
    title: 'Validation',
    text: 'What a person must give besides the confirmation. Counts for `userConfirmed` and `currentUser`.',
    defaultText: 'nothing',
    choices: valuesOf(VALIDATIONS),
  },
  childProcesses: {
    kind: 'choice',
    title: 'Child processes',
    text: 'What programs the elevated program may start.',
    defaultText: '`requireRule`',
    choices: valuesOf(CHILD_PROCESS_BEHAVIORS),
  },
  userWritableFile: {
    kind: 'choice',
    title: 'Files that users may write',
    text: 'As the setting of the same name, for this rule.',
    defaultText: 'as the setting',
    choices: valuesOf(USER_WRITABLE_FILES),
  },
  workingDirectory: {
    kind: 'choice',
    title: 'Working directory',
    text: 'Where the program starts: in the system folder, or in the folder that the request names, if the requester may list it and nobody else without administrator rights may write it. Whoever may write that folder can put files and libraries there that the program finds by a name without a path.',
    defaultText: '`system`',
    choices: valuesOf(WORKING_DIRECTORIES),
  },
  activeFrom: {
    kind: 'text',
    maxLength: 32,
    title: 'Active from',
    text: 'When the rule begins to match, by the local time of the device: `2026-12-24T08:00`, or `2026-12-24` for the beginning of that day.',
    defaultText: 'without a beginning',
  },
  activeUntil: {
    kind: 'text',
    maxLength: 32,
    title: 'Active until',
    text: 'When the rule ceases to match, by the local time of the device: at `2026-12-24T18:00` it is over; `2026-12-24` is the end of that day. A program that runs by then goes on.',
    defaultText: 'without an end',
  },
  activeHours: {
    kind: 'texts',
    maxLength: 64,
    maxItems: 32,
    title: 'Active hours',
    text: 'Days and hours at which the rule matches, by the local time of the device: `Mon-Fri 08:00-18:00`, `Sat,Sun` for whole days, `22:00-06:00` for every night. Hours over midnight belong to the day on which they begin. A rule of type `deny` denies only within them.',
    defaultText: 'always',
  },
  keepPrivileges: {
    kind: 'set',
    title: 'Privileges that are kept',
    text: 'What stays in the token although privileges are reduced, by the names Windows has for them. Has no effect where they are not reduced.',
    defaultText: 'none',
    choices: REDUCED_PRIVILEGES.map((value) => ({ value, title: value })),
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
  runInPlace: {
    kind: 'boolean',
    title: 'Run in place',
    text: 'The program starts where it lies although people without administrator rights may write its folder, if they may not write the file itself. Whoever puts a library beside it then runs code as administrator.',
    defaultText: 'off',
  },
  libraryGate: {
    kind: 'boolean',
    title: 'Library gate',
    text: 'A process of the program ends, before the first instruction of the library, when it loads one that lies where people without administrator rights may write. Taken are libraries that only the isolated account of the program can change, and those that the certificate of the rule signs, if these people may not write the file itself.',
    defaultText: 'off',
  },
  copyFolder: {
    kind: 'boolean',
    title: 'Copy folder',
    text: 'For installers of several `.exe` files, libraries and data: where the program runs from a protected copy, what lies in its folder is copied too, at most 5,000 files and 2 GiB. Holds the library gate; of the copied libraries only those are loaded that the certificate of the rule signs.',
    defaultText: 'off',
  },
  ownDesktop: {
    kind: 'boolean',
    title: 'Own desktop',
    text: 'The program runs on a desktop of its own, which no program of the user can reach, and which the user does not see: for programs without windows. It takes no input from the requester.',
    defaultText: 'off',
  },
  showUserFolders: {
    kind: 'boolean',
    title: 'Show folders of the user',
    text: 'Desktop, Documents and Downloads of the isolated account lead to those folders in the profile of the person who asked, so that the program opens and saves files there. A program that is elevated as the current user has them anyway.',
    defaultText: 'off',
  },
  reducedPrivileges: {
    kind: 'boolean',
    title: 'Reduced privileges',
    text: 'As the setting of the same name, for this rule.',
    defaultText: 'as the setting',
  },
};

const CERTIFICATE_TITLES: Readonly<Record<CertificateType, string>> = {
  publisher: 'Publisher',
  issuingAuthority: 'Certificate authority',
};

function detection(name: DetectionAttribute, attribute: Attribute<DetectionAttribute>): AttributeDeclaration {
  const { inSentence: _, ...words } = attribute.words;
  switch (DETECTION_ATTRIBUTES[name]) {
    case 'text':
      return { kind: 'text', ...words, maxLength: 0, ...attribute.limits };
    case 'texts':
      return { kind: 'texts', ...words, maxLength: 0, maxItems: 0, ...attribute.limits };
    case 'certificate':
      return {
        kind: 'certificate',
        ...words,
        choices: CERTIFICATE_TYPES.map((value) => ({ value, title: CERTIFICATE_TITLES[value] })),
      };
  }
}

/** In the order in which rules are written; the engine's table is in that in which attributes are compared. */
const WRITTEN: readonly DetectionAttribute[] = namesOf(DETECTION_ATTRIBUTES);

const isFlag = (name: ActionAttribute): boolean => ACTION_ATTRIBUTES[name] === 'flag';

/** In the order in which files are written and tables are shown: what the rule is, does, asks of the file, and its flags. */
export const ATTRIBUTE_ENTRIES: readonly (readonly [AttributeName, AttributeDeclaration])[] = [
  ...namesOf(DESCRIPTIVE).map((name) => [name, DESCRIPTIVE[name]] as const),
  ...namesOf(ACTION).flatMap((name) => (isFlag(name) ? [] : [[name, ACTION[name]] as const])),
  ...ATTRIBUTE_LIST.toSorted(([left], [right]) => WRITTEN.indexOf(left) - WRITTEN.indexOf(right)).map(
    ([name, attribute]) => [name, detection(name, attribute)] as const,
  ),
  ...namesOf(ACTION).flatMap((name) => (isFlag(name) ? [[name, ACTION[name]] as const] : [])),
];

/** UTF-16 units of a description. */
export const DESCRIPTION_LENGTH = DESCRIPTIVE.description.maxLength;
