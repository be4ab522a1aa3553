/** What a rule does: type, validations, children, arguments (decisions A2, I2, I4, I5, P6). */
import { defined } from '../../../model/defined.ts';
import {
  DENY_TEXT,
  ELEVATION_TYPES,
  namesOf,
  VALIDATIONS,
  type ChildProcessBehavior,
  type ElevationType,
  type Validation,
} from '../../../model/rule-action.ts';
import { RULE_CHOICES } from './definitions.ts';
import { readChoice, readChoices, readTexts, valueTexts } from './instances.ts';
import type { RuleContent } from './rule-content.ts';

/** Settings that hold validations, and the type whose option they belong under. */
const VALIDATION_SETTINGS = {
  validation: 'userConfirmed',
  currentUserValidation: 'currentUser',
  currentUserJustification: 'currentUser',
} as const satisfies { readonly [Setting in keyof typeof RULE_CHOICES]?: ElevationType };

interface RuleAction {
  /** Absent: it is there and cannot be read. */
  readonly type?: ElevationType;
  readonly validations?: readonly Validation[];
  readonly childProcesses?: ChildProcessBehavior;
}

export function readAction(content: RuleContent): RuleAction {
  checkAppliesTo(content);
  const type = readType(content);
  const validations = readValidations(type, content);
  const childProcesses = readChildProcesses(type, content);
  return {
    ...defined({ type }),
    ...(validations.length === 0 ? {} : { validations }),
    ...defined({ childProcesses }),
  };
}

/** There is one option, so that nothing is kept of it; but a rule for somebody else must not become one for all. */
function checkAppliesTo(content: RuleContent): void {
  const instance = content.one('appliesTo');
  if (instance !== undefined) readChoice(instance, RULE_CHOICES.appliesTo, content.faults);
}

function readType(content: RuleContent): ElevationType | undefined {
  const instance = content.one('type');
  if (instance === undefined) {
    if (content.all('type').length > 0) return undefined;
    content.warnings.add('typeMissing', content.at, 'The rule has no elevation type; it is taken as user confirmed.');
    return 'userConfirmed';
  }
  const read = readChoice(instance, RULE_CHOICES.type, content.faults);
  if (read !== undefined) content.places.set('type', read.at);
  return read?.value;
}

function readValidations(type: ElevationType | undefined, content: RuleContent): readonly Validation[] {
  const chosen = new Set<Validation>();
  for (const setting of Object.keys(VALIDATION_SETTINGS) as (keyof typeof VALIDATION_SETTINGS)[]) {
    const instance = content.one(setting);
    const read = instance && readChoices(instance, RULE_CHOICES[setting], content.faults);
    if (instance === undefined || read === undefined) continue;
    content.places.set('validations', instance.object);
    for (const { value } of read) chosen.add(value);
    if (read.length === 0 || type === undefined || VALIDATION_SETTINGS[setting] === type) continue;
    if (ELEVATION_TYPES[type].validations.length > 0) {
      const message = 'The validation stands under another elevation type; it is taken for the chosen one.';
      content.warnings.add('validationElsewhere', instance.object, message);
    } else {
      const message = 'Rules of this type ask the user for nothing; the validation is ignored.';
      content.warnings.add('validationIgnored', instance.object, message);
    }
  }
  const counts = type !== undefined && ELEVATION_TYPES[type].validations.length > 0;
  return counts ? namesOf(VALIDATIONS).filter((validation) => chosen.has(validation)) : [];
}

function readChildProcesses(type: ElevationType | undefined, content: RuleContent): ChildProcessBehavior | undefined {
  const instance = content.one('childProcesses');
  if (instance === undefined) return undefined;
  if (!isDeny(type, content)) {
    const read = readChoice(instance, RULE_CHOICES.childProcesses, content.faults);
    if (read !== undefined) content.places.set('childProcesses', read.at);
    return read?.value;
  }
  const message = 'A Deny starts nothing that could have children; the setting is dropped.';
  content.warnings.add('childProcessesIgnored', instance.object, message);
  return undefined;
}

function isDeny(type: ElevationType | undefined, content: RuleContent): boolean {
  if (type !== undefined) return type === 'deny';
  return content
    .all('type')
    .flatMap(valueTexts)
    .some((text) => DENY_TEXT.test(text));
}

/** The list where arguments are restricted; undefined: any arguments. */
export function readArguments(content: RuleContent): readonly string[] | undefined {
  const restrict = content.one('restrictArguments');
  const list = content.one('argumentList');
  if (restrict === undefined) {
    const isGiven = content.all('restrictArguments').length > 0;
    if (list !== undefined && !isGiven) {
      const message = 'Arguments are not restricted; the list of arguments is ignored.';
      content.warnings.add('underOtherOption', list.object, message);
    }
    return undefined;
  }
  content.places.set('arguments', restrict.object);
  if (readChoice(restrict, RULE_CHOICES.restrictArguments, content.faults) === undefined) return undefined;
  if (list === undefined) return content.all('argumentList').length > 0 ? undefined : [];
  const entries = readTexts(list, content.faults);
  entries?.forEach(({ at }, index) => content.places.set(`arguments/${index}`, at));
  return entries?.map(({ value }) => value);
}
