/** The objects of the module for rows of reports, from the columns that the reports have. */
import { type ReportName, REPORTS } from '../../src/audit/reports/index.ts';
import { KINDS, type View } from './module-views.ts';

/** What people ask for in PowerShell. */
export const REPORT_WORDS: Readonly<Record<ReportName, string>> = {
  overview: 'Overview',
  elevations: 'Elevation',
  managed: 'Managed',
  applications: 'ByApplication',
  publishers: 'ByPublisher',
  users: 'ByUser',
  denied: 'Denied',
};

/** Reports whose rows are no other's have a type each; `managed` has the rows of `elevations`. */
const TYPES = {
  overview: 'ReportOverview',
  elevations: 'ReportElevation',
  applications: 'ReportApplication',
  publishers: 'ReportPublisher',
  users: 'ReportUser',
  denied: 'ReportDenial',
} satisfies Partial<Record<ReportName, string>>;

const id = (value: string): string => `ConvertTo-EPMReportId -Value ${value}`;
const utc = (value: string): string => `ConvertTo-EPMReportTime -Value ${value}`;

/** Columns of reports, the property that shows each, and how its value is turned into PowerShell's; undefined: not shown. */
const PROPERTIES: Readonly<Record<string, readonly [property: string, kind: (value: string) => string] | undefined>> = {
  table: ['Table', KINDS.text],
  id: ['Number', KINDS.long],
  from: ['From', KINDS.time],
  eventDateTime: ['Time', utc],
  elevationType: ['ElevationType', KINDS.text],
  filePath: ['FilePath', KINDS.text],
  fileName: ['FileName', KINDS.text],
  upn: ['User', KINDS.text],
  userName: ['User', KINDS.text],
  userSid: ['UserSid', KINDS.text],
  userType: ['UserType', KINDS.text],
  internalName: ['InternalName', KINDS.text],
  fileInternalName: ['InternalName', KINDS.text],
  fileVersion: ['FileVersion', KINDS.text],
  publisher: ['Publisher', KINDS.text],
  productName: ['ProductName', KINDS.text],
  fileProductName: ['ProductName', KINDS.text],
  companyName: ['CompanyName', KINDS.text],
  fileDescription: ['FileDescription', KINDS.text],
  justification: ['Justification', KINDS.text],
  result: ['Result', KINDS.raw],
  reason: ['Reason', KINDS.text],
  processType: ['ProcessType', KINDS.text],
  parentProcessName: ['ParentProcess', KINDS.text],
  ruleId: ['Rule', id],
  policyId: ['PolicyId', id],
  // The same as the id.
  policyName: undefined,
  isSystemInitiated: ['SystemInitiated', KINDS.flag],
  hash: ['Sha256', KINDS.text],
  hashValue: ['Sha256', KINDS.text],
  deviceId: ['DeviceId', id],
  deviceName: ['DeviceName', KINDS.text],
  count: ['Count', KINDS.long],
  elevationCount: ['Count', KINDS.long],
  monthElevationCount: ['Count', KINDS.long],
  users: ['Users', KINDS.raw],
};

/** @throws Error for a column that has no property */
export const REPORT_VIEWS: readonly View[] = Object.entries(TYPES).map(([name, type]): View => {
  const tables = Object.values(REPORTS[name as ReportName].tables);
  const columns = new Set(tables.flatMap((table) => Object.keys(table.columns)));
  return {
    function: `ConvertTo-EPM${type}`,
    typeName: `EPM.${type}`,
    comment: `From one row of \`epm report ${name} --json\`.`,
    parameters: '',
    before: [],
    columns: [...(tables.length > 1 ? ['table'] : []), ...columns].flatMap((column) => {
      if (!Object.hasOwn(PROPERTIES, column)) throw new Error(`The column ${column} of ${name} has no property.`);
      const row = PROPERTIES[column];
      return row === undefined ? [] : [{ property: row[0], value: row[1](`$value['${column}']`) }];
    }),
  };
});
