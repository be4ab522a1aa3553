/** The state of the agent for people and monitoring. */
import type { PolicyReport, StatusReport } from './contract.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Machine } from './ports.ts';

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
  readonly running: number;
  readonly counters: Counters;
  readonly trail: AuditTrail;
  readonly machine: Machine;
}

export function statusReport(facts: StatusFacts): StatusReport {
  const { policy, trail, machine } = facts;
  const warnings = warningsOf(facts);
  return {
    version: facts.version,
    state: policy.fault !== undefined || trail.missing > 0 ? 'degraded' : 'running',
    startTime: new Date(facts.startTime).toISOString(),
    processId: facts.processId,
    clientState: policy.settings.clientState,
    policyDigest: policy.digest,
    policySince: policy.since,
    rules: policy.rules.filter(({ state }) => state === 'active').length,
    rejectedRules: policy.rules.filter(({ state }) => state === 'rejected').length,
    running: facts.running,
    counters: { ...facts.counters },
    journal: trail.head,
    accountFactory: machine.isTestBuild ? 'testBed' : 'virtualAccount',
    warnings,
  };
}

function warningsOf({ policy, trail, machine }: StatusFacts): string[] {
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
      `The delivered policy cannot be used (${policy.fault.code}): ${policy.fault.message} The last good policy stays in force.`,
    );
  }
  if (trail.missing > 0)
    warnings.push(`${trail.missing} audit records could not be written; nothing is elevated until they can.`);
  return warnings;
}
