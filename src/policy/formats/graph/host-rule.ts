/** Which rules may start a program that runs what its arguments say (decision A4). */
import { hostSet, isProgramOf } from '../../../engine/hosts.ts';
import { foldText } from '../../../text/compare.ts';
import { compileWildcard, hasWildcard, matchesWildcard } from '../../../engine/wildcard.ts';
import type { RuleInput } from '../../../model/rule.ts';

const HOSTS = hostSet();

/** Whether the rule names a host by file name, pattern or internal name. A rule by hash or certificate alone cannot tell. */
export function namesHost(rule: Pick<RuleInput, 'fileName' | 'internalName'>): boolean {
  const name = foldText(rule.fileName);
  const internalName = rule.internalName === undefined ? {} : { internalName: rule.internalName };
  if (isProgramOf(HOSTS, { type: 'exe', name: rule.fileName?.trim() ?? '', ...internalName })) return true;
  if (name === undefined || !hasWildcard(name)) return false;
  const pattern = compileWildcard(name);
  return [...HOSTS].some((host) => matchesWildcard(pattern, `${host}.EXE`));
}
