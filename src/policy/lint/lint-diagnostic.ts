/** What the linter says. What each of its codes means is in the list of codes. */
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Severity } from '../../model/diagnostic-codes.ts';
import { LINT_CODES, type LintCode } from '../../model/lint-codes.ts';
import type { RuleInput } from '../../model/rule.ts';

/** How much is at stake, as people and code-scanning services say it; the worst first. */
export const RISKS = ['high', 'medium', 'low'] as const;
export type Risk = (typeof RISKS)[number];

const RISK_OF = { error: 'high', warning: 'medium', note: 'low' } as const satisfies Readonly<Record<Severity, Risk>>;

export interface LintDiagnostic extends Diagnostic<LintCode> {
  /** Follows from the severity, which is raised where the rule elevates without asking. */
  readonly risk: Risk;
  /** What to do about it. */
  readonly hint: string;
  /** Name of the rule; absent: the policy itself. */
  readonly rule?: string;
  /** The rule as it would be without this, where that can be said. */
  readonly tighter?: RuleInput;
}

/** What a check says: where it is counts from the rule, or from the policy for what is about no rule. */
export type LintMessage = Omit<LintDiagnostic, 'risk' | 'rule' | 'severity'> & {
  /** Absent: that of the code. */
  readonly severity?: Severity;
};

export function lintDiagnostic(message: LintMessage): LintDiagnostic {
  const severity = message.severity ?? LINT_CODES[message.code].severity;
  return { ...message, severity, risk: RISK_OF[severity] };
}

/** Whether what was found is at least as risky. */
export function isAtLeast(risk: Risk, limit: Risk): boolean {
  const order: readonly Risk[] = RISKS;
  return order.indexOf(risk) <= order.indexOf(limit);
}
