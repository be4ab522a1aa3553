/**
 * What a rule becomes for Microsoft's client. A rule that would elevate more there than it does here is left out unless
 * that was asked for, and a Deny is made broader rather than weaker as long as something certain is left of it: nobody
 * who skips a warning must lose by it.
 */
import { FILE_ATTRIBUTES } from '../../../engine/attributes/index.ts';
import { compileRule } from '../../../engine/compile-rule.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../engine/default-windows-folders.ts';
import { defined } from '../../../model/defined.ts';
import { diagnostic, type Diagnostic } from '../../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../../model/diagnostic-codes.ts';
import { trimText } from '../../../text/compare.ts';
import { ELEVATION_TYPES, namesOf } from '../../../model/rule-action.ts';
import type { DetectionAttribute, RuleInput } from '../../../model/rule.ts';
import { pointerNames } from '../../../text/json-pointer.ts';
import { ACTIONS_WITHOUT_PLACE, DETECTION_WITHOUT_PLACE, RULE_CHOICES } from './definitions.ts';
import { namesInterpreter } from './interpreter-rule.ts';

interface GraphRule {
  /** Undefined: it is left out. */
  readonly rule: RuleInput | undefined;
  readonly reasons: readonly Diagnostic[];
}

interface GraphRuleOptions {
  /** JSON pointer of the rule in our policy. */
  readonly pointer: string;
  /** Whether the content of the rule's certificate is known; Graph cannot hold a digest. */
  readonly isCertificateKnown: boolean;
  /** Write a rule that would elevate more, or a Deny that would deny less, all the same. */
  readonly allowLooser: boolean;
}

type Attribute = keyof RuleInput;
/** Sentence by attribute. */
type Messages = Map<Attribute, string>;

/** SHA-256 in hexadecimal: the only digest that is known to count there. */
const SHA256_DIGITS = 64;

export function graphRule(rule: RuleInput, options: GraphRuleOptions): GraphRule {
  const reasons: Diagnostic[] = [];
  const add: Add = (code, attribute, message) => {
    reasons.push(diagnostic(code, message, { pointer: `${options.pointer}/${attribute}` }));
  };
  if (!RULE_CHOICES.type.options.some(({ value }) => value === rule.type)) {
    add('leftOut', 'type', `Graph has no elevation type "${rule.type}"; the rule is left out.`);
    return { rule: undefined, reasons };
  }
  const kept = rule.type === 'deny' ? keptDeny(rule, options, add) : keptElevation(rule, options, add);
  if (rule.name.includes('/')) {
    add('nameSlash', 'name', 'The name has a "/", which Intune does not allow; rename it before it is uploaded.');
  }
  return { rule: kept, reasons };
}

/** Takes what is said about an attribute. */
type Add = (code: DiagnosticCode, attribute: string, message: string) => void;

function keptElevation(
  rule: RuleInput,
  { isCertificateKnown, allowLooser }: GraphRuleOptions,
  add: Add,
): RuleInput | undefined {
  const { body, reasons } = compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS });
  for (const { place, message } of reasons) {
    const [attribute = ''] = pointerNames(place?.pointer ?? '');
    add('leftOut', attribute, `${message} The rule elevates nothing here, and is left out.`);
  }
  if (reasons.length > 0) return undefined;
  let isLeftOut = false;
  if (rule.certificate !== undefined && !isCertificateKnown) {
    isLeftOut = true;
    const message = 'The certificate itself is not known, only its digest, which Graph cannot hold.';
    add('leftOut', 'certificate', `${message} The rule is left out.`);
  }
  const looser = restrictingActions(rule);
  for (const attribute of withoutPlace(rule)) {
    looser.set(attribute, `Graph has no "${attribute}", without which the rule matches more.`);
  }
  addInterpreter(rule, body?.conditions.fileName?.literal !== undefined, looser);
  for (const [attribute, message] of looser) {
    isLeftOut ||= !allowLooser;
    if (allowLooser) add('looser', attribute, `${message} The rule is written all the same, as was asked for.`);
    else add('leftOut', attribute, `${message} The rule is left out.`);
  }
  if (isLeftOut) return undefined;
  for (const [attribute, message] of unsureDetection(rule, body?.conditions.filePath?.subtree === true)) {
    add('uncertain', attribute, `${message} The rule may match less there.`);
  }
  addWithoutCounterpart(rule, add);
  if (ELEVATION_TYPES[rule.type].validations.length === 0 && (rule.validations?.length ?? 0) > 0) {
    add('attributeDropped', 'validations', 'Rules of this type ask the user for nothing; it is not written.');
  }
  if (rule.type !== 'currentUser' || rule.validations?.includes('authentication') === true) return rule;
  // Here the type implies it (decision P6); Microsoft's texts say both that it does and that it can be chosen.
  add('validationAdded', 'validations', 'Windows authentication, which the type implies here, is written.');
  return { ...rule, validations: [...(rule.validations ?? []), 'authentication'] };
}

