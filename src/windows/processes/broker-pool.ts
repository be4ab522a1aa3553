/**
 * The processes of epmbroker.exe, by which programs are started. One is kept ready: starting it when it is needed would
 * make a start as slow as two.
 */
import { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCallLater } from '../dll/json-call.ts';
import { nativeFile } from '../native-files.ts';

/** Milliseconds before a used one is replaced, so that this does not compete with the program that is just starting. */
const REFILL_DELAY = 200;
/** Milliseconds that the end of the agent waits for a start that is under way. */
const CLOSE_LIMIT = 10_000;
/** What a native function says that failed because the broker is gone or does not answer. */
const BROKER_STEP = 'broker';

/** `kept`: the broker can start another program afterwards. `given`: it belongs to the tree that it started. */
type BrokerUse = 'kept' | 'given';

export class BrokerPool {
  readonly #native: EpmNative;
  readonly #program: () => string;
  #spare: Promise<number> | undefined;
  #refill: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Starts one after the other: a machine does not create two processes faster at once. Never rejected. */
  #last: Promise<unknown> = Promise.resolve();
  /** Starts that wait for their turn. */
  #waiting = 0;

  /** @param program finds epmbroker.exe and compares it with the build, each time one is started */
  constructor(native: EpmNative, program: () => string = () => nativeFile('epmbroker.exe')) {
    this.#native = native;
    this.#program = program;
  }

  /** Has one ready soon. Never fails: what goes wrong is told to the next start. */
  prepare(): void {
    if (this.#isClosed || this.#spare !== undefined || this.#refill !== undefined) return;
    this.#refill = setTimeout(() => {
      this.#refill = undefined;
      this.#makeSpare();
    }, REFILL_DELAY).unref();
  }

  #makeSpare(): void {
    if (this.#isClosed || this.#spare !== undefined) return;
    const spare = this.#launch();
    this.#spare = spare;
    spare.catch(() => {
      if (this.#spare === spare) this.#spare = undefined;
    });
  }

  /**
   * Runs one start with a broker that nobody else uses meanwhile. One that went away while it was not used is replaced.
   * @param start throws the error of the native call; it is called again after one with the step "broker"
   * @throws EpmError EPM_NATIVE_MISSING, EPM_START_FAILED, also when it is closed, and what `start` throws
   */
  run<T>(use: BrokerUse, start: (broker: number) => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const turn = this.#last.then(() => {
      this.#waiting -= 1;
      return this.#run(use, start);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Ends the one that waits, also one that is just being started: a process that ends in the middle of creating another one
   * may leave it behind, before its job. Nothing is started afterwards. Never fails.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#refill);
    this.#refill = undefined;
    let limit: NodeJS.Timeout | undefined;
    const over = new Promise<undefined>((resolve) => (limit = setTimeout(resolve, CLOSE_LIMIT, undefined)));
    const spare = await Promise.race([this.#last.then(() => this.#takeSpare()), over]);
    clearTimeout(limit);
    if (spare !== undefined) this.#native.epm_broker_end(spare);
  }

  async #run<T>(use: BrokerUse, start: (broker: number) => Promise<T>): Promise<T> {
    try {
      const spare = await this.#takeSpare();
      if (spare !== undefined) {
        try {
          return await this.#with(spare, use, start);
        } catch (error) {
          if (!isGone(error)) throw error;
        }
      }
      return await this.#with(await this.#launch(), use, start);
    } finally {
      this.prepare();
    }
  }

  async #takeSpare(): Promise<number | undefined> {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.catch(() => undefined);
  }

  async #with<T>(broker: number, use: BrokerUse, start: (broker: number) => Promise<T>): Promise<T> {
    try {
      // The next start has its broker when this one is done: both wait most of their time, each for its new process.
      if (use === 'given' && this.#waiting > 0) this.#makeSpare();
      const started = await start(broker);
      if (use === 'kept') this.#keep(broker);
      return started;
    } catch (error) {
      // Fails only for one that belongs to a tree already, which ends it.
      this.#native.epm_broker_end(broker);
      throw error;
    }
  }

  /** Another one may have been made meanwhile for a start before. */
  #keep(broker: number): void {
    if (this.#spare === undefined) this.#spare = Promise.resolve(broker);
    else this.#native.epm_broker_end(broker);
  }

  async #launch(): Promise<number> {
    if (this.#isClosed) throw new EpmError('EPM_START_FAILED', 'The agent is stopping.');
    const program = this.#program();
    const broker: [number] = [0];
    await jsonCallLater(
      'epm_broker_start',
      (...out) => this.#native.epm_broker_start.async(program, broker, ...out),
      'EPM_START_FAILED',
    );
    return broker[0];
  }
}

function isGone(error: unknown): boolean {
  return error instanceof EpmError && error.data?.['step'] === BROKER_STEP;
}
