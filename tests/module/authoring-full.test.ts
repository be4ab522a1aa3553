import { describeAuthoring } from './authoring.ts';

describeAuthoring('full');
