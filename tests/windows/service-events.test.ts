/** The texts of the entries in the Windows event log, what the process of the agent uses, and the watch over it. */
import { beforeAll, expect, it } from 'vitest';
import { allWindowsEvents, HEAD_EVENT } from '../../src/model/windows-events.ts';
import { describeWindows, machine, type Outcome, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { installScript } from './install-script.ts';

describeWindows('what the service tells of itself', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let script: string;
  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    script = await installScript(bed(), agent.folder, 'service-script');
  });
  const run = (word: string): Promise<Outcome> =>
    bed().run({ program: bed().windowsPath(machine?.testNode ?? ''), arguments: [script, word], as: 'system' });

  it('has a text for every entry in the file that is registered for them', async () => {
    const { output, errors } = await run('messages');
    expect(errors).toBe('');
    const texts = JSON.parse(output) as Readonly<Record<string, string>>;
    const lines = (id: number): readonly string[] => (texts[id] ?? '').split(/\r?\n/).filter((line) => line !== '');
    for (const [id, { text }] of allWindowsEvents()) {
      const [first, ...facts] = lines(id);
      expect(first, String(id)).toBe(text.replaceAll('…', '...'));
      expect(facts, String(id)).toEqual(
        id === HEAD_EVENT.id
          ? ['<What>']
          : ['What', 'User', 'File', 'Rule', 'Request', 'Reason', 'Process', 'Number'].map(
              (name) => `${name}: <${name}>`,
            ),
      );
    }
  });

  it('knows what its process uses', async () => {
    const { output, errors } = await run('vitals');
    expect(errors).toBe('');
    const vitals = JSON.parse(output) as Readonly<Record<string, number>>;
    // Wine does not count what is a process's own.
    expect(vitals[bed().kind === 'windows' ? 'privateBytes' : 'workingSet']).toBeGreaterThan(1024 ** 2);
    expect(vitals['privateBytes']).toBeLessThan(1024 ** 3);
    // Nor does it count handles.
    if (bed().kind === 'windows') expect(vitals['handles']).toBeGreaterThan(10);
    expect(vitals['threads']).toBeGreaterThan(3);
    expect(vitals['loopDelay']).toMatchObject({
      mean: expect.any(Number) as number,
      max: expect.any(Number) as number,
    });
  });

  it('AC-75 ends when its event loop does not come back', async () => {
    expect(await run('block')).toMatchObject({ exitCode: 77 });
  });

  it('AC-75 tells an administrator the state of the process, and a user nothing of it', async () => {
    await agent.start();
    const told = await agent.ask('status', {}, 'administrator');
    expect(told.body).toMatchObject({ state: 'running', health: { requests: { open: expect.any(Number) as number } } });
    expect((await agent.ask('status')).body).not.toHaveProperty('health');
    const shown = await agent.verb(['status'], 'administrator');
    expect(shown.output).toMatch(/^Health +\d+ MB, \d+ handles, \d+ threads, \d+ requests open; at most \d+ ms late/m);
    await agent.stop();
  });

  windowsOnly('has its entries in the event log, with their texts', 'it has no event log', async () => {
    expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({ exitCode: 0 });
    try {
      await eventually(async () => {
        const { output } = await bed().powerShell(
          'Get-WinEvent -LogName EPM -MaxEvents 20 | ForEach-Object { \'{0}|{1}|{2}\' -f $_.Id, $_.LevelDisplayName, ($_.Message -split "`n")[0].Trim() }',
          { as: 'administrator' },
        );
        expect(output).toMatch(/^600\|\w+\|The agent started\.\r?$/m);
      });
      const others = await bed().powerShell('Get-WinEvent -LogName EPM -MaxEvents 1 -ErrorAction Stop', {
        as: 'standardUser',
      });
      expect(others.output).not.toContain('agent');
    } finally {
      await agent.verb(['agent', 'uninstall', '--force'], 'administrator');
    }
  });
});
