/**
 * One elevation rule of Graph JSON: taken whole, taken with warnings, or rejected with reasons. What could be read of a
 * rejected rule is kept, because a rejected Deny still denies by that (decisions M8, I1–I7).
 */
import { compileRule } from '../../../engine/compile-rule.ts';
import { parseRuleVersion } from '../../../engine/version.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../engine/default-windows-folders.ts';
import { pointerPlace, type Diagnostic } from '../../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../../model/diagnostic-codes.ts';
import { foldCase, foldText, trimText } from '../../../text/compare.ts';
import { DENY_TEXT } from '../../../model/rule-action.ts';
import type { RejectedRuleInput, RuleInput } from '../../../model/rule.ts';
import { storedRule } from '../../declaration/canonical.ts';
import { LIMITS } from '../../declaration/limits.ts';
import { ATTRIBUTE_ENTRIES, DESCRIPTION_LENGTH } from '../../declaration/rule-attributes.ts';
import type { RuleImportResult } from '../../declaration/rule-import-result.ts';
import { stillDenies } from '../../declaration/rejected-deny.ts';
import { checkValue } from '../../declaration/validation.ts';
import { RULE_GROUP_ID, RULE_TEXTS } from './definitions.ts';
import { neverElevatesInterpreter } from '../../../engine/interpreter-rules.ts';
import { namesInterpreter } from './interpreter-rule.ts';
import { readText, valueTexts } from './instances.ts';
import { type Diagnostics, type Located, shownText } from './json-view.ts';
import { readAction, readArguments } from './rule-action.ts';
import { readRuleCertificate, type CertificateSource } from './rule-certificate.ts';
import { RuleContent } from './rule-content.ts';

/** A rule that was read, and what is said of it; `report` is not final where names must still become unique. */
type ReadRule =
  | { readonly rule: RuleInput; readonly report: RuleImportResult }
  | { readonly rejected: RejectedRuleInput; readonly report: RuleImportResult };

/**
 * Reads a rule.
 * @param group An entry of the group collection.
 * @param position From 1, for a rule without a name.
 */
export function readRule(group: Located, position: number, certificates: CertificateSource): ReadRule {
  const content = new RuleContent(group);
  const texts = readTexts(content);
  const value: Record<string, unknown> = { ...texts };
  const { type, ...action } = readAction(content);
  Object.assign(value, action);
  const certificate = readRuleCertificate(content, certificates);
  if (certificate !== undefined) value['certificate'] = certificate;
  const list = readArguments(content);
  if (list !== undefined) value['arguments'] = list;

  const typeText = type ?? typeTexts(content);
  if (value['name'] === undefined) content.faults.add('nameMissing', group, 'The rule has no name.');
  const broken = checkForm({ ...value, type: type ?? 'deny' }, content);
  const given = broken.has('name') ? undefined : texts.name;
  const name = given ?? `rule ${position}`;

  if (content.faults.isEmpty() && type !== undefined) {
    // Every member was checked against the schema, which is rendered from the same declaration as the type.
    const rule = inDeclaredOrder({ ...value, name, type });
    checkMeaning(rule, content);
    if (content.faults.isEmpty()) return { rule, report: accepted(rule, content) };
  }
  const { name: _, ...attributes } = value;
  const readable = Object.fromEntries(Object.entries(attributes).filter(([attribute]) => !broken.has(attribute)));
  return rejectedRule({ name, typeText, readable, reasons: [] }, content);
}

function accepted(rule: RuleInput, { at, warnings }: RuleContent): RuleImportResult {
  const outcome = warnings.found.length === 0 ? 'imported' : 'importedWithWarnings';
  return { name: rule.name, outcome, place: pointerPlace(at.pointer, at.node.line), reasons: warnings.found };
}

function rejectedRule(rule: RejectedRuleInput, { at, faults }: RuleContent): ReadRule {
  const rejected = { ...rule, reasons: faults.found.map((fault) => inRule(fault, at.pointer)) };
  return {
    rejected,
    report: {
      name: rule.name,
      outcome: 'rejected',
      place: pointerPlace(at.pointer, at.node.line),
      ...(stillDenies(rejected) ? { stillDenies: true as const } : {}),
      reasons: faults.found,
    },
  };
}

/** What is said of a rule at its place inside it, as a rejected rule is taken to other formats. */
function inRule({ place, ...rest }: Diagnostic, base: string): Diagnostic {
  const pointer = place?.pointer ?? '';
  const inner = pointer.startsWith(base) ? pointer.slice(base.length) : pointer;
  return inner === '' ? rest : { ...rest, place: { pointer: inner } };
}

function readTexts(content: RuleContent): Partial<Record<keyof typeof RULE_TEXTS, string>> {
  const texts: Partial<Record<keyof typeof RULE_TEXTS, string>> = {};
  for (const setting of Object.keys(RULE_TEXTS) as (keyof typeof RULE_TEXTS)[]) {
    const instance = content.one(setting);
    if (instance === undefined) continue;
    const read = readText(instance, content.faults);
    // Exporters write an empty text for a field that was left empty.
    if (read === undefined || trimText(read.value) === undefined) continue;
    texts[setting] = ADJUSTED[setting]?.(read.value, read.at, content) ?? read.value;
    content.places.set(setting, read.at);
  }
  return texts;
}

