/**
 * The live channel with the packed agent and Debian's mosquitto, which knows devices and approvers by their certificates and has
 * the access control of docs/live-channel.md: a standard user asks, an approver answers on this system, and the device elevates.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveTopics } from '../../src/agent/live-channel/topics.ts';
import { run } from '../../src/cli/program.ts';
import { describeWindows } from '../bed/index.ts';
import { Mosquitto, NO_MOSQUITTO } from '../broker/mosquitto.ts';
import { Peer } from '../broker/peer.ts';
import { describeUnless } from '../describe-unless.ts';
import { eventually } from '../eventually.ts';
import { Approver } from '../unit/agent/approvals/approver.ts';
import { captureOutput, type CapturedOutput, epm } from '../unit/cli/captured.ts';
import { AgentUnderTest, type Json, PROGRAM, programRule } from './agent-under-test.ts';
import { askSupport } from './approvals-under-test.ts';
import { SETTINGS } from './policy-keys.ts';

const PASSPHRASE = 'correct horse battery staple';
const OTHER_DEVICE = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const topics = new LiveTopics('epm');

/** As docs/live-channel.md has it; one listener serves both here. */
const ACL = [
  'pattern write epm/devices/%u/presence',
  'pattern write epm/devices/%u/requests/+',
  'pattern write epm/devices/%u/states/+',
  'pattern read epm/devices/%u/grants/+',
  'pattern read epm/devices/%u/revocations/+',
  'pattern read epm/groups/+/grants/+',
  'pattern read epm/groups/+/revocations/+',
  'user helpdesk',
  'topic read epm/devices/+/presence',
  'topic read epm/devices/+/requests/+',
  'topic read epm/devices/+/states/+',
  'topic write epm/devices/+/grants/+',
  'topic write epm/devices/+/revocations/+',
  'topic write epm/groups/+/grants/+',
  'topic write epm/groups/+/revocations/+',
];

