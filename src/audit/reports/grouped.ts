/** The reports that count: by application, by publisher, by user, and what was denied. */
import { Counts } from './counts.ts';
import type { Elevation } from './elevation.ts';
import { MONTH_HOURS } from './elevations.ts';
import { fileNameOf, NO_ID } from './export-values.ts';
import type { Chart, ReportColumn, Report, Row } from './report.ts';

/** What is said of a file whose signature does not hold, or that has none. */
export const UNKNOWN_PUBLISHER = 'unknown publisher';

const APPLICATION = {
  internalName: { heading: 'Internal name', export: 'InternalName', width: 24 },
  fileVersion: { heading: 'Version', export: 'FileVersion', width: 16 },
  publisher: { heading: 'Publisher', export: 'Publisher', width: 40 },
} as const;
const TYPE = { elevationType: { heading: 'Type', export: 'ElevationType', width: 24 } } as const;
const COUNT = { elevationCount: { heading: 'Count', export: 'ElevationCount', width: 8 } } as const;
const USER = { upn: { heading: 'User', export: 'Upn', width: 24 } } as const;

/** A program without an internal name is known by that of its file. */
const applicationOf = ({ internalName, filePath, fileVersion, publisher }: Elevation) => ({
  internalName: internalName ?? fileNameOf(filePath),
  fileVersion: fileVersion ?? '',
  publisher: publisher ?? UNKNOWN_PUBLISHER,
});

const bars = (label: string, value: string) => ({ kind: 'bars', label, value }) as const;

/** @param keyOf values of all columns but the number, in their order; undefined: it does not count */
function counting(
  title: string,
  columns: Readonly<Record<string, ReportColumn>>,
  chart: Extract<Chart, { kind: 'bars' }>,
  keyOf: (elevation: Elevation) => Row | undefined,
): Report {
  return {
    title,
    hours: MONTH_HOURS,
    tables: { counts: { title, chart, columns } },
    make(add) {
      const counts = new Counts();
      return {
        take(elevation) {
          const values = keyOf(elevation);
          if (values !== undefined) counts.add(values, elevation.userSid);
        },
        end() {
          for (const { values, count } of counts.largest()) add('counts', { ...values, [chart.value]: count });
        },
      };
    },
  };
}

export const applications = counting(
  'Elevation report by applications',
  { ...APPLICATION, ...TYPE, ...COUNT },
  bars('internalName', 'elevationCount'),
  (elevation) => ({ ...applicationOf(elevation), elevationType: elevation.elevationType }),
);

export const publishers = counting(
  'Elevation report by publisher',
  { publisher: APPLICATION.publisher, ...TYPE, ...COUNT },
  bars('publisher', 'elevationCount'),
  ({ publisher = UNKNOWN_PUBLISHER, elevationType }) => ({ publisher, elevationType }),
);

export const users = counting(
  'Elevation report by user',
  { ...USER, ...APPLICATION, ...TYPE, ...COUNT },
  bars('upn', 'elevationCount'),
  (elevation) => ({
    upn: elevation.userName ?? elevation.userSid ?? '',
    ...applicationOf(elevation),
    elevationType: elevation.elevationType,
  }),
);

/** A row for each person, device and file. */
export const denied = counting(
  'Denied report',
  {
    userName: { heading: 'User', export: 'UserName', width: 24 },
    deviceId: { heading: 'Device id', export: 'DeviceId' },
    deviceName: { heading: 'Device', export: 'DeviceName', width: 15 },
    fileName: { heading: 'File', export: 'FileName', width: 32 },
    fileProductName: { heading: 'Product', export: 'FileProductName' },
    fileDescription: { heading: 'Description', export: 'FileDescription' },
    fileInternalName: { heading: 'Internal name', export: 'FileInternalName' },
    fileVersion: { heading: 'Version', export: 'FileVersion', width: 16 },
    hashValue: { heading: 'SHA-256', export: 'HashValue' },
    publisher: { heading: 'Publisher', export: 'Publisher', width: 40 },
    elevationType: { heading: 'Type', export: 'ElevationType' },
    monthElevationCount: { heading: 'Count', export: 'MonthElevationCount', width: 8 },
    reason: { heading: 'Reason', width: 24 },
  },
  bars('fileName', 'monthElevationCount'),
  (elevation) => {
    if (elevation.elevationType !== 'denied') return undefined;
    return {
      userName: elevation.userName ?? elevation.userSid ?? '',
      deviceId: NO_ID,
      deviceName: elevation.deviceName,
      fileName: fileNameOf(elevation.filePath),
      fileProductName: elevation.productName,
      fileDescription: elevation.fileDescription,
      fileInternalName: elevation.internalName,
      fileVersion: elevation.fileVersion,
      hashValue: elevation.hash,
      publisher: elevation.publisher ?? UNKNOWN_PUBLISHER,
      elevationType: elevation.elevationType,
      reason: elevation.reason,
    };
  },
);
