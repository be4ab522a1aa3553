import { beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest } from './agent-under-test.ts';

describeWindows('an agent that cannot listen to its pipe', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  const log = (): string =>
    bed().fileExists('C:\\ProgramData\\EPM\\Logs\\agent.jsonl')
      ? bed().readFile('C:\\ProgramData\\EPM\\Logs\\agent.jsonl').toString('utf8')
      : '';

  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });

  it('AC-09 ends with an error when it can listen no more, so that Windows starts it again', async () => {
    const running = await agent.start({ EPM_TEST_FAIL_LISTENER: '1' });
    const { exitCode, errors } = await running.exited;
    expect(exitCode).not.toBe(0);
    expect(errors).toContain('EPM_WINDOWS_API');
    expect(errors).toContain('cannot listen');
    expect(log()).toContain('agentFailed');
  });

  it('AC-09 goes on when one instance of the pipe fails, and says so', async () => {
    // Each of the two pipes has four; the first of the second one is the fifth at the latest.
    await agent.start({ EPM_TEST_FAIL_INSTANCE: '8' });
    await eventually(() => expect(log()).toContain('pipeTroubled'));
    await agent.expectAlive();
    await agent.stop();
  });
});
