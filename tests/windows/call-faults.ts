/** Which call of a request is to fail, by its number. */

/**
 * One call by its name and by which of the calls of that name it is, as other work beside a request makes calls too; or every
 * call from a number on.
 */
export type FaultTarget = { readonly name: string; readonly time: number } | { readonly from: number };

export class CallFaults {
  #calls: string[] | undefined;
  #target: FaultTarget | undefined;
  #hasFailed = false;

  /** Whether a call failed since `arm`. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Counts from now on. @param target what fails; undefined: nothing */
  arm(target: FaultTarget | undefined): void {
    this.#calls = [];
    this.#target = target;
    this.#hasFailed = false;
  }

  /** @returns names of the calls since `arm` */
  disarm(): readonly string[] {
    const calls = this.#calls ?? [];
    this.#calls = undefined;
    return calls;
  }

  /** Counts a call. @returns whether it is to fail */
  isToFail(name: string): boolean {
    if (this.#calls === undefined) return false;
    this.#calls.push(name);
    const isMeant = this.#isMeant(this.#calls, name);
    if (isMeant) this.#hasFailed = true;
    return isMeant;
  }

  #isMeant(calls: readonly string[], name: string): boolean {
    if (this.#target === undefined) return false;
    if ('from' in this.#target) return calls.length >= this.#target.from;
    const { name: wanted, time } = this.#target;
    return name === wanted && calls.filter((each) => each === name).length === time;
  }
}
