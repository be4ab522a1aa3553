/**
 * What becomes of rejected rules when a policy is written: a format has no place for a rule that cannot be read, but a
 * Deny among them still denies by what can be read of it (decision M8) and is written as the Deny it amounts to.
 */
import { FILE_ATTRIBUTES } from '../../engine/attributes/index.ts';
import { compileRejected } from '../../engine/compile-rule.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { defined } from '../../model/defined.ts';
import { diagnostic } from '../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../model/diagnostic-codes.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import type { RejectedRuleInput, RuleInput } from '../../model/rule.ts';
import { LIMITS } from './limits.ts';
import { storedRule } from './canonical.ts';
import type { RuleImportResult } from './rule-import-result.ts';
import { isName } from './schema.ts';
import { UniqueNames } from './unique-names.ts';
import { checkValue } from './validation.ts';

/** What a rejected Deny keeps: what it says about the file, not how a program is called, and its description. */
const KEPT: readonly string[] = ['description', ...FILE_ATTRIBUTES];

/** True when the engine lets the rejected rule deny by what could be read of it (decision M8). */
export function stillDenies(rule: RejectedRuleInput): boolean {
  return compileRejected(rule, { folders: DEFAULT_WINDOWS_FOLDERS }).body !== undefined;
}

/**
 * The policy without rejected rules: each Deny among them became a Deny of its readable attributes, the others are left
 * out.
 * @returns the policy, and one report for each rule that was rewritten or left out
 */
export function rewriteRejected<Policy extends PortablePolicy>(
  document: Policy,
): {
  readonly document: Policy;
  readonly rules: readonly RuleImportResult[];
} {
  if (document.rejected.length === 0) return { document, rules: [] };
  const names = new UniqueNames(document.rules.map(({ name }) => name));
  const rewritten: RuleInput[] = [];
  const rules = document.rejected.map((rejected): RuleImportResult => {
    const deny = denyFrom(rejected, names);
    if (deny === undefined) {
      const message = 'The rule is rejected and is not written.';
      return report(rejected.name, 'rejected', 'leftOut', message);
    }
    rewritten.push(deny);
    const message = `The rejected Deny "${rejected.name}" is written as a Deny of the attributes that could be read.`;
    return { ...report(deny.name, 'importedWithWarnings', 'rewrittenDeny', message), stillDenies: true };
  });
  return { document: { ...document, rules: [...document.rules, ...rewritten], rejected: [] }, rules };
}

function report(
  name: string,
  outcome: RuleImportResult['outcome'],
  code: DiagnosticCode,
  message: string,
): RuleImportResult {
  return { name, outcome, reasons: [diagnostic(code, message)] };
}

function denyFrom(rejected: RejectedRuleInput, names: UniqueNames): RuleInput | undefined {
  if (!stillDenies(rejected)) return undefined;
  const name = isName(rejected.name) ? rejected.name : 'unnamed rule';
  const readable = Object.fromEntries(Object.entries(rejected.readable).filter(([key]) => KEPT.includes(key)));
  const broken = new Set(checkValue('rule', { ...readable, name, type: 'deny' }).map(({ member }) => member));
  const kept = Object.entries(readable).filter(([attribute]) => !broken.has(attribute));
  const { description, ...detection } = Object.fromEntries(kept) as Partial<RuleInput>;
  const whole: RuleInput = { ...detection, ...defined({ description }), name, type: 'deny' };
  // The description is the one text that could make the rule too long for a value and says nothing about a file.
  const rule: RuleInput = storedRule(whole).length > LIMITS.ruleText ? { ...detection, name, type: 'deny' } : whole;
  // What is left may say less than the engine read, but never nothing.
  if (!stillDenies({ ...rejected, readable: detection })) return undefined;
  if (storedRule(rule).length > LIMITS.ruleText) return undefined;
  return { ...rule, name: names.take(name) };
}
