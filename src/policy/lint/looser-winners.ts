/** Rules that ask for less than another one for the same file, and come first only because they say more about it. */
import { ATTRIBUTE_LIST, type RulePair } from '../../engine/attributes/index.ts';
import type { CompiledRule } from '../../engine/compiled-rule.ts';
import { coversHours } from '../../engine/hours.ts';
import { compareRules, decidingStep } from '../../engine/ladder.ts';
import { CHILD_PROCESS_BEHAVIORS } from '../../model/rule-action.ts';

/** Rules of one name or hash that are compared with each other; more would make the work the square of the rules. */
const MAX_SAME = 100;
const MAX_LOOKUPS = 5_000_000;

/** How much a type asks for; both that ask the person are alike. */
const ASKS = {
  automatic: 0,
  userConfirmed: 1,
  currentUser: 1,
  supportApproved: 2,
  deny: 3,
} as const satisfies Readonly<Record<CompiledRule['type'], number>>;

/** @returns for each rule that a looser one beats for the same file by the number of its attributes, that one */
export function looserWinners(rules: readonly CompiledRule[]): ReadonlyMap<CompiledRule, CompiledRule> {
  const elevating = rules.filter(({ type }) => type !== 'deny');
  const groups = [
    ...Map.groupBy(elevating, ({ conditions }) => conditions.fileName?.literal),
    ...Map.groupBy(elevating, ({ conditions }) => conditions.fileHash?.value),
  ];
  const beaten = new Map<CompiledRule, CompiledRule>();
  const work = { left: MAX_LOOKUPS };
  for (const [key, same] of groups) {
    if (key === undefined) continue;
    const compared = same.slice(0, MAX_SAME);
    for (const loser of compared) {
      const winner = compared.find((other) => other !== loser && winsLoosely(other, loser, work));
      if (winner !== undefined) beaten.set(loser, winner);
    }
  }
  return beaten;
}

function winsLoosely(winner: CompiledRule, loser: CompiledRule, work: RulePair['work']): boolean {
  if (compareRules(winner, loser) >= 0 || !isLooser(winner, loser)) return false;
  if (decidingStep(winner, loser)?.id !== 'P1.attributes') return false;
  // Certain command lines that are let through more easily are what such a rule is for.
  if (winner.conditions.arguments !== undefined && loser.conditions.arguments === undefined) return false;
  // The same holds of certain hours.
  if (!coversHours(winner.hours, loser.hours)) return false;
  return ATTRIBUTE_LIST.every(([name, attribute]) => {
    const one = winner.conditions[name];
    const other = loser.conditions[name];
    if (one === undefined || other === undefined) return true;
    return (
      attribute.covers(one, other, { wide: winner, narrow: loser, work }) ||
      attribute.covers(other, one, { wide: loser, narrow: winner, work })
    );
  });
}

function isLooser(one: CompiledRule, other: CompiledRule): boolean {
  if (ASKS[one.type] !== ASKS[other.type]) return ASKS[one.type] < ASKS[other.type];
  if (validationsOf(one) !== validationsOf(other)) return validationsOf(one) < validationsOf(other);
  const children = (rule: CompiledRule): number => CHILD_PROCESS_BEHAVIORS[rule.childProcesses].precedence;
  return children(one) > children(other);
}

/** A rule for the person's own account always asks for Windows authentication. */
function validationsOf({ type, validations }: CompiledRule): number {
  return validations.length + (type === 'currentUser' ? 1 : 0);
}
