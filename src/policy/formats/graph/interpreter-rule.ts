/** Which rules may start a program that runs what its arguments say (decision A4). */
import { interpreterSet, isProgramOf } from '../../../engine/interpreters.ts';
import { foldText } from '../../../text/compare.ts';
import { compileWildcard, hasWildcard, matchesWildcard } from '../../../engine/wildcard.ts';
import { defined } from '../../../model/defined.ts';
import type { RuleInput } from '../../../model/rule.ts';

const INTERPRETERS = interpreterSet();

/** Whether the rule names an interpreter by file name, pattern or internal name. A rule by hash or certificate alone cannot tell. */
export function namesInterpreter(rule: Pick<RuleInput, 'fileName' | 'internalName'>): boolean {
  const name = foldText(rule.fileName);
  const internalName = defined({ internalName: rule.internalName });
  if (isProgramOf(INTERPRETERS, { type: 'exe', name: rule.fileName?.trim() ?? '', ...internalName })) return true;
  if (name === undefined || !hasWildcard(name)) return false;
  const pattern = compileWildcard(name);
  return INTERPRETERS.names.some((interpreter) => matchesWildcard(pattern, `${interpreter}.EXE`));
}
