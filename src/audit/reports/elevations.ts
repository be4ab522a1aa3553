/** The reports with a row for each elevation. */
import type { Elevation } from './elevation.ts';
import { exportTime, NO_ID, userTypeOf } from './export-values.ts';
import type { Report, Row, ReportTable } from './report.ts';

/** Thirty days, as Intune keeps them. */
export const MONTH_HOURS = 30 * 24;

const COLUMNS = {
  id: { heading: 'Number', export: 'Id' },
  deviceId: { heading: 'Device id', export: 'DeviceId' },
  deviceName: { heading: 'Device', export: 'DeviceName', width: 15 },
  eventDateTime: { heading: 'Time', export: 'EventDateTime', width: 19 },
  elevationType: { heading: 'Type', export: 'ElevationType', width: 24 },
  filePath: { heading: 'File', export: 'FilePath', width: 44 },
  upn: { heading: 'User', export: 'Upn', width: 24 },
  userType: { heading: 'User type', export: 'UserType' },
  productName: { heading: 'Product', export: 'ProductName' },
  companyName: { heading: 'Company', export: 'CompanyName' },
  fileVersion: { heading: 'Version', export: 'FileVersion' },
  justification: { heading: 'Reason given', export: 'Justification' },
  hash: { heading: 'SHA-256', export: 'Hash' },
  internalName: { heading: 'Internal name', export: 'InternalName' },
  fileDescription: { heading: 'Description', export: 'FileDescription' },
  result: { heading: 'Result', export: 'Result', width: 10 },
  processType: { heading: 'Process', export: 'ProcessType' },
  ruleId: { heading: 'Rule', export: 'RuleId', width: 24 },
  parentProcessName: { heading: 'Parent process', export: 'ParentProcessName' },
  policyId: { heading: 'Policy', export: 'PolicyId' },
  policyName: { heading: 'Policy name', export: 'PolicyName' },
  isSystemInitiated: { heading: 'By launch', export: 'IsSystemInitiated' },
  publisher: { heading: 'Publisher' },
  reason: { heading: 'Reason' },
  userSid: { heading: 'User SID' },
} as const;

const TABLE: ReportTable = { title: 'Elevations', columns: COLUMNS };

function rowOf(elevation: Elevation): Row<keyof typeof COLUMNS> {
  const { rule, deviceName, elevationType, processType, ...of } = elevation;
  return {
    id: of.id,
    deviceId: NO_ID,
    deviceName,
    eventDateTime: exportTime(of.time),
    elevationType,
    filePath: of.filePath,
    upn: of.userName,
    userType: userTypeOf(of.userName, deviceName),
    productName: of.productName,
    companyName: of.companyName,
    fileVersion: of.fileVersion,
    justification: of.justification,
    hash: of.hash,
    internalName: of.internalName,
    fileDescription: of.fileDescription,
    result: of.result,
    processType,
    ruleId: rule?.name ?? NO_ID,
    parentProcessName: of.parentProcessName,
    policyId: rule?.policyId ?? NO_ID,
    policyName: rule?.policyId ?? NO_ID,
    isSystemInitiated: of.systemInitiated,
    publisher: of.publisher,
    reason: of.reason,
    userSid: of.userSid,
  };
}

/** Every elevation and every denial. */
export const elevations: Report = {
  title: 'Elevation report',
  hours: MONTH_HOURS,
  tables: { elevations: TABLE },
  make: (add) => ({ take: (elevation) => add('elevations', rowOf(elevation)), end: () => undefined }),
};

/** What ran elevated by a rule. */
export const managed: Report = {
  title: 'Managed elevations report',
  hours: MONTH_HOURS,
  tables: { elevations: TABLE },
  make: (add) => ({
    take(elevation) {
      if (elevation.rule !== undefined && elevation.elevationType !== 'denied') add('elevations', rowOf(elevation));
    },
    end: () => undefined,
  }),
};
