/** Forms that values have in the reports that Intune exports, as live exports show them. */

/** Of an identifier that is not there. */
export const NO_ID = '<Null>';

/** @param time ISO 8601 in UTC, with milliseconds. @returns without a zone, with seven decimals */
export function exportTime(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d{3})Z$/, '$10000');
}

/**
 * What can be told by the name of an account.
 * @param userName `DOMAIN\name`; a domain says nothing about whether it is joined to a directory in the cloud too
 */
export function userTypeOf(userName: string | undefined, deviceName: string): string {
  const domain = /^([^\\]+)\\/.exec(userName ?? '')?.[1]?.toUpperCase();
  if (domain === 'AZUREAD') return 'azureAd';
  return domain !== undefined && domain === deviceName.toUpperCase() ? 'local' : 'Unknown';
}

/** The last part of a path of Windows. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}
