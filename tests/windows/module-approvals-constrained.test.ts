import { describeApprovals } from './module-approvals.ts';

describeApprovals('constrained');
