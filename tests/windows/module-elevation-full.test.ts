import { describeElevation } from './module-elevation.ts';

describeElevation('full');
