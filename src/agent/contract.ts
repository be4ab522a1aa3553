/** What the agent's use cases take and give. The pipe carries these as they are. */
import type {
  AgentDeniedReason,
  DeniedReason,
  NotManagedReason,
  Outcome,
  Requirement,
  RuleReference,
  Trace,
} from '../model/decision.ts';
import type { TokenFactory } from '../model/audit-record.ts';
import type { EndedChildReason } from '../model/child-end-reasons.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ErrorReport, SafeData } from '../model/errors.ts';
import type { ExitReason } from '../model/exit-reasons.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { GrantFault } from '../model/grant-faults.ts';
import type { JournalState } from '../model/journal-states.ts';
import type { NotificationKind } from '../model/notification.ts';
import type { Right, WithheldRights } from '../model/role.ts';
import type { ChildProcessBehavior, RuleInput } from '../model/rule.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { SupportRequest } from '../model/support-request.ts';
import type { SettingSource } from '../policy/authoring/setting-sources.ts';
import type { BrokerFault } from './live-channel/ports.ts';
import type { SendFault } from './notifications/send-faults.ts';
import type { ProcessVitals } from './ports.ts';
import type { StatusCode } from './status-codes.ts';

export interface ElevateRequest {
  readonly path: string;
  readonly arguments?: readonly string[];
  readonly justification?: string;
  readonly ticket?: string;
  /** Where Windows authentication is asked for: a credential, encrypted to the key of the question. */
  readonly credential?: string;
  /** Keep the connection until the program ends and report its exit code. */
  readonly wait?: boolean;
  /** The program ends when the connection does, however the client goes. Only for a client that waits. */
  readonly endsWithClient?: boolean;
  /**
   * `stream`: what the program writes comes as events, one by one as the client takes them, and a console program has no
   * window. The client waits, and the program ends with it.
   */
  readonly output?: 'stream';
  /** All of the program's standard input, base64; only with `output`. Absent: the input is empty. */
  readonly input?: string;
  /** Folder in which the program is to start. Counts where a rule takes it; otherwise it is not looked at. */
  readonly directory?: string;
  /** Whole seconds after which the program and everything it started is ended. */
  readonly timeLimit?: number;
}

/** What the launcher asks about one start. */
export interface LaunchRequest {
  readonly path: string;
  readonly arguments?: readonly string[];
  /**
   * `launch`: somebody started the program as always. `detected`: the same, and Windows starts it with administrator rights
   * only. `verb`: somebody asked for administrator rights for the file.
   */
  readonly trigger: 'launch' | 'detected' | 'verb';
  /** Folder in which it was started; as in {@link ElevateRequest}. */
  readonly directory?: string;
}

export type LaunchResult =
  /** It ran with administrator rights, and has ended. */
  | { readonly answer: 'ended'; readonly exitCode: number }
  /** Nothing was started, and nobody was told anything: the program starts as always. */
  | { readonly answer: 'notManaged' }
  /** Nothing was started, and the person knows it. */
  | { readonly answer: 'refused' };

export interface TestRequest {
  readonly path: string;
  readonly arguments?: readonly string[];
}

export interface RunDetails {
  readonly requestId: string;
  readonly processId: number;
  /** ISO 8601, UTC. */
  readonly startTime: string;
  readonly file: {
    readonly path: string;
    readonly sha256: string;
    /** Path of the protected copy that runs; absent: the file runs where it lies. */
    readonly copy?: string;
    /** Path of the program of the machine that runs the package or script; absent: the file is a program itself. */
    readonly host?: string;
  };
  readonly rule?: RuleReference;
  readonly account: { readonly sid: string; readonly name: string };
  readonly accountFactory: TokenFactory;
  readonly childProcesses: ChildProcessBehavior;
  /** The folder of the request in which it started; absent: the system folder. */
  readonly directory?: string;
  /** It runs on a desktop of its own. */
  readonly ownDesktop?: true;
  /** Set for a request with `output`: the code page in which console programs write unless they choose another. */
  readonly codePage?: number;
}

