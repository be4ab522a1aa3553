import { describePolicy } from './module-policy.ts';

describePolicy('full');
