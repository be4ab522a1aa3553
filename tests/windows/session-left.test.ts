/** AC-10: the service hears of Windows that nobody sits at a session any more. */
import { expect } from 'vitest';
import { describeWindows, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, PROGRAM, programRule } from './agent-under-test.ts';

const LOG = 'C:\\ProgramData\\EPM\\Logs\\agent.jsonl';

describeWindows('a session that is locked', ['epm'], (bed) => {
  windowsOnly('AC-10 has no open question any more', 'its services hear of no session', async () => {
    const agent = new AgentUnderTest(bed());
    const rule = programRule(agent.putProbe(), { type: 'userConfirmed' });
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [rule] });
    expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({ exitCode: 0 });
    try {
      await eventually(async () => expect((await agent.ask('status')).kind).toBe('result'));
      const { body } = await agent.ask('elevate', { path: PROGRAM });
      expect(body).toMatchObject({ outcome: 'needs' });
      await bed().run({
        program: 'C:\\Windows\\System32\\rundll32.exe',
        arguments: ['user32.dll,LockWorkStation'],
      });
      await eventually(() => expect(bed().readFile(LOG).toString('utf8')).toContain('questionsForgotten'));
      expect(await agent.ask('elevate', { path: PROGRAM, ticket: body['ticket'], wait: true })).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_TICKET_INVALID' },
      });
      expect(agent.probeRuns()).toBe(0);
    } finally {
      await agent.verb(['agent', 'uninstall', '--force'], 'administrator');
    }
  });

  windowsOnly('AC-10 has no secure question before it any more', 'its services hear of no session', async () => {
    const agent = new AgentUnderTest(bed());
    const rule = programRule(agent.putProbe(), { type: 'userConfirmed' });
    await agent.apply({ id: 'tests', settings: { enabled: true, secureConsent: true }, rules: [rule] });
    expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({ exitCode: 0 });
    try {
      await eventually(async () => expect((await agent.ask('status')).kind).toBe('result'));
      const answer = agent.messages('elevate', { path: PROGRAM, wait: true });
      const shown = await bed().run({ program: bed().programs.window, arguments: ['input:EPM-'], as: 'system' });
      expect(shown).toMatchObject({ exitCode: 0 });
      await bed().run({
        program: 'C:\\Windows\\System32\\rundll32.exe',
        arguments: ['user32.dll,LockWorkStation'],
      });
      expect((await answer).at(-1)?.body).toMatchObject({ outcome: 'denied', reason: 'consentSessionLeft' });
      expect(agent.probeRuns()).toBe(0);
    } finally {
      await agent.verb(['agent', 'uninstall', '--force'], 'administrator');
    }
  });
});
