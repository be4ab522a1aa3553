import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { start } from './started.ts';
import { BOB, caller, context, FakeMachine, SETUP } from './fake-machine.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a change of policy', () => {
  it('is read once after a burst, and in force within a second', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance, reads } = await start(machine);
    const before = agent.policy(caller());
    machine.addPolicy([]);
    for (let index = 0; index < 10; index++) machine.changed?.();
    await advance(199);
    expect(reads()).toBe(1);
    await advance(1);
    expect(reads()).toBe(2);
    expect(agent.policy(caller()).digest).not.toBe(before.digest);
    expect(machine.events().slice(-1)).toEqual(['policyChanged']);
    await agent.stop();
  });

  it('is read although changes never stop', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance, reads } = await start(machine);
    for (let index = 0; index < 11; index++) {
      machine.changed?.();
      await advance(100);
    }
    expect(reads()).toBe(2);
    await agent.stop();
  });

  it('that changes nothing is not recorded, whatever the order of delivery', async () => {
    const machine = new FakeMachine().withRule();
    machine.addPolicy([]);
    const { agent, advance } = await start(machine);
    machine.policies = machine.policies.toReversed();
    machine.changed?.();
    await advance(1_000);
    expect(machine.events()).toEqual(['agentStarted', 'policyChanged']);
    await agent.stop();
  });

  it('that cannot be recorded is in force nevertheless', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance } = await start(machine);
    machine.journal.fails = true;
    machine.policies = machine.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, type: 'deny' as const })),
    }));
    machine.changed?.();
    await advance(1_000);
    expect(agent.policy(caller()).rules).toMatchObject([{ type: 'deny' }]);
    expect(agent.status(caller()).state).toBe('degraded');
    await agent.stop();
  });

  it('is told page by page, with everything its rules say', async () => {
    const machine = new FakeMachine().withRule();
    const [policy] = machine.policies;
    const more = { productName: 'Tools', certificate: { type: 'publisher' as const, sha256: 'ab'.repeat(32) } };
    const rules = Array.from({ length: 450 }, (_, index) => ({ ...policy!.rules[0]!, ...more, name: `rule ${index}` }));
    machine.policies = [{ ...policy!, rules }];
    const { agent } = await start(machine);
    const pages = [0, 200, 400].map((after) => agent.policy(caller(), { after }));
    expect(pages.map((page) => [page.rules.length, page.truncated])).toEqual([
      [200, true],
      [200, true],
      [50, undefined],
    ]);
    expect(pages.flatMap((page) => page.rules.map(({ name }) => name))).toEqual(rules.map(({ name }) => name));
    expect(pages[0]?.rules[0]).toMatchObject({ ...more, state: 'active', policyId: policy!.id, scope: 'device' });
    expect(agent.status(caller()).rules).toBe(450);
    await agent.stop();
  });

  it('that comes while an unreadable one is read does not wait for the next try', async () => {
    const machine = new FakeMachine().withRule();
    const ports = machine.ports();
    let reads = 0;
    const policies = {
      ...ports.policies,
      read: async () => {
        reads += 1;
        if (reads !== 2) return ports.policies.read();
        machine.changed?.();
        throw new Error('half written');
      },
    };
    const agent = await createAgent({ ...ports, policies }, { version: '1', processId: 1 });
    machine.changed?.();
    await vi.advanceTimersByTimeAsync(200);
    expect(reads).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads).toBe(3);
    expect(agent.policy(caller()).fault).toBeUndefined();
    await agent.stop();
  });

  it('takes effect at once when it empties the place of the policy', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance } = await start(machine);
    machine.policies = [{ id: 'device', scope: { kind: 'device' }, rules: [], rejected: [] }];
    machine.changed?.();
    await advance(200);
    expect(agent.status(caller())).toMatchObject({ clientState: 'noPolicy', state: 'running' });
    await agent.stop();
  });

  it('of a policy that carries a digest takes effect the moment that it is whole, while changes go on', async () => {
    const machine = new FakeMachine().withRule();
    machine.whole.add('device');
    const { agent, advance, outcome } = await start(machine);
    machine.deviceFault = new EpmError('EPM_POLICY_INCOMPLETE', 'Half.');
    machine.addPolicy([{ name: 'No setup', type: 'deny', fileName: 'setup.exe' }]);
    for (let seconds = 0; seconds < 60; seconds += 1) {
      machine.changed?.();
      await advance(1_000);
      // One user makes at most 60 records a minute.
      if (seconds % 3 === 0) expect(await outcome()).toBe('started');
      expect(agent.status(caller()).state).toBe(seconds < 10 ? 'running' : 'degraded');
    }
    machine.deviceFault = undefined;
    machine.changed?.();
    await advance(10);
    expect(await outcome()).toBe('denied');
    expect(agent.status(caller()).state).toBe('running');
    expect(machine.events().filter((event) => event.startsWith('policy'))).toEqual([
      'policyChanged',
      'policyFault',
      'policyChanged',
    ]);
    await agent.stop();
  });

  it('of a policy that carries a digest is read at once, and not for each of many values', async () => {
    const machine = new FakeMachine().withRule();
    machine.whole.add('device');
    const ports = machine.ports();
    let reads = 0;
    const readDigested = async () => {
      reads += 1;
      machine.monotonic += 100;
      return ports.policies.readDigested();
    };
    const policies = { ...ports.policies, readDigested };
    const agent = await createAgent({ ...ports, policies }, { version: '1', processId: 1 });
    for (let index = 0; index < 100; index += 1) {
      machine.changed?.();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(reads).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(reads).toBe(2);
    await agent.stop();
  });

  it('AC-77 of a policy that loses its digest does not count at once, even without any notice of it', async () => {
    const machine = new FakeMachine().withRule();
    machine.addPolicy([{ name: 'No setup', type: 'deny', fileName: 'setup.exe' }]);
    machine.whole.add('device');
    const { agent, advance, changed, outcome } = await start(machine);
    expect(await outcome()).toBe('denied');
    machine.whole.clear();
    machine.policies = machine.policies.slice(0, 1);
    await agent.elevate(caller({ user: BOB }), { path: SETUP }, context().value);
    await changed();
    expect(await outcome()).toBe('denied');
    await advance(9_000);
    expect(await outcome()).toBe('denied');
    await advance(1_000);
    expect(await outcome()).toBe('started');
    await agent.stop();
  });

  it('of a policy that never gets whole is told with the next step', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance, changed } = await start(machine);
    machine.deviceFault = new EpmError('EPM_POLICY_INCOMPLETE', 'What is in HKLM does not fit its PolicyDigest.');
    await changed();
    expect(agent.status(caller()).warnings).toEqual([]);
    await advance(10_000);
    expect(agent.status(caller()).warnings).toMatchObject([
      {
        code: 'policyFault',
        message: expect.stringMatching(/does not fit its PolicyDigest\. The last good policy stays in force/) as string,
        hint: expect.stringMatching(/epm policy apply.*delete the value PolicyDigest/) as string,
        data: { errorCode: 'EPM_POLICY_INCOMPLETE', lastGood: true },
      },
    ]);
    await agent.stop();
  });

  it('that removes the place itself keeps the last good policy for five minutes and says so', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance } = await start(machine);
    machine.policies = [];
    machine.changed?.();
    await advance(200);
    expect(agent.status(caller())).toMatchObject({
      clientState: 'enabled',
      state: 'degraded',
      warnings: [{ code: 'policyFault', data: { errorCode: 'EPM_POLICY_MISSING' } }],
    });
    expect(machine.events().slice(-1)).toEqual(['policyFault']);
    for (let seconds = 0; seconds < 300; seconds += 30) await advance(30_000);
    expect(agent.status(caller())).toMatchObject({ clientState: 'noPolicy', state: 'running' });
    await agent.stop();
  });

  it('that removes the place for a moment changes nothing', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance } = await start(machine);
    const { policies } = machine;
    machine.policies = [];
    machine.changed?.();
    await advance(200);
    machine.policies = policies;
    machine.changed?.();
    await advance(200);
    expect(agent.status(caller())).toMatchObject({ clientState: 'enabled', state: 'running' });
    await agent.stop();
  });

  it('after the stop does nothing', async () => {
    const machine = new FakeMachine().withRule();
    const { agent, advance, reads } = await start(machine);
    machine.changed?.();
    await agent.stop();
    machine.changed?.();
    await advance(60_000);
    expect(reads()).toBe(1);
    expect(machine.events().at(-1)).toBe('agentStopped');
  });
});

