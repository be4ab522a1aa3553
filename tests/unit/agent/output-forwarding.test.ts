import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutputForwarding, QUIET_AFTER_END, REST_LIMIT } from '../../../src/agent/output-forwarding.ts';
import type { OutputPiece } from '../../../src/agent/ports.ts';
import { FakeOutput } from './fake-machine.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client that takes each piece when the test says so. */
class Client {
  readonly got: string[] = [];
  #take: ((taken: boolean) => void) | undefined;

  readonly send = ({ stream, bytes }: OutputPiece): Promise<boolean> => {
    this.got.push(`${stream}:${Buffer.from(bytes).toString()}`);
    return new Promise((resolve) => (this.#take = resolve));
  };

  async take(taken = true): Promise<void> {
    this.#take?.(taken);
    await vi.advanceTimersByTimeAsync(0);
  }
}

/** @returns whether the promise has settled by now, and with what */
async function settled<T>(promise: Promise<T>): Promise<T | 'pending'> {
  await vi.advanceTimersByTimeAsync(0);
  return Promise.race([promise, Promise.resolve('pending' as const)]);
}

describe('the output of a program', () => {
  it('is read no further than the client takes it', async () => {
    const output = new FakeOutput();
    const client = new Client();
    const forwarding = new OutputForwarding(output, client.send);
    for (let number = 0; number < 100; number += 1) output.write(`${number}`);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(client.got).toEqual(['stdout:0']);
    expect(output.asked).toBe(1);
    await client.take();
    expect(client.got).toEqual(['stdout:0', 'stdout:1']);
    expect(await settled(forwarding.over)).toBe('pending');
  });

  it('is whole when both streams have ended and everything was taken', async () => {
    const output = new FakeOutput();
    const client = new Client();
    const forwarding = new OutputForwarding(output, client.send);
    output.write('one');
    output.write('two', 'stderr');
    output.end();
    const rest = forwarding.rest();
    await client.take();
    await client.take();
    expect(await settled(rest)).toBe('pending');
    await client.take();
    expect(await settled(rest)).toBe(true);
    expect(client.got).toEqual(['stdout:one', 'stderr:two']);
    expect(output.isStopped).toBe(true);
  });

  it('is cut when what the program started keeps the streams and says nothing', async () => {
    const output = new FakeOutput();
    const client = new Client();
    const rest = new OutputForwarding(output, client.send).rest();
    await vi.advanceTimersByTimeAsync(QUIET_AFTER_END - 1);
    output.write('late');
    await client.take();
    await client.take();
    // A word begins the wait anew.
    await vi.advanceTimersByTimeAsync(QUIET_AFTER_END - 1);
    expect(await settled(rest)).toBe('pending');
    await vi.advanceTimersByTimeAsync(QUIET_AFTER_END + 1);
    expect(await settled(rest)).toBe(false);
    expect(output.isStopped).toBe(true);
  });

  it('waits longer for a slow client than for a silent program, and not without end', async () => {
    const output = new FakeOutput();
    const client = new Client();
    output.write('one');
    const rest = new OutputForwarding(output, client.send).rest();
    await vi.advanceTimersByTimeAsync(REST_LIMIT - QUIET_AFTER_END);
    expect(await settled(rest)).toBe('pending');
    await vi.advanceTimersByTimeAsync(QUIET_AFTER_END);
    expect(await settled(rest)).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with its client', async () => {
    const output = new FakeOutput();
    const client = new Client();
    const forwarding = new OutputForwarding(output, client.send);
    output.write('one');
    await vi.advanceTimersByTimeAsync(0);
    await client.take(false);
    expect(await settled(forwarding.over)).toBeUndefined();
    expect(output.isStopped).toBe(true);
    expect(await settled(forwarding.rest())).toBe(false);
  });

  it('is not whole when it cannot be read', async () => {
    const output = new FakeOutput();
    output.next = () => Promise.reject(new Error('gone'));
    expect(await settled(new OutputForwarding(output, new Client().send).rest())).toBe(false);
  });
});
