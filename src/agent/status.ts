/** The state of the agent for people and monitoring. */
import { defined } from '../model/defined.ts';
import type { RuleCounts } from '../engine/index.ts';
import type { Sid } from '../model/brands.ts';
import type { ErrorReport } from '../model/errors.ts';
import type { BrokerStatus, HealthReport, PolicyReport, StatusReport, StatusWarning } from './contract.ts';
import type { Approvals } from './approvals/approvals.ts';
import { approvalWarnings } from './approvals/approval-warnings.ts';
import { brokerWarnings } from './live-channel/broker-warnings.ts';
import { notificationWarnings } from './notifications/notification-warnings.ts';
import type { Notifications } from './notifications/notifications.ts';
import type { AuditTrail } from './audit-trail.ts';
import { describeFinding, type JournalKeeper } from './journal-keeper.ts';
import type { PolicyFault } from './policy-lifecycle.ts';
import type { Machine } from './ports.ts';
import { ERROR_CODES } from '../model/error-codes.ts';
import { interceptionWarnings } from './launch/interception-warnings.ts';
import type { NotIntercepted } from './launch/interception.ts';
import { describeUnconfirmed, type Unconfirmed } from './unconfirmed.ts';
import type { HealthFault } from './health-faults.ts';
import type { FailedPrerequisite } from './prerequisites.ts';

export interface Counters {
  elevated: number;
  denied: number;
  failed: number;
  refusedClients: number;
}

interface StatusFacts {
  readonly version: string;
  readonly processId: number;
  /** Milliseconds since 1970, UTC. */
  readonly startTime: number;
  /** Without its rules. */
  readonly policy: PolicyReport;
  readonly rules: RuleCounts;
  /** Other users' policies that cannot be used, as far as the reader may know of them. */
  readonly othersFaults: ReadonlyMap<Sid, PolicyFault>;
  /** What is left out of users' hives, as far as the reader may know of it. */
  readonly unconfirmed: ReadonlyMap<Sid, Unconfirmed>;
  readonly running: number;
  readonly counters: Counters;
  readonly trail: AuditTrail;
  readonly keeper: JournalKeeper;
  readonly machine: Machine;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** Milliseconds until the agent's data is removed; undefined: it is not. */
  readonly dataKeptFor: number | undefined;
  readonly failedPrerequisites: readonly FailedPrerequisite[];
  /** Why no protected copy can be made; undefined: they can. */
  readonly copyFolderFault: ErrorReport | undefined;
  /** Programs that automatic rules name and that start without the agent being asked. */
  readonly notIntercepted: readonly NotIntercepted[];
  /** Why the launcher could not be put in the place of programs; undefined: it could. */
  readonly interceptionFault: ErrorReport | undefined;
  readonly healthFaults: readonly HealthFault[];
  /** Times that the agent ended itself in a day. */
  readonly ends: number;
  /** For administrators. */
  readonly health: HealthReport | undefined;
  readonly approvals: Pick<Approvals, 'status' | 'fault' | 'behind' | 'unreadableGrants'>;
  readonly notifications: Pick<Notifications, 'status' | 'fault'>;
  readonly brokers: readonly BrokerStatus[];
  /** Receivers and brokers are for administrators. */
  readonly showsReceivers: boolean;
}

export function statusReport(facts: StatusFacts): StatusReport {
  const { policy, trail, keeper, machine } = facts;
  const isPolicyFaulty = policy.fault !== undefined || facts.othersFaults.size > 0;
  const isAuditFaulty = trail.missing > 0 || keeper.finding !== undefined;
  const isUnwell = facts.healthFaults.length > 0 || facts.ends > 0;
  const isDegraded =
    isPolicyFaulty ||
    isAuditFaulty ||
    isUnwell ||
    facts.approvals.fault !== undefined ||
    facts.notifications.fault !== undefined ||
    facts.copyFolderFault !== undefined ||
    facts.interceptionFault !== undefined;
  return {
    version: facts.version,
    state: isDegraded ? 'degraded' : 'running',
    startTime: new Date(facts.startTime).toISOString(),
    processId: facts.processId,
    clientState: policy.settings.clientState,
    policyDigest: policy.digest,
    policySince: policy.since,
    ...defined({
      policyLastRead: policy.lastRead,
      policyFaultSince: policy.faultSince,
      policyFaultAge: policy.faultAge,
    }),
    rules: facts.rules.active,
    rejectedRules: facts.rules.rejected,
    running: facts.running,
    counters: { ...facts.counters },
    journal: {
      ...trail.head,
      firstRecord: keeper.firstRecord,
      state: keeper.state,
      eventLog: keeper.isLogged ? 'available' : 'notAvailable',
      ...defined({ sealedSince: keeper.sealedSince }),
    },
    ...defined({ health: facts.health }),
    approvals: facts.approvals.status,
    ...(facts.showsReceivers ? { notifications: facts.notifications.status, brokers: facts.brokers } : {}),
    accountFactory: machine.isTestBuild ? 'testBed' : 'virtualAccount',
    ...(facts.dataKeptFor === undefined ? {} : { dataRemoval: new Date(facts.now + facts.dataKeptFor).toISOString() }),
    warnings: warningsOf(facts),
  };
}

