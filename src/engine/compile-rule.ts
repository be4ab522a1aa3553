/** From a rule as written to a rule that is decided, or to the reasons why it is rejected (decisions M1–M8, A1–A5). */
import type { StartOptions } from '../model/decision.ts';
import type { DiagnosticCode } from '../model/diagnostic-codes.ts';
import { type Diagnostic, diagnostic } from '../model/diagnostic.ts';
import { REDUCED_PRIVILEGES } from '../model/privileges.ts';
import { DENY_TEXT, ELEVATION_TYPES, type ElevationType, isNameOf } from '../model/rule-action.ts';
import type { DetectionAttribute, RejectedRuleInput, RuleInput } from '../model/rule.ts';
import { trimText } from '../text/compare.ts';
import { ATTRIBUTE_LIST, type Conditions, FILE_ATTRIBUTES } from './attributes/index.ts';
import type { RuleReading } from './attributes/attribute.ts';
import { checksOf } from './check.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { PathContext } from './path-pattern.ts';
import { readHours } from './hours.ts';
import { hasWildcard } from './wildcard.ts';

/** What the rule itself decides of a compiled rule; the rest says where it stands. */
export type RuleBody = Pick<
  CompiledRule,
  | 'conditions'
  | 'checks'
  | 'type'
  | 'namesProgram'
  | 'hasHash'
  | 'takesPackages'
  | 'hours'
  | 'childProcesses'
  | 'validations'
  | 'requireArguments'
  | 'acceptTimestamped'
  | 'userWritableFile'
  | 'runInPlace'
  | 'libraryGate'
  | 'copyFolder'
  | 'start'
  | 'reducedPrivileges'
  | 'keepPrivileges'
  | 'attributeCount'
  | 'rejected'
>;

