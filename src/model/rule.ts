/** A rule as a policy gives it: detection attributes and the action. */

export type ElevationType = 'automatic' | 'userConfirmed' | 'currentUser' | 'supportApproved' | 'deny';
export type ChildProcessBehavior = 'requireRule' | 'deny' | 'allow';
export type Validation = 'justification' | 'authentication';
export type CertificateType = 'publisher' | 'issuingAuthority';

/**
 * One rule in the policy file's form. Texts are as written; `compile` normalises them and rejects what cannot
 * be read. Unknown members are kept out by the policy reader, which reports them as reasons for rejection.
 */
export interface RuleInput {
  readonly name: string;
  readonly description?: string;
  readonly type: ElevationType;
  readonly validations?: readonly Validation[];
  readonly childProcesses?: ChildProcessBehavior;
  readonly fileName?: string;
  readonly filePath?: string;
  readonly fileHash?: string;
  readonly certificate?: {
    readonly type: CertificateType;
    /** SHA-256 of the DER, hexadecimal. */
    readonly sha256: string;
  };
  readonly minimumVersion?: string;
  readonly fileDescription?: string;
  readonly productName?: string;
  readonly internalName?: string;
  /** Each entry is one allowed command line after the program name. Present = the list is chosen. */
  readonly arguments?: readonly string[];
  readonly requireArguments?: boolean;
  /** The author knows that the rule elevates a script host or shell; silences the authoring check only. */
  readonly acceptHost?: boolean;
  readonly acceptTimestamped?: boolean;
}

/**
 * A rule that a reader could not take whole. `readable` holds what could be read, so that a rejected Deny can
 * still deny (decision M8).
 */
export interface RejectedRuleInput {
  readonly name: string;
  /** Text of the type as found, whatever it is; empty when absent. */
  readonly typeText: string;
  readonly readable: Partial<Omit<RuleInput, 'name' | 'type'>>;
  readonly reasons: readonly RejectionReason[];
}

export interface RejectionReason {
  /** Stable identifier, for example `wildcardInAutomaticRule`. */
  readonly reason: string;
  /** Where: JSON pointer inside the rule, or the name of the registry value. */
  readonly place: string;
  readonly message: string;
}
