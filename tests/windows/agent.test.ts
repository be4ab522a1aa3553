import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWindows, identitySid, type TestBed } from '../bed/index.ts';
import { AgentUnderTest, message, PROGRAM, programRule } from './agent-under-test.ts';
import { onSmallDisk } from './small-disk.ts';

const KEY = 'HKLM\\Software\\Policies\\EPM';
const JOURNAL = 'C:\\ProgramData\\EPM\\Audit\\journal.jsonl';
const SETTINGS = { enabled: true, defaultElevationResponse: 'denyAll' };

describeWindows('the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let sha256: string;

  beforeAll(() => {
    agent = new AgentUnderTest(bed());
    sha256 = agent.putProbe();
  });
  afterAll(async () => agent.stop());

  it('says clearly that it is not running', async () => {
    for (const words of [['status'], ['elevate', PROGRAM], ['policy', 'show'], ['audit']]) {
      const outcome = await agent.verb(words);
      expect(outcome).toMatchObject({ exitCode: 3, output: '' });
      expect(outcome.errors).toMatch(
        /^epm: The agent is not running\.\r?\n +Start the service "EPM Agent".*\r?\n +EPM_AGENT_UNREACHABLE/,
      );
    }
    const asJson = await agent.verb(['status', '--json']);
    expect(JSON.parse(asJson.errors)).toMatchObject({
      error: { code: 'EPM_AGENT_UNREACHABLE', hint: expect.stringContaining('Start the service') as string },
    });
    expect(await agent.ask('elevate', { path: PROGRAM })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_AGENT_UNREACHABLE' },
    });
  });

  it('AC-77 elevates nothing while there is no policy', async () => {
    await agent.start();
    expect(await agent.ask('status')).toMatchObject({
      kind: 'result',
      body: { state: 'running', clientState: 'noPolicy', accountFactory: 'testBed' },
    });
    const answer = await agent.ask('elevate', { path: PROGRAM });
    expect(answer.body).toMatchObject({
      outcome: 'notManaged',
      reason: 'noPolicy',
      hint: expect.stringMatching(/\S/) as string,
    });
    expect(agent.probeRuns()).toBe(0);
  });

  it('announces the test bed to everybody', async () => {
    const { body } = await agent.ask('status');
    expect(body['warnings']).toEqual([expect.stringContaining('test bed')]);
  });

  it('puts a policy in force within a second of its delivery', async () => {
    await agent.apply({ id: 'first', settings: SETTINGS, rules: [programRule(sha256)] });
    await vi.waitFor(
      async () => {
        const { body } = await agent.ask('policy');
        expect(body).toMatchObject({
          settings: { clientState: 'enabled' },
          rules: [{ name: 'Probe', state: 'active' }],
        });
      },
      { timeout: 5_000 },
    );
    const changed = (await agent.records()).filter(({ event }) => event === 'policyChanged');
    expect(changed.length).toBeGreaterThan(0);
  });

  it('keeps the other rules when one value cannot be read', async () => {
    await bed().setRegistry(`${KEY}\\Rules`, 'Broken', 'REG_SZ', '{ this is no rule');
    await bed().setRegistry(`${KEY}\\Rules`, 'Number', 'REG_DWORD', '7');
    await bed().setRegistry(KEY, 'EnableEPM', 'REG_SZ', 'perhaps');
    await vi.waitFor(async () => expect((await agent.ask('status')).body['rejectedRules']).toBe(2), { timeout: 5_000 });
    const { body } = await agent.ask('policy');
    const rules = body['rules'] as readonly { name: string; state: string; reasons: readonly string[] }[];
    expect(rules.find(({ name }) => name === 'Probe')?.state).toBe('active');
    expect(rules.find(({ name }) => name === 'Broken')).toMatchObject({
      state: 'rejected',
      reasons: [expect.stringMatching(/\S/)],
    });
    await agent.expectAlive();
  });

  it('keeps the last good policy when the whole of it cannot be read, and says so', async () => {
    await agent.apply({ id: 'good', settings: SETTINGS, rules: [programRule(sha256)] });
    await vi.waitFor(async () => expect((await agent.ask('status')).body['rejectedRules']).toBe(0), { timeout: 5_000 });
    await bed().deleteRegistry(`${KEY}\\Rules`);
    await bed().setRegistry(KEY, 'Rules', 'REG_SZ', 'a value where a key belongs');
    await vi.waitFor(
      async () => expect((await agent.ask('policy')).body['fault']).toMatchObject({ code: 'EPM_POLICY_INVALID' }),
      { timeout: 5_000 },
    );
    expect(await agent.ask('status')).toMatchObject({ body: { state: 'degraded', rules: 1 } });
    const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
    expect(answer.body).toMatchObject({ outcome: 'finished' });
    expect(
      (await agent.records()).some(
        ({ event, errorCode }) => event === 'policyFault' && errorCode === 'EPM_POLICY_INVALID',
      ),
    ).toBe(true);
  });

  it('AC-77 elevates nothing after a start with a policy that cannot be read', async () => {
    await agent.stop();
    await agent.start();
    const before = agent.probeRuns();
    const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
    expect(answer.body['outcome'] ?? answer.body['code']).toMatch(/^(?:notManaged|denied|EPM_POLICY_)/);
    expect(agent.probeRuns()).toBe(before);
    await bed().deleteRegistry(KEY, 'Rules');
  });

  it('forgets a policy that is taken away, as management leaves its place', async () => {
    await agent.apply({ id: 'good', settings: SETTINGS, rules: [programRule(sha256)] });
    await agent.untilRules(1);
    await bed().deleteRegistry(`${KEY}\\Rules`);
    const emptied = await bed().run({
      program: 'C:\\windows\\system32\\reg.exe',
      arguments: ['delete', KEY, '/va', '/f'],
      as: 'administrator',
    });
    expect(emptied).toMatchObject({ exitCode: 0 });
    await agent.untilRules(0);
    expect((await agent.ask('elevate', { path: PROGRAM })).body).toMatchObject({
      outcome: 'notManaged',
      reason: 'noPolicy',
    });
    await agent.apply({ id: 'good', settings: SETTINGS, rules: [programRule(sha256)] });
    await agent.untilRules(1);
  });

  it('AC-09 refuses messages that are no requests and stays', async () => {
    const path = JSON.stringify(PROGRAM);
    const bad: readonly (readonly [string, string | Uint8Array])[] = [
      ['no JSON', 'hello'],
      ['an array', '[]'],
      ['UTF-16', Buffer.from(message('status', {}), 'utf16le')],
      ['broken UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
      ['a NUL in it', `${message('status', {})}\0`],
      ['deeply nested', `{"v":1,"channel":"status","body":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
      ['a member twice', `{"v":1,"channel":"elevate","body":{"path":${path},"path":"C:\\\\x.exe"}}`],
      ['half a character', `{"v":1,"channel":"elevate","body":{"path":"C:\\\\\\ud800.exe"}}`],
      ['another version', JSON.stringify({ v: 2, channel: 'status', body: {} })],
      ['no such channel', message('shutdown', {})],
      ['the prototype', `{"v":1,"channel":"status","body":{},"__proto__":{"v":1}}`],
      ['a cancel of nothing', JSON.stringify({ v: 1, cancel: true })],
    ];
    for (const [what, bytes] of bad) {
      const answer = await agent.rawAnswer(bytes);
      expect(answer, what).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_REQUEST_MALFORMED', hint: expect.stringMatching(/\S/) as string },
      });
    }
    await agent.expectAlive();
  });

  it('AC-09 turns away what is too long, broken off, or only connects', async () => {
    const long = await agent.raw(message('elevate', { path: PROGRAM, arguments: ['x'.repeat(80_000)] }));
    expect(long.replies.map(({ text }) => text).join('')).not.toContain('"started"');
    expect(long.closedByServer + long.errors.length).toBeGreaterThan(0);
    await agent.raw(message('status', {}), { words: ['--truncate'] });
    const many = await agent.raw(message('status', {}), { words: ['--connections', '40', '--hold', '3000'] });
    expect(many.replies.length).toBeLessThanOrEqual(40);
    await agent.expectAlive();
    const { body } = await agent.ask('status');
    expect((body['counters'] as { refusedClients: number }).refusedClients).toBeGreaterThan(0);
    expect(await agent.ask('status', {}, 'otherUser')).toMatchObject({ kind: 'result' });
  });

  it('AC-20 AC-22 AC-25 refuses names that are not plain local paths', async () => {
    const names = [
      `${PROGRAM}:stream`,
      'C:\\Program Files:x.exe',
      'C:\\Windows \\System32\\cmd.exe',
      `${PROGRAM}.`,
      `${PROGRAM} `,
      'C:\\CON',
      'C:\\Program Files\\App\\nul.exe',
      `\\\\?\\${PROGRAM}`,
      `\\\\.\\${PROGRAM}`,
      '\\\\?\\GLOBALROOT\\Device\\HarddiskVolume1\\Windows\\System32\\cmd.exe',
      `\\??\\${PROGRAM}`,
      PROGRAM.replaceAll('\\', '/'),
      'C:\\Program Files\\App\\..\\App\\probe.exe',
      'C:\\Program Files\\.\\App\\probe.exe',
      'C:probe.exe',
      'probe.exe',
      '\\Program Files\\App\\probe.exe',
      '\\\\localhost\\c$\\Program Files\\App\\probe.exe',
      '%ProgramFiles%\\App\\probe.exe',
    ];
    const before = agent.probeRuns();
    for (const path of names) {
      const answer = await agent.rawAnswer(message('elevate', { path, wait: true }));
      expect(answer, path).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_FILE_NAME_REFUSED', hint: expect.stringMatching(/\S/) as string },
      });
    }
    expect(agent.probeRuns()).toBe(before);
  });

  it('names a missing file, a folder and a file of another kind', async () => {
    bed().putFile('C:\\Program Files\\App\\text.exe', 'no program');
    const missing = await agent.ask('elevate', { path: 'C:\\Program Files\\App\\absent.exe' });
    expect(missing).toMatchObject({ kind: 'error', body: { code: 'EPM_FILE_NOT_FOUND' } });
    const folder = await agent.ask('elevate', { path: 'C:\\Program Files\\App' });
    expect(folder).toMatchObject({ kind: 'error', body: { code: 'EPM_FILE_UNREADABLE' } });
    const text = await agent.ask('elevate', { path: 'C:\\Program Files\\App\\text.exe' });
    expect(text.body).toMatchObject({ outcome: 'denied', reason: 'fileRefused' });
  });

  it('lets a second agent take neither its journal nor its pipe', async () => {
    const second = await bed().run({ program: agent.epm, arguments: ['agent'], as: 'system', timeout: 20_000 });
    expect(second.exitCode).toBe(3);
    expect(second.errors).toMatch(/EPM_(?:AUDIT_UNREADABLE|WINDOWS_API)/);
    await agent.expectAlive();
  });

  it('shows a user his own records, and an administrator all', async () => {
    const own = await agent.messages('audit', {}, 'otherUser');
    const users = own
      .filter(({ kind }) => kind === 'event')
      .map(({ body }) => (body['record'] as { userSid?: string }).userSid);
    expect(users.every((user) => user === identitySid.otherUser)).toBe(true);
    expect((await agent.records()).length).toBeGreaterThan(users.length);
  });

  it('AC-96 does not start on a journal that was changed', async () => {
    await agent.stop();
    const good = bed().readFile(JOURNAL);
    bed().putFile(JOURNAL, good.toString('latin1').replace('agentStarted', 'agentStopped'));
    const outcome = await bed().run({ program: agent.epm, arguments: ['agent'], as: 'system', timeout: 20_000 });
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
    const sha256 = agent.putProbe();
    await agent.apply({ id: 'tests', settings: SETTINGS, rules: [programRule(sha256)] });
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
        await settled(bed());
      }
    });
  });
});

describeWindows('a production build in Wine', ['productionEpm'], (bed) => {
  it('AC-101 serves, but refuses to elevate', async (context) => {
    if (bed().kind !== 'wine') context.skip('only Wine makes the calls pretend to succeed');
    const agent = new AgentUnderTest(bed(), 'production');
    const sha256 = agent.putProbe();
    await agent.apply({ id: 'tests', settings: SETTINGS, rules: [programRule(sha256)] });
    try {
      await agent.start();
      const answer = await agent.ask('elevate', { path: PROGRAM, wait: true });
      expect(answer).toMatchObject({ kind: 'error', body: { code: 'EPM_WINE_REFUSED' } });
      expect(agent.probeRuns()).toBe(0);
    } finally {
      await agent.stop();
    }
  });
});

describeWindows('the agent as a service', ['epm'], (bed) => {
  it('is registered, runs, stops when asked, and is gone', async () => {
    const agent = new AgentUnderTest(bed());
    const installed = await agent.verb(['agent', 'install'], 'administrator');
    expect(installed).toMatchObject({ exitCode: 0, errors: '' });
    expect(await agent.verb(['agent', 'install'], 'administrator')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('registered already') as string,
    });
    const query = await bed().run({
      program: 'C:\\windows\\system32\\reg.exe',
      arguments: ['query', 'HKLM\\System\\CurrentControlSet\\Services\\EPMAgent'],
      as: 'administrator',
    });
    expect(query.output).toContain(`"${agent.epm}" agent --service`);
    await vi.waitFor(() => expect(bed().fileExists(JOURNAL)).toBe(true), { timeout: 20_000 });
    const removed = await agent.verb(['agent', 'uninstall'], 'administrator');
    expect(removed).toMatchObject({ exitCode: 0, errors: '' });
    await settled(bed());
    const events = bed()
      .readFile(JOURNAL)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect([events.at(0), events.at(-1)]).toEqual(['agentStarted', 'agentStopped']);
    expect(await agent.verb(['agent', 'uninstall'], 'administrator')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('not registered') as string,
    });
  });

  it('does not run as a service when nobody asked for one', async () => {
    const agent = new AgentUnderTest(bed());
    const outcome = await bed().run({
      program: agent.epm,
      arguments: ['agent', '--service'],
      as: 'system',
      timeout: 60_000,
    });
    expect(outcome).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('service control manager') as string,
    });
  });
});

async function settled(bed: TestBed): Promise<void> {
  await vi.waitFor(() => expect(bed.leftovers()).toEqual([]), { timeout: 15_000 });
}
