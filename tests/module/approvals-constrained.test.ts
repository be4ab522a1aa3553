import { describeApprovals } from './approvals.ts';

describeApprovals('constrained');
