import { describeReports } from './reports.ts';

describeReports('full');