/** Why a start is put off. */
export type WaitReason =
  /** Windows Installer carries out another installation. */
  | 'otherInstallation'
  /** The agent asks the person in a window of its own. */
  | 'consent';

/** What a person is to see before they confirm. All texts are safe to show. */
export interface QuestionText {
  /** File name. */
  readonly program: string;
  /** Subject of the certificate that signed; absent: no signature holds, and the publisher is unknown. */
  readonly publisher?: string;
  /** Final path. */
  readonly path: string;
  /** As on a command line; empty: none. */
  readonly arguments: string;
  /** Name of the rule that asks; absent: the default response does. */
  readonly rule?: string;
  /** First digits of the SHA-256. */
  readonly digest: string;
  /** The file has the mark of the web. */
  readonly fromInternet: boolean;
}

/** Who is to authenticate, and how the credential is sent. */
export interface AuthenticationQuestion {
  /** What the credential is encrypted to: a point on P-256 in base64. It opens once, as long as the ticket lives. */
  readonly key: string;
  readonly userSid: string;
  /** `DOMAIN\name`; absent: the name is not known. */
  readonly userName?: string;
}

interface EndDetails extends RunDetails {
  /** ISO 8601, UTC. */
  readonly endTime: string;
  /** All 32 bits, as an unsigned number. */
  readonly exitCode: number;
  /** Not everything that was written has reached the client. */
  readonly outputTruncated?: true;
  /** Processes that were ended, before their first instruction or before that of a library; as many kinds as are told apart. Absent: none was. */
  readonly endedChildren?: readonly EndedChildren[];
}

/** Processes of one file that were ended for one reason. */
export interface EndedChildren {
  /** Empty: not known. */
  readonly path: string;
  /** The library that they were to load; absent: they were ended before their first instruction. */
  readonly library?: string;
  readonly reason: EndedChildReason;
  readonly count: number;
}

export type ElevateResult =
  | ({ readonly outcome: 'started' } & RunDetails)
  | ({
      readonly outcome: 'finished';
      /** Why it ended so, where the exit code says it. */
      readonly exitReason?: ExitReason;
    } & EndDetails)
  /** Ended because the client took the request back. */
  | ({ readonly outcome: 'cancelled' } & EndDetails)
  /** Ended because the time that the client gave was over. */
  | ({ readonly outcome: 'timedOut' } & EndDetails)
  | {
      readonly outcome: 'needs';
      readonly requestId: string;
      readonly requirements: readonly Requirement[];
      /** 128 bits, hexadecimal; single use. */
      readonly ticket: string;
      /** ISO 8601, UTC. */
      readonly expires: string;
      /** Where Windows authentication is asked for. */
      readonly authentication?: AuthenticationQuestion;
      /** The reason goes to support, which is asked for an approval: nothing starts with the answer. */
      readonly asksSupport?: true;
      readonly question: QuestionText;
      readonly file: { readonly path: string; readonly sha256: string };
      readonly rule?: RuleReference;
    }
  | {
      readonly outcome: 'needsApproval';
      readonly requestId: string;
      readonly message: string;
      readonly hint: string;
      readonly rule?: RuleReference;
      /** What the user has asked of support, and what became of it; absent: nothing was asked. */
      readonly supportRequest?: SupportAnswer;
      /** Why support is not asked. */
      readonly reason?: 'notPrimaryUser';
    }
  | {
      readonly outcome: 'denied';
      readonly requestId: string;
      readonly reason: DeniedReason | AgentDeniedReason;
      readonly message: string;
      readonly hint: string;
      readonly rule?: RuleReference;
      readonly file?: { readonly path: string; readonly sha256: string };
    }
  | {
      readonly outcome: 'notManaged';
      readonly requestId: string;
      readonly reason: NotManagedReason;
      readonly message: string;
      readonly hint: string;
    };

/** A request to support, as its user is told of it. */
export interface SupportAnswer {
  readonly id: string;
  readonly status: SupportRequest['status'];
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly expires: string;
  readonly timesAsked: number;
  /** What to give to an approver; absent: it is not open, or does not fit into a text. */
  readonly text?: string;
  /** Who answered, and what they said. */
  readonly reviewer?: string;
  readonly comment?: string;
  /** ISO 8601, UTC: the end of the approval. */
  readonly approvedUntil?: string;
  /** Why the approval has no effect now. */
  readonly fault?: GrantFault;
}

