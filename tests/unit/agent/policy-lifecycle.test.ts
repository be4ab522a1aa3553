import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { start } from './started.ts';
import { caller, World } from './world.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a change of policy', () => {
  it('is read once after a burst, and in force within a second', async () => {
    const world = new World().withRule();
    const { agent, advance, reads } = await start(world);
    const before = agent.policy(caller());
    world.addPolicy([]);
    for (let index = 0; index < 10; index++) world.changed?.();
    await advance(199);
    expect(reads()).toBe(1);
    await advance(1);
    expect(reads()).toBe(2);
    expect(agent.policy(caller()).digest).not.toBe(before.digest);
    expect(world.events().slice(-1)).toEqual(['policyChanged']);
    await agent.stop();
  });

  it('is read although changes never stop', async () => {
    const world = new World().withRule();
    const { agent, advance, reads } = await start(world);
    for (let index = 0; index < 11; index++) {
      world.changed?.();
      await advance(100);
    }
    expect(reads()).toBe(2);
    await agent.stop();
  });

  it('that changes nothing is not recorded, whatever the order of delivery', async () => {
    const world = new World().withRule();
    world.addPolicy([]);
    const { agent, advance } = await start(world);
    world.policies = world.policies.toReversed();
    world.changed?.();
    await advance(1_000);
    expect(world.events()).toEqual(['agentStarted', 'policyChanged']);
    await agent.stop();
  });

  it('that cannot be recorded is in force nevertheless', async () => {
    const world = new World().withRule();
    const { agent, advance } = await start(world);
    world.journalFails = true;
    world.policies = world.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, type: 'deny' as const })),
    }));
    world.changed?.();
    await advance(1_000);
    expect(agent.policy(caller()).rules).toMatchObject([{ type: 'deny' }]);
    expect(agent.status(caller()).state).toBe('degraded');
    await agent.stop();
  });

  it('is told page by page, with everything its rules say', async () => {
    const world = new World().withRule();
    const [policy] = world.policies;
    const more = { productName: 'Tools', certificate: { type: 'publisher' as const, sha256: 'ab'.repeat(32) } };
    const rules = Array.from({ length: 450 }, (_, index) => ({ ...policy!.rules[0]!, ...more, name: `rule ${index}` }));
    world.policies = [{ ...policy!, rules }];
    const { agent } = await start(world);
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
    const world = new World().withRule();
    const ports = world.ports();
    let reads = 0;
    const policies = {
      ...ports.policies,
      read: async () => {
        reads += 1;
        if (reads !== 2) return ports.policies.read();
        world.changed?.();
        throw new Error('half written');
      },
    };
    const agent = await createAgent({ ...ports, policies }, { version: '1', processId: 1 });
    world.changed?.();
    await vi.advanceTimersByTimeAsync(200);
    expect(reads).toBe(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(reads).toBe(3);
    expect(agent.policy(caller()).fault).toBeUndefined();
    await agent.stop();
  });

  it('takes effect at once when it empties the place of the policy', async () => {
    const world = new World().withRule();
    const { agent, advance } = await start(world);
    world.policies = [{ id: 'device', scope: { kind: 'device' }, rules: [], rejected: [] }];
    world.changed?.();
    await advance(200);
    expect(agent.status(caller())).toMatchObject({ clientState: 'noPolicy', state: 'running' });
    await agent.stop();
  });

  it('that removes the place itself keeps the last good policy for five minutes and says so', async () => {
    const world = new World().withRule();
    const { agent, advance } = await start(world);
    world.policies = [];
    world.changed?.();
    await advance(200);
    expect(agent.status(caller())).toMatchObject({
      clientState: 'enabled',
      state: 'degraded',
      warnings: [expect.stringContaining('EPM_POLICY_MISSING')],
    });
    expect(world.events().slice(-1)).toEqual(['policyFault']);
    for (let seconds = 0; seconds < 300; seconds += 30) await advance(30_000);
    expect(agent.status(caller())).toMatchObject({ clientState: 'noPolicy', state: 'running' });
    await agent.stop();
  });

  it('that removes the place for a moment changes nothing', async () => {
    const world = new World().withRule();
    const { agent, advance } = await start(world);
    const { policies } = world;
    world.policies = [];
    world.changed?.();
    await advance(200);
    world.policies = policies;
    world.changed?.();
    await advance(200);
    expect(agent.status(caller())).toMatchObject({ clientState: 'enabled', state: 'running' });
    await agent.stop();
  });

  it('after the stop does nothing', async () => {
    const world = new World().withRule();
    const { agent, advance, reads } = await start(world);
    world.changed?.();
    await agent.stop();
    world.changed?.();
    await advance(60_000);
    expect(reads()).toBe(1);
    expect(world.events().at(-1)).toBe('agentStopped');
  });
});

