import { describeAuthoring } from './authoring.ts';

describeAuthoring('constrained');
