/** What judging the children and libraries of a tree needs. */
import type { CompiledPolicy } from '../../engine/index.ts';
import type { Approvals } from '../approvals/approvals.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock, Log, Machine } from '../ports.ts';

export interface ChildrenPorts {
  readonly policy: () => CompiledPolicy;
  readonly trail: AuditTrail;
  readonly approvals: Pick<Approvals, 'counting' | 'use' | 'describe'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly machine: Machine;
  /** Absolute path of epmlaunch.exe. */
  readonly launcher: string;
}