/** Actions without which the rule is looser. */
function restrictingActions(rule: RuleInput): Map<Attribute, string> {
  const looser = new Map<Attribute, string>();
  if (rule.requireArguments === true) {
    looser.set('requireArguments', 'Graph has no "requireArguments", without which a call without arguments matches.');
  }
  if (rule.userWritableFile === 'refuse') {
    const message = 'Graph has no "userWritableFile", without which the rule elevates files that users may write.';
    looser.set('userWritableFile', message);
  }
  for (const name of ['activeFrom', 'activeUntil', 'activeHours'] as const) {
    if (rule[name] !== undefined)
      looser.set(name, `Graph has no "${name}", without which the rule matches at every time.`);
  }
  if (rule.reducedPrivileges === true) {
    looser.set('reducedPrivileges', 'Graph has no "reducedPrivileges", without which the program has every privilege.');
  }
  return looser;
}

/** Values that mean something here and nothing certain there. None of them makes a rule match more. */
function unsureDetection(rule: RuleInput, isSubtree: boolean): Messages {
  const notes: Messages = new Map();
  if ((trimText(rule.fileHash)?.length ?? 0) > SHA256_DIGITS) {
    notes.set('fileHash', 'Microsoft says of no other digest than SHA-256 that it counts.');
  }
  if (isSubtree) notes.set('filePath', 'Microsoft knows no "\\**" for a folder with everything below it.');
  return notes;
}

/** Here an interpreter needs an argument list that matched (decision A4); there it is a program like any other. */
function addInterpreter(rule: RuleInput, hasLiteralName: boolean, notes: Messages): void {
  if (!namesInterpreter(rule)) return;
  if (rule.arguments !== undefined) {
    notes.set(
      'arguments',
      'Microsoft’s client also takes a call without arguments, which here never elevates an interpreter.',
    );
  } else if (rule.type === 'automatic' || !hasLiteralName) {
    notes.set('fileName', 'Here such a rule never elevates a shell or interpreter; Microsoft’s client would.');
  }
}

