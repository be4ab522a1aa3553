/** From a rule as written to a rule that is decided, or to the reasons why it is rejected (decisions M1–M8, A1–A5). */
import { sha256 as toSha256 } from '../model/brands.ts';
import { diagnostic, type Diagnostic } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-codes.ts';
import { DENY_TEXT, ELEVATION_TYPES, isNameOf } from '../model/rule-action.ts';
import type { RejectedRuleInput, RuleInput, Validation } from '../model/rule.ts';
import { canonicalMsiVector, sameVector, splitArguments } from './arguments.ts';
import type { ArgumentList, CompiledRule, Conditions, HashAlgorithm } from './compiled-rule.ts';
import { type NamePattern, parseFileName } from './file-name.ts';
import { type PathContext, type PathPattern, parsePath } from './path-pattern.ts';
import { foldText, trimText } from '../text/compare.ts';
import { parseRuleVersion } from './version.ts';
import { hasWildcard } from './wildcard.ts';

/** What the rule itself decides of a compiled rule; the rest says where it stands. */
export type RuleBody = Pick<
  CompiledRule,
  | 'conditions'
  | 'type'
  | 'childProcesses'
  | 'validations'
  | 'arguments'
  | 'requireArguments'
  | 'acceptTimestamped'
  | 'attributeCount'
  | 'rejected'
>;

