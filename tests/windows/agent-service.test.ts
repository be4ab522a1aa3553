/** The agent as a service of Windows, and what its clients say while it does not run. */
import { expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM, untilNothingRuns } from './agent-under-test.ts';
import { eventually } from '../eventually.ts';

const JOURNAL = 'C:\\ProgramData\\EPM\\Audit\\journal.jsonl';

describeWindows('the agent as a service', ['epm'], (bed) => {
  it('is registered, runs, stops when asked, and is gone', async () => {
    const agent = new AgentUnderTest(bed());
    const installed = await agent.verb(['agent', 'install'], 'administrator');
    expect(installed).toMatchObject({ exitCode: 0, errors: '' });
    expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('registered already') as string,
    });
    const query = await bed().run({
      program: 'C:\\windows\\system32\\reg.exe',
      arguments: ['query', 'HKLM\\System\\CurrentControlSet\\Services\\EPMAgent'],
      as: 'administrator',
    });
    expect(query.output).toContain(`"${agent.epm}" agent --service`);
    await eventually(() => expect(bed().fileExists(JOURNAL)).toBe(true));
    const removed = await agent.verb(['agent', 'uninstall', '--keep-data', '--force'], 'administrator');
    expect(removed).toMatchObject({ exitCode: 0, errors: '' });
    await untilNothingRuns(bed());
    const events = bed()
      .readFile(JOURNAL)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect([events.at(0), events.at(-1)]).toEqual(['agentStarted', 'agentStopped']);
    expect(await agent.verb(['agent', 'uninstall', '--force'], 'administrator')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('not registered') as string,
    });
  });

  it('does not run as a service when nobody asked for one', async () => {
    const agent = new AgentUnderTest(bed());
    const outcome = await bed().run({
      program: agent.epm,
      arguments: ['agent', '--service'],
      as: 'system',
    });
    expect(outcome).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('service control manager') as string,
    });
  });

  it('says clearly that it is not running', async () => {
    const agent = new AgentUnderTest(bed());
    for (const words of [['status'], ['elevate', PROGRAM], ['policy', 'show'], ['audit']]) {
      const outcome = await agent.verb(words);
      expect(outcome).toMatchObject({ exitCode: 3, output: '' });
      expect(outcome.errors).toMatch(
        /^epm: The agent is not running\.\r?\n +Start the service "EPM Agent".*\r?\n +EPM_AGENT_UNREACHABLE/,
      );
    }
    const asJson = await agent.verb(['status', '--json']);
    expect(JSON.parse(asJson.errors)).toMatchObject({
      error: { code: 'EPM_AGENT_UNREACHABLE', hint: expect.stringContaining('Start the service') as string },
    });
    expect(await agent.ask('elevate', { path: PROGRAM })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_AGENT_UNREACHABLE' },
    });
    await agent.stop();
  });
});
