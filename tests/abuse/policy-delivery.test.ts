/**
 * A policy that arrives value by value on a machine that stands still for seconds between two of them, in every order. A
 * standard user who loads the machine must not find a moment in which a Deny is missing.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../src/agent/index.ts';
import type { PolicySourceReading } from '../../src/agent/ports.ts';
import { isEpmError } from '../../src/model/errors.ts';
import type { PolicyScope, PortablePolicy } from '../../src/model/policy.ts';
import { digestState } from '../../src/policy/declaration/policy-digest.ts';
import { PolicyMemory } from '../../src/policy/registry/policy-memory.ts';
import { readPlace } from '../../src/policy/registry/policy-place.ts';
import { writePolicy } from '../../src/policy/registry/registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from '../../src/policy/registry/registry-snapshot.ts';
import { RegistryTree } from '../../src/policy/registry/registry-tree.ts';
import { ALICE, caller, context, FakeMachine, SETUP } from '../unit/agent/fake-machine.ts';

const KEY = 'Policy';
const DEVICE: PolicyScope = { kind: 'device' };

type Step = (tree: RegistryTree) => void;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An agent whose sources are keys in memory, on a clock that the test moves. */
async function startAgent(trees: readonly (readonly [PolicyScope, RegistryTree])[]) {
  const machine = new FakeMachine().withRule();
  const ports = machine.ports();
  const memories = new Map(trees.map(([, tree]) => [tree, new PolicyMemory()]));
  const readingOf = ([scope, tree]: readonly [PolicyScope, RegistryTree]): PolicySourceReading => {
    const memory = memories.get(tree) ?? new PolicyMemory();
    try {
      return { scope, ...readPlace(tree.snapshot(KEY), KEY, scope, memory) };
    } catch (error) {
      if (isEpmError(error)) return { scope, fault: error };
      throw error;
    }
  };
  const carriesDigest = (tree: RegistryTree): boolean => {
    const snapshot = tree.snapshot(KEY);
    return snapshot !== undefined && digestState(snapshot) !== 'absent';
  };
  const agent = await createAgent(
    {
      ...ports,
      policies: {
        ...ports.policies,
        read: () => Promise.resolve(trees.map(readingOf)),
        readDigested: () => Promise.resolve(trees.filter(([, tree]) => carriesDigest(tree)).map(readingOf)),
      },
    },
    { version: '1', processId: 1 },
  );
  return {
    agent,
    machine,
    outcome: async () => (await agent.elevate(caller(), { path: SETUP }, context().value)).outcome,
    advance: async (milliseconds: number): Promise<void> => {
      machine.monotonic += milliseconds;
      machine.now += milliseconds;
      await vi.advanceTimersByTimeAsync(milliseconds);
    },
  };
}

const ALLOWING: PortablePolicy = {
  id: 'device',
  scope: DEVICE,
  settings: { enabled: true, defaultElevationResponse: 'denyAll' },
  rules: new FakeMachine().withRule().policies.flatMap(({ rules }) => rules),
  rejected: [],
};

/** Its Deny beats a rule that elevates the same file. */
function policy(id: string, denyName: string): RegistrySnapshot {
  const deny = (name: string, fileName: string) => ({ name, type: 'deny' as const, fileName });
  const denials = [deny(denyName, 'setup.exe'), deny(`${id} 1`, 'a.exe'), deny(`${id} 2`, 'b.exe')];
  return writePolicy({ ...ALLOWING, id, rules: [...ALLOWING.rules, ...denials] });
}

function valuesOf(snapshot: RegistrySnapshot, key = KEY): readonly (readonly [string, RegistryValue])[] {
  return [
    ...snapshot.values.map((value) => [key, value] as const),
    ...snapshot.subkeys.flatMap((subkey) => valuesOf(subkey.key, `${key}\\${subkey.name}`)),
  ];
}

const set = (snapshot: RegistrySnapshot): readonly Step[] =>
  valuesOf(snapshot).map(
    ([key, value]) =>
      (tree) =>
        tree.set(key, value),
  );
const remove = (snapshot: RegistrySnapshot): readonly Step[] =>
  valuesOf(snapshot).map(
    ([key, value]) =>
      (tree) =>
        tree.deleteValue(key, value.name),
  );

function treeOf(snapshot?: RegistrySnapshot): RegistryTree {
  const tree = new RegistryTree();
  if (snapshot !== undefined) for (const step of set(snapshot)) step(tree);
  return tree;
}

const OLD = policy('old', 'No setup');
const NEW = policy('new', 'Still no setup');

/** Milliseconds between two values. */
const pause = fc.constantFrom(0, 1, 50, 201, 999, 1500, 4000, 9900);

const shuffled = (steps: readonly Step[]): fc.Arbitrary<Step[]> =>
  fc.shuffledSubarray([...steps], { minLength: steps.length });

