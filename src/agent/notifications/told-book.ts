/**
 * Of which state of each request receivers were told, or would have been if there were any. It is written after the messages
 * are in the outbox: what is missing here after a crash is put in again under the same keys.
 */
import { isNameOf } from '../../model/rule-action.ts';
import { SUPPORT_REQUEST_STATES, type SupportRequest, type SupportRequestState } from '../../model/support-request.ts';
import type { StateStore } from '../ports.ts';

export class ToldBook {
  readonly #state: StateStore;
  readonly #told: Map<string, SupportRequestState>;
  /** Nothing was ever written: what is there now is older than the first notification. */
  readonly isNew: boolean;

  /** @throws EpmError EPM_DATA_FOLDER */
  constructor(state: StateStore) {
    this.#state = state;
    const kept = state.read();
    this.isNew = kept === undefined;
    const entries = typeof kept === 'object' && kept !== null && 'told' in kept ? kept.told : undefined;
    this.#told = new Map(
      Object.entries(typeof entries === 'object' && entries !== null ? entries : {}).flatMap(([id, state]) =>
        isNameOf(SUPPORT_REQUEST_STATES, state) ? [[id, state]] : [],
      ),
    );
  }

  knows({ id, status }: Pick<SupportRequest, 'id' | 'status'>): boolean {
    return this.#told.get(id) === status;
  }

  /**
   * @param requests whose states were told now
   * @param isKept whether a request is still kept; what is told of others is forgotten
   * @throws EpmError EPM_DATA_FOLDER
   */
  tell(requests: readonly Pick<SupportRequest, 'id' | 'status'>[], isKept: (id: string) => boolean): void {
    for (const { id, status } of requests) this.#told.set(id, status);
    for (const id of [...this.#told.keys()]) if (!isKept(id)) this.#told.delete(id);
    this.#state.write({ told: Object.fromEntries(this.#told) });
  }
}
