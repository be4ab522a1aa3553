/**
 * Programs that start very many others, each of them judged, and brokers that are killed at any moment. A short series here;
 * EPM_ENDURANCE_CHILDREN and EPM_ENDURANCE_BROKER_KILLS make a long one.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { anonymousMegabytes, megabytesOf, programsNamed, requireWineBed } from '../bench/windows/anonymous-memory.ts';
import { processesOf } from '../../testbed/wine/processes.ts';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import type { AgentMessage, AgentUnderTest, Json, ProbeReport } from './agent-under-test.ts';
import { ChildTree } from './child-tree.ts';

const CHILDREN = Number(process.env['EPM_ENDURANCE_CHILDREN'] ?? 500);
const KILLS = Number(process.env['EPM_ENDURANCE_BROKER_KILLS'] ?? 6);
/** Children of the tree that the long one is compared with: as many as let a broker have what it makes once. */
const FEW = 20;
const FOLDER = 'C:\\Program Files\\Many';
const ROOT = `${FOLDER}\\root.exe`;
const SHORT = `${FOLDER}\\short.exe`;
/** As long as it is not there, a program that has started its children stays. */
const GO = 'C:\\Users\\Public\\go.txt';
/** Milliseconds that a long series may take for one child, and for one kill. */
const LONGEST_CHILD = 1_000;
const LONGEST_KILL = 30_000;
/** What trees of any length may differ in. */
const MORE_HANDLES = 8;
const MORE_BROKER_MEGABYTES = 1;
const MORE_AGENT_MEGABYTES = 16;
/** Half of the records that a user may have a test build write in a minute. */
const MOST_RECORDS = 3_000;

interface Vitals {
  readonly agentHandles: number;
  readonly agentMegabytes: number;
  readonly brokerHandles: number;
  readonly brokerMegabytes: number;
}