it('says when it was last read whole, and how long it could not be, by a clock that does not jump', async () => {
  const world = new World().withRule();
  const { agent, advance } = await start(world);
  const began = new Date(world.now).toISOString();
  expect(agent.policy(caller())).toMatchObject({ since: began, lastRead: began });
  world.now += 60_000;
  world.changed?.();
  await advance(200);
  const read = new Date(world.now).toISOString();
  expect(agent.status(caller())).toMatchObject({ policySince: began, policyLastRead: read });

  world.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'The key cannot be read.');
  world.now += 1_000;
  world.changed?.();
  await advance(200);
  const broke = new Date(world.now).toISOString();
  world.now -= 86_400_000;
  world.policyFault = new EpmError('EPM_POLICY_INVALID', 'Another reason.');
  await advance(90_000);
  expect(agent.policy(caller())).toMatchObject({
    since: began,
    lastRead: read,
    fault: { code: 'EPM_POLICY_INVALID' },
    faultSince: broke,
    faultAge: 90,
  });
  expect(agent.status(caller())).toMatchObject({ policyFaultSince: broke, policyFaultAge: 90 });

  world.policyFault = undefined;
  await advance(30_000);
  const report = agent.policy(caller());
  expect(report).toMatchObject({ since: began, lastRead: new Date(world.now).toISOString() });
  expect(report).not.toHaveProperty('faultSince');
  expect(report).not.toHaveProperty('faultAge');
  await agent.stop();
});

it('says that it was never read, and that nothing is elevated until it can', async () => {
  const world = new World();
  world.policyFault = new EpmError('EPM_POLICY_UNREADABLE', 'The key cannot be read.');
  const { agent } = await start(world);
  const status = agent.status(caller());
  expect(status).not.toHaveProperty('policyLastRead');
  expect(status).toMatchObject({
    state: 'degraded',
    policyFaultAge: 0,
    warnings: [expect.stringMatching(/Nothing is elevated until it can\.$/)],
  });
  await agent.stop();
});

it('an older policy that comes back is in force, and the audit shows which', async () => {
  const world = new World().withRule({ type: 'deny' });
  const { agent, advance } = await start(world);
  const first = world.policies;
  const digests = [agent.policy(caller()).digest];
  for (const policies of [[{ ...first[0]!, rules: [] }], first]) {
    world.policies = policies;
    world.changed?.();
    await advance(200);
    digests.push(agent.policy(caller()).digest);
  }
  expect(digests[2]).toBe(digests[0]);
  expect(digests[1]).not.toBe(digests[0]);
  const told = world.records().flatMap(({ event, message }) => (event === 'policyChanged' ? [message] : []));
  expect(told.map((message) => /^Policy (\w{16}) /.exec(message ?? '')?.[1])).toEqual(
    digests.map((digest) => digest.slice(0, 16)),
  );
  await agent.stop();
});

it('a folder with an 8.3 name is that of its long name', async () => {
  const world = new World();
  world.longPaths.set('C:\\PROGRA~1\\TOOLS', 'C:\\Program Files\\Tools');
  world.addPolicy([{ name: 'short', type: 'deny', filePath: 'C:\\PROGRA~1\\Tools' }]);
  const { agent } = await start(world);
  world.addFile('C:\\Program Files\\Tools\\a.exe');
  expect(await agent.test(caller(), { path: 'C:\\Program Files\\Tools\\a.exe' })).toMatchObject({
    outcome: 'denied',
    rule: { name: 'short' },
  });
  await agent.stop();
});

it('a fault of another kind while reading is reported without its text', async () => {
  const world = new World().withRule();
  const { agent, advance } = await start(world);
  world.policyFault = new TypeError('C:\\secret') as unknown as EpmError;
  world.changed?.();
  await advance(1_000);
  expect(agent.policy(caller()).fault).toMatchObject({ code: 'EPM_POLICY_INVALID' });
  expect(JSON.stringify([world.log, world.records()])).not.toContain('secret');
  await agent.stop();
});