it('says when it was last read whole, and how long it could not be, by a clock that does not jump', async () => {
  const machine = new FakeMachine().withRule();
  const { agent, advance } = await start(machine);
  const began = new Date(machine.now).toISOString();
  expect(agent.policy(caller())).toMatchObject({ since: began, lastRead: began });
  machine.now += 60_000;
  machine.changed?.();
  await advance(200);
  const read = new Date(machine.now).toISOString();
  expect(agent.status(caller())).toMatchObject({ policySince: began, policyLastRead: read });

  machine.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'The key cannot be read.');
  machine.now += 1_000;
  machine.changed?.();
  await advance(200);
  const broke = new Date(machine.now).toISOString();
  machine.now -= 86_400_000;
  machine.policyFault = new EpmError('EPM_POLICY_INVALID', 'Another reason.');
  await advance(90_000);
  expect(agent.policy(caller())).toMatchObject({
    since: began,
    lastRead: read,
    fault: { code: 'EPM_POLICY_INVALID' },
    faultSince: broke,
    faultAge: 90,
  });
  expect(agent.status(caller())).toMatchObject({ policyFaultSince: broke, policyFaultAge: 90 });

  machine.policyFault = undefined;
  await advance(30_000);
  const report = agent.policy(caller());
  expect(report).toMatchObject({ since: began, lastRead: new Date(machine.now).toISOString() });
  expect(report).not.toHaveProperty('faultSince');
  expect(report).not.toHaveProperty('faultAge');
  await agent.stop();
});

