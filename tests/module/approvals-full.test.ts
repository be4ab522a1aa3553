import { describeApprovals } from './approvals.ts';

describeApprovals('full');