export interface CompiledBody {
  /** Undefined: the rule is out. */
  readonly body: RuleBody | undefined;
  readonly reasons: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Compiles a rule that its reader could take whole. */
export function compileRule(rule: RuleInput, paths: PathContext): CompiledBody {
  if (!isNameOf(ELEVATION_TYPES, rule.type)) {
    const typeText: string = rule.type;
    const message = `"${typeText}" is not a type of elevation.`;
    const reasons = [diagnostic('typeUnreadable', message, { pointer: '/type' })];
    return compileRejected({ name: rule.name, typeText, readable: rule, reasons }, paths);
  }
  const reading = new Reading(rule, rule.type, paths);
  reading.read('file');
  checkStrength(rule, reading.reasons);
  checkDesktop(rule, reading.reasons);
  reading.read('call');
  const hours = readHours(rule, reading.reasons);
  const { reasons, warnings } = reading;
  if (reasons.length > 0)
    return { body: rule.type === 'deny' ? remainingDeny(rule, paths) : undefined, reasons, warnings };
  warnAboutUnused(rule, warnings);
  const isDeny = rule.type === 'deny';
  const body = reading.compiled({
    hours,
    childProcesses: isDeny ? 'deny' : (rule.childProcesses ?? 'requireRule'),
    validations: validationsOf(rule),
    requireArguments: !isDeny && rule.requireArguments === true,
    acceptTimestamped: rule.acceptTimestamped,
    userWritableFile: rule.userWritableFile,
    runInPlace: rule.runInPlace === true,
    libraryGate: rule.libraryGate === true || rule.copyFolder === true,
    copyFolder: rule.copyFolder === true,
    start: startOptions(rule),
    reducedPrivileges: rule.reducedPrivileges,
    keepPrivileges: keptPrivileges(rule),
    rejected: false,
  });
  return { body, reasons: NONE, warnings: warnings.length === 0 ? NONE : warnings };
}

/** One list for all rules of which nothing is to be told: most. */
const NONE: readonly Diagnostic[] = Object.freeze([]);
const NO_VALIDATIONS: RuleBody['validations'] = Object.freeze([]);
const NO_PRIVILEGES: RuleBody['keepPrivileges'] = Object.freeze([]);

function validationsOf({ type, validations }: RuleInput): RuleBody['validations'] {
  if (validations === undefined || validations.length === 0) return NO_VALIDATIONS;
  return ELEVATION_TYPES[type].validations.filter((each) => validations.includes(each));
}

function keptPrivileges({ keepPrivileges }: RuleInput): RuleBody['keepPrivileges'] {
  if (keepPrivileges === undefined || keepPrivileges.length === 0) return NO_PRIVILEGES;
  return REDUCED_PRIVILEGES.filter((each) => keepPrivileges.includes(each));
}

function startOptions(rule: RuleInput): StartOptions | undefined {
  const directoryOfRequest = rule.workingDirectory === 'request';
  const ownDesktop = rule.ownDesktop === true;
  const showUserFolders = rule.showUserFolders === true;
  if (!directoryOfRequest && !ownDesktop && !showUserFolders) return undefined;
  return {
    ...(directoryOfRequest ? { directoryOfRequest } : {}),
    ...(ownDesktop ? { ownDesktop } : {}),
    ...(showUserFolders ? { showUserFolders } : {}),
  };
}

/** Compiles what is left of a rule that its reader rejected: nothing, unless it was meant to deny. */
export function compileRejected(rule: RejectedRuleInput, paths: PathContext): CompiledBody {
  if (!DENY_TEXT.test(rule.typeText)) return { body: undefined, reasons: rule.reasons, warnings: [] };
  const reading = new Reading(rule.readable, 'deny', paths);
  reading.read('file');
  const reasons = [...rule.reasons, ...reading.reasons];
  return { body: remainingDeny(rule.readable, paths), reasons, warnings: reading.warnings };
}

/**
 * A Deny of the attributes of the file that can be read; how and when the file is called then does not count (decision M8).
 */
function remainingDeny(rule: RuleReading['rule'], paths: PathContext): RuleBody | undefined {
  const reading = new Reading(rule, 'deny', paths, true);
  reading.read('file');
  const body = reading.compiled({
    hours: undefined,
    childProcesses: 'deny',
    validations: NO_VALIDATIONS,
    requireArguments: false,
    acceptTimestamped: undefined,
    userWritableFile: undefined,
    runInPlace: false,
    libraryGate: false,
    copyFolder: false,
    start: undefined,
    reducedPrivileges: undefined,
    keepPrivileges: NO_PRIVILEGES,
    rejected: true,
  });
  return body.attributeCount === 0 ? undefined : body;
}

/** A rule with nothing set, so that every rule's conditions have one form. */
const NO_CONDITIONS = Object.fromEntries(ATTRIBUTE_LIST.map(([name]) => [name, undefined])) as Conditions;

interface Named {
  readonly name: DetectionAttribute;
  readonly attribute: (typeof ATTRIBUTE_LIST)[number][1];
}

function named(counts: (attribute: Named['attribute']) => boolean): readonly Named[] {
  return ATTRIBUTE_LIST.filter(([, attribute]) => counts(attribute)).map(([name, attribute]) => ({ name, attribute }));
}

const BY_SUBJECT = {
  file: named(({ subject }) => subject === 'file'),
  call: named(({ subject }) => subject === 'call'),
};
const STRONG = named(({ isStrong }) => isStrong === true);
const WITH_WILDCARDS = named(({ takesWildcards }) => takesWildcards === true);

/** Reads the attributes of one rule. */
class Reading implements RuleReading {
  readonly rule: RuleReading['rule'];
  readonly type: ElevationType;
  readonly paths: PathContext;
  readonly isRejectedDeny: boolean;
  readonly reasons: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  readonly #conditions: Record<DetectionAttribute, unknown> = { ...NO_CONDITIONS };
  #attribute: DetectionAttribute | undefined;

  constructor(rule: RuleReading['rule'], type: ElevationType, paths: PathContext, isRejectedDeny = false) {
    this.rule = rule;
    this.type = type;
    this.paths = paths;
    this.isRejectedDeny = isRejectedDeny;
  }

  /** Reads what the rule says of the file, or of the call. */
  read(subject: 'file' | 'call'): void {
    const attributes = BY_SUBJECT[subject];
    for (let index = 0; index < attributes.length; index += 1) {
      const { name, attribute } = attributes[index] as Named;
      const written = this.rule[name];
      if (written === undefined) continue;
      this.#attribute = name;
      this.#conditions[name] = attribute.read(written, this);
    }
  }

