/**
 * A policy that arrives so slowly that the agent reads it many times on the way, and one whose digest does not fit: by the
 * packed agent, its registry watch and its clients.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PortablePolicy } from '../../src/model/policy.ts';
import { portable } from '../../src/policy/formats/convert.ts';
import { FORMATS, readPolicies } from '../../src/policy/formats/formats.ts';
import { writePolicy } from '../../src/policy/registry/registry-policy.ts';
import type { RegistrySnapshot } from '../../src/policy/registry/registry-snapshot.ts';
import { encodeValue } from '../../src/policy/registry/registry-value.ts';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';
import type { KeyStep } from './device-session-script.ts';
import { KEY, rule, RULES } from './policy-keys.ts';
import { DENIED } from './policy-under-test.ts';
import { changeRegistry } from './registry-steps.ts';

type ValueStep = Extract<KeyStep, { readonly name: string }>;

/** Milliseconds between two values: more than the agent waits for another change, however busy the machine. */
const SLOW = 1500;

/** A Deny for a program that another rule elevates; the policy is called as its Deny. */
function policy(name: string, sha256: string): PortablePolicy {
  return {
    id: name,
    scope: { kind: 'device' },
    settings: { enabled: true, defaultElevationResponse: 'denyAll' },
    rules: [
      { name: 'Other', type: 'automatic', fileName: 'denied.exe', fileHash: sha256 },
      { name, type: 'deny', fileName: 'denied.exe' },
    ],
    rejected: [],
  };
}

/** Steps that write a policy, its digest first. */
function set({ values, subkeys }: RegistrySnapshot, key = KEY): readonly ValueStep[] {
  return [
    ...values.map((value): ValueStep => {
      const { type, data } = encodeValue(value);
      return { root: 'HKLM', key, name: value.name, type, data: Buffer.from(data).toString('base64') };
    }),
    ...subkeys.flatMap((subkey) => set(subkey.key, `${key}\\${subkey.name}`)),
  ];
}

function remove(steps: readonly ValueStep[]): readonly KeyStep[] {
  return steps.map(({ root, key, name }) => ({ root, key, deleted: name }));
}

/** Steps that write a policy and then remove what only the other has. */
function replace(from: RegistrySnapshot, to: RegistrySnapshot): readonly KeyStep[] {
  const written = set(to);
  const left = set(from).filter(({ key, name }) => !written.some((step) => step.key === key && step.name === name));
  return [...written, ...remove(left)];
}

describeWindows('AC-76 a policy with a digest', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let sha256: string;
  let old: RegistrySnapshot;
  let next: RegistrySnapshot;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    sha256 = agent.putProbe(DENIED);
    old = writePolicy(policy('Old', sha256));
    next = writePolicy(policy('New', sha256));
    await agent.changeKeys(set(old), 'administrator');
    await agent.start();
    await untilInForce('Old');
  });
  afterAll(async () => agent.stop());

  const elevated = async (): Promise<Json> => (await agent.ask('elevate', { path: DENIED })).body;
  const untilInForce = (name: string): Promise<void> =>
    eventually(async () => expect(await elevated()).toMatchObject({ outcome: 'denied', rule: { name } }));

  /** Takes the steps one by one and asks meanwhile: the Deny of one of the two policies must hold at every moment. */
  async function deliver(steps: readonly KeyStep[]): Promise<void> {
    for (const step of steps) {
      await agent.changeKeys([step], 'administrator');
      for (const end = performance.now() + SLOW; performance.now() < end; await pause(SLOW / 10)) {
        expect(await elevated()).toMatchObject({ outcome: 'denied', reason: 'denyRule' });
      }
    }
  }

  it.each<[string, () => readonly KeyStep[]]>([
    ['in the order of an export', () => replace(old, next)],
    ['in the opposite order', () => replace(old, next).toReversed()],
    ['after all of the old one was taken away', () => [...remove(set(old)), ...set(next).toReversed()]],
  ])('that arrives slowly, %s, never leaves its Deny away', async (_order, steps) => {
    await deliver(steps());
    await untilInForce('New');
    await agent.changeKeys(replace(next, old), 'administrator');
    await untilInForce('Old');
  });

  it.each(['reg', 'registry-pol', 'syncml'] as const)(
    'counts as it arrives by %s, and its Deny is never away',
    async (format) => {
      const [file] = readPolicies(FORMATS[format].write(policy('New', sha256)).bytes, format).policies;
      const written = FORMATS.reg.write(portable(file!)).bytes;
      let arrived = false;
      const delivery = bed()
        .importRegistry(Buffer.from(written).subarray(2).toString('utf16le'))
        .finally(() => (arrived = true));
      while (!arrived) expect(await elevated()).toMatchObject({ outcome: 'denied', reason: 'denyRule' });
      await delivery;
      await untilInForce('New');
      await agent.apply({ ...policy('Old', sha256), scope: undefined, rejected: undefined });
      await untilInForce('Old');
    },
  );

  it('that was changed by hand does not count, and everybody is told what to do', async () => {
    const text = JSON.stringify({ type: 'automatic', fileName: 'denied.exe', fileHash: sha256 });
    await changeRegistry(agent, [rule('Old', text)]);
    await eventually(async () => expect((await agent.ask('status')).body['state']).toBe('degraded'));
    expect(await elevated()).toMatchObject({ outcome: 'denied', rule: { name: 'Old' } });
    const { output } = await agent.verb(['status']);
    expect(output).toMatch(/EPM_POLICY_INCOMPLETE.*HKLM\\Software\\Policies\\EPM does not fit its PolicyDigest/);
    expect(output).toMatch(/epm policy apply.*delete the value PolicyDigest/s);
    const shown = await agent.verb(['policy', 'show', '--source', 'registry']);
    expect(shown.exitCode).toBe(1);
    expect(shown.output).toMatch(/^Digest +does not fit the content\r?$/m);
    await agent.changeKeys([{ root: 'HKLM', key: KEY, deleted: 'PolicyDigest' }], 'administrator');
    await eventually(async () => expect((await elevated())['outcome']).toBe('started'));
    await eventually(async () => expect((await agent.ask('status')).body['state']).toBe('running'));
    await agent.changeKeys(set(old), 'administrator');
    await untilInForce('Old');
  });

  it('AC-77 of which half is there elevates nothing after a start', async () => {
    await agent.changeKeys([{ root: 'HKLM', key: RULES, deleted: 'Old' }], 'administrator');
    await agent.stop();
    await agent.start();
    expect(await elevated()).toMatchObject({ outcome: 'notManaged', reason: 'noPolicy' });
    expect(await agent.ask('status')).toMatchObject({
      body: {
        state: 'degraded',
        warnings: expect.arrayContaining([expect.objectContaining({ code: 'policyFault' })]) as Json[],
      },
    });
    await agent.changeKeys(set(old), 'administrator');
    await untilInForce('Old');
  });
});
