/** The journal of the agent: whose it is, who sees what of it, and what happens when it is damaged or has no room. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Journal } from '../../src/audit/journal.ts';
import { segmentFile } from '../../src/audit/segment-files.ts';
import type { AuditRecord } from '../../src/model/audit-record.ts';
import { describeWindows, identitySid, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { entry } from '../unit/audit/entry.ts';
import { MemoryJournal } from '../unit/audit/memory-journal.ts';
import { AgentUnderTest, PROGRAM, type Json, untilNothingRuns } from './agent-under-test.ts';
import { onSmallDisk } from './small-disk.ts';

const AUDIT = 'C:\\ProgramData\\EPM\\Audit';
const JOURNAL = `${AUDIT}\\journal.jsonl`;

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

  it('AC-96 is sealed by an administrator, and verified by the key that is shown', async () => {
    const refused = await agent.verb(['audit', 'seal'], 'standardUser');
    expect(refused).toMatchObject({ exitCode: 3, errors: expect.stringContaining('EPM_NOT_ADMINISTRATOR') as string });
    const sealed = await agent.verb(['audit', 'seal', '--json'], 'administrator');
    expect(sealed.exitCode).toBe(0);
    const { verificationKey, since } = JSON.parse(sealed.output) as { verificationKey: string; since: number };
    expect((await agent.ask('elevate', { path: PROGRAM, wait: true })).body).toMatchObject({ outcome: 'finished' });
    await agent.stop();
    await agent.start();
    bed().putFile('C:\\keys.txt', verificationKey);
    const words = ['audit', 'verify', '--json', '--key', 'C:\\keys.txt'];
    const verified = await agent.verb(words, 'administrator');
    expect(JSON.parse(verified.output)).toMatchObject({ ok: true, state: 'whole', sealed: { first: since } });
    const key = bed().readFile('C:\\ProgramData\\EPM\\journal-seal.bin');
    expect(key).toHaveLength(8192);
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

describeWindows('a long journal of the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let noted: AuditRecord | undefined;
  const verify = async (...words: readonly string[]) => {
    const outcome = await agent.verb(['audit', 'verify', '--json', ...words], 'administrator');
    return { exitCode: outcome.exitCode, ...(JSON.parse(outcome.output) as Json) };
  };

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    // Three segments of an agent that ran for three days.
    const disk = new MemoryJournal();
    let now = Date.now() - 3 * 24 * 60 * 60 * 1000;
    const journal = await Journal.open(disk, { deviceName: 'PC-1', now: () => now });
    for (let count = 1; count <= 2400; count += 1) {
      const record = journal.append(entry('policyChanged', { message: `number ${count}` }));
      if (count === 1500) noted = record;
      if (count % 800 === 0) now += 24 * 60 * 60 * 1000;
    }
    for (const first of disk.closed()) bed().putFile(`${AUDIT}\\${segmentFile(first)}`, disk.segments.get(first) ?? '');
    bed().putFile(JOURNAL, disk.open);
    await agent.allowProbe();
    await agent.start();
  });
  afterAll(async () => agent.stop());

  it('is verified to its head, which a user may have noted before, and shown to its end', async () => {
    const { journal } = (await agent.ask('status', {}, 'administrator')).body as { journal: { records: number } };
    expect(journal.records).toBeGreaterThan(2400);
    expect(await verify()).toMatchObject({
      exitCode: 0,
      ok: true,
      state: 'whole',
      records: expect.any(Number) as number,
      agent: { state: 'whole', eventLog: bed().kind === 'wine' ? 'notAvailable' : (expect.any(String) as string) },
    });
    expect(await verify('--head', noted?.recordHash ?? '')).toMatchObject({ exitCode: 0, notedRecord: 1500 });
    expect(await verify('--head', 'ab'.repeat(32))).toMatchObject({ exitCode: 1, ok: false, state: 'replaced' });
    const all = await agent.verb(['audit', '--json'], 'administrator');
    expect(all.output.trimEnd().split('\n').length).toBeGreaterThan(2400);
    const some = await agent.verb(['audit', '--json', '--limit', '1200'], 'administrator');
    expect(some.output.trimEnd().split('\n')).toHaveLength(1200);
    expect(some.errors).toContain('--after 1200');
    const own = await agent.verb(['audit', 'verify'], 'standardUser');
    expect(own).toMatchObject({ exitCode: 3, errors: expect.stringContaining('EPM_NOT_ADMINISTRATOR') as string });
  });

  it('verifies with a request whose arguments are long', async () => {
    const words = ['x'.repeat(20_000)];
    const answer = await agent.ask('elevate', { path: PROGRAM, arguments: words, wait: true });
    expect(answer.body).toMatchObject({ outcome: 'finished' });
    const path = `C:\\${'\u00e4'.repeat(32_650)}.exe`;
    expect(await agent.ask('elevate', { path })).toMatchObject({ kind: 'error' });
    expect(await verify()).toMatchObject({ exitCode: 0, ok: true, state: 'truncated', truncatedRecords: 1 });
  });

  it('AC-75 has an end for a program that ran when the agent was killed, and one only', async () => {
    const { body } = await agent.ask('elevate', { path: PROGRAM, arguments: ['--sleep', '600000'] });
    expect(body).toMatchObject({ outcome: 'started' });
    await agent.stop();
    await untilNothingRuns(bed());
    for (let start = 0; start < 2; start += 1) {
      await agent.start();
      await eventually(async () => expect(await interrupted()).toEqual([body['requestId']]));
      await agent.stop();
    }
    await agent.start();
    expect(await verify()).toMatchObject({ ok: true });

    async function interrupted(): Promise<unknown[]> {
      const messages = await agent.messages('audit', { after: 2400 }, 'administrator');
      const records = messages.flatMap(({ kind, body: told }) => (kind === 'event' ? [told['record'] as Json] : []));
      return records.filter(({ event }) => event === 'elevationInterrupted').map(({ requestId }) => requestId);
    }
  });

  it('AC-75 AC-96 is cut while the agent is stopped: the agent, its status and the verification say so', async () => {
    await agent.stop();
    const lines = bed().readFile(JOURNAL).toString('ascii').trimEnd().split('\n');
    // The record of the last start was noted before the agent served anybody.
    const cut = lines.findLastIndex((line) => line.includes('"agentStarted"'));
    bed().putFile(JOURNAL, `${lines.slice(0, cut).join('\n')}\n`);
    // The file alone cannot know it.
    expect(await verify('--journal', AUDIT)).toMatchObject({ ok: true });
    const lost = JSON.parse(lines[cut] ?? '') as AuditRecord;
    expect(await verify('--journal', AUDIT, '--head', lost.recordHash)).toMatchObject({ exitCode: 1, ok: false });
    await agent.start();
    const { body } = await agent.ask('status');
    expect(body).toMatchObject({ state: 'degraded', journal: { state: 'cut' } });
    expect(await verify()).toMatchObject({ exitCode: 1, ok: false, state: 'cut' });
    const text = await agent.verb(['status']);
    expect(text.output).toMatch(/Journal +records 1 to \d+, cut/);
    expect((await agent.ask('elevate', { path: PROGRAM, wait: true })).body).toMatchObject({ outcome: 'finished' });
  });

  windowsOnly('AC-75 notes its head in the event log, where users cannot write', 'it has no event log', async () => {
    expect((await agent.verb(['agent', 'install'], 'administrator')).exitCode).toBe(0);
    await eventually(async () => {
      const { journal } = (await agent.ask('status')).body as { journal: { eventLog: string } };
      expect(journal.eventLog).toBe('available');
    });
    const forged = await bed().run({
      program: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      arguments: ['-NoProfile', '-Command', 'Write-EventLog -LogName EPM -Source "EPM Agent" -EventId 900 -Message x'],
      as: 'standardUser',
    });
    expect(forged.exitCode).not.toBe(0);
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