export interface SupportRequestsQuery {
  /** One request, with its text; absent: a list of all. */
  readonly id?: string;
  /** Leave out so many from the beginning of the list, those of earlier answers. */
  readonly after?: number;
}

export interface SupportRequestsReport {
  /** The oldest first. Those of a list have no certificates. */
  readonly requests: readonly SupportRequest[];
  /** What to give to an approver, of the one that was asked for while it is open. */
  readonly text?: string;
  /** Of everybody; otherwise those of the caller. */
  readonly all: boolean;
  /** There are more than one message holds; those after these are got by asking for them. */
  readonly truncated?: true;
}

export interface DecideRequest {
  readonly id: string;
  readonly decision: 'deny' | 'revoke';
  /** The user is told it. */
  readonly reason?: string;
}

export interface DecideResult {
  readonly request: SupportRequest;
}

export interface ImportGrantRequest {
  readonly text: string;
}

export interface ImportGrantResult {
  readonly grant: GrantReport;
  /** It was known before. */
  readonly known: boolean;
}

/** One grant that the device knows. */
export interface GrantReport {
  readonly id: string;
  readonly requestId: string;
  /** GUID of the device, or name of the group. */
  readonly device?: string;
  readonly deviceGroup?: string;
  /** SID; absent: any user. */
  readonly requester?: string;
  readonly sha256: string;
  readonly fileName: string;
  readonly arguments: readonly string[];
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly until: string;
  /** How many starts it admits, and how many were used; absent: any number. */
  readonly uses?: number;
  readonly used?: number;
  readonly reason?: string;
  /** Name of the key that signed it, and who holds that; absent: none that policy lists. */
  readonly key?: string;
  readonly approver?: string;
  /** How it came to the device. */
  readonly source: 'policy' | 'import';
  /** Why it has no effect now; absent: it has, for whom and what it names. */
  readonly fault?: GrantFault;
}

export interface GrantsQuery {
  /** Leave out so many from the beginning, those of earlier answers. */
  readonly after?: number;
}

export interface GrantsReport {
  readonly grants: readonly GrantReport[];
  /** Of everybody; otherwise those that the caller may use. */
  readonly all: boolean;
  readonly truncated?: true;
}

/** What the caller may do, and why. */
export interface RoleReport {
  readonly userSid: string;
  readonly userName?: string;
  readonly rights: readonly Right[];
  /** Groups of the caller that give something. */
  readonly from: readonly { readonly group: string; readonly groupName?: string; readonly given: readonly string[] }[];
  /** Why they give nothing now. */
  readonly withheld?: WithheldRights;
}

/** Receivers of notifications, as the policy of the device names them. */
export interface NotificationsStatus {
  readonly receivers: readonly ReceiverStatus[];
}

export interface ReceiverStatus {
  readonly name: string;
  readonly kind: NotificationKind;
  /** Messages that wait for it. */
  readonly queued: number;
  /** ISO 8601, UTC: since when the oldest of them waits. */
  readonly oldest?: string;
  /** When it took a message, and when it did not, since the start of the agent. */
  readonly lastSuccess?: string;
  readonly lastFault?: { readonly time: string; readonly fault: SendFault };
}

/** A broker of the live channel, as the policy of the device names it. */
export interface BrokerStatus {
  /** Of the receiver in policy. */
  readonly name: string;
  /** `waiting`: for the next attempt. */
  readonly state: 'connecting' | 'connected' | 'waiting';
  /** ISO 8601, UTC: since when the state is what it is. */
  readonly since: string;
  /** Why there is no connection. */
  readonly fault?: BrokerFault;
  /** Messages that the broker took since the agent started, or the policy named it. */
  readonly published: number;
  /** Messages that came, and those of them that were nothing that counts. */
  readonly received: number;
  readonly ignored: number;
}

