/**
 * How often grants were used, as the journal tells it: the state of the agent may have been put back to what it was before, and
 * the journal not.
 */
import type { AuditRecord } from '../../model/audit-record.ts';

/** What the journal tells of approvals. */
export interface JournalUses {
  /** Starts by each grant. */
  readonly uses: ReadonlyMap<string, number>;
  /** When it was found last that the journal is not what the agent had left; undefined: never. */
  readonly doubt: number | undefined;
}

export class GrantUses {
  readonly #starts = new Map<string, number>();
  #doubt: number | undefined;

  /** Takes the records of a journal. */
  see({ event, grantId, eventDateTime }: AuditRecord): void {
    if (event === 'journalIncomplete') this.#doubt = Math.max(this.#doubt ?? 0, Date.parse(eventDateTime));
    const isStart = event === 'elevationStarting' || event === 'childAllowed';
    if (isStart && grantId !== undefined) this.#starts.set(grantId, (this.#starts.get(grantId) ?? 0) + 1);
  }

  get starts(): ReadonlyMap<string, number> {
    return this.#starts;
  }

  get doubt(): number | undefined {
    return this.#doubt;
  }
}
