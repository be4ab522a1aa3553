/**
 * A rule as a policy gives it: detection attributes and the action. Attributes and choices are constants; the types are
 * derived from them, so that a new one is one line here and the compiler names every place that must know it.
 */
import type { Diagnostic } from './diagnostic.ts';
import type { ReducedPrivilege } from './privileges.ts';
import type {
  ChildProcessBehavior,
  ElevationType,
  UserWritableFile,
  Validation,
  WorkingDirectory,
} from './rule-action.ts';

export type { ChildProcessBehavior, ElevationType, Validation };

/** Where the certificate of a rule stands in the chain of a signature. */
export const CERTIFICATE_TYPES = ['publisher', 'issuingAuthority'] as const;
export type CertificateType = (typeof CERTIFICATE_TYPES)[number];

export interface RuleCertificate {
  readonly type: CertificateType;
  /** SHA-256 of the DER, hexadecimal. */
  readonly sha256: string;
}

/** The kinds of values that attributes have. */
interface AttributeValues {
  readonly text: string;
  readonly texts: readonly string[];
  readonly flag: boolean;
  readonly certificate: RuleCertificate;
  readonly elevationType: ElevationType;
  readonly validations: readonly Validation[];
  readonly childProcesses: ChildProcessBehavior;
  readonly userWritableFile: UserWritableFile;
  readonly workingDirectory: WorkingDirectory;
  readonly privileges: readonly ReducedPrivilege[];
}
export type AttributeKind = keyof AttributeValues;

/** What names the rule for people. */
export const DESCRIPTIVE_ATTRIBUTES = {
  name: 'text',
  description: 'text',
} as const satisfies Readonly<Record<string, AttributeKind>>;

/** What happens to a file that matches, and under which conditions besides the file. */
export const ACTION_ATTRIBUTES = {
  type: 'elevationType',
  validations: 'validations',
  childProcesses: 'childProcesses',
  userWritableFile: 'userWritableFile',
  workingDirectory: 'workingDirectory',
  /** Local time of the device from which the rule matches, and until which; a day alone is meant whole. */
  activeFrom: 'text',
  activeUntil: 'text',
  /** Days and hours of the week at which the rule matches, by the local time of the device. */
  activeHours: 'texts',
  /** What stays in the token where privileges are reduced. */
  keepPrivileges: 'privileges',
  requireArguments: 'flag',
  /** The author knows that the rule elevates an interpreter or shell; silences the authoring check only. */
  allowInterpreter: 'flag',
  acceptTimestamped: 'flag',
  /** The program starts where it lies although users may write its folder, if they may not write the file itself. */
  runInPlace: 'flag',
  /** Libraries that users may write are loaded only when the rule's certificate signs them. */
  libraryGate: 'flag',
  /** What lies beside the program is copied with it; holds the gate. */
  copyFolder: 'flag',
  /** The program starts on a desktop of its own, where the user neither sees nor reaches it. */
  ownDesktop: 'flag',
  /** Desktop, Documents and Downloads of the isolated account are those of the person who asked. */
  showUserFolders: 'flag',
  reducedPrivileges: 'flag',
} as const satisfies Readonly<Record<string, AttributeKind>>;

/**
 * What tells files apart, in the order in which rules are written and shown. Every attribute that a rule sets must
 * match (decision M1); how is said by its file in `src/engine/attributes`.
 */
export const DETECTION_ATTRIBUTES = {
  fileName: 'text',
  filePath: 'text',
  fileHash: 'text',
  certificate: 'certificate',
  minimumVersion: 'text',
  fileDescription: 'text',
  productName: 'text',
  internalName: 'text',
  /** Each entry is one allowed command line after the program name. Present = the list is chosen. */
  arguments: 'texts',
} as const satisfies Readonly<Record<string, AttributeKind>>;

export type DetectionAttribute = keyof typeof DETECTION_ATTRIBUTES;
export type ActionAttribute = keyof typeof ACTION_ATTRIBUTES;

type Kinds = typeof DESCRIPTIVE_ATTRIBUTES & typeof ACTION_ATTRIBUTES & typeof DETECTION_ATTRIBUTES;
type RequiredAttribute = 'name' | 'type';

/**
 * One rule in the policy file's form. Texts are as written; `compile` normalises them and rejects what cannot
 * be read. Unknown members are kept out by the policy reader, which reports them as reasons for rejection.
 */
export type RuleInput = { readonly [Name in RequiredAttribute]: AttributeValues[Kinds[Name]] } & {
  readonly [Name in Exclude<keyof Kinds, RequiredAttribute>]?: AttributeValues[Kinds[Name]];
};

/**
 * A rule that a reader could not take whole. `readable` holds what could be read, so that a rejected Deny can
 * still deny (decision M8).
 */
export interface RejectedRuleInput {
  readonly name: string;
  /** Text of the type as found, whatever it is; empty when absent. */
  readonly typeText: string;
  readonly readable: Partial<Omit<RuleInput, 'name' | 'type'>>;
  readonly reasons: readonly Diagnostic[];
}