export interface TestNotificationRequest {
  readonly name: string;
}

export interface TestNotificationResult {
  readonly name: string;
  readonly outcome: 'sent' | 'failed';
  /** Why it failed; `notAllowed`: the policy does not let data leave the device. */
  readonly fault?: SendFault | 'notAllowed';
  /** The beginning of what the receiver answered. */
  readonly answer?: string;
}

/** What an administrator does with the secrets of the agent. A secret is never answered. */
export type SecretsRequest =
  | { readonly action: 'list' }
  | { readonly action: 'set'; readonly name: string; readonly value: string }
  | { readonly action: 'remove'; readonly name: string };

export interface SecretReport {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly changed: string;
}

export interface SecretsReport {
  /** All that there are now, by name. */
  readonly secrets: readonly SecretReport[];
}

/** Approvals by support on the device. */
export interface ApprovalsStatus {
  /** The device, as requests and grants name it; absent: its state cannot be read. */
  readonly deviceId?: string;
  readonly pendingRequests: number;
  readonly approvedRequests: number;
  /** Those that the device knows, whether or not they have an effect. */
  readonly grants: number;
}

export interface TestResult {
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly requirements: readonly Requirement[];
  readonly rule?: RuleReference;
  readonly childProcesses?: ChildProcessBehavior;
  /** Absent with the reason `notYourFile`. */
  readonly file?: FileFacts;
  readonly trace: Trace;
  /** The trace as text for a person. */
  readonly explanation: string;
  /** The trace was too long for one message; its lists are cut. */
  readonly truncated?: true;
}

export interface PolicyQuery {
  /** Leave out so many rules from the beginning, those of earlier answers. */
  readonly after?: number;
}

/** One rule as its policy gives it, and what became of it. */
export type PolicyRuleReport = Omit<RuleReference, 'type'> &
  Omit<Partial<RuleInput>, 'name' | 'type'> & {
    readonly type: RuleReference['type'] | 'unreadable';
    readonly state: 'active' | 'rejected';
    /** Why it is rejected, and what counts otherwise than it may be meant. */
    readonly reasons: readonly Diagnostic[];
    /** The argument list is too long for one message and is left out. */
    readonly truncated?: true;
  };

export interface PolicyReport {
  /** SHA-256 of the canonical form of every policy in force. */
  readonly digest: string;
  /** ISO 8601, UTC: since when this policy is in force. */
  readonly since: string;
  /**
   * ISO 8601, UTC: when all that is delivered to the device and to the reader was last read. Absent: some of it was not
   * read since the agent started, and nothing is in force for the reader.
   */
  readonly lastRead?: string;
  readonly settings: EffectiveSettings;
  /** Each setting in force, and the policies it comes from. */
  readonly settingSources: readonly SettingSource[];
  readonly rules: readonly PolicyRuleReport[];
  /** Set while a policy delivered to the device or to the reader cannot be used. The last good one, or none, is in force. */
  readonly fault?: ErrorReport;
  /** ISO 8601, UTC: since when that is so. */
  readonly faultSince?: string;
  /** Whole seconds for which that is so, by a clock that never jumps. */
  readonly faultAge?: number;
  /** There are more rules than one message holds; those after these are got by asking for them. */
  readonly truncated?: true;
}

/** How the process of the agent is. */
export interface HealthReport extends ProcessVitals {
  readonly requests: {
    /** Those that wait for the end of a program among them. */
    readonly open: number;
    /** Milliseconds for which the oldest one waits whose answer is due; 0: there is none. */
    readonly oldest: number;
  };
  /** Milliseconds that a record took to be on the disk: the last one, and the longest since the look before. */
  readonly journal: { readonly last: number; readonly max: number };
  /** Times in a day that the agent ended itself because of its state. */
  readonly ends: number;
}

/** What verifies the records from now on; the agent keeps nothing of it. */
export interface SealResult {
  /** One line, to be kept by whoever verifies. */
  readonly verificationKey: string;
  /** Name of the key, as the record of it has it. */
  readonly key: string;
  /** Sequence number of the first record that it seals. */
  readonly since: number;
  /** Of the device, Ed25519 in base64, which signs checkpoints. */
  readonly deviceKey?: string;
}

