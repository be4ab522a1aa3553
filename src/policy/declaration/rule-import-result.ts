import type { Diagnostic, Place } from '../../model/diagnostic.ts';

/** What became of one rule that was read or written. */
export interface RuleImportResult {
  readonly name: string;
  readonly outcome: 'imported' | 'importedWithWarnings' | 'rejected';
  /** Where the rule stands in its input; absent for a rule that is only written. */
  readonly place?: Place;
  /** A rejected Deny rule that still denies by what could be read of it (decision M8). */
  readonly stillDenies?: true;
  /** Why it is rejected, or what was changed. */
  readonly reasons: readonly Diagnostic[];
}
