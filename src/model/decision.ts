import type { ChildEndReason } from './child-end-reasons.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ReducedPrivilege } from './privileges.ts';
import type { AccountScope, ChildProcessBehavior, ElevationType, Validation } from './rule-action.ts';
import type { DetectionAttribute, RuleCertificate } from './rule.ts';

/** The confirmation comes first; whoever answers is asked in this order. */
export type Requirement = 'confirmation' | Validation;

export type NotManagedReason =
  | 'clientDisabled'
  | 'noPolicy'
  | 'administrator'
  | 'noRule'
  | 'notAutomatic'
  | 'detectionOff'
  | 'fileRefused'
  /** Users may write the file or its folder, and policy refuses such files. */
  | 'userWritableFile';

export type DeniedReason =
  | 'denyRule'
  | 'defaultResponse'
  | 'fileRefused'
  | 'elevatedRequester'
  /** Users may write the file or its folder, and policy refuses such files. */
  | 'userWritableFile'
  | 'hostNeedsArguments'
  /** The default response never passes arguments that change what an .msi installs. */
  | 'argumentsNotAllowed';

/** Denials of the agent itself, about which no rule was asked. */
export type AgentDeniedReason =
  /** The requester may not read and execute the file, or may not know whether there is one. */
  | 'notYourFile'
  /** The script asks for PowerShell 6 or later, and this machine has none that only administrators can change. */
  | 'scriptHostMissing'
  /** No isolated account can be made for the elevation, and a weaker token is never used. */
  | 'accountUnavailable'
  /** The program cannot start in the folder of the request. */
  | 'workingDirectoryRefused'
  /** The person has used up what policy gives for the day. */
  | 'budgetUsed'
  /** The rule gives the program a desktop of its own, where it takes no input. */
  | 'inputRefused'
  | NoConsentReason;

/** Why a question in the consent window ended without a yes. */
export type NoConsentReason =
  /** The person said no, or closed the window. */
  | 'consentDeclined'
  /** Nobody answered in time. */
  | 'consentExpired'
  /** The session was locked, disconnected or left while the question was open. */
  | 'consentSessionLeft'
  /** The window was ended, or answered what is no answer. */
  | 'consentWindowLost'
  /** No window can be shown in the session. */
  | 'consentUnavailable'
  /** Whoever made the request took it back. */
  | 'consentCancelled';

/** What a person and the audit should know about an elevation although it did not stop it. */
export type DecisionNote =
  /** The winner's certificate could not be checked for revocation. */
  | 'revocationUnknown'
  /** The file carries the mark of the web. */
  | 'fromInternet'
  /** The winner stands on a path pattern, and people may change the file or put files beside it. */
  | 'writableFolder';

/** Why the outcome is what it is: a rule won, or the default response applied. */
export type Basis =
  | { readonly kind: 'rule'; readonly rule: RuleReference }
  | { readonly kind: 'defaultResponse' }
  | { readonly kind: 'state' };

export interface RuleReference {
  readonly policyId: string;
  readonly scope: 'device' | 'user';
  readonly name: string;
  readonly type: ElevationType;
}

/** How the rule wants the program to be started; what is absent is as for every rule. */
export interface StartOptions {
  /** The program may start in the folder that the request names. */
  readonly directoryOfRequest?: true;
  /** On a desktop of its own, where the user neither sees nor reaches it. */
  readonly ownDesktop?: true;
  /** Desktop, Documents and Downloads of the isolated account lead to those of the requester. */
  readonly showUserFolders?: true;
}

/** Which libraries a program may load that people without administrator rights may write or put there. */
export interface LibraryGateTerms {
  /** Of the rule: the libraries that it signs are taken. Absent: none is. */
  readonly certificate?: RuleCertificate;
  /** As in the rule; absent: as the settings say. */
  readonly acceptTimestamped?: boolean;
}

/** How a program that is permitted runs; what is absent is as usual. */
interface RunTerms {
  /** The rule lets the program start where it lies although users may write its folder. */
  readonly runInPlace?: true;
  /** Absent: the program may load any library. */
  readonly libraryGate?: LibraryGateTerms;
  /** What lies beside the program is copied with it. */
  readonly copyFolder?: true;
  readonly start?: StartOptions;
  /** Privileges are taken out of the token, all but those that the rule keeps. Absent: none is. */
  readonly reducedPrivileges?: { readonly keep: readonly ReducedPrivilege[] };
  /** Absent: one account for each person and rule. */
  readonly accountScope?: Exclude<AccountScope, 'userAndRule'>;
}

/** The answer of the engine. `trace` is filled when it was asked for. */
export type Decision = (
  | ({
      readonly outcome: 'elevate';
      readonly identity: 'virtualAccount' | 'currentUser';
      readonly childProcesses: ChildProcessBehavior;
      /** The approval that made it so. */
      readonly grantId?: string;
    } & RunTerms)
  | ({
      readonly outcome: 'needs';
      readonly requirements: readonly Requirement[];
      readonly identity: 'virtualAccount' | 'currentUser';
      readonly childProcesses: ChildProcessBehavior;
    } & RunTerms)
  | {
      readonly outcome: 'needsApproval';
      readonly requirements: readonly Requirement[];
      readonly childProcesses: ChildProcessBehavior;
    }
  | { readonly outcome: 'denied'; readonly reason: DeniedReason }
  | { readonly outcome: 'notManaged'; readonly reason: NotManagedReason }
) & { readonly basis: Basis; readonly notes?: readonly DecisionNote[]; readonly trace?: Trace };

export type Outcome = Decision['outcome'];

/** What happens to a process that an elevated process starts. `run` means elevated, in the same tree. */
export type ChildDecision = (
  { readonly outcome: 'run'; readonly grantId?: string } | { readonly outcome: 'end'; readonly reason: ChildEndReason }
) & {
  readonly basis: Basis | { readonly kind: 'tree' };
  readonly notes?: readonly DecisionNote[];
  readonly trace?: Trace;
};

/** One attribute that kept a rule from matching. */
export interface FailedAttribute {
  /**
   * `externalFiles`: not set by a rule; an Automatic one takes no package with payload beside it. `hours`: when the rule
   * matches, which is no attribute of a file.
   */
  readonly attribute: DetectionAttribute | 'externalFiles' | 'hours';
  readonly expected: string;
  readonly found: string;
  /** Where the value itself is not what is wrong. */
  readonly reason?: MissReason;
}

export type MissReason =
  /** The signature of the package does not cover the text, so that it counts beside a hash only. */
  | 'packageTextsUnsigned'
  /** Payload of the package lies beside it. */
  | 'externalFiles'
  /** The rule does not match at this time. */
  | 'outsideHours';

export interface TraceCandidate {
  readonly rule: RuleReference;
  /** Undefined for the winner. Otherwise the step of the ladder on which it lost, for example `P1.hash`. */
  readonly lostOn?: string;
  readonly explanation: string;
}

export interface NearMiss {
  readonly rule: RuleReference;
  readonly failed: readonly FailedAttribute[];
}

export interface Trace {
  readonly candidates: readonly TraceCandidate[];
  readonly nearMisses: readonly NearMiss[];
  readonly rejected: readonly {
    readonly policyId: string;
    readonly name: string;
    readonly reasons: readonly Diagnostic[];
    readonly stillDenies: boolean;
  }[];
  /** Smallest changes of facts or policy that would flip the outcome, as sentences. */
  readonly wouldChange: readonly string[];
}
