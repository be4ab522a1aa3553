/** What a device would make of a policy file: what its reader says of it, and compiling it. */
import { compile } from '../../engine/index.ts';
import { defined } from '../../model/defined.ts';
import { inside } from '../../model/diagnostic.ts';
import type { RuleInput } from '../../model/rule.ts';
import { type PolicyFile, toPolicyDocuments } from '../../policy/formats/json/policy-file.ts';
import type { RuleImportResult } from '../../policy/declaration/rule-import-result.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';

export interface CheckedPolicy {
  readonly file: PolicyFile;
  /** One entry per rule, in the order of the file. */
  readonly rules: readonly RuleImportResult[];
  readonly rejected: readonly RuleImportResult[];
}

/** Adds to what the reader says the rules that the agent would reject (decision M8). */
export function checkPolicy(file: PolicyFile): CheckedPolicy {
  // Without the rules the reader rejected, which may have the name of one that it took.
  const documents = toPolicyDocuments({ ...file, rejected: [] }, { kind: 'device' });
  const compiled = new Map(
    compile(documents, { machine: DEFAULT_WINDOWS_FOLDERS }).rejected.map(({ name, reasons }) => [name, reasons]),
  );
  const rules = file.report.map((rule): RuleImportResult => {
    const reasons = compiled.get(rule.name);
    if (reasons === undefined || rule.outcome === 'rejected') return rule;
    const located = reasons.map((reason) => inside(reason, rule.place ?? {}));
    return { ...rule, outcome: 'rejected', reasons: [...rule.reasons, ...located] };
  });
  return { file, rules, rejected: rules.filter(({ outcome }) => outcome === 'rejected') };
}

/** A rule as the policy gives it, of a rejected one what could be read, and what becomes of it. */
type ShownRule = RuleImportResult & Partial<Omit<RuleInput, 'type'>> & { readonly type?: string };

/** The rules of a checked policy for programs, in its order. */
export function shownRules({ file, rules }: CheckedPolicy): readonly ShownRule[] {
  const taken = new Map(file.rules.map((rule) => [rule.name, rule]));
  const rejected = Map.groupBy(file.rejected, ({ name }) => name);
  return rules.map((report, index) => {
    if (file.report[index]?.outcome !== 'rejected') return { ...taken.get(report.name), ...report };
    const rule = rejected.get(report.name)?.shift();
    return { ...rule?.readable, ...defined({ type: rule?.typeText }), ...report };
  });
}
