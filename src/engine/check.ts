/** What of a rule is compared with a file: one check for each attribute that it sets. */
import type { DetectionAttribute } from '../model/rule.ts';
import { ATTRIBUTE_LIST, type Attribute, type Conditions, type Miss, type RuleContext } from './attributes/index.ts';
import type { MatchInput } from './match-input.ts';

export class Check {
  readonly name: DetectionAttribute;
  readonly attribute: Attribute<DetectionAttribute>;
  /** Undefined: the rule leaves the attribute open, and the attribute has something to say about that. */
  readonly condition: unknown;

  constructor(name: DetectionAttribute, attribute: Attribute<DetectionAttribute>, condition: unknown) {
    this.name = name;
    this.attribute = attribute;
    this.condition = condition;
  }

  passes(file: MatchInput, rule: RuleContext): boolean {
    if (this.condition !== undefined) return this.attribute.matches(this.condition, file, rule);
    return this.attribute.whenOpen?.matches(file, rule) ?? true;
  }

  /** Asked of a check that does not pass. */
  describeMiss(file: MatchInput, rule: RuleContext): Miss {
    if (this.condition !== undefined) return this.attribute.describeMiss(this.condition, file, rule);
    return this.attribute.whenOpen?.describeMiss(file, rule) ?? { expected: '', found: '' };
  }
}

/** For attributes that a rule leaves open; the same for all rules. */
const OPEN = new Map(
  ATTRIBUTE_LIST.filter(([, { whenOpen }]) => whenOpen !== undefined).map(([name, attribute]) => [
    name,
    new Check(name, attribute, undefined),
  ]),
);

/** The checks of a rule, in the order of the table. */
export function checksOf(conditions: Conditions): readonly Check[] {
  const checks: Check[] = [];
  for (const [name, attribute] of ATTRIBUTE_LIST) {
    const condition = conditions[name];
    const check = condition === undefined ? OPEN.get(name) : new Check(name, attribute, condition);
    if (check !== undefined) checks.push(check);
  }
  return checks;
}