  /** @param rest what does not come from the attributes */
  compiled(
    rest: Omit<
      RuleBody,
      'conditions' | 'checks' | 'type' | 'attributeCount' | 'namesProgram' | 'hasHash' | 'takesPackages'
    >,
  ): RuleBody {
    // Each member was read by the attribute of its name.
    const conditions = this.#conditions as Conditions;
    const checks = checksOf(conditions, this.type, rest.hours);
    let attributeCount = 0;
    for (const [name] of ATTRIBUTE_LIST) if (conditions[name] !== undefined) attributeCount += 1;
    // Written out: thousands of objects of one form take half the memory of as many that grew.
    return {
      conditions,
      checks,
      type: this.type,
      namesProgram: conditions.fileName?.literal !== undefined,
      hasHash: conditions.fileHash !== undefined,
      takesPackages: conditions.fileName === undefined || mayNamePackage(conditions.fileName.text),
      hours: rest.hours,
      childProcesses: rest.childProcesses,
      validations: rest.validations,
      requireArguments: rest.requireArguments,
      acceptTimestamped: rest.acceptTimestamped,
      userWritableFile: rest.userWritableFile,
      runInPlace: rest.runInPlace,
      libraryGate: rest.libraryGate,
      copyFolder: rest.copyFolder,
      start: rest.start,
      reducedPrivileges: rest.reducedPrivileges,
      keepPrivileges: rest.keepPrivileges,
      attributeCount,
      rejected: rest.rejected,
    };
  }

  reject(code: DiagnosticCode, message: string, below = ''): void {
    this.reasons.push(diagnostic(code, message, { pointer: `/${this.#attribute ?? ''}${below}` }));
  }

  warn(code: DiagnosticCode, message: string): void {
    this.warnings.push(diagnostic(code, message, { pointer: `/${this.#attribute ?? ''}` }));
  }
}

/** @param fileName as a rule has it; that of a rejected Deny may have a wildcard as extension, or none */
function mayNamePackage(fileName: string): boolean {
  const extension = fileName.slice(fileName.lastIndexOf('.') + 1);
  return hasWildcard(extension) || extension.toUpperCase() === 'MSI';
}

/** What a rule needs so that it names a program and not just a place or a text anyone can write (decision M8). */
function checkStrength(rule: RuleInput, reasons: Diagnostic[]): void {
  if (rule.type === 'deny') {
    if (FILE_ATTRIBUTES.some((name) => isSet(rule[name]))) return;
    reasons.push(diagnostic('noDetection', 'The rule says nothing about a file.'));
    return;
  }
  if (!STRONG.some(({ name }) => isSet(rule[name]))) {
    const message = 'The rule has neither a file hash nor a certificate.';
    reasons.push(diagnostic('noStrongAttribute', message));
  }
  if (rule.type !== 'automatic') return;
  if (!isSet(rule.fileName)) {
    const message = 'A rule of type Automatic needs a file name.';
    reasons.push(diagnostic('automaticNeedsFileName', message, { pointer: '/fileName' }));
  }
  for (const { name } of WITH_WILDCARDS) {
    const written = rule[name];
    if (typeof written !== 'string' || !hasWildcard(written)) continue;
    const message = 'A rule of type Automatic cannot have wildcards.';
    reasons.push(diagnostic('wildcardInAutomaticRule', message, { pointer: `/${name}` }));
  }
}

/** A desktop lets in by account, and this one is that of every other program of the person. */
function checkDesktop(rule: RuleInput, reasons: Diagnostic[]): void {
  if (rule.type !== 'currentUser' || rule.ownDesktop !== true) return;
  const message = 'Every program of the person could reach the desktop of a program that runs as that person.';
  reasons.push(diagnostic('ownDesktopAsUser', message, { pointer: '/ownDesktop' }));
}

/** A text of nothing but white space says nothing (decision M1). */
function isSet(written: RuleInput[DetectionAttribute]): boolean {
  return typeof written === 'string' ? trimText(written) !== undefined : written !== undefined;
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