function keptDeny(
  rule: RuleInput,
  { isCertificateKnown, allowLooser }: GraphRuleOptions,
  add: Add,
): RuleInput | undefined {
  const { body, reasons } = compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS });
  const lost = unreadable(reasons);
  if (rule.certificate !== undefined && !isCertificateKnown) {
    lost.set('certificate', 'The certificate itself is not known, only its digest, which Graph cannot hold.');
  }
  const unplaced = withoutPlace(rule);
  for (const attribute of unplaced) lost.set(attribute, `Graph has no "${attribute}".`);
  const doubtful: Messages = new Map([...unsureDetection(rule, body?.conditions.filePath?.subtree === true), ...lost]);
  addWithoutCounterpart(rule, add);
  if (rule.childProcesses !== undefined) {
    add('attributeDropped', 'childProcesses', 'A Deny has no child processes; the setting is not written.');
  }
  const whole: RuleInput = rule.filePath === undefined ? rule : { ...rule, filePath: plainPath(rule, add) };
  const writable = without(whole, isCertificateKnown ? unplaced : [...unplaced, 'certificate']);
  // A Deny that may count is better than none. What cannot be read is another thing: it might be read as anything.
  const kept = [
    without(whole, [...doubtful.keys()]),
    without(whole, [...lost.keys()]),
    ...(allowLooser ? [writable] : []),
  ].find(hasDetection);
  for (const [attribute, message] of doubtful) {
    if (kept === undefined) add('leftOut', attribute, `${message} Nothing is left of the Deny.`);
    else if (!(attribute in kept)) add('attributeDropped', attribute, `${message} The Deny is written without it.`);
    else add(lost.has(attribute) ? 'looser' : 'uncertain', attribute, `${message} The Deny may deny less there.`);
  }
  if (kept?.arguments === undefined || (reasons.length === 0 && body?.conditions.arguments !== undefined)) return kept;
  // Neither an empty list nor the list of a Deny that is rejected narrows it here (decisions A5, M8).
  add('attributeDropped', 'arguments', 'The list does not narrow the Deny and is not written.');
  return without(kept, ['arguments']);
}

/** Whether something of the rule says which file it is about. */
function hasDetection(rule: RuleInput): boolean {
  return FILE_ATTRIBUTES.some((name) => isSet(rule[name]));
}

/** A blank text is not set. */
function isSet(value: unknown): boolean {
  return typeof value === 'string' ? trimText(value) !== undefined : value !== undefined;
}

/** What the rule sets and Graph cannot hold. */
function withoutPlace(rule: RuleInput): readonly DetectionAttribute[] {
  return DETECTION_WITHOUT_PLACE.filter((name) => isSet(rule[name]));
}

/** What keeps a Deny from being read whole; it denies by the rest (decision M8). */
function unreadable(reasons: readonly Diagnostic[]): Messages {
  const notes: Messages = new Map();
  for (const { place, message } of reasons) {
    const attribute = FILE_ATTRIBUTES.find((known) => known === pointerNames(place?.pointer ?? '')[0]);
    if (attribute !== undefined) notes.set(attribute, message);
  }
  return notes;
}

/** The folder as it is compared here, where it is written in a way that Microsoft's client may take for another one. */
function plainPath({ filePath = '', fileName }: RuleInput, add: Add): string {
  const slashed = filePath.replaceAll('/', '\\').replace(/\\{2,}/g, '\\');
  const { warnings } = compileRule(
    { name: 'x', type: 'deny', filePath, ...defined({ fileName }) },
    { folders: DEFAULT_WINDOWS_FOLDERS },
  );
  const repeats = warnings.some(({ code }) => code === 'pathRepeatsFileName');
  const plain = repeats ? slashed.trimEnd().replace(/\\[^\\]*\\?$/, '\\') : slashed;
  // A network or device path is not one that is compared.
  if (plain === filePath || slashed.startsWith('\\')) return filePath;
  add('attributeChanged', 'filePath', `The folder is written as "${plain}".`);
  return plain;
}

function addWithoutCounterpart(rule: RuleInput, add: Add): void {
  // What makes the rule looser was said already.
  const said = rule.type === 'deny' ? undefined : restrictingActions(rule);
  for (const attribute of namesOf(ACTIONS_WITHOUT_PLACE)) {
    if (rule[attribute] === undefined || said?.has(attribute) === true) continue;
    const text = ACTIONS_WITHOUT_PLACE[attribute];
    add('attributeDropped', attribute, `Graph has no "${attribute}"; the rule is written without it: ${text}.`);
  }
}

function without(rule: RuleInput, attributes: readonly Attribute[]): RuleInput {
  const entries = Object.entries(rule).filter(([attribute]) => !attributes.some((each) => each === attribute));
  return Object.fromEntries(entries) as unknown as RuleInput;
}
