import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { PolicySourceStates } from '../../../src/agent/policy-source-states.ts';
import type { PolicySourceReading } from '../../../src/agent/ports.ts';
import { RETENTION } from '../../../src/agent/retention.ts';
import type { Sid } from '../../../src/model/brands.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { PolicyDocument, PolicyScope } from '../../../src/model/policy.ts';
import { start } from './started.ts';
import { administrator, ALICE, BOB, caller, SETUP, FakeMachine, context } from './fake-machine.ts';

const DENY_SETUP = { name: 'No setup', type: 'deny' as const, fileName: 'setup.exe' };
const ADMINISTRATOR = administrator();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function ofUser(user: Sid, more: Partial<PolicyDocument> = {}): PolicyDocument {
  return { id: 'user', scope: { kind: 'user', sid: user }, rules: [DENY_SETUP], rejected: [], ...more };
}

function unreadable(key: string): EpmError {
  return new EpmError('EPM_POLICY_UNREADABLE', `The policy in ${key} cannot be read.`);
}

function incomplete(): EpmError {
  return new EpmError('EPM_POLICY_INCOMPLETE', 'What is there does not fit its PolicyDigest.');
}

describe('a fault of the device’s policy', () => {
  it('does not hide what is delivered to a user meanwhile', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, changed, outcome } = await start(machine);
    expect(await outcome()).toBe('started');
    machine.deviceFault = unreadable('HKLM');
    await changed();
    expect(await outcome()).toBe('started');
    // The user signs in, and the hive comes with a policy.
    machine.policies = [...machine.policies, ofUser(ALICE)];
    await changed();
    expect(await outcome()).toBe('denied');
    expect(await outcome(caller({ user: BOB }))).toBe('started');
    for (const who of [caller(), caller({ user: BOB })]) {
      expect(agent.status(who)).toMatchObject({
        state: 'degraded',
        warnings: [
          {
            code: 'policyFault',
            message: expect.stringMatching(/EPM_POLICY_UNREADABLE.*HKLM.*last good policy stays in force/),
            data: { errorCode: 'EPM_POLICY_UNREADABLE', lastGood: true },
          },
        ],
      });
    }
    await agent.stop();
  });

  it('is tried again sooner by a build for the test bed only, and its status says so', async () => {
    for (const isTestBuild of [false, true]) {
      const machine = new FakeMachine().withRule();
      machine.build = { isWine: true, isTestBuild };
      machine.deviceFault = unreadable('HKLM');
      const { agent, advance } = await start(machine);
      machine.deviceFault = undefined;
      await advance(2_000);
      expect(agent.status(caller()).state).toBe(isTestBuild ? 'running' : 'degraded');
      const [{ code, message } = { code: '', message: '' }] = agent.status(caller()).warnings;
      expect([code, message.includes('waits and limits')]).toEqual(
        isTestBuild ? ['testBuild', true] : ['notWindows', false],
      );
      await agent.stop();
    }
  });

  it('AC-77 at the start of the agent puts nothing into force, whatever users are allowed', async () => {
    const machine = new FakeMachine().withRule();
    machine.policies = machine.policies.map((policy) => ({ ...policy, scope: { kind: 'user', sid: ALICE } }));
    machine.deviceFault = unreadable('HKLM');
    const { agent, advance, outcome } = await start(machine);
    expect(await outcome()).toBe('notManaged');
    expect(agent.policy(caller())).toMatchObject({ rules: [], fault: { code: 'EPM_POLICY_UNREADABLE' } });
    expect(agent.policy(caller())).not.toHaveProperty('lastRead');
    machine.deviceFault = undefined;
    await advance(30_000);
    expect(await outcome()).toBe('started');
    await agent.stop();
  });
});

