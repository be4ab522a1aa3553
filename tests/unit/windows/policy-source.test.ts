import { describe, expect, it, vi } from 'vitest';
import { sid } from '../../../src/model/brands.ts';
import type { EpmError } from '../../../src/model/errors.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import type { EventLoop, EventOf } from '../../../src/windows/events/event-loop.ts';
import type { NativeEvent } from '../../../src/windows/events/event.ts';
import { createPolicySource } from '../../../src/windows/policy-source/policy-source.ts';
import { descriptor, fakeKey, FakeRegistry, number, text, TRUSTED_DESCRIPTOR } from './fake-registry.ts';

const KEY = 'Software\\Policies\\EPM';
const USER = 'S-1-5-21-1-2-3-1001';
const FULL = 0xf003f;
const SET_VALUE = 0x2;
const rules = { Rules: fakeKey({ Tool: text(JSON.stringify({ type: 'deny', fileName: 'tool.exe' })) }) };

class FakeWindows {
  readonly registry = new FakeRegistry();
  readonly watched = new Map<number, string>();
  readonly #handlers = new Set<(event: EventOf<'registry'>) => void>();
  #next = 0;

  readonly native = {
    epm_registry_watch: (_root: number, key: string, watch: [number]) => {
      this.#next += 1;
      watch[0] = this.#next;
      this.watched.set(this.#next, key);
      return 0;
    },
    epm_registry_unwatch: (watch: number) => (this.watched.delete(watch) ? 0 : 6),
  } as unknown as EpmNative;

  readonly events: EventLoop = {
    on: <K extends NativeEvent['kind']>(_kind: K, handler: (event: EventOf<K>) => void) => {
      const entry = handler as unknown as (event: EventOf<'registry'>) => void;
      this.#handlers.add(entry);
      return () => this.#handlers.delete(entry);
    },
    stop: () => Promise.resolve(),
  };

  readonly source = createPolicySource(this.registry.advapi32, this.native, this.events);

  async policies(): Promise<readonly PolicyDocument[]> {
    return (await this.source.read()).flatMap((reading) => ('policies' in reading ? reading.policies : []));
  }

  async faults(): Promise<ReadonlyMap<string, EpmError>> {
    const faults = (await this.source.read()).flatMap(({ scope, ...reading }) =>
      'fault' in reading ? [[scope.kind === 'device' ? 'device' : scope.sid, reading.fault] as const] : [],
    );
    return new Map(faults);
  }

  fire(key: string): void {
    const watch = [...this.watched].find(([, name]) => name === key)?.[0] ?? 0;
    for (const handler of this.#handlers) handler({ kind: 'registry', watch });
  }
}

describe('policies of the device and of users', () => {
  it('reads both, and nothing where there is nothing', async () => {
    const fake = new FakeWindows();
    expect(await fake.source.read()).toEqual([{ scope: { kind: 'device' }, policies: [] }]);
    fake.registry.put(fake.registry.machine, KEY, fakeKey({ EnableEPM: number(1) }, rules));
    fake.registry.put(fake.registry.users, `${USER}\\${KEY}`, fakeKey({}, rules));
    fake.registry.put(fake.registry.users, `${USER}_Classes\\${KEY}`, fakeKey({}, rules));
    fake.registry.put(fake.registry.users, `.DEFAULT\\${KEY}`, fakeKey({}, rules));
    const policies = await fake.policies();
    expect(policies.map(({ scope }) => scope)).toEqual([{ kind: 'device' }, { kind: 'user', sid: USER }]);
    expect(policies[0]?.rules[0]).toMatchObject({ name: 'Tool', type: 'deny' });
    expect(fake.registry.open.size).toBe(0);
  });

  it('knows at once which users have come, and no account without a hive of its own', () => {
    const fake = new FakeWindows();
    const isLoaded = (name: string): boolean => fake.source.isLoaded(sid(name));
    expect(isLoaded(USER)).toBe(false);
    for (const hive of [USER, 'S-1-5-18']) fake.registry.put(fake.registry.users, hive, fakeKey());
    expect([isLoaded(USER), isLoaded('S-1-5-18')]).toEqual([true, false]);
    fake.registry.put(fake.registry.users, USER, { ...fakeKey(), error: 5 });
    expect(() => isLoaded(USER)).toThrow(expect.objectContaining({ code: 'EPM_POLICY_UNREADABLE' }));
    expect(fake.registry.open.size).toBe(0);
  });

  it('finds a fault when the device policy is there and cannot be read, and reads those of users as ever', async () => {
    const fake = new FakeWindows();
    fake.registry.put(fake.registry.machine, KEY, { ...fakeKey(), error: 5 });
    fake.registry.put(fake.registry.users, `${USER}\\${KEY}`, fakeKey({}, rules));
    expect([...(await fake.faults())]).toMatchObject([
      ['device', { code: 'EPM_POLICY_UNREADABLE', data: { win32: 5 } }],
    ]);
    expect((await fake.policies()).map(({ scope }) => scope.kind)).toEqual(['user']);
  });

  it('does not trust a device policy that users may write', async () => {
    const fake = new FakeWindows();
    const open = descriptor('S-1-5-18', [
      [0, 0, FULL, 'S-1-5-32-544'],
      [0, 0, SET_VALUE, 'S-1-5-32-545'],
    ]);
    fake.registry.put(fake.registry.machine, KEY, { ...fakeKey(), security: open });
    expect((await fake.faults()).get('device')).toMatchObject({
      code: 'EPM_POLICY_UNREADABLE',
      data: { writer: 'S-1-5-32-545' },
    });
  });

  it.each([
    ['the user owns the key', { key: descriptor(USER, [[0, 0, FULL, 'S-1-5-18']]) }],
    ['the user may write the key', { key: descriptor('S-1-5-18', [[0, 0, SET_VALUE, USER]]) }],
    ['everyone may write a list', { list: descriptor('S-1-5-18', [[0, 0, SET_VALUE, 'S-1-1-0']]) }],
    ['the user may write the parent', { parent: descriptor('S-1-5-18', [[0, 0, 0x4, USER]]) }],
    ['the key has no DACL', { key: descriptor('S-1-5-18', null) }],
  ])(
    'leaves a user’s policy out when %s',
    async (_why, where: { key?: Uint8Array; list?: Uint8Array; parent?: Uint8Array }) => {
      const fake = new FakeWindows();
      const list = { ...fakeKey({ Tool: text('{}') }), security: where.list ?? TRUSTED_DESCRIPTOR };
      fake.registry.put(fake.registry.machine, KEY, fakeKey({}, rules));
      fake.registry.put(fake.registry.users, `${USER}\\${KEY}`, {
        ...fakeKey({}, { Rules: list }),
        security: where.key ?? TRUSTED_DESCRIPTOR,
      });
      const parent = fake.registry.find(fake.registry.users, `${USER}\\Software\\Policies`);
      if (parent !== undefined && where.parent !== undefined) parent.security = where.parent;
      expect((await fake.policies()).map(({ scope }) => scope.kind)).toEqual(['device']);
      expect((await fake.faults()).get(USER)).toMatchObject({
        code: 'EPM_POLICY_UNREADABLE',
        hint: expect.stringMatching(/\S/) as string,
      });
    },
  );

  it('finds a fault in the policy of a user, and reads the device’s as ever', async () => {
    const fake = new FakeWindows();
    fake.registry.put(fake.registry.machine, KEY, fakeKey({}, rules));
    fake.registry.put(fake.registry.users, `${USER}\\${KEY}`, { ...fakeKey(), error: 5 });
    expect((await fake.policies()).map(({ scope }) => scope.kind)).toEqual(['device']);
    expect([...(await fake.faults())]).toMatchObject([[USER, { code: 'EPM_POLICY_UNREADABLE', data: { win32: 5 } }]]);
    expect(fake.registry.open.size).toBe(0);
  });

  it('throws when the users cannot be listed: some may have policies', async () => {
    const fake = new FakeWindows();
    fake.registry.users.error = 5;
    await expect(fake.source.read()).rejects.toMatchObject({ code: 'EPM_POLICY_UNREADABLE', data: { win32: 5 } });
  });

  it('watches the device, the profile list and each loaded hive, and follows hives that come and go', () => {
    const fake = new FakeWindows();
    let changes = 0;
    const stop = fake.source.watch(() => (changes += 1));
    expect([...fake.watched.values()]).toContain(KEY);
    fake.fire(KEY);
    expect(changes).toBe(1);
    fake.registry.put(fake.registry.users, USER, fakeKey());
    const profiles = [...fake.watched.values()].find((name) => name.endsWith('ProfileList')) ?? '';
    fake.fire(profiles);
    expect(changes).toBe(2);
    expect([...fake.watched.values()]).toContain(`${USER}\\${KEY}`);
    fake.fire(`${USER}\\${KEY}`);
    expect(changes).toBe(3);
    fake.registry.users.keys.delete(USER);
    fake.fire(profiles);
    expect([...fake.watched.values()]).not.toContain(`${USER}\\${KEY}`);
    stop();
    expect(fake.watched.size).toBe(0);
  });

  it('looks for a hive again for a minute after the profile list changed, and then no more', () => {
    vi.useFakeTimers();
    try {
      const fake = new FakeWindows();
      let changes = 0;
      const stop = fake.source.watch(() => (changes += 1));
      const profiles = [...fake.watched.values()].find((name) => name.endsWith('ProfileList')) ?? '';
      fake.fire(profiles);
      vi.advanceTimersByTime(59_000);
      expect(changes).toBe(0);
      fake.registry.put(fake.registry.users, USER, fakeKey());
      vi.advanceTimersByTime(1_000);
      expect(changes).toBe(1);
      expect([...fake.watched.values()]).toContain(`${USER}\\${KEY}`);
      expect(vi.getTimerCount()).toBe(0);
      // A storm of changes of the list leaves no more to do than one.
      for (let index = 0; index < 100; index++) fake.fire(profiles);
      expect(vi.getTimerCount()).toBe(3);
      stop();
      expect(vi.getTimerCount()).toBe(0);
      expect(fake.watched.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
