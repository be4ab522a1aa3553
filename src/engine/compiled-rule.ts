/** A rule in the form in which it is decided: normalised, checked, ranked. */
import type { Sid } from '../model/brands.ts';
import type { Basis, RuleReference, StartOptions } from '../model/decision.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ReducedPrivilege } from '../model/privileges.ts';
import type { ChildProcessBehavior, ElevationType, UserWritableFile, Validation } from '../model/rule-action.ts';
import type { RuleInput } from '../model/rule.ts';
import type { Conditions, RuleContext } from './attributes/index.ts';
import type { Check } from './check.ts';
import type { Hours } from './hours.ts';

export interface CompiledRule extends RuleContext {
  readonly reference: RuleReference;
  /** Of every decision that the rule makes. */
  readonly basis: Basis & { readonly kind: 'rule' };
  readonly conditions: Conditions;
  /** What compares them, and what the type asks of a file; one list for all rules that ask the same. */
  readonly checks: readonly Check[];
  readonly type: ElevationType;
  /** Undefined: at every time. */
  readonly hours: Hours | undefined;
  readonly childProcesses: ChildProcessBehavior;
  /** Validations that take part: those the type knows, without the ones it implies. */
  readonly validations: readonly Validation[];
  /** What becomes of files that users may write; undefined: as the settings say. */
  readonly userWritableFile: UserWritableFile | undefined;
  readonly runInPlace: boolean;
  /** Also of a rule that copies the folder. */
  readonly libraryGate: boolean;
  readonly copyFolder: boolean;
  /** Undefined: as for every rule. */
  readonly start: StartOptions | undefined;
  /** Undefined: as the settings say. */
  readonly reducedPrivileges: boolean | undefined;
  readonly keepPrivileges: readonly ReducedPrivilege[];
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
  /** What the policy says, as it is written; of a rejected rule, what could be read. */
  readonly written: Partial<RuleInput>;
  readonly state: 'active' | 'rejected';
  readonly reasons: readonly Diagnostic[];
  /** A rejected Deny that still denies by what can be read of it. */
  readonly stillDenies: boolean;
  readonly warnings: readonly Diagnostic[];
}
