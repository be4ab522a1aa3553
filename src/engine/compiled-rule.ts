/** A rule in the form in which it is decided: normalised, checked, ranked. */
import type { Sid, Version } from '../model/brands.ts';
import type { RuleReference } from '../model/decision.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CertificateType, ChildProcessBehavior, ElevationType, RuleInput, Validation } from '../model/rule.ts';
import type { NamePattern } from './file-name.ts';
import type { PathPattern } from './path-pattern.ts';

export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** The detection attributes a rule sets. All texts are folded. Every member is always present, which keeps reads fast. */
export interface Conditions {
  readonly hash: { readonly algorithm: HashAlgorithm; readonly value: string } | undefined;
  readonly name: NamePattern | undefined;
  readonly path: PathPattern | undefined;
  readonly certificate: { readonly type: CertificateType; readonly sha256: string } | undefined;
  readonly minimumVersion: Version | undefined;
  readonly fileDescription: string | undefined;
  readonly productName: string | undefined;
  readonly internalName: string | undefined;
}

/** Vectors that an argument list allows; on a Deny, the vectors it denies. */
export interface ArgumentList {
  readonly vectors: readonly (readonly string[])[];
  /** The same with names of msiexec switches and properties folded. */
  readonly msiVectors: readonly (readonly string[])[];
}

export interface CompiledRule {
  readonly reference: RuleReference;
  readonly conditions: Conditions;
  readonly type: ElevationType;
  readonly childProcesses: ChildProcessBehavior;
  /** Validations that take part: those the type knows, without the ones it implies. */
  readonly validations: readonly Validation[];
  readonly arguments: ArgumentList | undefined;
  readonly requireArguments: boolean;
  /** Undefined: as the setting says. */
  readonly acceptTimestamped: boolean | undefined;
  readonly attributeCount: number;
  /** Undefined: every user of the device. */
  readonly user: Sid | undefined;
  /** Place in its policy, and digest of the policy's content where its id alone does not tell it from others. */
  readonly position: number;
  readonly contentDigest: string;
  /** A Deny that could not be read whole and denies by the rest. */
  readonly rejected: boolean;
  /** The steps of precedence that the rule's own content decides, as one number; a smaller one wins. */
  readonly precedence: number;
  /** Place in the order of precedence over all rules, once they are sorted. */
  rank: number;
}

/** What a reader of a rule list needs to know. */
export interface CompiledRuleStatus {
  readonly policyId: string;
  readonly scope: 'device' | 'user';
  /** Set for a user's rule. */
  readonly user?: Sid;
  readonly name: string;
  readonly type: ElevationType | 'unreadable';
  readonly fileName?: string;
  readonly filePath?: string;
  readonly fileHash?: string;
  /** What the policy says, as it is written; of a rejected rule, what could be read. */
  readonly written: Partial<RuleInput>;
  readonly state: 'active' | 'rejected';
  readonly reasons: readonly Diagnostic[];
  /** A rejected Deny that still denies by what can be read of it. */
  readonly stillDenies: boolean;
  readonly warnings: readonly Diagnostic[];
}
