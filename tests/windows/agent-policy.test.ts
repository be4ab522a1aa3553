/** What the agent does without a policy, and with policies as they come, break and go. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM, programRule } from './agent-under-test.ts';
import { SETTINGS } from './policy-keys.ts';
import { eventually } from '../eventually.ts';

const KEY = 'HKLM\\Software\\Policies\\EPM';

describeWindows('the policy of the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let sha256: string;

  beforeAll(() => {
    agent = new AgentUnderTest(bed());
    sha256 = agent.putProbe();
  });
  afterAll(async () => agent.stop());

  it('AC-77 elevates nothing while there is no policy', async () => {
    await agent.start();
    expect(await agent.ask('status')).toMatchObject({
      kind: 'result',
      body: { state: 'running', clientState: 'noPolicy', accountFactory: 'testBed' },
    });
    const answer = await agent.ask('elevate', { path: PROGRAM });
    expect(answer.body).toMatchObject({
      outcome: 'notManaged',
      reason: 'noPolicy',
      hint: expect.stringMatching(/\S/) as string,
    });
    expect(agent.probeRuns()).toBe(0);
  });

  it('announces the test bed to everybody', async () => {
    const { body } = await agent.ask('status');
    expect(body['warnings']).toEqual([expect.objectContaining({ code: 'testBuild' })]);
  });

  it('puts a policy in force within a second of its delivery', async () => {
    await agent.writeByHand({ id: 'first', settings: SETTINGS, rules: [programRule(sha256)] });
    await eventually(async () => {
      const { body } = await agent.ask('policy');
      expect(body).toMatchObject({
        settings: { clientState: 'enabled' },
        rules: [{ name: 'Probe', state: 'active' }],
      });
    });
    const changed = (await agent.records()).filter(({ event }) => event === 'policyChanged');
    expect(changed.length).toBeGreaterThan(0);
  });

  it('keeps the other rules when one value cannot be read', async () => {
    await bed().setRegistry(`${KEY}\\Rules`, 'Broken', 'REG_SZ', '{ this is no rule');
    await bed().setRegistry(`${KEY}\\Rules`, 'Number', 'REG_DWORD', '7');
    await bed().setRegistry(KEY, 'EnableEPM', 'REG_SZ', 'perhaps');
    await eventually(async () => expect((await agent.ask('status')).body['rejectedRules']).toBe(2));
    const { body } = await agent.ask('policy');
    const rules = body['rules'] as readonly { name: string; state: string; reasons: readonly object[] }[];
    expect(rules.find(({ name }) => name === 'Probe')?.state).toBe('active');
    expect(rules.find(({ name }) => name === 'Broken')).toMatchObject({
      state: 'rejected',
      reasons: [{ code: 'notJson', message: expect.stringMatching(/\S/) as string }],
    });
    await agent.expectAlive();
  });

  it('keeps the last good policy when the whole of it cannot be read, and says so', async () => {
    await agent.writeByHand({ id: 'good', settings: SETTINGS, rules: [programRule(sha256)] });
    await eventually(async () => expect((await agent.ask('status')).body['rejectedRules']).toBe(0));
    // First the value: between the two steps the agent may look, and without both there would be no rules.
    await bed().setRegistry(KEY, 'Rules', 'REG_SZ', 'a value where a key belongs');
    await bed().deleteRegistry(`${KEY}\\Rules`);
    await eventually(async () =>
      expect((await agent.ask('policy')).body['fault']).toMatchObject({ code: 'EPM_POLICY_INVALID' }),
    );
    expect(await agent.ask('status')).toMatchObject({ body: { state: 'degraded', rules: 1 } });
    const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
    expect(answer.body).toMatchObject({ outcome: 'finished' });
    expect(
      (await agent.records()).some(
        ({ event, errorCode }) => event === 'policyFault' && errorCode === 'EPM_POLICY_INVALID',
      ),
    ).toBe(true);
  });

  it('AC-77 elevates nothing after a start with a policy that cannot be read', async () => {
    await agent.stop();
    await agent.start();
    const before = agent.probeRuns();
    const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
    expect(answer.body['outcome'] ?? answer.body['code']).toMatch(/^(?:notManaged|denied|EPM_POLICY_)/);
    expect(agent.probeRuns()).toBe(before);
    await bed().deleteRegistry(KEY, 'Rules');
  });

  it('forgets a policy that is taken away, as management leaves its place', async () => {
    await agent.apply({ id: 'good', settings: SETTINGS, rules: [programRule(sha256)] });
    await agent.untilRules(1);
    await bed().deleteRegistry(`${KEY}\\Rules`);
    const emptied = await bed().run({
      program: 'C:\\windows\\system32\\reg.exe',
      arguments: ['delete', KEY, '/va', '/f'],
      as: 'administrator',
    });
    expect(emptied).toMatchObject({ exitCode: 0 });
    await eventually(async () =>
      expect((await agent.ask('elevate', { path: PROGRAM })).body).toMatchObject({
        outcome: 'notManaged',
        reason: 'noPolicy',
      }),
    );
    await agent.apply({ id: 'good', settings: SETTINGS, rules: [programRule(sha256)] });
    await agent.untilRules(1);
  });
});
