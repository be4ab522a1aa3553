/** What the agent answers to messages that no client of ours sends, and to names that are not plain local paths. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { describeWindows } from '../bed/index.ts';
import { AgentUnderTest, message, PROGRAM } from './agent-under-test.ts';

describeWindows('messages to the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.allowProbe();
    await agent.start();
  });
  afterAll(async () => agent.stop());

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
    const long = await agent.raw(message('elevate', { path: PROGRAM, arguments: ['x'.repeat(80_000)] }), {
      words: ['--hold', String(patient(20_000))],
    });
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
});