/** Texts that are not taken as they stand. */
const ADJUSTED: { readonly [Setting in keyof typeof RULE_TEXTS]?: typeof plainDescription } = {
  description: plainDescription,
  minimumVersion: plainVersion,
};

/** People copy what Windows shows of a file: `10.0.1 (WinBuild.160101.0800)` (decision I10). */
function plainVersion(text: string, at: Located, content: RuleContent): string {
  const numbers = /^\s*(\d{1,5}(?:\.\d{1,5}){0,3})[ \t]+\S/.exec(text)?.[1];
  if (numbers === undefined || parseRuleVersion(text) !== undefined) return text;
  content.warnings.add('versionShortened', at, `Of the version "${shownText(text)}" only ${numbers} is taken.`);
  return numbers;
}

/** A description has no effect, so that none is a reason to reject a rule. */
function plainDescription(text: string, at: Located, content: RuleContent): string {
  const limit = DESCRIPTION_LENGTH;
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, limit);
  if (plain === text) return text;
  content.warnings.add('descriptionChanged', at, 'The description was shortened, or lost its line breaks.');
  return plain;
}

/** Length up to which the text of an unreadable type is kept. */
const TYPE_TEXT_LENGTH = 256;

/** What the unreadable type says, in whatever form; what tells of a Deny stands first, so that no cut loses it. */
function typeTexts(content: RuleContent): string {
  const distinct = new Set(content.all('type').flatMap(valueTexts).map(withoutPrefix));
  const text = [...distinct].join(' ');
  if (text.length <= TYPE_TEXT_LENGTH) return text;
  const deny = DENY_TEXT.exec(text)?.[0];
  return (deny === undefined ? text : `${deny} ${text}`).slice(0, TYPE_TEXT_LENGTH);
}

function withoutPrefix(id: string): string {
  return foldCase(id).startsWith(foldCase(RULE_GROUP_ID)) ? id.slice(RULE_GROUP_ID.length) : id;
}

/** Lengths and characters, as every format of a policy has them. @returns members that cannot be kept */
function checkForm(value: Readonly<Record<string, unknown>>, content: RuleContent): ReadonlySet<string> {
  const broken = new Set<string>();
  for (const { diagnostic, member } of checkValue('rule', value)) {
    if (member !== undefined) broken.add(member);
    // A missing name has its own code.
    if (diagnostic.code !== 'missing') copyTo(content.faults, diagnostic, content);
  }
  return broken;
}

/** What the engine says of the rule, and what a person should look at. */
function checkMeaning(rule: RuleInput, content: RuleContent): void {
  if (storedRule(rule).length > LIMITS.ruleText) {
    content.faults.add('tooLong', content.at, `The rule is longer than ${LIMITS.ruleText} characters.`);
  }
  const { reasons, warnings, body } = compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS });
  for (const reason of reasons) copyTo(content.faults, reason, content);
  for (const warning of warnings) copyTo(content.warnings, warning, content);
  const warn = (code: DiagnosticCode, attribute: string, message: string): void => {
    content.warnings.add(code, locatedAt(`/${attribute}`, content), message);
  };
  if (rule.name.includes('/')) warn('nameSlash', 'name', 'The name has a "/", which Intune does not allow.');
  if (rule.type === 'automatic' && rule.certificate !== undefined && rule.fileHash === undefined) {
    warn('automaticWithoutHash', 'certificate', 'An automatic rule without a hash elevates every file so signed.');
  }
  const lastSegment = foldText(rule.filePath?.split(/[\\/]+/).findLast((segment) => segment.trim() !== ''));
  if (/\.(?:EXE|MSI|PS1)$/.test(lastSegment ?? '') && lastSegment !== foldText(rule.fileName)) {
    warn('pathLooksLikeFile', 'filePath', 'The path ends like a file name; it is taken as a folder.');
  }
  if (rule.type !== 'deny' && namesInterpreter(rule)) {
    const isVain = body !== undefined && neverElevatesInterpreter(rule, body.conditions);
    const follows = isVain ? ` ${whyNever(rule)}` : '';
    warn('hostRule', 'fileName', `The rule names a program that runs whatever its arguments say.${follows}`);
  }
}

function whyNever({ type, arguments: list }: RuleInput): string {
  if (list !== undefined) return 'Its list names no arguments, so here it never elevates that program.';
  if (type === 'automatic') return 'An Automatic rule without a list of arguments never elevates it here.';
  return 'A rule without a list of arguments that does not name the file itself never elevates it here.';
}

/** Says of the input what was said of our rule. */
function copyTo(diagnostics: Diagnostics, { code, message, place }: Diagnostic, content: RuleContent): void {
  diagnostics.add(code, locatedAt(place?.pointer ?? '', content), message);
}

/** Place in the input of a pointer into our rule. */
function locatedAt(pointer: string, content: RuleContent): Located {
  const [, attribute = '', element = ''] = pointer.split('/');
  return content.places.get(`${attribute}/${element}`) ?? content.places.get(attribute) ?? content.at;
}

/** Member names of a rule stay in one order, whatever the order of the text. */
function inDeclaredOrder(value: Readonly<Record<string, unknown>>): RuleInput {
  const ordered: Record<string, unknown> = {};
  for (const [attribute] of ATTRIBUTE_ENTRIES) {
    if (value[attribute] !== undefined) ordered[attribute] = value[attribute];
  }
  return ordered as unknown as RuleInput;
}
