/**
 * Many elevations, many of them at once, and an agent that is killed again and again. A short series here;
 * EPM_ENDURANCE_STARTS, EPM_ENDURANCE_AT_ONCE and EPM_ENDURANCE_KILLS make a long one.
 */
import { readdirSync, rmSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows, type Identity } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { anonymousMegabytes, requireWineBed } from '../bench/windows/anonymous-memory.ts';
import { AgentUnderTest, type Json, programRule } from './agent-under-test.ts';

const STARTS = Number(process.env['EPM_ENDURANCE_STARTS'] ?? 40);
const AT_ONCE = Number(process.env['EPM_ENDURANCE_AT_ONCE'] ?? 12);
const KILLS = Number(process.env['EPM_ENDURANCE_KILLS'] ?? 4);
const USERS: readonly Identity[] = ['standardUser', 'otherUser'];
/** Requests that wait for the end of their programs; one user may have 16 open. */
const WAITING = 14 * USERS.length;
/** Users may write it, so that every start makes a protected copy. */
const PROGRAM = 'C:\\Users\\Public\\endurance.exe';
/** As long as it is not there, the programs of a burst run. */
const GO = 'C:\\Users\\Public\\go.txt';
/** Milliseconds that a long series may take for one start. */
const LONGEST_START = 20_000;
/**
 * Megabytes of memory that the agent may have more after the series than before: what its collector leaves uncollected
 * varies by some, and each start has 4 KB besides, less than any buffer that a start works with.
 *
 * In an agent that collects before each look, without clients, the first 100 starts took 10.7 MB: the stacks of four threads
 * 3.9, compiled code 1.2, the rest of it heap that fills once. The second 100 took 0.8 MB, of which 0.7 were live, and the
 * third 0.5, of which 0.2 were. That was pages of V8, for its heap and its code, but for 0.1 MB of each hundred in one heap
 * of Wine, which is not explained; no mapping was left.
 */
const MORE_MEMORY = 16 + STARTS * 0.004;

interface Vitals {
  readonly handles: number;
  readonly threads: number;
  readonly megabytes: number;
}

const userOf = (index: number): Identity => USERS[index % USERS.length] ?? 'standardUser';

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
  const elevate = (as: Identity, words: readonly string[] = [], wait = true) =>
    agent.ask('elevate', { path: PROGRAM, arguments: words, wait }, as);
  const expectFinished = async (as: Identity): Promise<void> => {
    expect((await elevate(as)).body).toMatchObject({ outcome: 'finished', exitCode: 0 });
  };
  /** The status gives no handles and no memory in Wine, so that they are asked from outside. */
  const vitals = async (): Promise<Vitals> => {
    const { processId, health } = (await agent.ask('status', {}, 'administrator')).body;
    const { body } = await elevate('standardUser', ['--handles', String(processId)]);
    const { threads, privateBytes } = health as Json & { readonly threads: number; readonly privateBytes: number };
    const megabytes =
      bed().kind === 'windows' ? privateBytes / 1e6 : anonymousMegabytes(requireWineBed(bed()), 'epm.exe');
    return { handles: agent.report(body['processId'])?.handles ?? 0, threads, megabytes };
  };
  /** Connections keep their threads for a moment: read again as long as some go. */
  const settled = async (): Promise<Vitals> => {
    for (let last = await vitals(); ;) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const next = await vitals();
      if (next.threads >= last.threads) return next;
      last = next;
    }
  };
  const running = async (): Promise<unknown> => (await agent.ask('status')).body['running'];
  /** Has so many programs run at the same time. */
  const burst = async (): Promise<void> => {
    rmSync(bed().hostPath(GO), { force: true });
    const all = Array.from({ length: AT_ONCE }, (_, index) => index);
    const waiting = all.slice(0, WAITING).map((index) => elevate(userOf(index), ['--until', GO]));
    for (const index of all.slice(WAITING)) {
      expect((await elevate(userOf(index), ['--until', GO], false)).body).toMatchObject({ outcome: 'started' });
    }
    await eventually(async () => expect(await running()).toBe(AT_ONCE));
    bed().putFile(GO, '');
    for (const { body } of await Promise.all(waiting)) expect(body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    await eventually(async () => expect(await running()).toBe(0));
    await untilClean();
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

  beforeAll(() => void (agent = new AgentUnderTest(bed())));

  it(
    `AC-100 keeps nothing of ${STARTS} starts, nor of ${AT_ONCE} programs at once`,
    async () => {
      await apply({ accountScope: 'launch' });
      await agent.start();
      // What grows once, such as the pools of threads, has grown then.
      for (const user of USERS) await expectFinished(user);
      await burst();
      const before = await settled();
      expect(before.handles).toBeGreaterThan(10);
      expect(before.threads).toBeGreaterThan(3);
      expect(before.megabytes).toBeGreaterThan(10);
      for (let count = 0; count < STARTS; count += 1) await expectFinished(userOf(count));
      await burst();
      // What does not come back was leaked.
      await eventually(async () => {
        const after = await vitals();
        const more = (name: keyof Vitals): number => after[name] - before[name];
        if ('EPM_ENDURANCE_STARTS' in process.env) console.info(JSON.stringify({ before, after }));
        // Half of what one for each start would be.
        expect(more('handles'), 'handles').toBeLessThan(STARTS / 2);
        expect(more('threads'), 'threads').toBeLessThan(STARTS / 2);
        expect(more('megabytes'), 'megabytes').toBeLessThan(MORE_MEMORY);
      });
      await untilClean();
      expect(await listedProfiles()).toBe('');
      await expectWhole();
      await agent.stop();
    },
    LONGEST_START * (STARTS + 2 * AT_ONCE) + 120_000,
  );

  it(
    `AC-62, AC-75 is clean and its journal whole after each of ${KILLS} kills`,
    async () => {
      await apply({ accountScope: 'launch' });
      for (let count = 0; count <= KILLS; count += 1) {
        const agentProcess = await agent.start();
        await untilClean();
        // The agent verifies its journal when it starts, and all of it a moment later.
        const clean = { state: 'running', running: 0, journal: { state: 'whole' } };
        await eventually(async () => expect((await agent.ask('status')).body).toMatchObject(clean));
        await expectFinished('standardUser');
        if (count === KILLS) break;
        const open = USERS.map((user) => elevate(user).catch(() => undefined));
        // Any moment of a start; which ones they were the machine decides.
        await new Promise((resolve) => setTimeout(resolve, (count * 37) % 250));
        // Ends it at once, without a chance to clean up.
        await agentProcess.stop();
        await Promise.all(open);
      }
      await untilClean();
      expect(await listedProfiles()).toBe('');
      await expectWhole();
      const records = await agent.records();
      const ended = new Set(
        records.filter(({ event }) => event !== 'elevationStarting').map(({ requestId }) => requestId),
      );
      const started = records.filter(({ event }) => event === 'elevationStarting');
      expect(started.length).toBeGreaterThan(KILLS);
      expect(started.filter(({ requestId }) => !ended.has(requestId))).toEqual([]);
      await agent.stop();
    },
    (LONGEST_START + 30_000) * (KILLS + 2),
  );
});