describe('a fault of a user’s policy', () => {
  it('keeps the user’s last good one and the rest of the policy, with a record and a status that name it', async () => {
    const machine = new FakeMachine().withRule();
    machine.policies = [...machine.policies, ofUser(ALICE)];
    const { agent, advance, changed, outcome } = await start(machine);
    machine.userFaults.set(ALICE, unreadable('HKU'));
    machine.policies = [
      { ...machine.policies[0]!, rules: [...machine.policies[0]!.rules, { ...DENY_SETUP, name: 'New' }] },
    ];
    await changed();
    expect(agent.policy(caller()).rules.map(({ name }) => name)).toEqual(['Setup', 'New', 'No setup']);
    expect(await outcome()).toBe('denied');
    expect(machine.records().filter(({ event }) => event === 'policyFault')).toMatchObject([
      { userSid: ALICE, errorCode: 'EPM_POLICY_UNREADABLE', message: 'The policy in HKU cannot be read.' },
    ]);
    expect(machine.log.find(({ event }) => event === 'userPolicyNotUsed')).toMatchObject({
      level: 'error',
      data: { userSid: ALICE },
    });
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      policyFaultAge: 0,
      warnings: [
        {
          code: 'policyFault',
          message: expect.stringMatching(/\(EPM_POLICY_UNREADABLE\): The policy in HKU .*last good policy stays/),
          data: { lastGood: true },
        },
      ],
    });
    const read = agent.policy(caller()).lastRead;
    await advance(60_000);
    expect(agent.policy(caller()).lastRead).toBe(read);
    expect(agent.policy(caller({ user: BOB })).lastRead).not.toBe(read);
    // Others learn nothing of it but administrators, and theirs goes on.
    expect(agent.status(caller({ user: BOB }))).toMatchObject({ state: 'running', warnings: [] });
    expect(agent.status(ADMINISTRATOR)).toMatchObject({
      state: 'degraded',
      warnings: [
        {
          code: 'otherUserPolicyFault',
          message: `The policy of the user ${ALICE} cannot be used (EPM_POLICY_UNREADABLE): The policy in HKU cannot be read.`,
          data: { userSid: ALICE, errorCode: 'EPM_POLICY_UNREADABLE' },
        },
      ],
    });
    await agent.stop();
  });

  it('AC-77 at the start of the agent puts nothing into force for the user, and for others all there is', async () => {
    const machine = new FakeMachine().withRule();
    machine.userFaults.set(ALICE, unreadable('HKU'));
    const { agent, advance, outcome } = await start(machine);
    expect(await outcome()).toBe('notManaged');
    const report = agent.policy(caller());
    expect(report).toMatchObject({
      rules: [],
      settings: { clientState: 'noPolicy' },
      fault: { code: 'EPM_POLICY_UNREADABLE' },
    });
    expect(report.settingSources.every(({ source }) => source === 'builtIn')).toBe(true);
    expect(report).not.toHaveProperty('lastRead');
    expect(agent.status(caller()).warnings).toMatchObject([
      {
        code: 'policyFault',
        message: expect.stringMatching(/Nothing is elevated until it can\.$/),
        data: { lastGood: false },
      },
    ]);
    expect(await agent.test(caller(), { path: SETUP }, context().value)).toMatchObject({ outcome: 'notManaged' });
    expect(await outcome(caller({ user: BOB }))).toBe('started');

    // The hive turns out to hold no policy at all.
    machine.userFaults.delete(ALICE);
    await advance(30_000);
    expect(await outcome()).toBe('started');
    // What is in force for others is what it was.
    expect(agent.policy(caller()).since).toBe(report.since);
    expect(agent.status(caller())).toMatchObject({ state: 'running', warnings: [] });
    await agent.stop();
  });

  it('that comes when the user had no policy leaves the user without one', async () => {
    const machine = new FakeMachine().withRule();
    machine.policies = [...machine.policies, ofUser(ALICE, { rules: [] })];
    const { agent, changed, outcome } = await start(machine);
    machine.userFaults.set(ALICE, unreadable('HKU'));
    await changed();
    expect(await outcome()).toBe('started');
    await agent.stop();
  });

  it('is forgotten with the user’s hive', async () => {
    const machine = new FakeMachine().withRule();
    machine.userFaults.set(ALICE, unreadable('HKU'));
    const { agent, changed, outcome } = await start(machine);
    machine.userFaults.delete(ALICE);
    await changed();
    expect(await outcome()).toBe('started');
    expect(machine.events().slice(-2)).not.toContain('policyChanged');
    await agent.stop();
  });

  it('is looked at again by itself, ever more rarely, and told once', async () => {
    const machine = new FakeMachine().withRule();
    machine.policies = [...machine.policies, ofUser(ALICE)];
    const { agent, advance, reads, changed } = await start(machine);
    machine.userFaults.set(ALICE, unreadable('HKU'));
    await changed();
    const times: number[] = [];
    const begin = machine.monotonic;
    for (let seconds = 0, before = reads(); seconds < 3_600; seconds += 10) {
      await advance(10_000);
      if (reads() !== before) times.push((machine.monotonic - begin) / 1_000);
      before = reads();
    }
    expect(times).toEqual([30, 90, 210, 450, 930, 1530, 2130, 2730, 3330]);
    expect(machine.events().filter((event) => event === 'policyFault')).toHaveLength(1);
    // A change begins anew, and the repair is found without one.
    await changed();
    machine.userFaults.delete(ALICE);
    await advance(30_000);
    expect(agent.status(caller())).toMatchObject({ state: 'running', warnings: [] });
    expect(machine.records().at(-1)?.message).toMatch(/can be read again/);
    const after = reads();
    await advance(3_600_000);
    expect(reads()).toBe(after);
    await agent.stop();
  });

  it('is nothing to an agent that was stopped while it read', async () => {
    const machine = new FakeMachine().withRule();
    const ports = machine.ports();
    let finish: (result: 'good' | 'bad') => void = () => undefined;
    let first = true;
    const policies = {
      ...ports.policies,
      read: async () => {
        if (first) {
          first = false;
          return ports.policies.read();
        }
        if ((await new Promise((resolve) => (finish = resolve))) === 'bad') throw unreadable('HKLM');
        return ports.policies.read();
      },
    };
    for (const result of ['good', 'bad'] as const) {
      first = true;
      const agent = await createAgent({ ...ports, policies }, { version: '1', processId: 1 });
      machine.addPolicy([]);
      machine.changed?.();
      await vi.advanceTimersByTimeAsync(200);
      const stopped = agent.stop();
      await vi.advanceTimersByTimeAsync(0);
      await stopped;
      const before = machine.log.length;
      finish(result);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(machine.log.slice(before)).toEqual([]);
      expect(machine.events().at(-1)).toBe('agentStopped');
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it('does not begin the time after which data is removed: the policy may enable EPM', async () => {
    const machine = new FakeMachine();
    machine.state = { phase: 'active' };
    machine.userFaults.set(ALICE, unreadable('HKU'));
    const { agent, advance } = await start(machine);
    await advance(RETENTION);
    expect(agent.status(caller())).not.toHaveProperty('dataRemoval');
    await agent.stop();
  });
});

describe('a user who has just signed in, before anything tells so', () => {
  it('is denied by their own policy at the first request', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, outcome, reads } = await start(machine);
    expect(await outcome()).toBe('started');
    expect(reads()).toBe(1);
    machine.policies = [...machine.policies, ofUser(ALICE)];
    expect(await outcome()).toBe('denied');
    expect((await agent.test(caller(), { path: SETUP }, context().value)).outcome).toBe('denied');
    expect(reads()).toBe(2);
    await agent.stop();
  });

  it('is read once for requests that come together', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, outcome, reads } = await start(machine);
    machine.policies = [...machine.policies, ofUser(ALICE)];
    expect(await Promise.all([outcome(), outcome(), outcome()])).toEqual(['denied', 'denied', 'denied']);
    expect(reads()).toBe(2);
    await agent.stop();
  });

  it('gets nothing while the user’s policy cannot be read, or it is not known what is there', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, outcome } = await start(machine);
    machine.userFaults.set(ALICE, unreadable('HKU'));
    machine.policyFault = unreadable('the list of users');
    await expect(outcome()).rejects.toMatchObject({
      code: 'EPM_POLICY_UNREADABLE',
      hint: expect.any(String) as string,
    });
    expect(machine.processes).toEqual([]);
    machine.policyFault = undefined;
    expect(await outcome()).not.toBe('started');
    await agent.stop();
  });
});