describeUnless(NO_MOSQUITTO, 'with a broker', () => {
  describeWindows('the live channel', ['epm'], (bed) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-live-'));
    const at = (name: string): string => path.join(folder, name);
    let agent: AgentUnderTest;
    let broker: Mosquitto;
    let peer: Peer;
    let deviceId: string;
    let atBroker: readonly string[];
    let byDesk: readonly string[];

    beforeAll(async () => {
      broker = await Mosquitto.start({ acl: ACL, needsCertificate: true });
      writeFileSync(at('passphrase.txt'), PASSPHRASE);
      writeFileSync(at('helpdesk.pem'), broker.client('helpdesk'));
      atBroker = ['--broker', broker.url, '--ca-file', broker.authorityFile, '--client-file', at('helpdesk.pem')];
      byDesk = ['--key', at('desk.pem'), '--passphrase-file', at('passphrase.txt')];
      const words = ['approval-key', 'new', '--out', at('desk.pem'), '--name', 'desk', '--json'];
      const made = await epm(...words, '--approver', 'S-1-5-21-9-9-9-5001', ...byDesk.slice(2));
      expect(made).toMatchObject({ code: 0, error: '' });
      agent = new AgentUnderTest(bed());
      await agent.apply({
        id: 'tests',
        // Nobody is at a screen.
        settings: { ...SETTINGS, notifyUser: false },
        rules: [programRule(agent.putProbe(), { type: 'supportApproved' })],
        approverKeys: (JSON.parse(made.out) as { readonly approverKeys: Json }).approverKeys,
        notifications: {
          live: {
            kind: 'mqtt',
            url: broker.url,
            certificate: 'broker-client',
            caCertificates: [broker.authority.der.toString('base64')],
          },
        },
      });
      await agent.start();
      const { body } = await agent.ask('status', {}, 'administrator');
      deviceId = (body['approvals'] as { readonly deviceId: string }).deviceId;
      peer = await Peer.connect({ ...broker.address, clientCertificate: broker.client('helpdesk') }, ['epm/#']);
    });
    afterAll(async () => {
      await peer.close();
      await agent.stop();
      await broker.dispose();
      rmSync(folder, { recursive: true });
    });

    const elevate = async (more: Json = {}): Promise<Json> =>
      (await agent.ask('elevate', { path: PROGRAM, wait: true, ...more })).body;
    const ask = (more: Json = {}) => askSupport(agent, { path: PROGRAM, wait: true, ...more });
    const untilStatus = (id: string, status: string): Promise<void> =>
      eventually(async () => {
        const shown = await agent.verb(['request', 'show', id, '--json']);
        expect(JSON.parse(shown.output), shown.errors).toMatchObject({ requests: [{ status }] });
      });

    it('begins when the machine has its certificate', async () => {
      expect(peer.messages).toEqual([]);
      const before = await agent.verb(['status'], 'administrator');
      expect(before.output).toMatch(/^Broker live +(waiting|connecting) since .*, fault secret;/m);
      const set = await agent.verb(['agent', 'secret', 'set', 'broker-client'], 'administrator', {
        input: broker.client(deviceId),
      });
      expect(set, set.errors).toMatchObject({ exitCode: 0 });
      await eventually(() => expect(peer.last(`/${deviceId}/presence`)).toBe('{"version":1,"state":"online"}'));
      const connected = await agent.verb(['status'], 'administrator');
      expect(connected.output).toMatch(/^Broker live +connected since /m);
      expect((await agent.verb(['status'])).output).not.toContain('Broker');
    });

    it('shows a request to who watches, brings the approval, and the program starts', async () => {
      const watching = watch([...atBroker, '--json']);
      const { id, text } = await ask({ arguments: ['/live'] });
      await eventually(() =>
        expect(watching.lines()).toContainEqual(expect.objectContaining({ kind: 'request', deviceId, text })),
      );
      const approved = await epm('approve', text, '--yes', '--reason', 'Go on.', ...byDesk, ...atBroker);
      expect(approved, approved.error).toMatchObject({ code: 0 });
      await untilStatus(id, 'approved');
      const started = await elevate({ arguments: ['/live'] });
      expect(started, JSON.stringify(started)).toMatchObject({ outcome: 'finished', exitCode: 0 });
      await eventually(() =>
        expect(watching.lines()).toContainEqual(
          expect.objectContaining({
            kind: 'state',
            requestId: id,
            state: expect.objectContaining({ status: 'completed' }),
          }),
        ),
      );
      const told = (await agent.records()).filter(({ supportRequestId }) => supportRequestId === id);
      expect(told.find(({ event }) => event === 'elevationStarting')).toMatchObject({
        approver: 'S-1-5-21-9-9-9-5001',
        approverKey: 'desk',
      });
      // Nobody of this device brought it.
      expect(told.find(({ event }) => event === 'grantImported')).not.toHaveProperty('userSid');
      expect(await watching.interrupt()).toMatchObject({ code: 0, error: '' });
    });

    it('takes an approval back, and the user is told why', async () => {
      const { id, text } = await ask({ arguments: ['/back'] });
      const approved = await epm('approve', text, '--yes', ...byDesk, ...atBroker);
      await untilStatus(id, 'approved');
      const revoked = await epm('revoke', approved.out.trim(), '--reason', 'Wrong file.', ...byDesk, ...atBroker);
      expect(revoked, revoked.error).toMatchObject({ code: 0 });
      await untilStatus(id, 'revoked');
      expect(await elevate({ arguments: ['/back'] })).toMatchObject({
        outcome: 'needsApproval',
        message: expect.stringContaining('Wrong file.') as unknown,
      });
    });

    it('takes nothing for another device, of a foreign key, or from another device', async () => {
      const { id, text } = await ask({ arguments: ['/foreign'] });
      const foreign = new Approver({ name: 'desk' });
      const elsewhere = foreign.approve(text, Date.now(), { device: { kind: 'device', id: OTHER_DEVICE } });
      const toThis = (name: string): string => topics.answer({ kind: 'device', id: deviceId }, `grants/${name}`);
      await peer.publish(toThis('foreign'), foreign.approve(text, Date.now()));
      await peer.publish(toThis('elsewhere'), elsewhere);
      // A device may write nothing that another one reads.
      const device = await Peer.connect({ ...broker.address, clientCertificate: broker.client(OTHER_DEVICE) });
      await expect(device.publish(toThis('device'), elsewhere)).rejects.toMatchObject({ fault: 'refused' });
      await device.close();
      // The answers come in order: what came before is judged when this one is.
      const mark = await ask({ arguments: ['/mark'] });
      expect(await epm('approve', mark.text, '--yes', ...byDesk, ...atBroker)).toMatchObject({ code: 0 });
      await untilStatus(mark.id, 'approved');
      await untilStatus(id, 'pending');
      expect(await elevate({ arguments: ['/foreign'] })).toMatchObject({ outcome: 'needsApproval' });
    });

    it('goes on when the broker was killed and is there again, and elevates meanwhile', async () => {
      const { id, text } = await ask({ arguments: ['/killed'] });
      await broker.kill();
      expect(await elevate({ arguments: ['/mark'] })).toMatchObject({ outcome: 'finished', exitCode: 0 });
      const lost = await epm('approve', text, '--yes', ...byDesk, ...atBroker);
      expect(lost.code).not.toBe(0);
      expect(lost.error).toContain('EPM_BROKER');
      await broker.resume();
      const approved = await epm('approve', text, '--yes', ...byDesk, ...atBroker);
      expect(approved, approved.error).toMatchObject({ code: 0 });
      await untilStatus(id, 'approved');
      expect(await elevate({ arguments: ['/killed'] })).toMatchObject({ outcome: 'finished', exitCode: 0 });
    });
  });
});

/** `epm request watch --json`, until it is interrupted. */
function watch(words: readonly string[]): {
  readonly lines: () => readonly Json[];
  readonly interrupt: () => Promise<CapturedOutput>;
} {
  let text = '';
  let interrupt: () => void = () => undefined;
  const over = captureOutput((io) => run(['request', 'watch', ...words], io), {
    out: (more) => void (text += more),
    onInterrupt: (listener) => {
      interrupt = listener;
      return () => undefined;
    },
  });
  return {
    lines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Json),
    interrupt: () => {
      interrupt();
      return over;
    },
  };
}
