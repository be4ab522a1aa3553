/** The pipe of administration: who gets through, and what is served where. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { CHANNEL_NAMES, type Channel, CHANNELS } from '../../src/ipc/channels/index.ts';
import { AgentUnderTest, type Json, message, PROGRAM } from './agent-under-test.ts';
import { SETTINGS } from './policy-keys.ts';

const FOLDER = 'C:\\Program Files\\Copy';
/** What a client would send, where it is more than nothing. */
const BODIES: { readonly [C in Channel]?: Json } = {
  stop: { requestId: '0'.repeat(32) },
  'decide-request': { id: 'AAECAwQFBgcICQoLDA0ODw', decision: 'deny' },
  'import-grant': { text: 'EPM1.hEmi' },
  secrets: { action: 'set', name: 'mine', value: 'secret' },
  'test-notification': { name: 'desk' },
};
const SERVED_THERE = CHANNEL_NAMES.filter((channel) => CHANNELS[channel].pipes.includes('administration'));
const WORDS = ['request', 'audit', '--body-file', 'C:\\Users\\Public\\body.json'];

describeWindows('the pipe of administration', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  const sha256 = (file: string): string => createHash('sha256').update(bed().readFile(file)).digest('hex');

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    // A copy, as the installed one may share its bytes with other test beds by a hard link.
    for (const name of ['epm.exe', 'epmnative.dll', 'koffi.node'])
      bed().putFile(`${FOLDER}\\${name}`, bed().readFile(`${agent.folder}\\${name}`));
    await agent.apply({
      id: 'tests',
      settings: SETTINGS,
      rules: [
        {
          name: 'EPM itself',
          type: 'automatic',
          fileName: 'epm.exe',
          filePath: FOLDER,
          fileHash: sha256(`${FOLDER}\\epm.exe`),
          // It is Node.js to the engine, which allows no interpreter without them.
          arguments: [WORDS.join(' ')],
        },
      ],
    });
    await agent.start();
    await agent.untilRules(1);
  });
  afterAll(() => agent.stop());

  it('AC-13 turns away a standard user who sends a message of administration', async () => {
    const sent = agent.rawAnswer(message('audit', {}), 'standardUser', 'administration');
    // Windows does not let them connect; in Wine, which enforces no access to pipes, the agent itself refuses.
    if (bed().kind === 'windows') await expect(sent).rejects.toThrow('EPM_NOT_ADMINISTRATOR');
    else expect(await sent).toMatchObject({ kind: 'error', body: { code: 'EPM_NOT_ADMINISTRATOR' } });
    await agent.expectAlive();
  });

  it.each(SERVED_THERE)('AC-13 serves %s there to no standard user', async (channel) => {
    const sent = agent.rawAnswer(message(channel, BODIES[channel] ?? {}), 'standardUser', 'administration');
    if (bed().kind === 'windows') await expect(sent).rejects.toThrow('EPM_NOT_ADMINISTRATOR');
    else expect(await sent).toMatchObject({ kind: 'error', body: { code: 'EPM_NOT_ADMINISTRATOR' } });
  });

  it.each(SERVED_THERE.filter((channel) => !CHANNELS[channel].pipes.includes('user')))(
    'AC-13 serves %s on the pipe of users to nobody, and nothing comes of it',
    async (channel) => {
      for (const as of ['standardUser', 'administrator'] as const) {
        const answer = await agent.rawAnswer(message(channel, BODIES[channel] ?? {}), as, 'user');
        expect(answer).toMatchObject({ kind: 'error', body: { code: 'EPM_REQUEST_MALFORMED' } });
      }
      const events = (await agent.records()).map(({ event }) => event);
      for (const made of ['secretChanged', 'journalSealed']) expect(events).not.toContain(made);
    },
  );

  it('AC-13 gives an administrator the records of others there, and on the pipe of users their own only', async () => {
    const there = (await agent.messages('audit', {}, 'administrator')).at(-1);
    expect(there).toMatchObject({ kind: 'result', body: { all: true } });
    const here = await agent.rawAnswer(message('audit', { limit: 0 }), 'administrator', 'user');
    expect(here).toMatchObject({ kind: 'result', body: { all: false } });
  });

  it('AC-13 elevates nothing there', async () => {
    const answer = await agent.rawAnswer(message('elevate', { path: PROGRAM }), 'administrator', 'administration');
    expect(answer).toMatchObject({ kind: 'error', body: { code: 'EPM_REQUEST_MALFORMED' } });
  });

  it('AC-13 AC-74 does not take a program that EPM elevated for an administrator', async () => {
    bed().putFile('C:\\Users\\Public\\body.json', '{}');
    const run = await agent.ask('elevate', { path: `${FOLDER}\\epm.exe`, arguments: WORDS, wait: true });
    // It has no output to write to, so that its exit code says nothing; the record does.
    expect(run.body).toMatchObject({ outcome: 'finished' });
    await eventually(async () => {
      const refused = (await agent.records()).filter(({ errorCode }) => errorCode === 'EPM_NOT_ADMINISTRATOR');
      expect(refused.some(({ userSid }) => String(userSid).startsWith('S-1-5-107-'))).toBe(true);
    });
  });

  windowsOnly('AC-04 a logon from the network reaches neither pipe', 'access to pipes is not enforced', async () => {
    const script = `
      foreach ($name in 'agent', 'administration') {
        $pipe = [System.IO.Pipes.NamedPipeClientStream]::new('localhost', "ProtectedPrefix\\Administrators\\EPM\\$name", 'InOut')
        try { $pipe.Connect(3000); "connected $name" } catch { "refused $name" } finally { $pipe.Dispose() }
      }`;
    const { output } = await bed().powerShell(script, { as: 'administrator' });
    expect(output).toContain('refused agent');
    expect(output).toContain('refused administration');
    expect(output).not.toContain('connected');
  });

  windowsOnly('AC-02 nobody adds an instance to either pipe', 'access to pipes is not enforced', async () => {
    const script = `
      foreach ($name in 'agent', 'administration') {
        try {
          $pipe = [System.IO.Pipes.NamedPipeServerStream]::new("ProtectedPrefix\\Administrators\\EPM\\$name", 'InOut', 254, 'Message')
          "made $name"; $pipe.Dispose()
        } catch { "refused $name" }
      }`;
    for (const as of ['standardUser', 'administrator'] as const) {
      const { output } = await bed().powerShell(script, { as });
      expect(output, as).toContain('refused agent');
      expect(output, as).toContain('refused administration');
      expect(output, as).not.toContain('made');
    }
  });
});
