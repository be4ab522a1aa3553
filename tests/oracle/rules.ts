/**
 * How the reference engine reads rules: straight from the text, one rule at a time, with its own code for every
 * comparison. It exists to disagree with the fast engine when one of the two is wrong.
 */
import { placeText } from '../../src/model/diagnostic.ts';
import { createHash } from 'node:crypto';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { MachineFolders } from '../../src/model/request.ts';
import type { RejectedRuleInput, RuleInput } from '../../src/model/rule.ts';
import { hoursProblems } from './hours.ts';

/** A rule as the reference keeps it: texts as written, plus what reading it found out. */
export interface ReferenceRule {
  readonly policy: PolicyDocument;
  readonly name: string;
  readonly type: RuleInput['type'];
  /** Attributes that could be read and are set; the path without a file name. */
  readonly set: Partial<RuleInput>;
  readonly position: number;
  readonly digest: string;
  readonly rejected: boolean;
}

export interface ReferenceRejection {
  readonly policyId: string;
  readonly name: string;
  readonly position: number;
  /** `reason@place`. */
  readonly reasons: readonly string[];
  readonly stillDenies: boolean;
}

export interface ReferenceRules {
  readonly rules: readonly ReferenceRule[];
  readonly rejections: readonly ReferenceRejection[];
}

export const upper = (text: string): string => {
  let result = '';
  for (const unit of text.split('')) {
    const big = unit.toUpperCase();
    result += big.length === 1 && unit !== 'ı' && unit !== 'ſ' ? big : unit;
  }
  return result;
};

const blank = (text: string | undefined): boolean => text === undefined || text.trim() === '';

/** Policies without those delivered twice; what is delivered with and without confirmation is confirmed. */
export function differentPolicies(policies: readonly PolicyDocument[]): readonly PolicyDocument[] {
  const isSame = (one: PolicyDocument, other: PolicyDocument): boolean =>
    one === other || (one.id === other.id && contentText(one) === contentText(other));
  const confirmedFirst = [...policies.filter(isConfirmed), ...policies.filter((policy) => !isConfirmed(policy))];
  return confirmedFirst.filter((policy, index) => confirmedFirst.findIndex((other) => isSame(other, policy)) === index);
}

export function isConfirmed({ trust }: PolicyDocument): boolean {
  return trust !== 'unconfirmed';
}