it('a reading that takes long never replaces what was read after it', async () => {
  const machine = new FakeMachine().withRule();
  const ports = machine.ports();
  const waits = [0, 5_000, 0];
  const policies = {
    ...ports.policies,
    read: async () => {
      const found = await ports.policies.read();
      const wait = waits.shift() ?? 0;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      return found;
    },
  };
  const agent = await createAgent({ ...ports, policies }, { version: '1', processId: 1 });
  machine.changed?.();
  await vi.advanceTimersByTimeAsync(1_000);
  machine.policies = [{ ...machine.policies[0]!, rules: [DENY_SETUP] }];
  machine.changed?.();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(agent.policy(caller()).rules).toMatchObject([{ type: 'deny' }]);
  await agent.stop();
});

it('a policy of one user that enables EPM keeps the agent’s data', async () => {
  const machine = new FakeMachine();
  const enabled = { settings: { enabled: true } };
  machine.policies = [ofUser(ALICE, enabled)];
  const { agent, advance, changed } = await start(machine);
  expect(machine.state).toEqual({ phase: 'active', users: [ALICE] });
  await advance(RETENTION);
  expect(agent.status(caller())).toMatchObject({ clientState: 'enabled' });
  expect(agent.status(caller())).not.toHaveProperty('dataRemoval');
  // The user signs out, and comes back to a policy that says nothing any more.
  machine.policies = [];
  await changed();
  await advance(RETENTION);
  expect(agent.status(caller())).not.toHaveProperty('dataRemoval');
  machine.policies = [ofUser(ALICE, { settings: { enabled: false } })];
  await changed();
  expect(agent.status(caller())).toHaveProperty('dataRemoval');
  await agent.stop();
});

