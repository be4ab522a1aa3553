/**
 * Many elevations, some of them at once, and an agent that is killed again and again. A short series here;
 * EPM_ENDURANCE_STARTS and EPM_ENDURANCE_KILLS make a long one.
 */
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWindows, type Identity } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json, programRule } from './agent-under-test.ts';

const STARTS = Number(process.env['EPM_ENDURANCE_STARTS'] ?? 40);
const KILLS = Number(process.env['EPM_ENDURANCE_KILLS'] ?? 4);
/** As many as may be open at once for the two users: 15 each. */
const AT_ONCE = 30;
const USERS: readonly Identity[] = ['standardUser', 'otherUser'];
/** Users may write it, so that every start makes a protected copy. */
const PROGRAM = 'C:\\Users\\Public\\endurance.exe';
/** Milliseconds that a long series may take for one start. */
const LONGEST_START = 20_000;

describeWindows('the agent over a long time', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  const apply = async (settings: Json): Promise<void> => {
    const sha256 = agent.putProbe(PROGRAM);
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll', ...settings },
      rules: [programRule(sha256, { fileName: 'endurance.exe', filePath: 'C:\\Users\\Public' })],
    });
  };
  const elevate = (as: Identity, words: readonly string[] = []) =>
    agent.ask('elevate', { path: PROGRAM, arguments: words, wait: true }, as);
  const expectFinished = async (as: Identity): Promise<void> => {
    expect((await elevate(as)).body).toMatchObject({ outcome: 'finished', exitCode: 0 });
  };
  const handles = async (): Promise<number> => {
    const { processId } = (await agent.ask('status')).body;
    const { body } = await elevate('standardUser', ['--handles', String(processId)]);
    return agent.report(body['processId'])?.handles ?? 0;
  };
  const copies = (): readonly string[] => readdirSync(bed().hostPath('C:\\ProgramData\\EPM\\Cache'));
  const profiles = (): readonly string[] =>
    readdirSync(bed().hostPath('C:\\users')).filter((name) => name.startsWith('EPM.'));
  const listedProfiles = async (): Promise<string> => {
    const key = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';
    const words = ['query', key, '/s', '/v', 'ProfileImagePath'];
    const { output } = await bed().run({ program: 'C:\\windows\\system32\\reg.exe', arguments: words, as: 'system' });
    expect(output).toMatch(/ProfileImagePath/);
    return output
      .split('\n')
      .filter((line) => /\\EPM\./i.test(line))
      .join('\n');
  };
  const untilClean = (): Promise<void> =>
    eventually(() => {
      expect(copies()).toEqual([]);
      expect(profiles()).toEqual([]);
    });
  const expectWhole = async (): Promise<void> => {
    const { exitCode, output, errors } = await agent.verb(['audit', 'verify'], 'administrator');
    expect({ exitCode, text: output + errors }).toMatchObject({ exitCode: 0 });
  };

  it(
    `AC-100 keeps nothing of ${STARTS} starts, nor of ${AT_ONCE} at once`,
    async () => {
      agent = new AgentUnderTest(bed());
      await apply({ accountScope: 'launch' });
      await agent.start();
      for (const user of USERS) await expectFinished(user);
      await untilClean();
      const before = await handles();
      expect(before).toBeGreaterThan(10);
      for (let count = 0; count < STARTS; count += 1)
        await expectFinished(USERS[count % USERS.length] ?? 'standardUser');
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) => expectFinished(USERS[index % 2] ?? 'standardUser')),
      );
      await untilClean();
      expect((await agent.ask('status')).body['running']).toBe(0);
      // One handle for each start would be far more.
      expect((await handles()) - before).toBeLessThan(STARTS / 2);
      await untilClean();
      await expectWhole();
      await agent.stop();
    },
    LONGEST_START * (STARTS + AT_ONCE) + 120_000,
  );

  it(
    `AC-62, AC-75 is clean and its journal whole after each of ${KILLS} kills`,
    async () => {
      agent = new AgentUnderTest(bed());
      await apply({ accountScope: 'launch' });
      for (let count = 0; count < KILLS; count += 1) {
        const running = await agent.start();
        await expectFinished('standardUser');
        const open = USERS.map((user) => elevate(user).catch(() => undefined));
        // Any moment of a start; which ones they were the machine decides.
        await new Promise((resolve) => setTimeout(resolve, (count * 37) % 250));
        // Ends it at once, without a chance to clean up.
        await running.stop();
        await Promise.all(open);
        await agent.stop();
      }
      await agent.start();
      await expectFinished('standardUser');
      await untilClean();
      expect(await listedProfiles()).toBe('');
      await expectWhole();
      const records = await agent.records();
      const ended = new Set(
        records.filter(({ event }) => event !== 'elevationStarting').map(({ requestId }) => requestId),
      );
      const started = records.filter(({ event }) => event === 'elevationStarting');
      expect(started.filter(({ requestId }) => !ended.has(requestId))).toEqual([]);
      await agent.stop();
    },
    (LONGEST_START + 30_000) * (KILLS + 2),
  );
});
