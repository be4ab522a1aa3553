/** Budgets of a day, with programs that really start and an agent that starts anew. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM, programRule } from './agent-under-test.ts';

const STATE = 'C:\\ProgramData\\EPM\\budget-state.json';

describeWindows('a budget of elevations', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const rules = [programRule(agent.putProbe())];
    await agent.start();
    await agent.apply({ settings: { enabled: true, maximumElevationsPerDay: 2 }, rules });
    await agent.untilRules(1);
  });
  afterAll(async () => agent.stop());

  const elevate = (): ReturnType<AgentUnderTest['ask']> => agent.ask('elevate', { path: PROGRAM, wait: true });

  it('is used by programs that ran, outlives the agent, and says when it begins again', async () => {
    const began = bed().fileExists(STATE);
    expect(began).toBe(false);
    for (let count = 0; count < 2; count += 1) {
      expect(await elevate()).toMatchObject({ body: { outcome: 'finished' } });
    }
    const denied = await elevate();
    expect(denied).toMatchObject({ body: { outcome: 'denied', reason: 'budgetUsed' } });
    expect(String(denied.body['hint'])).toMatch(/from \w{3} \d{4}-\d\d-\d\d 00:00 on/);
    await agent.stop();
    await agent.start();
    await agent.untilRules(1);
    expect(await elevate()).toMatchObject({ body: { outcome: 'denied', reason: 'budgetUsed' } });
    const reasons = (await agent.records()).filter(({ event }) => event === 'elevationDenied');
    expect(reasons.map(({ reason }) => reason)).toEqual(['budgetUsed', 'budgetUsed']);
  });

  it('is not filled by a state that is not as the agent wrote it', async () => {
    await agent.stop();
    bed().putFile(STATE, '{}');
    await agent.start();
    await agent.untilRules(1);
    expect(await elevate()).toMatchObject({ body: { code: 'EPM_DATA_FOLDER' } });
  });
});