it('says that it was never read, and that nothing is elevated until it can', async () => {
  const machine = new FakeMachine();
  machine.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'The key cannot be read.');
  const { agent } = await start(machine);
  const status = agent.status(caller());
  expect(status).not.toHaveProperty('policyLastRead');
  expect(status).toMatchObject({
    state: 'degraded',
    policyFaultAge: 0,
    warnings: [{ code: 'policyFault', data: { lastGood: false } }],
  });
  await agent.stop();
});

it('an older policy that comes back is in force, and the audit shows which', async () => {
  const machine = new FakeMachine().withRule({ type: 'deny' });
  const { agent, advance } = await start(machine);
  const first = machine.policies;
  const digests = [agent.policy(caller()).digest];
  for (const policies of [[{ ...first[0]!, rules: [] }], first]) {
    machine.policies = policies;
    machine.changed?.();
    await advance(200);
    digests.push(agent.policy(caller()).digest);
  }
  expect(digests[2]).toBe(digests[0]);
  expect(digests[1]).not.toBe(digests[0]);
  const told = machine.records().flatMap(({ event, message }) => (event === 'policyChanged' ? [message] : []));
  expect(told.map((message) => /with (\d+) rules?\.$/.exec(message ?? '')?.[1])).toEqual(['1', '0', '1']);
  expect(told.map((message) => /^Policy (\w{16}) /.exec(message ?? '')?.[1])).toEqual(
    digests.map((digest) => digest.slice(0, 16)),
  );
  await agent.stop();
});

it('a folder with an 8.3 name is that of its long name', async () => {
  const machine = new FakeMachine();
  machine.longPaths.set('C:\\PROGRA~1\\TOOLS', 'C:\\Program Files\\Tools');
  machine.addPolicy([{ name: 'short', type: 'deny', filePath: 'C:\\PROGRA~1\\Tools' }]);
  const { agent } = await start(machine);
  machine.addFile('C:\\Program Files\\Tools\\a.exe');
  expect(await agent.test(caller(), { path: 'C:\\Program Files\\Tools\\a.exe' }, context().value)).toMatchObject({
    outcome: 'denied',
    rule: { name: 'short' },
  });
  await agent.stop();
});

it('a fault of another kind while reading is reported without its text', async () => {
  const machine = new FakeMachine().withRule();
  const { agent, advance } = await start(machine);
  machine.policyFault = new TypeError('C:\\secret') as unknown as EpmError;
  machine.changed?.();
  await advance(1_000);
  expect(agent.policy(caller()).fault).toMatchObject({ code: 'EPM_POLICY_INVALID' });
  expect(JSON.stringify([machine.log, machine.records()])).not.toContain('secret');
  await agent.stop();
});
