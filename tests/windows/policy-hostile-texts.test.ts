/** Texts that an attacker writes into a policy or a request, and where they could do harm later. */
import { expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM, programRule } from './agent-under-test.ts';
import { device, KEY, rule, SETTINGS } from './policy-keys.ts';
import { changeRegistry, REG, registryText } from './registry-steps.ts';
import { eventually } from '../eventually.ts';

const LOG = 'C:\\ProgramData\\EPM\\Logs\\agent.jsonl';

describeWindows('AC-94 texts of an attacker in a policy and a request', ['epm'], (bed) => {
  const HOSTILE = 'evil\r\n\u001b[31m2026-01-01 elevated\u202e","event":"agentStopped","x":"';
  /** Arguments with a line break are refused. */
  const BESIDE = HOSTILE.replaceAll(/[\r\n]/g, '');
  const escaped = JSON.stringify(HOSTILE).slice(1, -1);

  it('reach no console and no log as they are', async () => {
    const agent = new AgentUnderTest(bed());
    const sha256 = agent.putProbe();
    await agent.writeByHand({ id: 'device', settings: SETTINGS, rules: [programRule(sha256)] });
    await changeRegistry(agent, [
      rule(HOSTILE, '{"type":"deny","fileName":"other.exe"}'),
      rule('path', `{"type":"deny","filePath":"C:\\\\${escaped}"}`),
      rule('unknown', `{"type":"deny","fileName":"third.exe","${escaped}":"${escaped}"}`),
      device({ name: HOSTILE, type: REG.SZ, data: registryText(HOSTILE) }),
      device({ name: 'PolicyId', type: REG.SZ, data: registryText(HOSTILE) }),
    ]);
    await agent.start();
    try {
      await eventually(async () => expect((await agent.ask('status')).body['rejectedRules']).toBe(3));
      const started = await agent.ask('elevate', { path: PROGRAM, arguments: [BESIDE, '\u2028'], wait: true });
      expect(started.body).toMatchObject({ outcome: 'finished' });
      expect(agent.report(started.body['processId'])?.arguments).toContain(BESIDE);
      for (const justification of [HOSTILE, 'a\u001b[2Jb']) {
        const answer = await agent.ask('elevate', { path: PROGRAM, justification });
        expect(answer).toMatchObject({ kind: 'error', body: { code: 'EPM_JUSTIFICATION_INVALID' } });
      }
      expect(await agent.ask('elevate', { path: PROGRAM, arguments: [HOSTILE] })).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_ARGUMENTS_INVALID' },
      });
      await agent.ask('elevate', { path: `C:\\${HOSTILE}.exe` });
      await agent.ask('test', { path: `C:\\${HOSTILE}.exe` });
      // A key so deep that its name comes into the message of the fault.
      await changeRegistry(agent, [
        device({ name: 'x', type: REG.DWORD, data: Uint8Array.of(1, 0, 0, 0) }, `${KEY}\\Other\\${HOSTILE}\\a\\b\\c`),
      ]);
      await eventually(async () => expect((await agent.ask('status')).body['state']).toBe('degraded'));

      const verbs = [
        ['status'],
        ['status', '--json'],
        ['policy', 'show'],
        ['policy', 'show', '--json'],
        ['policy', 'show', '--source', 'registry'],
        ['policy', 'show', '--source', 'registry', '--json'],
        ['audit'],
        ['audit', '--json'],
        ['elevate', `C:\\${HOSTILE}.exe`],
        ['elevate', PROGRAM, '--justification', HOSTILE],
      ];
      for (const words of verbs) {
        const { output, errors } = await agent.verb(words, 'administrator');
        const all = `${output}${errors}`;
        expect(all, words.join(' ')).not.toBe('');
        expect(all.replaceAll('\r\n', '\n'), words.join(' ')).toMatch(/^[\n\u0020-\u007e…\ufffd]*$/);
        // Each line is one of ours: none begins where the attacker broke it.
        expect(all, words.join(' ')).not.toMatch(/^(?:2026-01-01 elevated|","event)/m);
      }
      const log = bed().readFile(LOG).toString('latin1');
      const journal = bed().readFile('C:\\ProgramData\\EPM\\Audit\\journal.jsonl').toString('latin1');
      for (const text of [log, journal]) {
        expect(text).toMatch(/^(?:[ -~]+\n)+$/);
        const events = text
          .trimEnd()
          .split('\n')
          .map((line) => (JSON.parse(line) as { event: string }).event);
        expect(events.filter((event) => event === 'agentStarted')).toHaveLength(1);
        expect(events).not.toContain('agentStopped');
      }
      expect((await agent.verb(['audit', 'verify'], 'administrator')).exitCode).toBe(0);
    } finally {
      await agent.stop();
    }
  });
});
