/** What can be said about one rule by itself. */
import { ATTRIBUTE_LIST } from '../../engine/attributes/index.ts';
import { checkArguments } from './argument-checks.ts';
import { type CheckedRule, extensionOf, type RuleCheck } from './checked-rule.ts';
import { checkRuleEffects } from './effect-checks.ts';
import { checkLibraries } from './library-checks.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { checkPath, checkRunInPlace, checkUserFolders, checkWorkingDirectory } from './place-checks.ts';
import { checkPrivileges } from './privilege-checks.ts';
import { checkBrowser, checkInterpreter } from './program-checks.ts';
import { checkCertificate, checkPackageTexts } from './signature-checks.ts';
import { checkDenyReach, checkRequiredArguments, checkValidations } from './strictness-checks.ts';
import { checkSystemFolder, checkWayOut } from './tool-checks.ts';

const CHECKS: readonly RuleCheck[] = [
  checkPath,
  checkRunInPlace,
  checkLibraries,
  checkUserFolders,
  checkWorkingDirectory,
  checkCertificate,
  checkPackageTexts,
  checkAutomatic,
  checkInterpreter,
  checkWayOut,
  checkSystemFolder,
  checkBrowser,
  checkArguments,
  checkChildren,
  checkIdentity,
  checkWildcard,
  checkDetection,
  checkDeny,
  checkDenyReach,
  checkValidations,
  checkRequiredArguments,
  checkAttributes,
  ({ rule, settings }) => checkPrivileges(rule, settings),
  ({ rule }) => checkRuleEffects(rule),
];

/** @param checked a rule that the engine takes */
export function checkRule(checked: CheckedRule): readonly LintMessage[] {
  return CHECKS.flatMap((check) => check(checked));
}

function checkAutomatic({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'automatic' || conditions.fileHash !== undefined) return [];
  return [
    {
      code: 'automatic-without-hash',
      place: { pointer: '/type' },
      // No tighter rule: one that asks the person also takes interpreters, and certificates whose revocation is unknown.
      message: 'Every file that fits is elevated at each start, without a question and without a sign of it.',
      hint: 'Add a fileHash, or let the person confirm (userConfirmed).',
    },
  ];
}

function checkChildren({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.childProcesses !== 'allow') return [];
  return [
    {
      code: 'children-allowed',
      severity: rule.type === 'automatic' ? 'error' : 'warning',
      place: { pointer: '/childProcesses' },
      message: 'Everything the program starts runs as administrator, a shell from its file dialog included.',
      hint: 'Use requireRule and give the children that are needed rules of their own.',
      tighter: { ...rule, childProcesses: 'requireRule' },
    },
  ];
}

function checkIdentity({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'currentUser') return [];
  return [
    {
      code: 'current-user',
      place: { pointer: '/type' },
      message: 'Programs of the person that are not elevated can change settings and files this one reads.',
      hint: 'Use userConfirmed, which runs under an isolated account, unless the program fails with it.',
      // Windows authentication is part of the type that is left.
      tighter: {
        ...rule,
        type: 'userConfirmed',
        validations: [
          ...(rule.validations?.includes('justification') === true ? ['justification' as const] : []),
          'authentication',
        ],
      },
    },
  ];
}

function checkWildcard({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (conditions.fileHash === undefined || conditions.fileName?.wildcard === undefined) return [];
  return [
    {
      code: 'hash-and-wildcard',
      place: { pointer: '/fileName' },
      message: `The hash names one file, so "${rule.fileName ?? ''}" only hides which.`,
      hint: 'Write the name of the file, or leave it out.',
    },
  ];
}

function checkDetection({ conditions, settings }: CheckedRule): readonly LintMessage[] {
  if (settings?.allowElevationDetection !== true || conditions.fileName?.literal !== undefined) return [];
  return [
    {
      code: 'start-not-seen',
      place: { pointer: conditions.fileName === undefined ? '' : '/fileName' },
      message: 'A program that asks Windows for administrator rights by itself is not judged by this rule.',
      hint: 'Add the file name, without wildcards, or have people use "Run with elevated access".',
    },
  ];
}

function checkDeny({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'deny') return [];
  // What identifies a file, or what it says of itself, stays with every copy of it.
  const stays = ATTRIBUTE_LIST.filter(([, { isStrong, isTextFact }]) => isStrong === true || isTextFact === true);
  if (stays.some(([name]) => conditions[name] !== undefined)) return [];
  return [
    {
      code: 'deny-evaded',
      place: { pointer: conditions.fileName === undefined ? '/filePath' : '/fileName' },
      message: 'A standard user can copy the file under another name or to another folder, where this does not deny.',
      hint: 'Deny by certificate and product name.',
    },
  ];
}

/** Attributes that files of the rule's type never have. */
function checkAttributes({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const extension = extensionOf(conditions);
  return ATTRIBUTE_LIST.filter(
    ([attribute, { absentFrom }]) =>
      conditions[attribute] !== undefined && absentFrom?.some((type) => type === extension) === true,
  ).map(([attribute]) => ({
    // No tighter rule: without the attribute it matches files that it does not match now.
    code: 'never-matches',
    place: { pointer: `/${attribute}` },
    message: `Files like ${rule.fileName ?? 'this'} have no ${attribute}, so the rule matches none.`,
    hint: `Remove ${attribute}.`,
  }));
}
