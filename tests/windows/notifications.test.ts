/**
 * Notifications with the packed agent: a standard user asks for an approval, and a folder is told; a server that nobody vouches
 * for is not, and the message waits. A certificate in the store of Wine did not make it trusted: tests/unit/network/webhook.test.ts
 * has a server that is trusted. The event log does not exist there either; its entries are in tests/unit/agent/notifications.
 */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { HttpsReceiver } from '../unit/network/https-receiver.ts';
import { MadeCertificates } from '../unit/network/made-certificates.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { SETTINGS } from './policy-keys.ts';

const SECRET = 'correct horse battery staple';
const FOLDER = 'C:\\Requests';

describeWindows('notifications', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let certificates: MadeCertificates;
  let server: HttpsReceiver;

  const status = async (): Promise<readonly Json[]> =>
    ((await agent.ask('status', {}, 'administrator')).body['notifications'] as { readonly receivers: readonly Json[] })
      .receivers;

  beforeAll(async () => {
    certificates = new MadeCertificates();
    server = await new HttpsReceiver(certificates).start();
    agent = new AgentUnderTest(bed());
    bed().putFile(`${FOLDER}\\readme.txt`, 'Requests come here.');
    await agent.apply({
      id: 'tests',
      settings: SETTINGS,
      rules: [programRule(agent.putProbe(), { type: 'supportApproved', fileName: 'probe.exe' })],
      notifications: {
        desk: { kind: 'webhook', urlSecret: 'address', secret: 'hmac' },
        share: { kind: 'folder', path: FOLDER },
        log: { kind: 'eventLog' },
      },
    });
    await agent.start();
  });
  afterAll(async () => {
    await agent.stop();
    await server.stop();
    certificates.remove();
  });

  it('takes secrets from administrators, keeps them protected, and tells them to nobody', async () => {
    const refused = await agent.verb(['agent', 'secret', 'set', 'hmac'], 'standardUser', { input: SECRET });
    expect(refused.exitCode).not.toBe(0);
    const set = await agent.verb(['agent', 'secret', 'set', 'hmac'], 'administrator', { input: `${SECRET}\n` });
    expect(set).toMatchObject({ exitCode: 0, errors: '' });
    expect(set.output + (await agent.verb(['agent', 'secret', 'list'], 'administrator')).output).not.toContain(SECRET);
    const records = await agent.records();
    expect(records.filter(({ event }) => event === 'secretChanged')).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  it('tells receivers of a request, and waits for the one that cannot be reached yet', async () => {
    const asked = await agent.ask('elevate', { path: PROGRAM, wait: true, justification: 'I need it for my work.' });
    expect(asked.body).toMatchObject({ outcome: 'needsApproval' });
    // The address is not there yet.
    await eventually(async () => {
      expect((await status()).find(({ name }) => name === 'desk')).toMatchObject({
        queued: 1,
        lastFault: { fault: 'secretMissing' },
      });
    });
    const files = await eventually(() => {
      const found = readdirSync(bed().hostPath(FOLDER)).filter((name) => name.endsWith('.json'));
      expect(found).toHaveLength(1);
      return found;
    });
    const written = JSON.parse(
      bed()
        .readFile(`${FOLDER}\\${files[0] ?? ''}`)
        .toString('utf8'),
    ) as Json;
    expect(written).toMatchObject({
      version: 1,
      event: 'requested',
      request: { applicationDetail: { fileName: 'probe.exe' } },
    });
  });

  it('sends nothing to a server whose certificate nobody vouches for, keeps the message, and elevates meanwhile', async () => {
    const address = await agent.verb(['agent', 'secret', 'set', 'address'], 'administrator', {
      // Where Wine runs in a system of its own, that one knows no name "localhost".
      input: `https://127.0.0.1:${server.port}/hook`,
    });
    expect(address.exitCode).toBe(0);
    await eventually(async () => {
      expect((await status()).find(({ name }) => name === 'desk')).toMatchObject({
        queued: 1,
        lastFault: { fault: 'certificate' },
      });
    });
    expect(server.taken).toEqual([]);
    const asked = await agent.ask('elevate', { path: PROGRAM, wait: true, justification: 'I need it for my work.' });
    expect(asked.body).toMatchObject({ outcome: 'needsApproval' });
  });

  it('tries a receiver for an administrator, and says what went wrong', async () => {
    const no = await agent.verb(['notification', 'test', 'desk', '--json'], 'administrator');
    expect(no.exitCode).toBe(1);
    expect(JSON.parse(no.output)).toMatchObject({ outcome: 'failed', fault: 'certificate' });
    const yes = await agent.verb(['notification', 'test', 'share'], 'administrator');
    expect(yes, yes.errors).toMatchObject({ exitCode: 0 });
    const refused = await agent.verb(['notification', 'test', 'share'], 'standardUser');
    expect(refused.exitCode).toBe(3);
  });
});
