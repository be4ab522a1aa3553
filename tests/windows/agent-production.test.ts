/** The production build, which elevates on a real Windows only. */
import { expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM } from './agent-under-test.ts';

describeWindows('a production build in Wine', ['productionEpm'], (bed) => {
  it('AC-101 serves, but refuses to elevate', async (context) => {
    if (bed().kind !== 'wine') context.skip('only Wine makes the calls pretend to succeed');
    const agent = new AgentUnderTest(bed(), 'production');
    await agent.allowProbe();
    try {
      await agent.start();
      const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
      expect(answer).toMatchObject({ kind: 'error', body: { code: 'EPM_WINE_REFUSED' } });
      expect(agent.probeRuns()).toBe(0);
    } finally {
      await agent.stop();
    }
  });
});