it('a reading that fails as a whole clears no fault and forgets no policy', async () => {
  const machine = new FakeMachine().withRule();
  machine.policies = [...machine.policies, ofUser(ALICE)];
  const { agent, changed, outcome } = await start(machine);
  machine.userFaults.set(ALICE, unreadable('HKU'));
  await changed();
  machine.policyFault = unreadable('the list of users');
  await changed();
  expect(await outcome()).toBe('denied');
  expect(agent.policy(caller()).fault?.message).toContain('list of users');
  expect(agent.status(ADMINISTRATOR).warnings).toHaveLength(2);
  machine.userFaults.set(BOB, unreadable('own policy'));
  machine.policyFault = undefined;
  await changed();
  expect(agent.status(ADMINISTRATOR).warnings).toMatchObject([
    { code: 'policyFault', message: expect.stringMatching(/^The delivered policy .*own policy/) },
    { code: 'otherUserPolicyFault', data: { userSid: ALICE } },
  ]);
  await agent.stop();
});

it('in every order of faults and deliveries, each source counts as it was when it was last good', () => {
  const scopes: readonly PolicyScope[] = [{ kind: 'device' }, { kind: 'user', sid: ALICE }, { kind: 'user', sid: BOB }];
  const state = fc.constantFrom('policy', 'whole', 'half', 'none', 'fault', 'gone');
  fc.assert(
    fc.property(fc.array(fc.tuple(state, state, state), { maxLength: 12 }), (steps) => {
      let states = PolicySourceStates.unknown;
      const good = new Map<PolicyScope, { readonly policies: readonly PolicyDocument[]; readonly isWhole: boolean }>();
      steps.forEach((step, index) => {
        const found = scopes.flatMap((scope, at): PolicySourceReading[] => {
          const what = step[at];
          if (what === 'gone' && scope.kind === 'user') {
            good.delete(scope);
            return [];
          }
          if (what === 'fault') return [{ scope, fault: unreadable(scope.kind) }];
          if (what === 'half') return [{ scope, fault: incomplete() }];
          const isWhole = what === 'whole';
          const id = isWhole || what === 'policy' ? what : undefined;
          const policies = id === undefined ? [] : [{ id: `${id}${index}`, scope, rules: [], rejected: [] }];
          // A device policy that vanishes stays for a while, as does one that had a digest and has none; no time passes here.
          const before = good.get(scope) ?? { policies: [], isWhole: false };
          const vanishes = scope.kind === 'device' && policies.length === 0 && before.policies.length > 0;
          if (isWhole || !(vanishes || before.isWhole)) good.set(scope, { policies, isWhole });
          return [{ scope, policies, ...(isWhole ? { isWhole } : {}) }];
        });
        states = states.next(found, { now: index, monotonic: 0, changed: 0 });
        const device = good.get(scopes[0]!);
        expect(states.documents).toEqual(
          device === undefined ? undefined : scopes.flatMap((scope) => good.get(scope)?.policies ?? []),
        );
        for (const [at, user] of [
          [1, ALICE],
          [2, BOB],
        ] as const) {
          const isGood = good.has(scopes[at]!);
          const isFault = step[at] === 'fault' || (step[at] === 'half' && !isGood);
          expect(states.withheld.has(user)).toBe(isFault && !isGood);
          if (isFault) expect(states.faults.has(user)).toBe(true);
        }
      });
    }),
    { numRuns: 500 },
  );
});

