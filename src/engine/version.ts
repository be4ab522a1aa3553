/** Versions of rules and files (decision M5): four numbers 0–65535, as in a VS_FIXEDFILEINFO block. */
import type { Version } from '../model/brands.ts';
import type { FileFacts } from '../model/file-facts.ts';

// Long runs of leading zeros have a value too, but no author writes them; the bound keeps hostile text cheap.
const NUMBER = '0{0,16}[0-9]{1,5}';
const DOTTED = new RegExp(`^${NUMBER}(?:\\.${NUMBER}){0,3}$`);
// Resource compilers copy the comma list of FILEVERSION into the text form: "1, 2, 3, 4".
const COMMAS = new RegExp(`^${NUMBER}(?:[ \\t]*,[ \\t]*${NUMBER}){0,3}$`);

/** Version of a rule, or undefined when the text is not one to four decimal numbers with dots. */
export function parseRuleVersion(text: string): Version | undefined {
  const trimmed = text.trim();
  return DOTTED.test(trimmed) ? toVersion(trimmed.split('.')) : undefined;
}

/** Version from a file's version text; commas are understood as well. */
export function parseFileVersion(text: string): Version | undefined {
  const trimmed = text.trim();
  if (trimmed.length > 128) return undefined;
  if (DOTTED.test(trimmed)) return toVersion(trimmed.split('.'));
  return COMMAS.test(trimmed) ? toVersion(trimmed.split(',')) : undefined;
}

/** The version a rule compares with: the fixed block, else the text when it has the form of a version. */
export function versionOfFile(facts: Pick<FileFacts, 'fixedVersion' | 'fileVersionText'>): Version | undefined {
  if (facts.fixedVersion !== undefined) return facts.fixedVersion;
  return facts.fileVersionText === undefined ? undefined : parseFileVersion(facts.fileVersionText);
}

/** Negative, zero or positive, as for a sort. */
export function compareVersions(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2] || left[3] - right[3];
}

export function formatVersion(version: Version): string {
  return version.join('.');
}

function toVersion(parts: readonly string[]): Version | undefined {
  const partAt = (index: number): number => Number(parts[index] ?? '0');
  const [major, minor, build, revision] = [partAt(0), partAt(1), partAt(2), partAt(3)];
  return Math.max(major, minor, build, revision) > 65535 ? undefined : ([major, minor, build, revision] as Version);
}
