/** Which program of the tables a rule names. */
import type { Conditions } from '../../../engine/attributes/index.ts';
import type { ProgramSet } from '../../../engine/interpreters.ts';
import { matchesWildcard } from '../../../engine/wildcard.ts';
import { DEVELOPER_PROGRAMS } from './developer-programs.ts';
import { OTHER_PROGRAMS } from './other-programs.ts';
import { WAYS, type ProgramRow } from './ways.ts';
import { WINDOWS_PROGRAMS } from './windows-programs.ts';

export const PROGRAM_ROWS: readonly ProgramRow[] = [...WINDOWS_PROGRAMS, ...DEVELOPER_PROGRAMS, ...OTHER_PROGRAMS];

export interface WayOut {
  /** Of the program, in lower case and without extension. */
  readonly program: string;
  readonly way: (typeof WAYS)[keyof typeof WAYS];
}

const BY_NAME = new Map<string, WayOut>();
const BY_TEXT = new Map<string, WayOut>();
for (const [names, way, , texts] of PROGRAM_ROWS) {
  for (const program of names.split('|')) BY_NAME.set(program.toUpperCase(), { program, way: WAYS[way] });
  const [program = ''] = names.split('|');
  for (const text of texts?.split('|') ?? []) BY_TEXT.set(text.toUpperCase(), { program, way: WAYS[way] });
}

/** Of every program of Windows, which therefore does not say that a pattern means another one. */
const PRODUCT_OF_WINDOWS = 'MICROSOFT® WINDOWS® OPERATING SYSTEM';

/**
 * The program of the tables that a rule names by file name, by a name of the version resource, or by product and description.
 * @param ignored programs that do not count where a pattern fits several
 */
export function wayOutOf(conditions: Conditions, ignored?: ProgramSet): WayOut | undefined {
  const { fileName, internalName, productName, fileDescription } = conditions;
  const byResource = BY_NAME.get(internalName?.folded.replace(/\.(?:EXE|DLL)$/, '') ?? '');
  if (byResource !== undefined) return byResource;
  if (fileName?.literal !== undefined) return BY_NAME.get(fileName.literal.replace(/\.EXE$/, ''));
  const texts = [productName?.folded, fileDescription?.folded].filter((text) => text !== undefined);
  const byText = texts.map((text) => BY_TEXT.get(text)).find((found) => found !== undefined);
  const pattern = fileName?.wildcard;
  if (byText !== undefined && pattern === undefined) return byText;
  // What else the rule asks says which of the files that fit the pattern is meant.
  if (pattern === undefined || internalName !== undefined || fileDescription !== undefined) return byText;
  if (productName !== undefined && productName.folded !== PRODUCT_OF_WINDOWS && byText === undefined) return undefined;
  const fitting = [...BY_NAME]
    .filter(([name]) => matchesWildcard(pattern, `${name}.EXE`) && ignored?.has(name, name.length) !== true)
    .map(([, found]) => found);
  // A list that closes the way of one of them leaves that of another open.
  return (['window', 'prompt', 'arguments'] as const)
    .map((kind) => fitting.find(({ way: { openedBy } }) => openedBy === kind))
    .find((found) => found !== undefined);
}
