/** Texts of a file that the next release changes: a rule that names one stops matching without anybody seeing why. */

const YEAR = /(?<!\d)(?:19|20)\d\d(?!\d)/u;
/** Two numbers with a dot, or `v` and a number. */
const RELEASE = /\d+\.\d|(?<![\p{L}\d])v\d/iu;

/**
 * @param version of the file
 * @returns why the text does not last, as the end of a sentence; undefined for one that looks lasting
 */
export function brittleness(text: string, version: string | undefined): string | undefined {
  if (RELEASE.test(text)) return 'it names a release';
  if (YEAR.test(text)) return 'it names a year';
  const major = /^\d+/.exec(version ?? '')?.[0];
  if (major !== undefined && major !== '0' && new RegExp(`(?<!\\d)${major}(?!\\d)`, 'u').test(text)) {
    return 'it names the version';
  }
  return undefined;
}