describe('the place that the machine has for a user', () => {
  const scope = { kind: 'user', sid: ALICE } as const;
  const place = (more: Partial<PolicyDocument>): PolicySourceReading => ({
    scope,
    place: 'machine',
    policies: [ofUser(ALICE, more)],
  });

  it('counts beside the hive, before the user ever signed in and after they signed out', async () => {
    const machine = new FakeMachine().withRule();
    machine.machinePlaces = [place({})];
    const { changed, outcome, agent } = await start(machine);
    expect(await outcome()).toBe('denied');
    expect(await outcome(caller({ user: BOB }))).toBe('started');
    machine.policies = [...machine.policies, ofUser(ALICE, { rules: [] })];
    await changed();
    expect(await outcome()).toBe('denied');
    machine.machinePlaces = [];
    await changed();
    expect(await outcome()).toBe('started');
    await agent.stop();
  });

  it('keeps its last good policy when it cannot be read, and what the hive says counts on', async () => {
    const machine = new FakeMachine().withRule();
    machine.machinePlaces = [place({})];
    const { changed, outcome, agent } = await start(machine);
    machine.machinePlaces = [{ scope, place: 'machine', fault: unreadable('HKLM\\…\\Users') }];
    await changed();
    expect(await outcome()).toBe('denied');
    expect(agent.status(caller()).warnings).toMatchObject([{ code: 'policyFault', data: { lastGood: true } }]);
    expect(agent.status(caller({ user: BOB })).state).toBe('running');
    machine.machinePlaces = [place({ rules: [] })];
    machine.policies = [...machine.policies, ofUser(ALICE)];
    await changed();
    expect(await outcome()).toBe('denied');
    machine.userFaults.set(ALICE, unreadable('HKU'));
    machine.machinePlaces = [];
    await changed();
    expect(await outcome()).toBe('denied');
    await agent.stop();
  });

  it('AC-77 puts nothing into force for the user while it was never good, whatever the hive says', async () => {
    const machine = new FakeMachine().withRule();
    machine.policies = [...machine.policies, ofUser(ALICE, { rules: [] })];
    machine.machinePlaces = [{ scope, place: 'machine', fault: unreadable('HKLM\\…\\Users') }];
    const { outcome, agent } = await start(machine);
    expect(await outcome()).toBe('notManaged');
    expect(await outcome(caller({ user: BOB }))).toBe('started');
    await agent.stop();
  });

  it('AC-77 does not vanish for a moment while its key, or that of the device, is replaced', () => {
    const whole = { ...place({}), isWhole: true as const };
    const device: PolicySourceReading = {
      scope: { kind: 'device' },
      policies: [{ ...ofUser(ALICE), scope: { kind: 'device' } }],
    };
    const at = (seconds: number) => ({ now: 0, monotonic: seconds * 1000, changed: seconds * 1000 });
    const has = (states: PolicySourceStates) => states.documents?.some((document) => document.scope.kind === 'user');
    const good = PolicySourceStates.unknown.next([device, whole], at(0));
    const gone = good.next([device], at(1));
    expect([has(good), has(gone), gone.due]).toEqual([true, true, 11_000]);
    expect(has(gone.next([device], { ...at(11), changed: 1000 }))).toBe(false);
    const keyGone = PolicySourceStates.unknown
      .next([device, place({})], at(0))
      .next([{ scope: { kind: 'device' }, policies: [] }], at(299));
    expect(has(keyGone)).toBe(true);
    expect(has(keyGone.next([{ scope: { kind: 'device' }, policies: [] }], at(700)))).toBe(false);
  });
});

