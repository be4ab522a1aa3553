import { chmodSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest, programRule, PROGRAM } from './agent-under-test.ts';
import { SETTINGS } from './policy-keys.ts';

const PRIVATE = 'C:\\Private';
const CLOSED = `${PRIVATE}\\closed.exe`;
const OPEN = `${PRIVATE}\\open.exe`;
const ABSENT = `${PRIVATE}\\absent.exe`;

describeWindows("the requester's own access to a file", ['epm'], (bed) => {
  let agent: AgentUnderTest;

  /** Lets everybody read and execute a file or folder, or only the system and administrators. */
  const permit = async (path: string, everybody: boolean): Promise<void> => {
    if (bed().kind === 'wine') {
      chmodSync(bed().hostPath(path), everybody ? 0o755 : 0o700);
      return;
    }
    const users = everybody ? " '*S-1-5-32-545:RX'" : '';
    const outcome = await bed().powerShell(
      `icacls '${path}' /inheritance:r /grant '*S-1-5-18:F' '*S-1-5-32-544:F'${users}; exit $LASTEXITCODE`,
      { as: 'administrator' },
    );
    expect(outcome, outcome.output + outcome.errors).toMatchObject({ exitCode: 0 });
  };

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.allowProbe();
    for (const path of [CLOSED, OPEN]) agent.putProbe(path);
    const rule = (fileName: string) => programRule(agent.putProbe(), { name: fileName, fileName, filePath: PRIVATE });
    await agent.apply({
      id: 'tests',
      settings: SETTINGS,
      rules: [programRule(agent.putProbe()), rule('closed.exe'), rule('open.exe')],
    });
    await permit(OPEN, true);
    await permit(CLOSED, false);
    await permit(PRIVATE, false);
    await agent.start();
  });

  it('AC-28 denies what the requester may not read, and tells nothing of it', async () => {
    const answer = await agent.ask('elevate', { path: CLOSED, wait: true });
    expect(answer).toMatchObject({ kind: 'result', body: { outcome: 'denied', reason: 'notYourFile' } });
    const tested = await agent.ask('test', { path: CLOSED });
    expect(tested).toMatchObject({ kind: 'result', body: { outcome: 'denied', reason: 'notYourFile' } });
    expect(JSON.stringify([answer, tested])).not.toMatch(/[0-9a-f]{64}|size|place/);
    expect((await agent.records()).at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'notYourFile' });
  });

  it('AC-28 answers the same where there is no file', async () => {
    const answer = async (channel: 'elevate' | 'test', path: string): Promise<string> => {
      const { kind, body } = await agent.ask(channel, { path });
      const { requestId: _, ...rest } = body;
      return JSON.stringify({ kind, rest }).replaceAll(path.slice(path.lastIndexOf('\\') + 1), 'NAME');
    };
    for (const channel of ['elevate', 'test'] as const) {
      const closed = await answer(channel, CLOSED);
      expect(await answer(channel, ABSENT)).toBe(closed);
      expect(await answer(channel, `${PRIVATE}\\no folder\\deeper\\file.exe`)).toBe(closed);
      expect(await answer(channel, PRIVATE + '\\no folder')).toBe(closed);
    }
  });

  it('says that a file is not there to whoever may list the folder', async () => {
    expect(await agent.ask('test', { path: PROGRAM.replace('probe', 'absent') })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_FILE_NOT_FOUND' },
    });
    expect(await agent.ask('test', { path: 'C:\\No folder\\deeper\\x.exe' })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_FILE_NOT_FOUND' },
    });
  });

  it('passes through folders that the requester may not list, as Windows does', async () => {
    expect(await agent.ask('elevate', { path: OPEN, wait: true })).toMatchObject({ body: { outcome: 'finished' } });
  });

  it('AC-28 starts the file once the requester may read and execute it', async () => {
    await permit(CLOSED, true);
    expect(await agent.ask('elevate', { path: CLOSED, wait: true })).toMatchObject({ body: { outcome: 'finished' } });
    await permit(CLOSED, false);
    expect(await agent.ask('elevate', { path: CLOSED, wait: true })).toMatchObject({ body: { reason: 'notYourFile' } });
  });

  windowsOnly('AC-28 denies what may be read and not executed', 'whoever reads a file may execute it', async () => {
    const outcome = await bed().powerShell(
      `icacls '${OPEN}' /inheritance:r /grant '*S-1-5-18:F' '*S-1-5-32-545:R'; exit $LASTEXITCODE`,
      { as: 'administrator' },
    );
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(await agent.ask('test', { path: OPEN })).toMatchObject({ body: { reason: 'notYourFile' } });
  });
});
