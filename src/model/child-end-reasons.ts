/**
 * Why a process of an elevated tree was ended: before its first instruction, or before that of a library. The command
 * line, the module and docs/children.md tell a person.
 */
interface ChildEndRow {
  /** A sentence about the process, "It …". */
  readonly message: string;
  /** The next step, for whoever makes the rules. */
  readonly hint: string;
}

/** By the engine, from rules and facts. */
const DECIDED = {
  childrenDenied: {
    message: 'The rule of the program lets it start no other program.',
    hint: 'Let the rule require a rule for each child, or allow all.',
  },
  denyRule: { message: 'A Deny rule matches it.', hint: 'Change the Deny rule, if it was meant for other programs.' },
  needsConsent: {
    message: 'The rule that matches it asks a person, and nobody can be asked for a child.',
    hint: 'Give it an Automatic rule of its own.',
  },
  needsApproval: {
    message: 'The rule that matches it needs an approval by support, and there is none.',
    hint: 'Give it an Automatic rule of its own.',
  },
  noRule: { message: 'No rule matches it.', hint: 'Give it an Automatic rule of its own; the record has its facts.' },
  fileRefused: {
    message: 'Its file is none that rules can allow: another type than .exe, a refused name, or a refused place.',
    hint: 'Programs that start such files need a rule that allows all children.',
  },
  userWritableFile: {
    message:
      'Users may write its file or its folder, and it has started there, so that what runs may be other than what was checked.',
    hint: 'Install it where only administrators may write; or, where users may write the folder only, set runInPlace in its rule.',
  },
  escapeTool: {
    message: 'It is a tool by which programs leave their tree, and policy ends those.',
    hint: 'Give it an Automatic rule of its own, or turn denyEscapeTools off.',
  },
  clientOff: {
    message: 'EPM was turned off after the program had started.',
    hint: 'Start the program again when policy enables EPM.',
  },
} as const satisfies Readonly<Record<string, ChildEndRow>>;

/** By the agent, which could not ask the rules. */
const UNDECIDED = {
  factsUnknown: {
    message: 'Its file could not be read.',
    hint: 'The record has the error code. A file that is gone, open for writing, or on another computer cannot be judged.',
  },
  factsTimeout: {
    message: 'Its file was not read in time.',
    hint: 'Try again when the device is less busy; a file of several gigabytes takes long to be read.',
  },
  argumentsUnknown: { message: 'Its command line could not be read.', hint: 'Try again.' },
  notRecorded: {
    message: 'Its record could not be written to the audit journal.',
    hint: 'Make room on the drive of the journal.',
  },
  treeEnding: {
    message: 'Its tree was being ended.',
    hint: 'The record of the end of the program says why.',
  },
} as const satisfies Readonly<Record<string, ChildEndRow>>;

/** By the agent, because of a library that the process was about to load. */
const LIBRARIES = {
  userWritableLibrary: {
    message: 'It was to load a library that users may write or put there, and its rule has the library gate.',
    hint: 'Install the library where only administrators may write. One that the certificate of the rule signs is also taken where users may write the folder only, or beside an installer by copyFolder.',
  },
  unsignedNeighbour: {
    message:
      'It was to load a library that had been copied with the folder of the program, and that the certificate of the rule does not sign.',
    hint: 'If the library belongs to the program, install that where only administrators may write. Otherwise somebody put it there: look who did.',
  },
  libraryUnknown: {
    message: 'It was to load a library that could not be read, and its rule has the library gate.',
    hint: 'The record has the error code. A library that is open for writing, on another computer or no ordinary file cannot be judged.',
  },
} as const satisfies Readonly<Record<string, ChildEndRow>>;

export const CHILD_END_REASONS = { ...DECIDED, ...UNDECIDED, ...LIBRARIES } as const;

export type LibraryEndReason = keyof typeof LIBRARIES;

/** Reasons of the engine. */
export type ChildEndReason = keyof typeof DECIDED;

/** All reasons, those of the agent among them. */
export type EndedChildReason = keyof typeof CHILD_END_REASONS;
