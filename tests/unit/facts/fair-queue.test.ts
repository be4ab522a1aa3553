import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../src/facts/fair-queue.ts';

/** A queue, and work that waits until the test ends it. */
class Turns {
  readonly started: string[] = [];
  readonly #open = new Map<string, () => void>();
  readonly #queue: FairQueue;

  constructor(slots: number, perUser: number, waitingTime?: number) {
    this.#queue = new FairQueue({
      what: 'testing',
      slots,
      perUser,
      ...(waitingTime === undefined ? {} : { waitingTime }),
    });
  }

  /** @param name begins with the letter of its user */
  ask(name: string, signal?: AbortSignal): Promise<string> {
    return this.#queue.run({ user: name.charAt(0), signal }, async () => {
      this.started.push(name);
      await new Promise<void>((resolve) => this.#open.set(name, resolve));
      return name;
    });
  }

  async end(name: string): Promise<void> {
    this.#open.get(name)?.();
    await this.settle();
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('turns at something scarce', () => {
  it('AC-98 are never all of one user, however much that user asks for', async () => {
    const turns = new Turns(2, 1);
    const enough = new AbortController();
    const asked = Array.from({ length: 100 }, (_, index) => turns.ask(`a${index + 1}`, enough.signal));
    const other = turns.ask('b1');
    await turns.settle();
    expect(turns.started).toEqual(['a1', 'b1']);
    await turns.end('b1');
    expect(await other).toBe('b1');
    expect(turns.started).toEqual(['a1', 'b1']);
    // Who still waits would be given up during another test.
    const over = Promise.allSettled(asked);
    enough.abort();
    await turns.end('a1');
    expect((await over).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('AC-98 go round the users, each in the order they asked', async () => {
    const turns = new Turns(1, 1);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) void turns.ask(name);
    const order = ['a1', 'b1', 'c1', 'a2', 'b2', 'a3'];
    await turns.settle();
    for (const name of order) {
      expect(turns.started.at(-1)).toBe(name);
      await turns.end(name);
    }
    expect(turns.started).toEqual(order);
  });

  it('go on after a failure, and after one that was never wanted', async () => {
    const queue = new FairQueue({ what: 'testing', slots: 1, perUser: 1 });
    const asker = { user: 'a' };
    await expect(queue.run(asker, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(
      queue.run(asker, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    const gone = AbortSignal.abort();
    await expect(queue.run({ ...asker, signal: gone }, () => Promise.resolve(1))).rejects.toMatchObject({
      code: 'EPM_REQUEST_CANCELLED',
    });
    expect(await queue.run(asker, () => Promise.resolve(2))).toBe(2);
  });

  it('AC-98 are not given to whoever is gone', async () => {
    const turns = new Turns(1, 1);
    const client = new AbortController();
    void turns.ask('a1');
    const waiting = turns.ask('b1', client.signal);
    void turns.ask('c1');
    client.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    await turns.end('a1');
    expect(turns.started).toEqual(['a1', 'c1']);
  });

  it('that do not come in time are given up with the reason', async () => {
    const turns = new Turns(1, 1, 20);
    const first = turns.ask('a1');
    await expect(turns.ask('b1')).rejects.toMatchObject({
      code: 'EPM_AGENT_BUSY',
      message: expect.stringContaining('turn at testing') as string,
      data: { seconds: 0.02 },
    });
    await turns.end('a1');
    expect(await first).toBe('a1');
    expect(turns.started).toEqual(['a1']);
  });
});
