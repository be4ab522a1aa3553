/** The state of the agent for people and monitoring. */
import { defined } from '../model/defined.ts';
import type { Sid } from '../model/brands.ts';
import type { PolicyReport, StatusReport } from './contract.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { PolicyFault } from './policy-lifecycle.ts';
import type { Machine } from './ports.ts';
import type { Prerequisite } from './prerequisites.ts';

export interface Counters {
  elevated: number;
  denied: number;
  failed: number;
  refusedClients: number;
}

export interface StatusFacts {
  readonly version: string;
  readonly processId: number;
  /** Milliseconds since 1970, UTC. */
  readonly startTime: number;
  readonly policy: PolicyReport;
  /** Other users' policies that cannot be used, as far as the reader may know of them. */
  readonly othersFaults: ReadonlyMap<Sid, PolicyFault>;
  readonly running: number;
  readonly counters: Counters;
  readonly trail: AuditTrail;
  readonly machine: Machine;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** Milliseconds until the agent's data is removed; undefined: it is not. */
  readonly dataKeptFor: number | undefined;
  readonly failedPrerequisites: readonly Prerequisite[];
}

export function statusReport(facts: StatusFacts): StatusReport {
  const { policy, trail, machine } = facts;
  const warnings = warningsOf(facts);
  return {
    version: facts.version,
    state: policy.fault !== undefined || facts.othersFaults.size > 0 || trail.missing > 0 ? 'degraded' : 'running',
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
    rules: policy.rules.filter(({ state }) => state === 'active').length,
    rejectedRules: policy.rules.filter(({ state }) => state === 'rejected').length,
    running: facts.running,
    counters: { ...facts.counters },
    journal: trail.head,
    accountFactory: machine.isTestBuild ? 'testBed' : 'virtualAccount',
    ...(facts.dataKeptFor === undefined ? {} : { dataRemoval: new Date(facts.now + facts.dataKeptFor).toISOString() }),
    warnings,
  };
}

function warningsOf({ policy, othersFaults, trail, machine, dataKeptFor, failedPrerequisites }: StatusFacts): string[] {
  const warnings: string[] = [];
  if (machine.isTestBuild) {
    warnings.push(
      'This is a build for the test bed. Its accounts give no protection: never use it to protect a machine.',
    );
  } else if (machine.isWine) {
    warnings.push('This machine is Wine, not Windows: nothing is elevated.');
  }
  if (policy.fault !== undefined) {
    warnings.push(
      `The delivered policy cannot be used (${policy.fault.code}): ${policy.fault.message} ${
        policy.lastRead === undefined ? 'Nothing is elevated until it can.' : 'The last good policy stays in force.'
      }`,
    );
  }
  for (const [user, { report }] of othersFaults) {
    warnings.push(`The policy of the user ${user} cannot be used (${report.code}): ${report.message}`);
  }
  if (dataKeptFor !== undefined) {
    warnings.push(
      `No policy enables EPM. Unless one does, its data on this machine, the audit journal included, is removed in ${duration(dataKeptFor)}.`,
    );
  }
  if (trail.missing > 0)
    warnings.push(`${trail.missing} audit records could not be written; nothing is elevated until they can.`);
  for (const { title, found, hint = '' } of failedPrerequisites) {
    warnings.push(`${title}: ${found}. ${hint}`.trimEnd());
  }
  return warnings;
}

function duration(milliseconds: number): string {
  const hours = Math.ceil(milliseconds / 3_600_000);
  return hours > 48 ? `${Math.floor(hours / 24)} days` : `${hours} hour${hours === 1 ? '' : 's'}`;
}