/** The steps from the old policy to the new one, as carriers take them, each part in any order. */
function deliveries(): Readonly<Record<string, fc.Arbitrary<readonly Step[]>>> {
  const taken = valuesOf(NEW).map(([key, { name }]) => `${key}\\${name}`);
  const left = valuesOf(OLD).filter(([key, { name }]) => !taken.includes(`${key}\\${name}`));
  const removals: readonly Step[] = left.map(
    ([key, { name }]) =>
      (tree) =>
        tree.deleteValue(key, name),
  );
  const inTurn = (...parts: readonly fc.Arbitrary<Step[]>[]): fc.Arbitrary<Step[]> =>
    fc.tuple(...parts).map((all) => all.flat());
  const digestLast = [...set(NEW).slice(1), ...set(NEW).slice(0, 1)];
  return {
    'sets values and removes those that are left, mixed': shuffled([...set(NEW), ...removals]),
    'sets values first': inTurn(shuffled(set(NEW)), shuffled(removals)),
    'takes all of the old policy away first': inTurn(shuffled(remove(OLD)), shuffled(set(NEW))),
    'takes the digest away first and brings it last': fc.constant([...remove(OLD), ...digestLast]),
    'removes the key first': inTurn(fc.constant([(tree) => tree.deleteKey(KEY)]), shuffled(set(NEW))),
    'removes the key, makes it empty, and brings the digest last': fc.constant([
      (tree) => tree.deleteKey(KEY),
      (tree) => tree.create(KEY),
      ...digestLast,
    ]),
  };
}

describe.each(['device', 'user'] as const)(
  'AC-76 AC-77 a delivery to a %s that stands still between values',
  (kind) => {
    const scope: PolicyScope = kind === 'device' ? DEVICE : { kind, sid: ALICE };
    const others: readonly (readonly [PolicyScope, RegistryTree])[] =
      kind === 'device' ? [] : [[DEVICE, treeOf(writePolicy(ALLOWING))]];

    it.each(Object.entries(deliveries()))('%s: the Deny is never away', async (_what, delivery) => {
      await fc.assert(
        fc.asyncProperty(delivery, fc.array(pause, { minLength: 24, maxLength: 24 }), async (steps, pauses) => {
          const tree = treeOf(OLD);
          const { agent, machine, outcome, advance } = await startAgent([...others, [scope, tree]]);
          expect(await outcome()).toBe('denied');
          for (const [index, step] of steps.entries()) {
            step(tree);
            machine.changed?.();
            expect(await outcome()).toBe('denied');
            await advance(pauses[index] ?? 0);
            expect(await outcome()).toBe('denied');
          }
          await advance(20);
          expect(agent.policy(caller()).rules.map(({ name }) => name)).toContain('Still no setup');
          expect(agent.policy(caller()).fault).toBeUndefined();
          await agent.stop();
        }),
        { numRuns: 8 },
      );
    });

    it('that brings the first digest of a place, in the order of an export: the Deny is never away', async () => {
      const byHand = { ...OLD, values: OLD.values.slice(1) };
      const tree = treeOf(byHand);
      const { agent, machine, outcome, advance } = await startAgent([...others, [scope, tree]]);
      const [digest, ...rest] = set(NEW);
      for (const step of [digest!, ...remove(byHand), ...rest]) {
        step(tree);
        machine.changed?.();
        await advance(1500);
        expect(await outcome()).toBe('denied');
      }
      await agent.stop();
    });

    it('elevates nothing before the first policy is whole', async () => {
      const tree = treeOf();
      const { agent, machine, outcome, advance } = await startAgent([...others, [scope, tree]]);
      const before = await outcome();
      expect(before).toBe(kind === 'device' ? 'notManaged' : 'started');
      for (const step of set(NEW)) {
        step(tree);
        machine.changed?.();
        await advance(5000);
        expect([before, 'denied']).toContain(await outcome());
      }
      await advance(20);
      expect(await outcome()).toBe('denied');
      await agent.stop();
    });

    it('and takes the policy away ends with none', async () => {
      const tree = treeOf(OLD);
      const { agent, machine, outcome, advance } = await startAgent([...others, [scope, tree]]);
      for (const step of remove(OLD).toReversed()) {
        step(tree);
        machine.changed?.();
        await advance(5000);
        expect(await outcome()).toBe('denied');
      }
      await advance(10_000);
      expect(await outcome()).toBe(kind === 'device' ? 'notManaged' : 'started');
      expect(agent.status(caller()).state).toBe('running');
      await agent.stop();
    });
  },
);

it('AC-77 elevates nothing by half a policy that the agent finds when it starts', async () => {
  const tree = treeOf(OLD);
  tree.deleteValue(`${KEY}\\Rules`, 'No setup');
  const { agent, outcome, advance } = await startAgent([[DEVICE, tree]]);
  for (let seconds = 0; seconds < 120; seconds += 30) {
    expect(await outcome()).toBe('notManaged');
    expect(agent.status(caller()).warnings).toMatchObject([
      { code: 'policyFault', data: { errorCode: 'EPM_POLICY_INCOMPLETE', lastGood: false } },
    ]);
    await advance(30_000);
  }
  await agent.stop();
});
