/** What became of the children of one tree, for whoever asks while it runs and for the answer to its request. */
import type { EndedChildReason } from '../../model/child-end-reasons.ts';
import type { RuleReference } from '../../model/decision.ts';
import type { EndedChildren } from '../contract.ts';

/** Children that are listed, the youngest ones; and kinds of ended ones that are told apart. */
const LISTED = 50;
const KINDS = 20;

interface ChildNote {
  readonly path: string;
  readonly processId: number;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Undefined: it runs. */
  readonly reason: EndedChildReason | undefined;
  readonly rule: RuleReference | undefined;
}

export class ChildNotes {
  readonly #recent: ChildNote[] = [];
  readonly #ended = new Map<string, EndedChildren>();
  #allowed = 0;
  #denied = 0;

  /** How many run or have run, and how many were ended. */
  get counts(): { readonly allowed: number; readonly denied: number } {
    return { allowed: this.#allowed, denied: this.#denied };
  }

  /** The youngest, in the order of their starts. */
  get recent(): readonly ChildNote[] {
    return this.#recent;
  }

  /** Those that were ended, in the order in which each kind came first; as many kinds as are told apart. */
  get ended(): readonly EndedChildren[] {
    return [...this.#ended.values()];
  }

  /** A process that had run was ended for a library. */
  addLibrary(ended: Omit<EndedChildren, 'count'>): void {
    this.#count(ended);
  }

  add(note: ChildNote): void {
    this.#recent.push(note);
    if (this.#recent.length > LISTED) this.#recent.shift();
    const { path, reason } = note;
    if (reason === undefined) {
      this.#allowed += 1;
      return;
    }
    this.#denied += 1;
    this.#count({ path, reason });
  }

  #count(ended: Omit<EndedChildren, 'count'>): void {
    const { path, reason, library = '' } = ended;
    const kind = `${reason}/${path}/${library}`;
    const count = (this.#ended.get(kind)?.count ?? 0) + 1;
    if (count > 1 || this.#ended.size < KINDS) this.#ended.set(kind, { ...ended, count });
  }
}
