import { describePolicy } from './module-policy.ts';

describePolicy('constrained');
