/** Files that people without administrator rights may write, or whose folder they may write (decision F3). */
import type { Decision } from '../model/decision.ts';
import type { Trigger } from '../model/request.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { MatchInput } from './match-input.ts';

type Permitting = Exclude<Decision, { outcome: 'denied' | 'notManaged' }>;

/** Whether policy refuses the file. Not known counts as writable. */
function isRefusedAsWritable(winner: CompiledRule | undefined, { facts, settings }: MatchInput): boolean {
  return facts.writableByUsers !== false && (winner?.userWritableFile ?? settings.userWritableFile) === 'refuse';
}

/**
 * Whether a child is refused because people without administrator rights may change its file or what lies beside it. It
 * has started where it lies, so that no copy can take its place: only a rule that starts programs in place, of a file
 * that they may not write, takes it. Not known counts as writable.
 */
export function isChildRefusedAsWritable(winner: CompiledRule, file: MatchInput): boolean {
  const { facts } = file;
  if (facts.writableByUsers === false) return false;
  return isRefusedAsWritable(winner, file) || !winner.runInPlace || facts.place?.fileWritableByUsers !== false;
}

/** What a permission comes to for a file that users may write. */
export function judgeWritable(
  decision: Permitting,
  winner: CompiledRule | undefined,
  trigger: Trigger,
  file: MatchInput,
): Decision {
  if (file.facts.writableByUsers === false) return decision;
  if (isRefusedAsWritable(winner, file)) {
    const refusal = { reason: 'userWritableFile', basis: decision.basis } as const;
    return trigger === 'userInitiated' ? { outcome: 'denied', ...refusal } : { outcome: 'notManaged', ...refusal };
  }
  if (decision.outcome === 'needsApproval' || winner?.runInPlace !== true) return decision;
  return file.facts.place?.fileWritableByUsers === false ? { ...decision, runInPlace: true } : decision;
}