function warningsOf(facts: StatusFacts): readonly StatusWarning[] {
  const { policy, othersFaults, trail, keeper, machine, dataKeptFor, failedPrerequisites, copyFolderFault } = facts;
  const warnings: StatusWarning[] = [];
  if (machine.isTestBuild) {
    warnings.push({
      code: 'testBuild',
      message:
        'This is a build for the test bed. Its accounts give no protection, and some of its waits and limits are not those of the ordinary build.',
      hint: 'Never use it to protect a machine: install the ordinary build.',
    });
  } else if (machine.isWine) {
    warnings.push({
      code: 'notWindows',
      message: 'This machine is Wine, not Windows: nothing is elevated.',
      hint: 'Run the agent on Windows.',
    });
  }
  if (policy.fault !== undefined) {
    const { code, message, hint } = policy.fault;
    const lastGood = policy.lastRead !== undefined;
    const now = lastGood ? 'The last good policy stays in force.' : 'Nothing is elevated until it can.';
    warnings.push({
      code: 'policyFault',
      message: `The delivered policy cannot be used (${code}): ${message} ${now}`,
      hint,
      data: { errorCode: code, lastGood },
    });
  }
  for (const [userSid, { report }] of othersFaults) {
    warnings.push({
      code: 'otherUserPolicyFault',
      message: `The policy of the user ${userSid} cannot be used (${report.code}): ${report.message}`,
      hint: 'Correct the keys that it names; the agent then reads them by itself.',
      data: { userSid, errorCode: report.code },
    });
  }
  for (const [userSid, left] of facts.unconfirmed) {
    warnings.push({
      code: 'unconfirmedUserPolicy',
      message: describeUnconfirmed(userSid, left),
      hint: ERROR_CODES.EPM_POLICY_UNCONFIRMED.hint,
      data: { userSid, rules: left.rules.length, settings: left.settings.length },
    });
  }
  if (dataKeptFor !== undefined) {
    warnings.push({
      code: 'dataRemoval',
      message: `No policy enables EPM. Unless one does, its data on this machine, the audit journal included, is removed in ${duration(dataKeptFor)}.`,
      hint: 'Deliver a policy that enables EPM, or save the audit journal before.',
      data: { seconds: Math.ceil(dataKeptFor / 1000) },
    });
  }
  if (trail.missing > 0) {
    warnings.push({
      code: 'auditIncomplete',
      message: `${trail.missing} audit records could not be written; nothing is elevated until they can.`,
      hint: "Make room on the system drive, and check the folder of the agent's data.",
      data: { records: trail.missing },
    });
  }
  const { finding } = keeper;
  if (finding !== undefined) {
    warnings.push({
      code: 'journalIncomplete',
      message: describeFinding(finding),
      hint: 'Find out who had administrator rights then, and compare with copies of the journal and with the event log.',
      data: { state: finding.state, record: finding.record, ...defined({ noted: finding.noted?.records }) },
    });
  }
  if (copyFolderFault !== undefined) {
    const { code, message, hint } = copyFolderFault;
    warnings.push({
      code: 'copyFolderUnusable',
      message: `Programs that users may write are not elevated (${code}): ${message}`,
      hint,
      data: { errorCode: code },
    });
  }
  warnings.push(...approvalWarnings(facts.approvals));
  warnings.push(...notificationWarnings(facts.notifications, facts.showsReceivers));
  if (facts.showsReceivers) warnings.push(...brokerWarnings(facts.brokers));
  warnings.push(...interceptionWarnings(facts));
  for (const { code, message, hint, value, limit } of facts.healthFaults)
    warnings.push({ code, message, hint, data: { value: Math.round(value), limit } });
  if (facts.ends > 0) {
    warnings.push({
      code: 'endedItself',
      message: `The agent ended itself ${facts.ends === 1 ? 'once' : `${facts.ends} times`} in a day because of its state.`,
      hint: 'Look into the agent log for unhealthyEnds, and report it.',
      data: { ends: facts.ends },
    });
  }
  for (const { id, title, found, hint } of failedPrerequisites) {
    const message = `${title}: ${found}.`;
    warnings.push({ code: 'prerequisiteFailed', message, hint, data: { prerequisite: id, found } });
  }
  return warnings;
}

function duration(milliseconds: number): string {
  const hours = Math.ceil(milliseconds / 3_600_000);
  return hours > 48 ? `${Math.floor(hours / 24)} days` : `${hours} hour${hours === 1 ? '' : 's'}`;
}