describe('a source that carries a digest', () => {
  const DEVICE: PolicyScope = { kind: 'device' };
  const OLD = [{ id: 'old', scope: DEVICE, rules: [DENY_SETUP], rejected: [] }];
  const NEW = [{ id: 'new', scope: DEVICE, rules: [], rejected: [] }];
  const half: PolicySourceReading = { scope: DEVICE, fault: incomplete() };
  const whole = (policies: readonly PolicyDocument[]): PolicySourceReading => ({
    scope: DEVICE,
    policies,
    isWhole: true,
  });
  const bare = (policies: readonly PolicyDocument[]): PolicySourceReading => ({ scope: DEVICE, policies });
  const at = (monotonic: number, changed = monotonic, isBusy = false) => ({ now: 0, monotonic, changed, isBusy });
  const good = PolicySourceStates.unknown.next([whole(OLD)], at(0));

  it('keeps its last good policy however long the next one takes, and counts it the moment that it is whole', () => {
    let states = good;
    for (let seconds = 1; seconds <= 3600; seconds += 1) {
      states = states.next([half], at(seconds * 1000));
      expect(states.documents).toEqual(OLD);
    }
    states = states.with([whole(NEW)], at(3_600_001, 3_600_001, true));
    expect([states.documents, states.faults.size, states.due]).toEqual([NEW, 0, undefined]);
  });

  it('is told to be incomplete after ten seconds, while the last good policy holds', () => {
    const early = good.next([half], at(1000));
    expect([early.faults.size, early.due]).toEqual([0, 11_000]);
    expect(early.next([half], at(10_999)).faults.size).toBe(0);
    const late = early.next([half], at(11_000));
    expect([...late.faults.values()]).toMatchObject([{ code: 'EPM_POLICY_INCOMPLETE' }]);
    expect([late.documents, late.due]).toEqual([OLD, undefined]);
    expect(late.next([half], at(99_000)).faults.size).toBe(1);
  });

  it('AC-77 puts nothing into force when nothing good is known of it, and says so at once', () => {
    const states = PolicySourceStates.unknown.next([half], at(0));
    expect([states.documents, states.faults.size]).toEqual([undefined, 1]);
    const scope: PolicyScope = { kind: 'user', sid: ALICE };
    const withUser = good.next([whole(OLD), { scope, fault: incomplete() }], at(0));
    expect([withUser.documents, [...withUser.withheld], withUser.faults.size]).toEqual([OLD, [ALICE], 1]);
  });

  it.each([
    ['its values', NEW],
    ['everything but its key', [{ id: 'device', scope: DEVICE, rules: [], rejected: [] }]],
  ])('that loses its digest and %s keeps the last good policy for ten seconds without a change', (_what, left) => {
    let states = good;
    // One value goes each nine seconds.
    for (const seconds of [1, 10, 19, 28]) states = states.next([bare(left)], at(seconds * 1000));
    expect([states.documents, states.due]).toEqual([OLD, 38_000]);
    expect(states.next([bare(left)], at(37_999, 28_000)).documents).toEqual(OLD);
    expect(states.next([bare(left)], at(38_000, 28_000)).documents).toEqual(left);
    expect(states.next([half], at(38_000, 37_000)).documents).toEqual(OLD);
  });

  it('that loses its digest does not count while changes go on, which is told', () => {
    let states = good;
    for (let seconds = 1; seconds <= 600; seconds += 1) {
      states = states.next([bare(NEW)], at(seconds * 1000));
      expect([states.documents, states.faults.size]).toEqual([OLD, seconds < 11 ? 0 : 1]);
    }
    states = states.next([bare(NEW)], at(610_000, 600_000));
    expect([states.documents, states.faults.size]).toEqual([NEW, 0]);
  });

  it('that is of a user keeps the last good policy, too, when its key is replaced', () => {
    const scope: PolicyScope = { kind: 'user', sid: ALICE };
    const mine = [{ id: 'mine', scope, rules: [DENY_SETUP], rejected: [] }];
    const before = good.next([whole(OLD), { scope, policies: mine, isWhole: true }], at(0));
    const gone = before.next([whole(OLD), { scope, policies: [] }], at(1000));
    expect(gone.documents).toEqual([...OLD, ...mine]);
    expect(gone.next([whole(OLD), { scope, policies: [] }], at(11_000, 1000)).documents).toEqual(OLD);
  });

  it('does not wait for one that carries none, nor the other way round', () => {
    const scope: PolicyScope = { kind: 'user', sid: ALICE };
    const of = (id: string) => [{ id, scope, rules: [], rejected: [] }];
    const before = good.next([whole(OLD), { scope, policies: of('a') }], at(0));
    const busy = before.next([whole(NEW), { scope, policies: of('b') }], at(1000, 1000, true));
    expect(busy.documents).toEqual([...NEW, ...of('a')]);
    expect(busy.next([half, { scope, policies: of('b') }], at(2000)).documents).toEqual([...NEW, ...of('b')]);
  });
});
