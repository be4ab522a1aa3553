import { describeReports } from './reports.ts';

describeReports('constrained');
