/** Keys that are watched for policies: when one of a group cannot be watched, none of the group stays watched. */
import { describe, expect, it, vi } from 'vitest';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import type { EventLoop } from '../../../src/windows/events/event-loop.ts';
import { watchPolicies } from '../../../src/windows/policy-source/policy-watch.ts';

const NO_RESOURCES = 1450;
const HIVE = 'S-1-5-21-1-2-3-1001';

/** Watches until the call with this number, which fails. */
function watching(failAt: number) {
  const open = new Map<number, string>();
  let calls = 0;
  let told: (event: { readonly watch: number }) => void = () => undefined;
  const native = {
    epm_registry_watch: (_root: number, key: string, number: [number]) => {
      calls += 1;
      if (calls === failAt) return NO_RESOURCES;
      number[0] = calls;
      open.set(calls, key);
      return 0;
    },
    epm_registry_unwatch: (number: number) => (open.delete(number) ? 0 : 6),
  } as unknown as EpmNative;
  const events = {
    on: (_kind: string, handler: typeof told) => {
      told = handler;
      return () => undefined;
    },
  } as unknown as EventLoop;
  return { native, events, open, calls: () => calls, tell: (watch: number) => told({ watch }) };
}

describe('the keys of policies', () => {
  it('are all watched or none, when the agent starts', () => {
    const good = watching(0);
    watchPolicies(good.native, good.events, () => [HIVE], vi.fn())();
    expect(good.calls()).toBeGreaterThan(4);
    expect(good.open.size).toBe(0);
    for (let failAt = 1; failAt <= good.calls(); failAt += 1) {
      const { native, events, open } = watching(failAt);
      expect(() => watchPolicies(native, events, () => [HIVE], vi.fn())).toThrow(/cannot be watched/);
      expect([...open.values()]).toEqual([]);
    }
  });

  it('of a hive that is loaded later are watched at the next look when one of them could not be', () => {
    const first = watching(0);
    watchPolicies(first.native, first.events, () => [], vi.fn())();
    const machine = first.calls();
    const hives: string[] = [];
    // The last key of the hive.
    const { native, events, open, tell } = watching(machine + 3);
    const changed = vi.fn();
    const stop = watchPolicies(native, events, () => hives, changed);
    const [profiles = 0] = open.keys();
    hives.push(HIVE);
    tell(profiles);
    expect(open.size).toBe(machine);
    expect(changed).toHaveBeenCalledTimes(1);
    tell(profiles);
    expect(open.size).toBeGreaterThan(machine + 2);
    stop();
    expect(open.size).toBe(0);
  });
});
