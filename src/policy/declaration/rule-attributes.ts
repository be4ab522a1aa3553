/** Attributes of a rule: the form of each value, its limits and the text people read. */
import { CHILD_PROCESS_BEHAVIORS, ELEVATION_TYPES, namesOf, VALIDATIONS } from '../../model/rule-action.ts';
import type { CertificateType, RuleInput } from '../../model/rule.ts';
import type { Described, TitledValue } from './described.ts';
import { LIMITS } from './limits.ts';

export interface TextAttribute extends Described {
  readonly kind: 'text';
  readonly maxLength: number;
}
export interface ChoiceAttribute<Value extends string = string> extends Described {
  readonly kind: 'choice';
  readonly choices: readonly TitledValue<Value>[];
}
export interface SetAttribute<Value extends string = string> extends Described {
  readonly kind: 'set';
  readonly choices: readonly TitledValue<Value>[];
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
    return { value, title, ...(effect === undefined ? {} : { effect }) };
  });
}

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

/** Attributes as entries, in declared order, with their common type. */
export const ATTRIBUTE_ENTRIES = Object.entries(RULE_ATTRIBUTES) as readonly [AttributeName, AttributeDeclaration][];
