/** What keeps a rule from matching: one check for each attribute that it sets, and what its type asks of a file. */
import type { FailedAttribute } from '../model/decision.ts';
import type { ElevationType } from '../model/rule-action.ts';
import type { DetectionAttribute } from '../model/rule.ts';
import {
  ATTRIBUTE_LIST,
  type Attribute,
  type Conditions,
  type Fit,
  type Miss,
  type RuleContext,
} from './attributes/index.ts';
import { describeTime, type Hours, isActive, nextActive } from './hours.ts';
import type { MatchInput } from './match-input.ts';
import { UNSIGNED_TEXT, unsignedTextPasses } from './package-texts.ts';

export interface Check {
  readonly name: FailedAttribute['attribute'];
  /** Undefined: it is not about something that the rule sets. */
  readonly condition: unknown;
  passes(file: MatchInput, rule: RuleContext): boolean;
  /** Asked of a check that does not pass. */
  describeMiss(file: MatchInput, rule: RuleContext): Miss;
  /** Asked of a check that does not pass: changes that are worth a try. */
  fits(file: MatchInput, rule: RuleContext): readonly Fit[];
}

class AttributeCheck implements Check {
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
    if (this.condition === undefined) return this.attribute.whenOpen?.matches(file, rule) ?? true;
    return this.#whenUnsigned(file, rule) ?? this.attribute.matches(this.condition, file, rule);
  }

  describeMiss(file: MatchInput, rule: RuleContext): Miss {
    if (this.condition === undefined) {
      return this.attribute.whenOpen?.describeMiss(file, rule) ?? { expected: '', found: '' };
    }
    if (this.#whenUnsigned(file, rule) === false) return UNSIGNED_TEXT;
    return this.attribute.describeMiss(this.condition, file, rule);
  }

  fits(file: MatchInput, rule: RuleContext): readonly Fit[] {
    if (this.condition === undefined) return this.attribute.whenOpen?.fits(file, rule) ?? [];
    if (this.#whenUnsigned(file, rule) !== false) return this.attribute.fits(this.condition, file, rule);
    const words = this.attribute.words.inSentence;
    return [
      {
        clause: (name) =>
          `if ${name} had the hash of the package, beside which ${words} counts that the signature does not cover`,
        rule: { fileHash: file.facts.sha256 },
      },
    ];
  }

  #whenUnsigned(file: MatchInput, rule: RuleContext): boolean | undefined {
    return file.hasUnsignedTexts && this.attribute.isPackageText === true ? unsignedTextPasses(rule) : undefined;
  }
}

/** A rule that asks nobody takes no package whose payload neither hash nor signature cover (decision M10). */
const PAYLOAD_INSIDE: Check = {
  name: 'externalFiles',
  condition: undefined,
  passes: ({ facts }) => facts.installer?.externalFiles === undefined,
  describeMiss: () => ({
    expected: 'a package that has everything inside, because the rule asks nobody',
    found: 'files or cabinets that lie beside it',
    reason: 'externalFiles',
  }),
  fits: ({ facts: { installer, ...facts } }) => {
    if (installer === undefined) return [];
    const { externalFiles: _, ...inside } = installer;
    return [{ clause: () => 'with a package that has everything inside', facts: { ...facts, installer: inside } }];
  },
};

/** When the rule matches (decision G6). It says nothing about the file, so that it does not count for precedence. */
class HoursCheck implements Check {
  readonly name = 'hours';
  readonly condition = undefined;
  readonly hours: Hours;

  constructor(hours: Hours) {
    this.hours = hours;
  }

  passes({ localTime }: MatchInput): boolean {
    return isActive(this.hours, localTime);
  }

  describeMiss({ localTime }: MatchInput): Miss {
    return { expected: this.hours.text, found: describeTime(localTime), reason: 'outsideHours' };
  }

  fits({ localTime }: MatchInput): readonly Fit[] {
    const next = nextActive(this.hours, localTime);
    if (next === undefined) return [];
    return [{ clause: () => `from ${describeTime(next)} on`, later: next - localTime }];
  }
}

/** For attributes that a rule leaves open; the same for all rules. */
const OPEN = new Map(
  ATTRIBUTE_LIST.filter(([, { whenOpen }]) => whenOpen !== undefined).map(([name, attribute]) => [
    name,
    new AttributeCheck(name, attribute, undefined),
  ]),
);

/** The checks of a rule, in the order of the table. */
export function checksOf(conditions: Conditions, type: ElevationType, hours: Hours | undefined): readonly Check[] {
  const checks: Check[] = [];
  for (const [name, attribute] of ATTRIBUTE_LIST) {
    const condition = conditions[name];
    const check = condition === undefined ? OPEN.get(name) : new AttributeCheck(name, attribute, condition);
    if (check !== undefined) checks.push(check);
  }
  if (type === 'automatic') checks.push(PAYLOAD_INSIDE);
  if (hours !== undefined) checks.push(new HoursCheck(hours));
  // A list that grew has room for more than a rule ever needs.
  return checks.slice();
}
