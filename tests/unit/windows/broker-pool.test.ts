import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EpmError } from '../../../src/model/errors.ts';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import { BrokerPool } from '../../../src/windows/processes/broker-pool.ts';

/** The native part, of which a start can be told to fail. */
class Brokers {
  launched = 0;
  readonly ended: number[] = [];
  failing = 0;

  readonly native = {
    epm_broker_start: {
      async: (_program: string, broker: [number], out: Uint8Array, _capacity: number, length: [number], done: Done) => {
        const isFailing = this.failing > 0;
        if (isFailing) this.failing -= 1;
        else this.launched += 1;
        broker[0] = isFailing ? 0 : this.launched;
        const text = Buffer.from('{"processId":1}');
        out.set(text);
        length[0] = isFailing ? 0 : text.length;
        setTimeout(() => done(null, isFailing ? 8 : 0), 5);
      },
    },
    epm_broker_end: (broker: number) => {
      this.ended.push(broker);
      return 0;
    },
  } as unknown as EpmNative;

  readonly pool = new BrokerPool(this.native, () => 'C:\\Program Files\\EPM\\epmbroker.exe');
}

type Done = (error: unknown, result: number) => void;
const failure = (step: string): EpmError => new EpmError('EPM_START_FAILED', 'no', { data: { step } });

describe('the brokers that are kept ready', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const settle = <T>(work: Promise<T>): Promise<T> => {
    work.catch(() => undefined);
    return vi.advanceTimersByTimeAsync(60_000).then(() => work);
  };

  it('is one that waits before the first start, and the same one for every start that gives it back', async () => {
    const { pool, ...brokers } = new Brokers();
    pool.prepare();
    pool.prepare();
    await vi.advanceTimersByTimeAsync(60_000);
    const used = await settle(Promise.all([1, 2, 3].map(() => pool.run('kept', async (broker) => broker))));
    expect(used).toEqual([1, 1, 1]);
    expect(brokers.ended).toEqual([]);
  });

  it('is another one after each start that keeps it, and never more than one waits', async () => {
    const brokers = new Brokers();
    const used = await settle(Promise.all([1, 2, 3, 4].map(() => brokers.pool.run('given', async (broker) => broker))));
    expect(used).toEqual([1, 2, 3, 4]);
    expect(brokers.launched).toBe(5);
  });

  it('is made for the start that waits while the one before goes on', async () => {
    const brokers = new Brokers();
    const ready: number[] = [];
    const start = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      ready.push(brokers.launched);
    };
    await settle(Promise.all([1, 2, 3].map(() => brokers.pool.run('given', start))));
    // The last of them has nobody behind it.
    expect(ready).toEqual([2, 3, 3]);
    expect(brokers.launched).toBe(4);
  });

  it('is one also when it comes back after another one was made', async () => {
    const brokers = new Brokers();
    const first = brokers.pool.run('given', async (broker) => broker);
    await vi.advanceTimersByTimeAsync(50);
    expect(await first).toBe(1);
    const slow = brokers.pool.run('kept', () => new Promise((resolve) => setTimeout(resolve, 1_000)));
    await settle(slow);
    expect(brokers.launched).toBe(3);
    expect(brokers.ended).toEqual([2]);
    expect(await settle(brokers.pool.run('kept', async (broker) => broker))).toBe(3);
  });

  it('runs one start at a time', async () => {
    const { pool } = new Brokers();
    let running = 0;
    let most = 0;
    const start = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await settle(Promise.all([1, 2, 3].map(() => pool.run('kept', start))));
    expect(most).toBe(1);
  });

  it('is replaced within the start when it went away meanwhile, once', async () => {
    const brokers = new Brokers();
    brokers.pool.prepare();
    await vi.advanceTimersByTimeAsync(60_000);
    const tried: number[] = [];
    const result = brokers.pool.run('kept', async (broker) => {
      tried.push(broker);
      if (broker === 1) throw failure('broker');
      return broker;
    });
    expect(await settle(result)).toBe(2);
    const gone = brokers.pool.run('kept', async (broker) => {
      tried.push(broker);
      throw failure('broker');
    });
    await expect(settle(gone)).rejects.toThrow('no');
    expect(tried).toEqual([1, 2, 2, 3]);
    expect(brokers.ended).toEqual([1, 2, 3]);
  });

  it('is ended after a start that failed, and the next start is not tried twice', async () => {
    const brokers = new Brokers();
    const failed = brokers.pool.run('kept', async () => {
      throw failure('CreateProcessAsUserW');
    });
    await expect(settle(failed)).rejects.toThrow('no');
    expect(brokers.ended).toEqual([1]);
    expect(await settle(brokers.pool.run('kept', async (broker) => broker))).toBe(2);
  });

  it('tells the next start that none can be made, and tries again for it', async () => {
    const brokers = new Brokers();
    brokers.failing = 2;
    brokers.pool.prepare();
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(settle(brokers.pool.run('kept', async (broker) => broker))).rejects.toMatchObject({
      code: 'EPM_START_FAILED',
    });
    expect(await settle(brokers.pool.run('kept', async (broker) => broker))).toBe(1);
  });

  it('is ended with the agent, also when it is just being started, and none comes afterwards', async () => {
    const brokers = new Brokers();
    brokers.pool.prepare();
    // The native call is under way.
    await vi.advanceTimersByTimeAsync(202);
    expect(brokers.launched).toBe(1);
    await settle(brokers.pool.close());
    expect(brokers.ended).toEqual([1]);
    brokers.pool.prepare();
    const late = brokers.pool.run('kept', async (broker) => broker);
    await expect(settle(late)).rejects.toMatchObject({ code: 'EPM_START_FAILED' });
    expect(brokers.launched).toBe(1);
  });

  it('is not started at all when the agent ends before', async () => {
    const brokers = new Brokers();
    brokers.pool.prepare();
    await settle(brokers.pool.close());
    expect(brokers.launched).toBe(0);
    expect(brokers.ended).toEqual([]);
  });

  it('keeps no agent from ending, when a start never comes back', async () => {
    const brokers = new Brokers();
    void brokers.pool.run('kept', () => new Promise(() => undefined));
    await settle(brokers.pool.close());
    expect(brokers.ended).toEqual([]);
  });
});
