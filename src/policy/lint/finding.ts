/** What the linter says, and the list of everything it can say. */
import type { RuleInput } from '../../model/rule.ts';

/** `high`: somebody can become administrator, or the rule does not do what it says; `low`: advice. */
export type Severity = 'high' | 'medium' | 'low';

export interface LintCheck {
  readonly title: string;
  readonly severity: Severity;
  /** Why it matters, for the help of a report. */
  readonly help: string;
}

/** Identifiers are stable: pipelines suppress findings by them. */
export const LINT_CHECKS = {
  'rule-rejected': {
    title: 'Rule or setting is rejected',
    severity: 'high',
    help: 'A rejected rule has no effect, but a rejected Deny still denies by what could be read of it. What is rejected outside of rules has no effect, and is of medium severity.',
  },
  'path-missing': {
    title: 'No file path',
    severity: 'medium',
    help: 'Without a path the rule holds for a copy of the file in any folder, together with the libraries somebody puts beside it.',
  },
  'path-writable': {
    title: 'File path that standard users can write',
    severity: 'high',
    help: 'Whoever can write the folder can put a library, a manifest or another file of the name there.',
  },
  'path-wildcard-covers-writable': {
    title: 'Path pattern covers a folder that standard users can write',
    severity: 'high',
    help: 'A pattern is as safe as the least protected folder it matches.',
  },
  'certificate-and-name-only': {
    title: 'Certificate and file name only',
    severity: 'high',
    help: 'The file name is not part of what is signed: every program of the publisher can be renamed to it.',
  },
  'certificate-broad': {
    title: 'Certificate without a product',
    severity: 'medium',
    help: 'A publisher may sign everything with one certificate. Product name, internal name and description are signed and narrow the rule to one program.',
  },
  'authority-broad': {
    title: 'Certificate authority without a product',
    severity: 'high',
    help: 'A certificate authority signs for many publishers; everybody who bought a certificate from it can sign a program that fits.',
  },
  'certificate-expired': {
    title: 'Expired certificate',
    severity: 'high',
    help: 'An expired certificate makes the rule fail, unless the rule or the policy accepts timestamped signatures.',
  },
  'certificate-expires-soon': {
    title: 'Certificate expires within 60 days',
    severity: 'medium',
    help: 'Programs signed with the next certificate of the publisher will not match.',
  },
  'certificate-not-yet-valid': {
    title: 'Certificate is not valid yet',
    severity: 'medium',
    help: 'The rule matches nothing before the certificate becomes valid.',
  },
  'old-versions': {
    title: 'Certificate without a minimum version',
    severity: 'low',
    help: 'An older version with a known weakness carries the same signature.',
  },
  'automatic-without-hash': {
    title: 'Automatic rule without hash',
    severity: 'medium',
    help: 'An automatic rule elevates without asking anybody. A hash makes sure that it is this very file.',
  },
  'host-without-arguments': {
    title: 'Shell, interpreter or tool that runs what its arguments say',
    severity: 'high',
    help: 'Elevate a certain script or command line, not the program that runs it.',
  },
  'host-never-elevated': {
    title: 'Rule for an interpreter that never elevates',
    severity: 'high',
    help: 'An automatic rule, and a rule without a literal file name, elevate an interpreter only with an argument list.',
  },
  browser: {
    title: 'Browser',
    severity: 'medium',
    help: 'A browser runs what strangers send and opens files and programs; with administrator rights all of that has them.',
  },
  'argument-path-writable': {
    title: 'Argument names a file that standard users can write',
    severity: 'high',
    help: 'What the elevated program reads can be changed by whoever asks for it.',
  },
  'argument-secret': {
    title: 'Secret in an argument list',
    severity: 'high',
    help: 'Policies are readable on the device, and arguments are visible to other programs.',
  },
  'children-allowed': {
    title: 'All child processes run elevated',
    severity: 'medium',
    help: 'A program that opens files, links or a shell gives everything it starts administrator rights.',
  },
  'current-user': {
    title: "Elevates the person's own account",
    severity: 'medium',
    help: 'The program shares the profile with programs that are not elevated, which can change what it reads.',
  },
  'hash-and-wildcard': {
    title: 'Hash and wildcard together',
    severity: 'low',
    help: 'A hash names one file; a wildcard in its name adds nothing.',
  },
  'deny-evaded': {
    title: 'Deny that a copy evades',
    severity: 'medium',
    help: 'Name and place of a file are its user’s to choose. A hash or a certificate stays with the file.',
  },
  shadowed: {
    title: 'Rule that another always beats',
    severity: 'medium',
    help: 'Every file that matches this rule also matches one that comes first.',
  },
  'never-matches': {
    title: 'Rule that matches no file',
    severity: 'medium',
    help: 'An attribute asks for something that files of this type do not have.',
  },
  'default-response-confirmation': {
    title: 'Default response lets people elevate almost anything',
    severity: 'high',
    help: 'Prefer denial or support approval for files that no rule names.',
  },
  'validation-unused': {
    title: 'Validation without effect',
    severity: 'low',
    help: 'Validations of the default response count only when it asks for a confirmation.',
  },
  'nothing-enabled': {
    title: 'Rules without a policy that enables EPM',
    severity: 'low',
    help: 'Rules work only where a policy with settings enables the client; it may be another one.',
  },
  disabled: {
    title: 'Policy disables EPM',
    severity: 'medium',
    help: 'While EPM is off nothing is elevated, and after seven days its data is removed.',
  },
  'timestamp-accepted': {
    title: 'Expired certificates are accepted',
    severity: 'low',
    help: 'A key that was stolen after its certificate expired can still sign with an older time if a timestamp authority errs.',
  },
  'revocation-ignored': {
    title: 'Unknown revocation is accepted',
    severity: 'medium',
    help: 'Whoever cuts the device from the network keeps it from learning that a certificate was revoked.',
  },
  'deny-without-children': {
    title: 'Deny rules do not reach child processes',
    severity: 'medium',
    help: 'A program whose rule allows all child processes starts denied programs, too, with administrator rights.',
  },
} as const satisfies Record<string, LintCheck>;

export type LintId = keyof typeof LINT_CHECKS;

export interface Finding {
  readonly id: LintId;
  /** Of the check, raised where the rule elevates without asking. */
  readonly severity: Severity;
  /** Name of the rule; absent: the policy itself. */
  readonly rule?: string;
  /** JSON pointer from the root of the policy. */
  readonly place: string;
  /** From 1; absent where the form has no lines. */
  readonly line?: number;
  /** What can happen, in one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** The rule as it would be without the finding, where that can be said. */
  readonly tighter?: RuleInput;
}

/** What a check says; the linter adds where. */
export interface Remark {
  readonly id: LintId;
  readonly severity?: Severity;
  /** JSON pointer inside the rule or the settings. */
  readonly place: string;
  /** Where the form has lines, of a remark that is about no rule. */
  readonly line?: number;
  readonly message: string;
  readonly advice: string;
  readonly tighter?: RuleInput;
}