export interface CompiledBody {
  /** Undefined: the rule is out. */
  readonly body: RuleBody | undefined;
  readonly reasons: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

type Attributes = Partial<Omit<RuleInput, 'name' | 'type'>>;

interface Reading {
  readonly conditions: Conditions;
  readonly reasons: Diagnostic[];
  readonly warnings: Diagnostic[];
}

/** Compiles a rule that its reader could take whole. */
export function compileRule(rule: RuleInput, context: PathContext): CompiledBody {
  if (!isNameOf(ELEVATION_TYPES, rule.type as string)) {
    const message = `"${rule.type}" is not a type of elevation.`;
    const reasons = [diagnostic('typeUnreadable', message, { pointer: '/type' })];
    return compileRejected({ name: rule.name, typeText: rule.type, readable: rule, reasons }, context);
  }
  const reading = readConditions(rule, context, false);
  const { reasons, warnings } = reading;
  checkStrength(rule, reasons);
  const list = readArguments(rule, reasons, warnings);
  if (reasons.length > 0) {
    const body = rule.type === 'deny' ? remainingDeny(rule, context) : undefined;
    return { body, reasons, warnings };
  }
  const { conditions } = reading;
  warnAboutUnused(rule, warnings);
  const body: RuleBody = {
    conditions,
    type: rule.type,
    childProcesses: rule.type === 'deny' ? 'deny' : (rule.childProcesses ?? 'requireRule'),
    validations: countedValidations(rule),
    arguments: list,
    requireArguments: rule.type !== 'deny' && rule.requireArguments === true,
    acceptTimestamped: rule.acceptTimestamped,
    attributeCount: countAttributes(conditions) + (list === undefined ? 0 : 1),
    rejected: false,
  };
  return { body, reasons, warnings };
}

/** Compiles what is left of a rule that its reader rejected: nothing, unless it was meant to deny. */
export function compileRejected(rule: RejectedRuleInput, context: PathContext): CompiledBody {
  if (!DENY_TEXT.test(rule.typeText)) return { body: undefined, reasons: rule.reasons, warnings: [] };
  const { reasons, warnings } = readConditions(rule.readable, context, false);
  return { body: remainingDeny(rule.readable, context), reasons: [...rule.reasons, ...reasons], warnings };
}

function remainingDeny(attributes: Attributes, context: PathContext): RuleBody | undefined {
  const { conditions } = readConditions(attributes, context, true);
  const attributeCount = countAttributes(conditions);
  if (attributeCount === 0) return undefined;
  return {
    conditions,
    type: 'deny',
    childProcesses: 'deny',
    validations: [],
    arguments: undefined,
    requireArguments: false,
    acceptTimestamped: undefined,
    attributeCount,
    rejected: true,
  };
}

function readConditions(rule: Attributes, context: PathContext, wildcardExtension: boolean): Reading {
  const reasons: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const reject: Reject = (pointer, code, message) => {
    reasons.push(diagnostic(code, message, { pointer }));
  };
  const fileName = trimText(rule.fileName);
  const conditions: Conditions = {
    hash: readHash(rule.fileHash, reject),
    name: readName(fileName, wildcardExtension, reasons),
    path: readPath(trimText(rule.filePath), fileName, context, reasons, warnings),
    certificate: readCertificate(rule.certificate, reject),
    minimumVersion: readVersion(rule.minimumVersion, reject),
    fileDescription: foldText(rule.fileDescription),
    productName: foldText(rule.productName),
    internalName: foldText(rule.internalName),
  };
  return { conditions, reasons, warnings };
}

type Reject = (pointer: string, code: DiagnosticCode, message: string) => void;

const HASH_LENGTHS: Readonly<Record<number, HashAlgorithm>> = { 64: 'sha256', 96: 'sha384', 128: 'sha512' };

function readHash(written: string | undefined, reject: Reject): Conditions['hash'] {
  const text = trimText(written);
  if (text === undefined) return undefined;
  const algorithm = HASH_LENGTHS[text.length];
  if (algorithm === undefined || !/^[0-9a-f]+$/i.test(text)) {
    const message = 'A file hash has 64 (SHA-256), 96 (SHA-384) or 128 (SHA-512) hexadecimal digits.';
    reject('/fileHash', 'hashInvalid', message);
    return undefined;
  }
  return { algorithm, value: text.toLowerCase() };
}

function readName(
  text: string | undefined,
  wildcardExtension: boolean,
  reasons: Diagnostic[],
): NamePattern | undefined {
  if (text === undefined) return undefined;
  const result = parseFileName(text, wildcardExtension);
  if ('name' in result) return result.name;
  reasons.push(result.problem);
  return undefined;
}

function readPath(
  text: string | undefined,
  fileName: string | undefined,
  context: PathContext,
  reasons: Diagnostic[],
  warnings: Diagnostic[],
): PathPattern | undefined {
  if (text === undefined) return undefined;
  const result = parsePath(text, fileName, context);
  if ('problem' in result) {
    reasons.push(result.problem);
    return undefined;
  }
  warnings.push(...result.warnings);
  return result.path;
}

const CERTIFICATE_TYPES: readonly string[] = ['publisher', 'issuingAuthority'];

function readCertificate(written: RuleInput['certificate'], reject: Reject): Conditions['certificate'] {
  if (written === undefined) return undefined;
  if (!CERTIFICATE_TYPES.includes(written.type)) {
    const message = 'A certificate is that of the publisher or of an issuing authority.';
    reject('/certificate/type', 'certificateInvalid', message);
    return undefined;
  }
  try {
    return { type: written.type, sha256: toSha256(written.sha256.trim()) };
  } catch {
    const message = 'A certificate is named by the SHA-256 of its DER form: 64 hexadecimal digits.';
    reject('/certificate/sha256', 'certificateInvalid', message);
    return undefined;
  }
}

function readVersion(written: string | undefined, reject: Reject): Conditions['minimumVersion'] {
  const text = trimText(written);
  if (text === undefined) return undefined;
  const version = parseRuleVersion(text);
  if (version !== undefined) return version;
  const message = `"${text}" is not a version: one to four numbers 0–65535 with dots.`;
  reject('/minimumVersion', 'versionInvalid', message);
  return undefined;
}

function readArguments(rule: RuleInput, reasons: Diagnostic[], warnings: Diagnostic[]): ArgumentList | undefined {
  if (rule.arguments === undefined) return undefined;
  const vectors: string[][] = [];
  rule.arguments.forEach((entry, index) => {
    if (entry.trim() === '') return;
    const vector = splitArguments(entry);
    if (vector === undefined) {
      const message = 'A quotation mark of the entry is never closed.';
      reasons.push(diagnostic('argumentQuote', message, { pointer: `/arguments/${index}` }));
    } else if (!vectors.some((known) => sameVector(known, vector))) vectors.push(vector);
  });
  if (rule.type === 'deny' && vectors.length === 0) {
    const message = 'The argument list has no entry; the rule denies every call.';
    warnings.push(diagnostic('denyListEmpty', message, { pointer: '/arguments' }));
    return undefined;
  }
  return { vectors, msiVectors: vectors.map(canonicalMsiVector) };
}

/** What a rule needs so that it names a program and not just a place or a text anyone can write (decision M8). */
function checkStrength(rule: RuleInput, reasons: Diagnostic[]): void {
  const set = (text: string | undefined): boolean => trimText(text) !== undefined;
  const fileName = trimText(rule.fileName);
  if (rule.type === 'deny') {
    const texts = [rule.fileDescription, rule.productName, rule.internalName, rule.minimumVersion];
    const some = [rule.fileHash, rule.filePath, fileName, ...texts].some(set) || rule.certificate !== undefined;
    if (!some) reasons.push(diagnostic('noDetection', 'The rule says nothing about a file.'));
    return;
  }
  if (!set(rule.fileHash) && rule.certificate === undefined) {
    reasons.push(diagnostic('noStrongAttribute', 'The rule has neither a file hash nor a certificate.'));
  }
  if (rule.type !== 'automatic') return;
  if (fileName === undefined) {
    const message = 'A rule of type Automatic needs a file name.';
    reasons.push(diagnostic('automaticNeedsFileName', message, { pointer: '/fileName' }));
  }
  for (const [pointer, text] of [
    ['/fileName', rule.fileName],
    ['/filePath', rule.filePath],
  ] as const) {
    if (text === undefined || !hasWildcard(text)) continue;
    const message = 'A rule of type Automatic cannot have wildcards.';
    reasons.push(diagnostic('wildcardInAutomaticRule', message, { pointer }));
  }
}

/** Validations the type knows and does not imply: only these make one rule stricter than another. */
function countedValidations(rule: RuleInput): readonly Validation[] {
  const known: readonly Validation[] = ELEVATION_TYPES[rule.type].validations;
  return known.filter((validation) => rule.validations?.includes(validation) === true);
}

function warnAboutUnused(rule: RuleInput, warnings: Diagnostic[]): void {
  if (ELEVATION_TYPES[rule.type].validations.length === 0 && (rule.validations?.length ?? 0) > 0) {
    const message = 'Rules of this type ask for nothing; the validation is ignored.';
    warnings.push(diagnostic('validationIgnored', message, { pointer: '/validations' }));
  }
  if (rule.type !== 'deny') return;
  if (rule.childProcesses !== undefined) {
    const message = 'A Deny has no child processes; the setting is ignored.';
    warnings.push(diagnostic('childProcessesIgnored', message, { pointer: '/childProcesses' }));
  }
  if (rule.requireArguments === true) {
    const message = 'A Deny cannot require arguments; the setting is ignored.';
    warnings.push(diagnostic('requireArgumentsIgnored', message, { pointer: '/requireArguments' }));
  }
}

function countAttributes(conditions: Conditions): number {
  return Object.values(conditions).filter((condition) => condition !== undefined).length;
}
