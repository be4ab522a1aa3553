/** Rules that can never decide anything, because another rule matches whatever they match and comes first. */
import type { CompiledRule, Conditions } from '../../engine/compiled-rule.ts';
import { compareRules } from '../../engine/ladder.ts';
import { FolderFacts, matchesPath, type PathPattern } from '../../engine/path-pattern.ts';
import { compareVersions } from '../../engine/version.ts';
import { matchesWildcard } from '../../engine/wildcard.ts';

/** Rules without a literal name that are compared with every other; more would make the work the square of the rules. */
const MAX_GENERAL = 200;
/** Vectors of arguments that are looked up in others' lists, for the same reason. */
const MAX_LOOKUPS = 5_000_000;

/**
 * @param rules all of one policy
 * @returns for each rule that can never win, one that beats it
 */
export function shadowedRules(rules: readonly CompiledRule[]): ReadonlyMap<CompiledRule, CompiledRule> {
  const byName = Map.groupBy(
    rules.filter((rule) => rule.conditions.name?.literal !== undefined),
    (rule) => rule.conditions.name?.literal,
  );
  const general = rules.filter((rule) => rule.conditions.name?.literal === undefined).slice(0, MAX_GENERAL);
  const shadows = new Map<CompiledRule, CompiledRule>();
  const vectors = new Vectors();
  for (const rule of rules) {
    const same = byName.get(rule.conditions.name?.literal) ?? [];
    const winner = [...same.slice(0, MAX_GENERAL), ...general].find(
      (other) => other !== rule && compareRules(other, rule) < 0 && covers(other, rule, vectors),
    );
    if (winner !== undefined) shadows.set(rule, winner);
  }
  return shadows;
}

/** Whether every file and call that `narrow` matches is also matched by `wide`. When in doubt: no. */
function covers(wide: CompiledRule, narrow: CompiledRule, vectors: Vectors): boolean {
  const one = wide.conditions;
  const other = narrow.conditions;
  return (
    (one.hash === undefined || (one.hash.algorithm === other.hash?.algorithm && one.hash.value === other.hash.value)) &&
    coversName(one.name, other.name) &&
    coversPath(one.path, other.path) &&
    coversCertificate(one.certificate, other.certificate) &&
    (one.minimumVersion === undefined ||
      (other.minimumVersion !== undefined && compareVersions(other.minimumVersion, one.minimumVersion) >= 0)) &&
    (['fileDescription', 'productName', 'internalName'] as const).every(
      (attribute) => one[attribute] === undefined || one[attribute] === other[attribute],
    ) &&
    coversArguments(wide, narrow, vectors) &&
    coversTimestamps(wide, narrow)
  );
}

function coversName(wide: Conditions['name'], narrow: Conditions['name']): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return false;
  if (wide.literal !== undefined) return wide.literal === narrow.literal;
  if (wide.wildcard === undefined) return false;
  return narrow.literal === undefined
    ? wide.wildcard.text === narrow.wildcard?.text
    : matchesWildcard(wide.wildcard, narrow.literal);
}

function coversPath(wide: PathPattern | undefined, narrow: PathPattern | undefined): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined || wide.base !== narrow.base) return false;
  if (narrow.literal !== undefined && narrow.base === 'machine') {
    return matchesPath(wide, new FolderFacts(narrow.literal, undefined));
  }
  return (
    wide.subtree === narrow.subtree &&
    wide.segments.length === narrow.segments.length &&
    wide.segments.every((segment, index) => textOf(segment) === textOf(narrow.segments[index] as string))
  );
}

function textOf(segment: PathPattern['segments'][number]): string {
  return typeof segment === 'string' ? segment : segment.text;
}

function coversCertificate(wide: Conditions['certificate'], narrow: Conditions['certificate']): boolean {
  return wide === undefined || (wide.type === narrow?.type && wide.sha256 === narrow.sha256);
}

/** A rule with an argument list, or for a package or interpreter, may miss calls that another takes. */
function coversArguments(wide: CompiledRule, narrow: CompiledRule, vectors: Vectors): boolean {
  if (wide.type === 'deny') {
    return wide.arguments === undefined || (vectors.include(wide, narrow) && narrow.requireArguments);
  }
  if (narrow.type === 'deny') return false;
  if (wide.requireArguments && !narrow.requireArguments) return false;
  // An interpreter may be elevated by a rule that is not automatic and has a literal name, and by no other without a list.
  if (wide.type === 'automatic' && narrow.type !== 'automatic') return false;
  if (wide.conditions.name?.literal === undefined && narrow.conditions.name?.literal !== undefined) return false;
  return wide.arguments === undefined ? narrow.arguments === undefined : vectors.include(wide, narrow);
}

/** Argument lists as sets of texts, each made once. */
class Vectors {
  readonly #texts = new Map<CompiledRule, ReadonlySet<string>>();
  #budget = MAX_LOOKUPS;

  /** Whether every vector of `narrow` is one of `wide`. When there were too many questions: no. */
  include(wide: CompiledRule, narrow: CompiledRule): boolean {
    if (narrow.arguments === undefined) return false;
    const asked = this.#of(narrow);
    this.#budget -= asked.size;
    const allowed = this.#of(wide);
    return this.#budget > 0 && [...asked].every((vector) => allowed.has(vector));
  }

  #of(rule: CompiledRule): ReadonlySet<string> {
    const known = this.#texts.get(rule);
    if (known !== undefined) return known;
    const texts = new Set((rule.arguments?.vectors ?? []).map((vector) => JSON.stringify(vector)));
    this.#texts.set(rule, texts);
    return texts;
  }
}

/** What an expired or unchecked certificate means depends on type and setting, so only equal rules are compared. */
function coversTimestamps(wide: CompiledRule, narrow: CompiledRule): boolean {
  if (wide.conditions.certificate === undefined || wide.type === 'deny') return true;
  return (
    wide.acceptTimestamped === narrow.acceptTimestamped && (wide.type === 'automatic') === (narrow.type === 'automatic')
  );
}
