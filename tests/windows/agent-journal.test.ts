/** The journal of the agent: whose it is, who sees what of it, and what happens when it is damaged or has no room. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, identitySid } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM, untilNothingRuns } from './agent-under-test.ts';
import { onSmallDisk } from './small-disk.ts';

const JOURNAL = 'C:\\ProgramData\\EPM\\Audit\\journal.jsonl';

describeWindows('the journal of the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.allowProbe();
    await agent.start();
    for (const as of ['standardUser', 'otherUser'] as const) {
      expect((await agent.ask('elevate', { path: PROGRAM, wait: true }, as)).body).toMatchObject({
        outcome: 'finished',
      });
    }
  });
  afterAll(async () => agent.stop());

  it('lets a second agent take neither its journal nor its pipe', async () => {
    const second = await bed().run({ program: agent.epm, arguments: ['agent'], as: 'system' });
    expect(second.exitCode).toBe(3);
    expect(second.errors).toMatch(/EPM_(?:AUDIT_UNREADABLE|WINDOWS_API)/);
    await agent.expectAlive();
  });

  it('shows a user their own records, and an administrator all', async () => {
    const own = await agent.messages('audit', {}, 'otherUser');
    const users = own
      .filter(({ kind }) => kind === 'event')
      .map(({ body }) => (body['record'] as { userSid?: string }).userSid);
    expect(users).not.toHaveLength(0);
    expect(users.every((user) => user === identitySid.otherUser)).toBe(true);
    expect((await agent.records()).length).toBeGreaterThan(users.length);
  });

  it('AC-96 does not start on a journal that was changed', async () => {
    await agent.stop();
    const good = bed().readFile(JOURNAL);
    bed().putFile(JOURNAL, good.toString('latin1').replace('agentStarted', 'agentStopped'));
    const outcome = await bed().run({ program: agent.epm, arguments: ['agent'], as: 'system' });
    expect(outcome.exitCode).toBe(3);
    expect(outcome.errors).toMatch(/EPM_AUDIT_BROKEN/);
    const verified = await agent.verb(['audit', 'verify', '--journal', JOURNAL], 'administrator');
    expect(verified).toMatchObject({ exitCode: 1, output: expect.stringContaining('Record 1') as string });
    bed().putFile(JOURNAL, good);
    expect((await agent.verb(['audit', 'verify', '--journal', JOURNAL], 'administrator')).exitCode).toBe(0);
  });
});

describeWindows('AC-95 a full disk', ['epm'], (bed) => {
  it('elevates nothing, stays up, loses nothing that was recorded, and goes on when there is room', async (context) => {
    const agent = new AgentUnderTest(bed());
    await agent.allowProbe();
    await onSmallDisk(context, bed(), 'C:\\ProgramData\\EPM\\Audit', async (disk) => {
      try {
        await agent.start();
        expect((await agent.ask('elevate', { path: PROGRAM, wait: true })).body).toMatchObject({ outcome: 'finished' });
        disk.fill();
        // The last block of the journal still has room; denials use it up.
        for (let count = 0; count < 12; count += 1) await agent.ask('elevate', { path: 'C:\\windows\\notepad.exe' });
        const before = agent.probeRuns();
        const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
        expect(answer).toMatchObject({
          kind: 'error',
          body: { code: 'EPM_AUDIT_WRITE', hint: expect.stringContaining('space') as string },
        });
        expect(agent.probeRuns()).toBe(before);
        expect(await agent.ask('status')).toMatchObject({ kind: 'result' });
        disk.empty();
        expect((await agent.ask('elevate', { path: PROGRAM, wait: true })).body).toMatchObject({ outcome: 'finished' });
        const records = await agent.records();
        expect(records.filter(({ event }) => event === 'elevationEnded')).toHaveLength(2);
        expect(records.some(({ event }) => event === 'journalGap')).toBe(true);
        expect((await agent.verb(['audit', 'verify'], 'administrator')).exitCode).toBe(0);
      } finally {
        await agent.stop();
        await untilNothingRuns(bed());
      }
    });
  });
});