export interface StatusReport {
  readonly version: string;
  readonly state: 'running' | 'degraded';
  readonly startTime: string;
  readonly processId: number;
  readonly clientState: EffectiveSettings['clientState'];
  readonly policyDigest: string;
  readonly policySince: string;
  /** Of the policy in force, as in {@link PolicyReport}. */
  readonly policyLastRead?: string;
  readonly policyFaultSince?: string;
  readonly policyFaultAge?: number;
  readonly rules: number;
  readonly rejectedRules: number;
  readonly running: number;
  readonly counters: {
    readonly elevated: number;
    readonly denied: number;
    readonly failed: number;
    readonly refusedClients: number;
  };
  readonly journal: {
    /** Sequence number of the newest record, and its hash. */
    readonly records: number;
    readonly headHash: string;
    /** Sequence number of the oldest record; greater than 1 where older ones were removed by their age. */
    readonly firstRecord: number;
    readonly state: JournalState;
    /** Whether the head is noted in the Windows event log too. */
    readonly eventLog: 'available' | 'notAvailable';
    /** Sequence number of the first record that the present key seals; absent: records are not sealed. */
    readonly sealedSince?: number;
  };
  /** On the pipe of administration; absent while the system does not tell. */
  readonly health?: HealthReport;
  readonly approvals: ApprovalsStatus;
  /** On the pipe of administration. */
  readonly notifications?: NotificationsStatus;
  /** On the pipe of administration. */
  readonly brokers?: readonly BrokerStatus[];
  readonly accountFactory: 'virtualAccount' | 'testBed';
  /** ISO 8601, UTC: when the agent's data is removed, if no policy enables EPM until then and the machine runs on. */
  readonly dataRemoval?: string;
  /** Everything that is not as it should be; a test build says so here. */
  readonly warnings: readonly StatusWarning[];
}

export interface StatusWarning {
  /** What programs read. */
  readonly code: StatusCode;
  /** What is wrong, for a person; never parsed. */
  readonly message: string;
  /** The next step. */
  readonly hint: string;
  /** Facts of the message for programs; {@link STATUS_CODES} says which each code has. */
  readonly data?: SafeData;
}

/** Trees of which at least one process is left. */
export interface ElevationsReport {
  /** In the order of their starts. */
  readonly elevations: readonly RunningElevation[];
  /** There are more than one message holds; those that started last are listed. */
  readonly truncated?: true;
}

/** A program that was elevated, and what it has started. */
export interface RunningElevation extends Omit<RunDetails, 'codePage'> {
  readonly userSid: string;
  /** `DOMAIN\\name`; absent: the name is not known. */
  readonly userName?: string;
  /** Of Windows. */
  readonly session: number;
  /** The program itself has ended, and what it started runs on. */
  readonly hasEnded?: true;
  /** Absent: it may start nothing. */
  readonly children?: {
    /** How many run or have run, and how many were ended before their first instruction. */
    readonly allowed: number;
    readonly denied: number;
    /** The last ones, in the order of their starts. */
    readonly recent: readonly JudgedChild[];
  };
}

/** A process that a tree has started. */
export interface JudgedChild {
  readonly processId: number;
  readonly path: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Why it was ended; absent: it runs, or has run. */
  readonly reason?: EndedChildReason;
  /** The rule that decided. */
  readonly rule?: RuleReference;
}

export interface StopRequest {
  readonly requestId: string;
}

export interface StopResult {
  readonly requestId: string;
  /** `ending`: some of its processes were not gone within seconds. */
  readonly outcome: 'ended' | 'ending';
}

/** What the records of one answer leave out. */
export interface AuditEnd {
  /** There are later records that the caller may see. */
  readonly more: boolean;
  /** The caller gets every record; otherwise only those of their own requests. */
  readonly all: boolean;
}

export interface AuditQuery {
  /** Sequence number after which to start; 0 = from the beginning. */
  readonly after?: number;
  readonly limit?: number;
}