function contentText(policy: PolicyDocument): string {
  const { id, scope, settings, rules } = policy;
  const rejected = policy.rejected.map((rule) => ({
    name: rule.name,
    typeText: rule.typeText,
    readable: rule.readable,
  }));
  const text = JSON.stringify({ id, scope, settings, rules, rejected }, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort((left, right) => (left[0] < right[0] ? -1 : 1)));
  });
  // Printable ASCII: the digest of the text orders policies of one id.
  return text.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${(0x10000 + unit.charCodeAt(0)).toString(16).slice(1)}`);
}

/** Reads every rule of every policy. */
export function readRules(policies: readonly PolicyDocument[], folders: MachineFolders): ReferenceRules {
  const rules: ReferenceRule[] = [];
  const rejections: ReferenceRejection[] = [];
  const documents = differentPolicies(policies);
  for (const policy of documents) {
    const alone = documents.filter((other) => other.id === policy.id).length === 1;
    const digest = alone ? '' : createHash('sha256').update(contentText(policy)).digest('hex');
    const keep = (
      name: string,
      type: RuleInput['type'],
      set: Partial<RuleInput>,
      position: number,
      rejected: boolean,
    ): void => {
      rules.push({ policy, name, type, set, position, digest, rejected });
    };
    policy.rules.forEach((rule, position) => {
      const reasons = [...attributeProblems(rule, folders), ...ruleProblems(rule)];
      if (reasons.length === 0 && policy.trust === 'unconfirmed' && rule.type !== 'deny') {
        const unconfirmed = ['unconfirmedUserPolicy@'];
        rejections.push({ policyId: policy.id, name: rule.name, position, reasons: unconfirmed, stillDenies: false });
        return;
      }
      if (reasons.length === 0) {
        keep(rule.name, rule.type, onlySet(rule), position, false);
        return;
      }
      const left = rule.type === 'deny' ? readablePart(rule, folders) : {};
      const stillDenies = Object.keys(left).length > 0;
      if (stillDenies) keep(rule.name, 'deny', left, position, true);
      rejections.push({ policyId: policy.id, name: rule.name, position, reasons, stillDenies });
    });
    policy.rejected.forEach((rule, index) => {
      const position = policy.rules.length + index;
      const text = rule.typeText.toLowerCase();
      const meant = text.includes('deny') || text.includes('denied');
      const left = meant ? readablePart(rule.readable, folders) : {};
      const stillDenies = Object.keys(left).length > 0;
      if (stillDenies) keep(rule.name, 'deny', left, position, true);
      const given = rule.reasons.map((reason) => `${reason.code}@${placeText(reason.place)}`);
      const reasons = meant ? [...given, ...attributeProblems(rule.readable, folders)] : given;
      rejections.push({ policyId: policy.id, name: rule.name, position, reasons, stillDenies });
    });
  }
  return { rules, rejections };
}

const DETECTION = [
  'fileHash',
  'fileName',
  'filePath',
  'certificate',
  'minimumVersion',
  'fileDescription',
  'productName',
  'internalName',
] as const;

function onlySet(rule: RejectedRuleInput['readable']): Partial<RuleInput> {
  const entries = Object.entries(rule).filter(([name, value]) => {
    return !(DETECTION as readonly string[]).includes(name) || !(typeof value === 'string' && blank(value));
  });
  return withFolderOnly(Object.fromEntries(entries), rule.fileName);
}

function withFolderOnly(set: Partial<RuleInput>, fileName: string | undefined): Partial<RuleInput> {
  return set.filePath === undefined ? set : { ...set, filePath: withoutFileName(set.filePath, fileName ?? '') };
}

/** The detection attributes of a Deny that can be read, the extension of the name with wildcards if need be. */
function readablePart(rule: RejectedRuleInput['readable'], folders: MachineFolders): Partial<RuleInput> {
  const result: Record<string, unknown> = {};
  const problems = attributeProblems(rule, folders, true);
  for (const attribute of DETECTION) {
    const value = rule[attribute];
    if (value === undefined || (typeof value === 'string' && blank(value))) continue;
    if (problems.some((problem) => problem.includes(`@/${attribute}`))) continue;
    result[attribute] = value;
  }
  return withFolderOnly(result, rule.fileName);
}

/** Reasons against single attributes, in the order hash, name, path, certificate, version. */
function attributeProblems(
  rule: RejectedRuleInput['readable'],
  folders: MachineFolders,
  wildcardExtension = false,
): string[] {
  const problems: string[] = [];
  if (
    !blank(rule.fileHash) &&
    !/^([0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})$/.test(String(rule.fileHash).trim())
  ) {
    problems.push('hashInvalid@/fileHash');
  }
  if (!blank(rule.fileName)) {
    const problem = nameProblem(String(rule.fileName).trim(), wildcardExtension);
    if (problem !== undefined) problems.push(`${problem}@/fileName`);
  }
  if (!blank(rule.filePath)) {
    const problem = pathProblem(String(rule.filePath), rule.fileName ?? '', folders);
    if (problem !== undefined) problems.push(`${problem}@/filePath`);
  }
  if (rule.certificate !== undefined) {
    if (!['publisher', 'issuingAuthority'].includes(rule.certificate.type))
      problems.push('certificateInvalid@/certificate/type');
    else if (!/^[0-9A-Fa-f]{64}$/.test(rule.certificate.sha256.trim()))
      problems.push('certificateInvalid@/certificate/sha256');
  }
  if (!blank(rule.minimumVersion) && versionNumbers(String(rule.minimumVersion), false) === undefined) {
    problems.push('versionInvalid@/minimumVersion');
  }
  return problems;
}

function nameProblem(name: string, wildcardExtension: boolean): string | undefined {
  for (const character of name) {
    if ('\\/<>:"|'.includes(character) || character.charCodeAt(0) < 32) return 'fileNameCharacter';
  }
  if (/%[^%]+%/.test(name)) return 'variableMisplaced';
  const parts = name.split('.');
  const extension = parts.length > 1 ? (parts.pop() as string) : '';
  const stem = parts.join('.');
  const open = /[*?]/.test(extension) || (extension === '' && !name.includes('.') && name.endsWith('*'));
  if (open) {
    if (!wildcardExtension) return 'wildcardInExtension';
  } else if (!['EXE', 'MSI', 'PS1'].includes(upper(extension))) return 'fileNameExtension';
  return stem.replace(/[*?]/g, '') === '' ? 'fileNameNoLiteral' : undefined;
}

function pathProblem(written: string, fileName: string, folders: MachineFolders): string | undefined {
  const path = written.trim().split('/').join('\\');
  if (path.startsWith('\\\\?\\') || path.startsWith('\\\\.\\') || path.startsWith('\\??\\')) return 'pathDevice';
  if (path.startsWith('\\\\')) return 'pathUnc';
  const variable = leadingVariable(path);
  let rest: string;
  if (variable !== undefined) {
    rest = path.slice(variable.length + 2);
    if (rest !== '' && rest[0] !== '\\') return 'variableMisplaced';
    const value = variableValue(variable, folders, 'C:\\Users\\somebody');
    if (value === undefined) return 'variableUnknown';
    if (!/^[A-Za-z]:/.test(value) || (value.length > 2 && value[2] !== '\\' && value[2] !== '/'))
      return 'variableUnavailable';
  } else {
    if (!/^[A-Za-z]:/.test(path)) return 'pathRelative';
    rest = path.slice(2);
    if (!rest.startsWith('\\')) return 'pathDriveRelative';
  }
  if (/%[^%\\]+%/.test(rest)) return 'variableMisplaced';
  const segments = withoutFileName(rest, fileName)
    .split('\\')
    .filter((segment) => segment.length > 0);
  if (segments[segments.length - 1] === '**') segments.length -= 1;
  if (segments.includes('.') || segments.includes('..')) return 'pathDotSegment';
  if (segments.join('\\').includes('**')) return 'pathDoubleStar';
  for (const character of segments.join('')) {
    if ('<>:"|'.includes(character) || character.charCodeAt(0) < 32) return 'pathCharacter';
  }
  return undefined;
}

/** The name between percent signs at the start. */
export function leadingVariable(path: string): string | undefined {
  if (!path.startsWith('%')) return undefined;
  const end = path.indexOf('%', 1);
  const name = path.slice(1, end);
  return end < 2 || name.includes('\\') ? undefined : name;
}

/** Value of a variable; an empty text when the machine or the requester has none; undefined: no such variable. */
export function variableValue(name: string, folders: MachineFolders, profile: string): string | undefined {
  switch (name.toUpperCase()) {
    case 'PROGRAMFILES':
      return folders.programFiles;
    case 'PROGRAMFILES(X86)':
      return folders.programFilesX86;
    case 'PROGRAMW6432':
      return folders.programW6432;
    case 'SYSTEMROOT':
    case 'WINDIR':
      return folders.systemRoot;
    case 'SYSTEMDRIVE':
      return folders.systemDrive;
    case 'PROGRAMDATA':
      return folders.programData;
    case 'PUBLIC':
      return folders.public;
    case 'USERPROFILE':
      return profile;
    case 'APPDATA':
      return profile === '' ? '' : `${profile}\\AppData\\Roaming`;
    case 'LOCALAPPDATA':
      return profile === '' ? '' : `${profile}\\AppData\\Local`;
    default:
      return undefined;
  }
}

/** The path without a last segment that repeats the rule's file name. */
function withoutFileName(path: string, fileName: string): string {
  const segments = path.trim().split(/[\\/]/);
  while (segments.length > 1 && segments[segments.length - 1] === '') segments.pop();
  const wanted = fileName.trim();
  if (wanted === '' || segments.length < 2) return path;
  if (upper(segments[segments.length - 1] as string) !== upper(wanted)) return path;
  segments.pop();
  return `${segments.join('\\')}\\`;
}

/** Numbers of a version, or undefined when the text has another form. */
export function versionNumbers(text: string, commas: boolean): number[] | undefined {
  const parts = commas && text.includes(',') ? text.split(',').map((part) => part.trim()) : text.trim().split('.');
  if (parts.length > 4) return undefined;
  const numbers = parts.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : NaN));
  if (numbers.some((number) => !(number <= 65535))) return undefined;
  while (numbers.length < 4) numbers.push(0);
  return numbers;
}

/** Reasons against the rule as a whole: strength, then arguments. */
function ruleProblems(rule: RuleInput): string[] {
  const problems: string[] = [];
  const has = (attribute: (typeof DETECTION)[number]): boolean =>
    attribute === 'certificate' ? rule.certificate !== undefined : !blank(rule[attribute]);
  if (rule.type === 'deny') {
    if (!DETECTION.some(has)) problems.push('noDetection@');
  } else {
    if (!has('fileHash') && !has('certificate')) problems.push('noStrongAttribute@');
    if (rule.type === 'automatic') {
      if (!has('fileName')) problems.push('automaticNeedsFileName@/fileName');
      if (/[*?]/.test(rule.fileName ?? '')) problems.push('wildcardInAutomaticRule@/fileName');
      if (/[*?]/.test(rule.filePath ?? '')) problems.push('wildcardInAutomaticRule@/filePath');
    }
    if (rule.type === 'currentUser' && rule.ownDesktop === true) problems.push('ownDesktopAsUser@/ownDesktop');
  }
  rule.arguments?.forEach((entry, index) => {
    if (!blank(entry) && splitEntry(entry) === undefined) problems.push(`argumentQuote@/arguments/${index}`);
  });
  return [...problems, ...hoursProblems(rule)];
}

/**
 * Splits an entry of an argument list by the published rules of CommandLineToArgvW: 2n backslashes before a quotation
 * mark are n backslashes, 2n+1 are n and a literal mark, the third mark in a row is literal and ends the quoted part.
 */
export function splitEntry(entry: string): string[] | undefined {
  const tokens = entry.match(/\\*"+|\\+|[ \t]+|[^\\" \t]+/g) ?? [];
  const vector: string[] = [];
  let open: string | undefined;
  let inside = false;
  for (const token of tokens) {
    if (token[0] === ' ' || token[0] === '\t') {
      if (inside) open = (open ?? '') + token;
      else if (open !== undefined) {
        vector.push(open);
        open = undefined;
      }
      continue;
    }
    open ??= '';
    const slashes = /^\\*/.exec(token)?.[0].length ?? 0;
    let marks = token.length - slashes;
    if (!token.endsWith('"')) {
      open += token;
      continue;
    }
    open += '\\'.repeat(Math.floor(slashes / 2));
    if (slashes % 2 === 1) {
      open += '"';
      marks -= 1;
    }
    // Marks of one run: an opening one, a closing one, and a third that is literal; then the count starts again.
    let state: number = inside ? 1 : 0;
    for (; marks > 0; marks -= 1) {
      state += 1;
      if (state === 3) {
        open += '"';
        state = 0;
      }
    }
    inside = state === 1;
  }
  if (inside) return undefined;
  if (open !== undefined) vector.push(open);
  return vector;
}
