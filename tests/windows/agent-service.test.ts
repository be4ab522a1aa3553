/** The agent as a service of Windows, and what its clients say while it does not run. */
import { expect, it } from 'vitest';
import { describeWindows, machine } from '../bed/index.ts';
import { AgentUnderTest, type Json, PROGRAM, untilNothingRuns } from './agent-under-test.ts';
import { installScript } from './install-script.ts';
import { eventually } from '../eventually.ts';

const JOURNAL = 'C:\\ProgramData\\EPM\\Audit\\journal.jsonl';

const PROFILES = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';
/** SERVICE_ACCEPT_PRESHUTDOWN (winsvc.h). */
const ACCEPT_PRESHUTDOWN = 0x100;

describeWindows('the agent as a service', ['epm'], (bed) => {
  const journal = (): Json[] =>
    bed()
      .readFile(JOURNAL)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json);

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
    // Windows waits for it before it goes down.
    const script = await installScript(bed(), agent.folder, 'service-script');
    const asked = await bed().run({
      program: bed().windowsPath(machine?.testNode ?? ''),
      arguments: [script, 'service'],
      as: 'system',
    });
    const facts = JSON.parse(asked.output) as { readonly controls: number; readonly preshutdown: number };
    expect(facts.controls & ACCEPT_PRESHUTDOWN).toBe(ACCEPT_PRESHUTDOWN);
    expect(facts.preshutdown).toBe(30_000);
    const removed = await agent.verb(['agent', 'uninstall', '--keep-data', '--force'], 'administrator');
    expect(removed).toMatchObject({ exitCode: 0, errors: '' });
    await untilNothingRuns(bed());
    const events = journal().map(({ event }) => event);
    expect([events.at(0), events.at(-1)]).toEqual(['agentStarted', 'agentStopped']);
    expect(await agent.verb(['agent', 'uninstall', '--force'], 'administrator')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('not registered') as string,
    });
  });

  it('takes the profiles of its accounts along when it is removed, unless its data is kept', async () => {
    const agent = new AgentUnderTest(bed());
    const profileOf = async (account: string): Promise<string | undefined> => {
      const query = await bed().run({
        program: 'C:\\windows\\system32\\reg.exe',
        arguments: ['query', `${PROFILES}\\${account}`, '/v', 'ProfileImagePath'],
        as: 'administrator',
      });
      return /REG_\w+\s+(\S.*\S)/.exec(query.output)?.[1];
    };
    await agent.allowProbe();
    await agent.start();
    const { body } = await agent.ask('elevate', { path: PROGRAM, wait: true });
    expect(body).toMatchObject({ outcome: 'finished' });
    const account = (body['account'] as { readonly sid: string }).sid;
    // The profile is unloaded with the last process of the tree. A service of Wine is not the system, which could unload it.
    await eventually(async () => {
      const hive = await bed().run({
        program: 'C:\\windows\\system32\\reg.exe',
        arguments: ['query', `HKU\\${account}`],
        as: 'system',
      });
      expect(hive.exitCode).not.toBe(0);
    });
    await agent.stop();
    await untilNothingRuns(bed());
    const folder = (await profileOf(account)) ?? '';
    expect(bed().fileExists(folder)).toBe(true);

    for (const isKept of [true, false]) {
      expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({ exitCode: 0, errors: '' });
      const words = ['agent', 'uninstall', '--force', ...(isKept ? ['--keep-data'] : [])];
      expect(await agent.verb(words, 'administrator')).toMatchObject({ exitCode: 0, errors: '' });
      await untilNothingRuns(bed());
      expect(await profileOf(account)).toBe(isKept ? folder : undefined);
      expect(bed().fileExists(folder)).toBe(isKept);
    }
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
