/** Whether a rule matches: every attribute it sets does (decision M1), and the arguments pass (decisions A1–A5). */
import { onlyDisplayAndRestart, sameVector } from './arguments.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { matchesPath } from './path-pattern.ts';
import type { MatchInput } from './match-input.ts';
import { matchCertificate } from './signatures.ts';
import { compareVersions } from './version.ts';
import { matchesWildcard } from './wildcard.ts';

export type ArgumentFault = 'argumentsNotInList' | 'argumentsRequired' | 'argumentsNotAllowed' | 'hostNeedsArguments';

export function matches(rule: CompiledRule, file: MatchInput): boolean {
  const { conditions } = rule;
  return (
    (conditions.hash === undefined || file.facts[conditions.hash.algorithm] === conditions.hash.value) &&
    (conditions.name === undefined || matchesName(conditions.name, file)) &&
    (conditions.productName === undefined || conditions.productName === file.productName) &&
    (conditions.internalName === undefined || conditions.internalName === file.internalName) &&
    (conditions.fileDescription === undefined || conditions.fileDescription === file.fileDescription) &&
    (conditions.minimumVersion === undefined || matchesVersion(conditions.minimumVersion, file)) &&
    (conditions.path === undefined || matchesPath(conditions.path, file.folder)) &&
    (conditions.certificate === undefined ||
      matchCertificate(rule, conditions.certificate, file.signatures, file.settings) !== 'no') &&
    argumentFault(rule, file) === undefined
  );
}

export function matchesName(name: NonNullable<CompiledRule['conditions']['name']>, file: MatchInput): boolean {
  if (name.literal !== undefined) return name.literal === file.name;
  return name.wildcard !== undefined && matchesWildcard(name.wildcard, file.name);
}

export function matchesVersion(
  minimum: NonNullable<CompiledRule['conditions']['minimumVersion']>,
  file: MatchInput,
): boolean {
  return file.version !== undefined && compareVersions(file.version, minimum) >= 0;
}

/** Why the arguments keep the rule from matching; undefined when they pass. */
export function argumentFault(rule: CompiledRule, file: MatchInput): ArgumentFault | undefined {
  const list = rule.arguments;
  const count = file.arguments.length;
  if (rule.type === 'deny') {
    if (list === undefined) return undefined;
    return isListed(rule, file) ? undefined : 'argumentsNotInList';
  }
  if (count === 0 && rule.requireArguments) return 'argumentsRequired';
  const listed = list !== undefined && count > 0 && isListed(rule, file);
  if (list !== undefined && count > 0 && !listed) return 'argumentsNotInList';
  if (file.isInterpreter && !listed && !mayElevateInterpreter(rule)) return 'hostNeedsArguments';
  if (list === undefined && file.isMsi && !onlyDisplayAndRestart(file.arguments)) return 'argumentsNotAllowed';
  return undefined;
}

/** A consent rule that names the interpreter literally may start it, as people's rules do; a list is then binding. */
function mayElevateInterpreter(rule: CompiledRule): boolean {
  return rule.type !== 'automatic' && rule.conditions.name?.literal !== undefined && rule.arguments === undefined;
}

function isListed(rule: CompiledRule, file: MatchInput): boolean {
  const list = rule.arguments;
  if (list === undefined) return false;
  const vectors = file.isMsi ? list.msiVectors : list.vectors;
  return vectors.some((vector) => sameVector(vector, file.comparedArguments));
}
