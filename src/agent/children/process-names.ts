/** Which program runs in which process of a tree, as far as they were seen. Numbers are used again, by later processes. */

/** Processes of a tree that are remembered. */
const KEPT = 2_000;

export class ProcessNames {
  readonly #paths = new Map<number, string>();

  add(processId: number, path: string): void {
    // The youngest is last.
    this.#paths.delete(processId);
    this.#paths.set(processId, path);
    if (this.#paths.size <= KEPT) return;
    for (const oldest of this.#paths.keys()) {
      this.#paths.delete(oldest);
      break;
    }
  }

  of(processId: number): string | undefined {
    return this.#paths.get(processId);
  }
}
