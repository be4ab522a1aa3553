import { describe, expect, it, vi } from 'vitest';
import { sid } from '../../../src/model/brands.ts';
import { policyDigest } from '../../../src/policy/declaration/policy-digest.ts';
import { writePolicy } from '../../../src/policy/registry/registry-policy.ts';
import { FakeWindows } from './fake-policy-source.ts';
import { descriptor, fakeKey, number, text, TRUSTED_DESCRIPTOR } from './fake-registry.ts';

const KEY = 'Software\\Policies\\EPM';
const USER = 'S-1-5-21-1-2-3-1001';
const FULL = 0xf003f;
const SET_VALUE = 0x2;
const rules = { Rules: fakeKey({ Tool: text(JSON.stringify({ type: 'deny', fileName: 'tool.exe' })) }) };

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

  it('takes a policy with a digest when its content fits, and half of one never', async () => {
    const fake = new FakeWindows();
    const tool = JSON.stringify({ type: 'deny', fileName: 'tool.exe' });
    const { values } = writePolicy({
      id: 'device',
      scope: { kind: 'device' },
      settings: { enabled: true },
      rules: [{ name: 'Tool', type: 'deny', fileName: 'tool.exe' }],
      rejected: [],
    });
    const digest = text(String(values[0]?.data));
    const put = (more: object, lists = {}) =>
      fake.registry.put(fake.registry.machine, KEY, fakeKey({ EnableEPM: number(1), ...more }, lists));
    put({ PolicyDigest: digest });
    expect(await fake.source.readDigested()).toMatchObject([{ fault: { code: 'EPM_POLICY_INCOMPLETE' } }]);
    expect(await fake.source.read()).toMatchObject([
      { fault: { code: 'EPM_POLICY_INCOMPLETE', data: { key: `HKLM\\${KEY}` } } },
    ]);
    put({ PolicyDigest: digest }, { Rules: fakeKey({ Tool: text(tool) }) });
    expect(await fake.source.readDigested()).toMatchObject([
      { isWhole: true, policies: [{ rules: [{ name: 'Tool' }] }] },
    ]);
    put({}, { Rules: fakeKey({ Tool: text(tool) }) });
    expect(await fake.source.readDigested()).toEqual([]);
    expect((await fake.source.read())[0]).not.toHaveProperty('isWhole');
  });

  it('reads the machine once for each digest while changes go on, and the hive of a user as often as it changes', async () => {
    const fake = new FakeWindows();
    const place = (digest: string, name: string) =>
      fakeKey({ PolicyDigest: text(digest) }, { Rules: fakeKey({ [name]: text(JSON.stringify({ type: 'deny' })) }) });
    const digestOf = (name: string) =>
      policyDigest({
        values: [],
        subkeys: [{ name: 'Rules', key: { values: [{ name, type: 'REG_SZ', data: '{"type":"deny"}' }], subkeys: [] } }],
      });
    const { machine, users } = fake.registry;
    const putAll = (digest: string, name: string): void => {
      fake.registry.put(machine, KEY, place(digest, name));
      fake.registry.put(machine, `${KEY}\\Users\\${USER}`, place(digest, name));
      fake.registry.put(users, `${USER}\\${KEY}`, place(digest, name));
    };
    const early = async () =>
      (await fake.source.readDigested()).map((reading) => [
        reading.scope.kind === 'device' ? 'device' : (reading.place ?? 'hive'),
        'fault' in reading ? reading.fault.code : 'good',
      ]);
    putAll(digestOf('One'), 'One');
    const allGood = [
      ['device', 'good'],
      ['machine', 'good'],
      ['hive', 'good'],
    ];
    expect(await early()).toEqual(allGood);
    putAll(digestOf('One'), 'Two');
    expect(await early()).toEqual([['hive', 'EPM_POLICY_INCOMPLETE']]);
    // The reading after the changes looks at everything, and until it is whole again it is read at every change.
    expect([...(await fake.faults())].map(([, { code }]) => code)).toEqual(Array(2).fill('EPM_POLICY_INCOMPLETE'));
    expect((await early()).map(([, code]) => code)).toEqual(Array(3).fill('EPM_POLICY_INCOMPLETE'));
    putAll(digestOf('Two'), 'Two');
    expect(await early()).toEqual(allGood);
  });

  it('reads policies with a digest although the key of another user cannot be read', async () => {
    const fake = new FakeWindows();
    fake.registry.put(fake.registry.machine, KEY, fakeKey({ PolicyDigest: text('x') }, rules));
    fake.registry.put(fake.registry.users, `${USER}\\${KEY}`, { ...fakeKey(), error: 5 });
    expect(await fake.source.readDigested()).toMatchObject([{ scope: { kind: 'device' } }]);
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

  it('reads the place that the machine has for a user, signed in or not, as one that is confirmed', async () => {
    const fake = new FakeWindows();
    fake.registry.put(fake.registry.machine, `${KEY}\\Users\\${USER}`, fakeKey({ EnableEPM: number(1) }, rules));
    const [device, place] = await fake.source.read();
    expect(device).toMatchObject({ scope: { kind: 'device' }, policies: [{ rules: [] }] });
    expect(place).toMatchObject({
      scope: { kind: 'user', sid: USER },
      place: 'machine',
      policies: [{ scope: { kind: 'user', sid: USER }, settings: { enabled: true }, rules: [{ name: 'Tool' }] }],
    });
    expect((await fake.policies()).every(({ trust }) => trust === undefined)).toBe(true);
    expect(fake.registry.open.size).toBe(0);
  });

  it.each([
    ['users may write the place', [`${KEY}\\Users\\${USER}`]],
    ['users may write a list in it', [`${KEY}\\Users\\${USER}\\Rules`]],
    ['users may write the key of the places', [`${KEY}\\Users`]],
    ['users may write the key of the device', [KEY, 'device']],
    ['users may write the key above', ['Software\\Policies', 'device']],
  ])('AC-72 does not use the place of a user when %s', async (_why, [key = '', device]) => {
    const fake = new FakeWindows();
    fake.registry.put(fake.registry.machine, KEY, fakeKey({}, rules));
    fake.registry.put(fake.registry.machine, `${KEY}\\Users\\${USER}`, fakeKey({}, { Rules: fakeKey() }));
    const loose = fake.registry.find(fake.registry.machine, key);
    if (loose !== undefined) loose.security = descriptor('S-1-5-18', [[0, 0, SET_VALUE, 'S-1-5-32-545']]);
    const faults = await fake.faults();
    expect(faults.get(USER)).toMatchObject({ code: 'EPM_POLICY_UNREADABLE', data: { writer: 'S-1-5-32-545' } });
    // The device's own policy does not suffer from what lies in the place of a user.
    expect(faults.has('device')).toBe(device !== undefined);
  });

  it('says of what is no place of a user that it has no effect', async () => {
    const fake = new FakeWindows();
    fake.registry.put(
      fake.registry.machine,
      `${KEY}\\Users`,
      fakeKey({ Odd: number(1) }, { 'S-1-5-18': fakeKey({}, rules) }),
    );
    const [device, ...others] = await fake.policies();
    expect(device?.problems).toMatchObject([
      { code: 'unknownMember', place: { registry: 'Users\\Odd' } },
      { code: 'unknownMember', place: { registry: 'Users\\S-1-5-18' } },
    ]);
    expect(others).toEqual([]);
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
    const records = [...fake.watched.values()].filter(
      (name) => name.startsWith('SOFTWARE\\Microsoft') && name.includes(USER),
    );
    expect(records).toHaveLength(2);
    for (const key of records) fake.fire(key);
    expect(changes).toBe(5);
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