describeWindows('an elevated program with very many children', ['epm'], (bed) => {
  let tree: ChildTree;
  let agent: AgentUnderTest;

  beforeAll(async () => {
    tree = new ChildTree(bed());
    ({ agent } = tree);
    tree.put(ROOT);
    tree.put(SHORT, bed().readFile(bed().programs.exit));
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [tree.rule(ROOT), tree.rule(SHORT)] });
    await agent.start();
  });
  afterAll(() => agent.stop());

  const inWineOnly = (context: TestContext): void => {
    if (bed().kind !== 'wine')
      context.skip('brokers are found, and ended, from outside, as only a bed in Wine lets tests do it');
  };
  const brokers = (): readonly number[] => programsNamed(requireWineBed(bed()), 'epmbroker.exe');
  const handlesOf = async (processId: unknown): Promise<number> => {
    const { body } = await tree.run(ROOT, ['--handles', String(processId)]);
    return agent.report(body['processId'])?.handles ?? 0;
  };
  const listed = async (): Promise<readonly Json[]> =>
    (await agent.ask('elevations')).body['elevations'] as readonly Json[];
  /** A program has ended a moment before it is listed no more. */
  const untilNoneIsListed = (): Promise<void> => eventually(async () => expect(await listed(), there()).toEqual([]));
  /** What was being created when its creator was killed stays Wine's loader, in its job, for ever. Windows has no such state. */
  const endForgotten = (): void => {
    for (const { pid, isLoader, commandLine } of processesOf(requireWineBed(bed()).prefix)) {
      if (isLoader && /root\.exe|short\.exe|conhost\.exe/i.test(commandLine)) kill(pid);
    }
  };
  /** What is there, as the system below Wine sees it. */
  const there = (): string => JSON.stringify(processesOf(requireWineBed(bed()).prefix));
  /** The one program that runs. */
  const running = (): Promise<Json> =>
    eventually(async () => {
      const [first] = await listed();
      if (first === undefined) throw new Error('Nothing runs.');
      return first;
    });
  /** Takes as long as its children do, which the time of the test bounds. */
  const reportOf = async (processId: unknown): Promise<ProbeReport> => {
    for (;;) {
      const report = agent.report(processId);
      if (report !== undefined) return report;
      await sleep(200);
    }
  };
  const recordsOf = async ({ body }: AgentMessage): Promise<readonly Json[]> =>
    (await agent.records()).filter(({ requestId }) => requestId === body['requestId']);
  const untilNothingRuns = (): Promise<void> =>
    eventually(() => {
      endForgotten();
      const ofTree = bed()
        .leftovers()
        .filter((line) => /root\.exe|short\.exe/.test(line));
      expect(ofTree).toEqual([]);
    });

  /** What agent and broker have when a program has started so many children, one after the other, and still runs. */
  async function startMany(count: number): Promise<{ readonly vitals: Vitals; readonly result: AgentMessage }> {
    rmSync(bed().hostPath(GO), { force: true });
    // A process may have the number of one that has ended.
    tree.forgetReports();
    await untilNoneIsListed();
    const longest = LONGEST_CHILD * count + 60_000;
    const result = tree.run(ROOT, ['--hold', GO, '--spawn-many', String(count), SHORT], longest);
    const report = await reportOf((await running())['processId']);
    expect(report.spawn?.exitCode).toBe(7);
    // Its own, and the one that is ready for the next program.
    const both = await eventually(() => {
      const found = brokers();
      expect(found.length).toBe(2);
      return found;
    });
    const { processId } = (await agent.ask('status', {}, 'administrator')).body;
    const vitals = {
      brokerMegabytes: both.reduce((sum, pid) => sum + megabytesOf(pid), 0),
      brokerHandles: await handlesOf(report.parentProcessId),
      // For a moment, a program that it starts looks like itself.
      agentMegabytes: await eventually(() => anonymousMegabytes(requireWineBed(bed()), 'epm.exe')),
      agentHandles: await handlesOf(processId),
    };
    bed().putFile(GO, '');
    return { vitals, result: await result };
  }

  it(
    `AC-69 has ${CHILDREN} of them judged, and keeps nothing of them`,
    async (context) => {
      inWineOnly(context);
      // What is made once is there afterwards.
      await startMany(FEW);
      const few = await startMany(FEW);
      const begin = performance.now();
      const many = await startMany(CHILDREN);
      const milliseconds = (performance.now() - begin) / CHILDREN;
      if ('EPM_ENDURANCE_CHILDREN' in process.env) {
        console.info(JSON.stringify({ children: CHILDREN, milliseconds, few: few.vitals, many: many.vitals }));
      }
      expect(many.result.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
      const records = await recordsOf(many.result);
      const end = records.find(({ event }) => event === 'elevationEnded');
      const hosts = records.filter(({ filePath }) => /\\conhost\.exe$/i.test(String(filePath)));
      expect(end).toMatchObject({ childrenAllowed: CHILDREN + hosts.length, childrenDenied: 0 });
      const children = records.filter(({ filePath }) => filePath === SHORT);
      expect(children.length).toBeGreaterThanOrEqual(Math.min(CHILDREN, MOST_RECORDS));
      expect(new Set(children.map(({ event, reason }) => `${String(event)} ${String(reason)}`)).size).toBe(1);
      const more = (name: keyof Vitals): number => many.vitals[name] - few.vitals[name];
      expect(few.vitals.brokerHandles).toBeGreaterThan(4);
      expect(more('brokerHandles'), 'handles of the broker').toBeLessThan(MORE_HANDLES);
      expect(more('brokerMegabytes'), 'megabytes of the broker').toBeLessThan(MORE_BROKER_MEGABYTES);
      expect(more('agentHandles'), 'handles of the agent').toBeLessThan(MORE_HANDLES);
      expect(more('agentMegabytes'), 'megabytes of the agent').toBeLessThan(MORE_AGENT_MEGABYTES);
      await untilNothingRuns();
      await agent.expectAlive();
    },
    LONGEST_CHILD * (CHILDREN + 2 * FEW) + 120_000,
  );

  it(
    `AC-68 ends with its children when its broker is killed, at any of ${KILLS} moments, and the next one runs`,
    async (context) => {
      inWineOnly(context);
      const ends = new Map<unknown, number>();
      for (let count = 0; count < KILLS; count += 1) {
        await untilNoneIsListed();
        const asked = tree.run(ROOT, ['--spawn-many', '100000', SHORT]);
        let isOver = false;
        void asked.finally(() => {
          isOver = true;
        });
        // Every other one while it starts children. Which moments they are the machine decides.
        if (count % 2 === 0) await running();
        for (let time = (count * 97) % 1_200; !isOver; time = 300) {
          await sleep(time);
          for (const pid of brokers()) kill(pid);
        }
        const { kind, body } = await asked;
        const end = kind === 'error' ? body['code'] : body['exitReason'];
        expect(['EPM_START_FAILED', 'brokerGone'], JSON.stringify(body)).toContain(end);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        await untilNothingRuns();
        const next = await tree.run(ROOT, ['--spawn', SHORT]);
        expect(next.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
        expect(next.body).not.toHaveProperty('exitReason');
      }
      if ('EPM_ENDURANCE_BROKER_KILLS' in process.env) console.info(JSON.stringify(Object.fromEntries(ends)));
      expect(ends.get('brokerGone')).toBeGreaterThanOrEqual(KILLS / 2);
      // Every start has its end.
      const records = await agent.records();
      const idsOf = (kind: string): readonly unknown[] =>
        records.filter(({ event }) => event === kind).map(({ requestId }) => requestId);
      const ended = new Set([...idsOf('elevationEnded'), ...idsOf('elevationFailed')]);
      expect(idsOf('elevationStarting').filter((id) => !ended.has(id))).toEqual([]);
      expect(records.filter(({ event, reason }) => event === 'elevationEnded' && reason === 'brokerGone').length).toBe(
        ends.get('brokerGone'),
      );
    },
    LONGEST_KILL * KILLS + 120_000,
  );
});

/** Ends a process at once, if it is still there. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
