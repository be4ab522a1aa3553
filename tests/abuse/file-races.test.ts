/** Attacks that change what a path leads to while the agent looks at it: links, names, folders, drives and oplocks. */
import { createHash } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWindows, type Outcome, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest, type AgentMessage, programRule } from '../windows/agent-under-test.ts';
import { withExitCode } from '../windows/exit-code.ts';
import { SETTINGS } from '../windows/policy-keys.ts';
import { askOnOwnDrive, askUnderOplock, swapJunction, swapUnderOplock } from './attacker-script.ts';

const APP = 'C:\\Program Files\\App';
const OPEN = 'C:\\Users\\Public\\race';
/** What programs of the attacker end with; nothing that is allowed does. */
const EVIL = 99;
const GOOD = 7;
const TIMES = 20;

describeWindows('a path that changes its meaning', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let good: Buffer;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const program = bed().readFile(bed().programs.exit);
    good = withExitCode(program, GOOD);
    const fileHash = createHash('sha256').update(good).digest('hex');
    // By name and bytes, so that nothing but the bytes can tell the programs apart; and one by folder, for second names.
    const byHash = { name: 'By hash', type: 'automatic', fileName: 'probe.exe', fileHash };
    const byFolder = programRule(fileHash, { name: 'By folder', fileName: 'linked.exe', filePath: APP });
    await agent.apply({ id: 'tests', settings: SETTINGS, rules: [byHash, byFolder] });
    put(`${APP}\\probe.exe`, good);
    put(`${OPEN}\\probe.exe`, good);
    put(`${OPEN}\\evil\\probe.exe`, withExitCode(program, EVIL));
    await bed().letUsersWrite(OPEN);
    await bed().letUsersWrite(`${OPEN}\\probe.exe`);
    await agent.start();
    await agent.untilRules(2);
  });
  afterAll(() => agent.stop());

  const put = (path: string, content: Uint8Array): void => bed().putFile(path, content);
  const exitCodes = (answers: readonly AgentMessage[]): readonly unknown[] =>
    answers.map(({ body }) => body['exitCode']).filter((code) => code !== undefined);

  it('AC-18 runs what was checked or nothing while a folder above it is renamed and another put there', async () => {
    const [there, away, other] = ['there', 'away', 'other'].map((name) => bed().hostPath(`${OPEN}\\${name}`));
    if (there === undefined || away === undefined || other === undefined) throw new Error('no folders');
    put(`${OPEN}\\there\\in\\probe.exe`, good);
    put(`${OPEN}\\other\\in\\probe.exe`, bed().readFile(`${OPEN}\\evil\\probe.exe`));
    const answers: AgentMessage[] = [];
    for (let time = 0; time < TIMES; time += 1) {
      let open = true;
      const asked = agent.ask('elevate', { path: `${OPEN}\\there\\in\\probe.exe`, wait: true }).finally(() => {
        open = false;
      });
      while (open) {
        // On Windows the rename fails while the agent has the file open; that is the defence, too.
        const renamed = attempt(() => renameSync(there, away));
        if (renamed) {
          attempt(() => renameSync(other, there));
          await new Promise((resolve) => setTimeout(resolve, 1));
          attempt(() => renameSync(there, other));
          renameSync(away, there);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      answers.push(await asked);
    }
    expect(exitCodes(answers)).not.toContain(EVIL);
    for (const { kind, body } of answers) {
      if (kind === 'error') expect(body['code']).toMatch(/^EPM_(?:FILE|COPY)_/);
      else
        expect(body['exitCode'] === GOOD || body['outcome'] === 'denied' || body['outcome'] === 'notManaged').toBe(
          true,
        );
    }
  });

  describe('AC-19 a second name of a file', () => {
    it('in a folder of users matches no rule for the protected folder', async () => {
      put(`${APP}\\linked.exe`, good);
      const second = bed().hostPath(`${OPEN}\\linked.exe`);
      rmSync(second, { force: true });
      linkSync(bed().hostPath(`${APP}\\linked.exe`), second);
      const { body } = await agent.ask('elevate', { path: `${OPEN}\\linked.exe`, wait: true });
      expect(body).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' });
    });

    it('which users may write through makes the protected name run from a copy', async () => {
      await bed().letUsersWrite(`${OPEN}\\linked.exe`);
      const { body } = await agent.ask('elevate', { path: `${APP}\\linked.exe`, wait: true });
      expect(body).toMatchObject({ outcome: 'finished', exitCode: GOOD });
      expect((body['file'] as { copy?: string }).copy).toMatch(/\\EPM\\Cache\\/);
    });
  });

  it('AC-100 two users who start one file at once have accounts, processes and records of their own', async () => {
    const asked = Array.from({ length: 8 }, (_, at): 'standardUser' | 'otherUser' =>
      at % 2 === 0 ? 'standardUser' : 'otherUser',
    );
    const answers = await Promise.all(
      asked.map((as) => agent.ask('elevate', { path: `${APP}\\probe.exe`, wait: true }, as)),
    );
    const accounts = answers.map(({ body }) => (body['account'] as { sid: string }).sid);
    for (const { body } of answers) expect(body).toMatchObject({ outcome: 'finished', exitCode: GOOD });
    const of = (as: (typeof asked)[number]): Set<string | undefined> =>
      new Set(accounts.filter((_, at) => asked[at] === as));
    expect(of('standardUser').size).toBe(1);
    expect(of('otherUser').size).toBe(1);
    expect([...of('standardUser')]).not.toEqual([...of('otherUser')]);
    expect(new Set(answers.map(({ body }) => body['processId'])).size).toBe(asked.length);
  });

  const bodyFile = `${OPEN}\\request.json`;
  const attack = (path: string) => {
    put(bodyFile, Buffer.from(JSON.stringify({ path, wait: true })));
    return { epm: agent.epm, bodyFile, path };
  };
  const answersOf = ({ output }: Outcome): readonly AgentMessage[] =>
    output
      .split(/\r?\n/)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as AgentMessage)
      .filter(({ kind }) => kind !== 'event');

  windowsOnly(
    'AC-16 an oplock of a user stops nobody: the request is refused at once',
    'it has no oplocks',
    async () => {
      const script = askUnderOplock(attack(`${OPEN}\\probe.exe`));
      const outcome = await bed().powerShell(script, { as: 'standardUser' });
      expect(answersOf(outcome), outcome.errors).toMatchObject([
        { kind: 'error', body: { code: 'EPM_FILE_UNREADABLE' } },
      ]);
      await agent.expectAlive();
    },
  );

  windowsOnly('AC-16 a file that is swapped at an oplock never runs', 'it has no oplocks', async () => {
    const script = swapUnderOplock(attack(`${OPEN}\\probe.exe`), `${OPEN}\\evil\\probe.exe`, TIMES);
    const answers = answersOf(await bed().powerShell(script, { as: 'standardUser' }));
    expect(answers).toHaveLength(TIMES);
    expect(exitCodes(answers)).not.toContain(EVIL);
  });

  windowsOnly('AC-17 nothing runs by way of a junction that its user swaps', 'junctions cannot be made', async () => {
    const link = `${OPEN}\\link`;
    const script = swapJunction(attack(`${link}\\probe.exe`), link, [APP, `${OPEN}\\evil`], TIMES);
    const outcome = await bed().powerShell(script, { as: 'standardUser' });
    const answers = answersOf(outcome);
    expect(answers, outcome.errors).toHaveLength(TIMES);
    for (const { kind, body } of answers) {
      expect(kind).toBe('error');
      expect(body['code']).toMatch(/^EPM_FILE_(?:PLACE_REFUSED|NOT_FOUND|UNREADABLE)$/);
    }
  });

  windowsOnly('AC-21 a drive letter of a user means nothing to the agent', 'all share one map of drives', async () => {
    const script = askOnOwnDrive(attack('R:\\probe.exe'), 'R', OPEN);
    const outcome = await bed().powerShell(script, { as: 'standardUser' });
    // Without it there would be nothing to refuse.
    expect(outcome.output, outcome.errors).toContain('seen: True');
    const [answer] = answersOf(outcome);
    expect(answer?.kind === 'error' ? answer.body['code'] : answer?.body['reason']).toMatch(
      /^(?:EPM_FILE_PLACE_REFUSED|EPM_FILE_NOT_FOUND|notYourFile)$/,
    );
  });
});

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
