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

interface CheckedRule extends RuleContext {
  readonly conditions: Conditions;
}

/** One for all rules where it can be: what a rule sets is in its conditions. */
export interface Check {
  readonly name: FailedAttribute['attribute'];
  passes(file: MatchInput, rule: CheckedRule): boolean;
  /** Asked of a check that does not pass. */
  describeMiss(file: MatchInput, rule: CheckedRule): Miss;
  /** Asked of a check that does not pass: changes that are worth a try. */
  fits(file: MatchInput, rule: CheckedRule): readonly Fit[];
}

/** Where a rule leaves the attribute open, the attribute may have something to say about that. */
class AttributeCheck implements Check {
  readonly name: DetectionAttribute;
  readonly attribute: Attribute<DetectionAttribute>;

  constructor(name: DetectionAttribute, attribute: Attribute<DetectionAttribute>) {
    this.name = name;
    this.attribute = attribute;
  }

  passes(file: MatchInput, rule: CheckedRule): boolean {
    const condition = rule.conditions[this.name];
    if (condition === undefined) return this.attribute.whenOpen?.matches(file, rule) ?? true;
    return this.#whenUnsigned(file, rule) ?? this.attribute.matches(condition, file, rule);
  }

  describeMiss(file: MatchInput, rule: CheckedRule): Miss {
    const condition = rule.conditions[this.name];
    if (condition === undefined) {
      return this.attribute.whenOpen?.describeMiss(file, rule) ?? { expected: '', found: '' };
    }
    if (this.#whenUnsigned(file, rule) === false) return UNSIGNED_TEXT;
    return this.attribute.describeMiss(condition, file, rule);
  }

  fits(file: MatchInput, rule: CheckedRule): readonly Fit[] {
    const condition = rule.conditions[this.name];
    if (condition === undefined) return this.attribute.whenOpen?.fits(file, rule) ?? [];
    if (this.#whenUnsigned(file, rule) !== false) return this.attribute.fits(condition, file, rule);
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

const ATTRIBUTE_CHECKS = ATTRIBUTE_LIST.map(([name, attribute]) => new AttributeCheck(name, attribute));

/** Every list of them that some rule has, by what is in it: rules set the same attributes again and again. */
const LISTS = new Map<number, readonly Check[]>();

/** The checks of a rule, in the order of the table: of each attribute that it sets, and of those that say something when it does not. */
export function checksOf(conditions: Conditions, type: ElevationType, hours: Hours | undefined): readonly Check[] {
  let members = type === 'automatic' ? 1 : 0;
  for (const { name, attribute } of ATTRIBUTE_CHECKS) {
    const counts = conditions[name] !== undefined || attribute.whenOpen !== undefined;
    members = members * 2 + (counts ? 1 : 0);
  }
  const shared = LISTS.get(members) ?? listOf(conditions, type);
  LISTS.set(members, shared);
  return hours === undefined ? shared : [...shared, new HoursCheck(hours)];
}

function listOf(conditions: Conditions, type: ElevationType): readonly Check[] {
  const checks: Check[] = ATTRIBUTE_CHECKS.filter(
    ({ name, attribute }) => conditions[name] !== undefined || attribute.whenOpen !== undefined,
  );
  if (type === 'automatic') checks.push(PAYLOAD_INSIDE);
  return checks;
}
