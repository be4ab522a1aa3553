/** The live channel of an agent by a real broker. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Agent, createAgent } from '../../../../src/agent/index.ts';
import type { ElevateResult, SupportAnswer } from '../../../../src/agent/contract.ts';
import type { GrantStatement } from '../../../../src/model/grant.ts';
import type { Notification } from '../../../../src/model/notification.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import { mqttBroker } from '../../../../src/network/mqtt.ts';
import { LiveTopics } from '../../../../src/agent/live-channel/topics.ts';
import { Mosquitto, NO_MOSQUITTO } from '../../../broker/mosquitto.ts';
import { Peer } from '../../../broker/peer.ts';
import { describeUnless } from '../../../describe-unless.ts';
import { eventually } from '../../../eventually.ts';
import { Approver, approvalPolicy } from '../approvals/approver.ts';
import { administrator, caller, context, FakeMachine, SETUP } from '../fake-machine.ts';

const topics = new LiveTopics('epm');

describeUnless(NO_MOSQUITTO, 'the live channel', () => {
  let broker: Mosquitto;
  let machine: FakeMachine;
  let support: Approver;
  let agent: Agent;
  let peer: Peer;
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    broker = await Mosquitto.start();
    machine = new FakeMachine().withRule({ type: 'supportApproved' });
    machine.broker = mqttBroker;
    machine.now = Date.UTC(2026, 5, 1);
    support = new Approver();
    closing.push(() => broker.dispose());
  });
  afterEach(async () => {
    for (const process of machine.processes) process.exit(0);
    for (const close of closing.splice(0).reverse()) await close().catch(() => undefined);
  });

  function policy(
    keys: readonly Approver[],
    settings: SettingsInput = {},
    more: Partial<Notification<'mqtt'>> = {},
  ): void {
    const receiver: Notification<'mqtt'> = {
      kind: 'mqtt',
      name: 'live',
      events: ['requested'],
      topicPrefix: 'epm',
      ...broker.address,
      ...more,
    };
    machine.policies = machine.policies.map((document) => ({
      ...document,
      settings: { enabled: true, ...settings },
      approvals: approvalPolicy(keys, { notifications: [receiver] }),
    }));
  }

  async function start(settings: SettingsInput = {}, more: Partial<Notification<'mqtt'>> = {}): Promise<void> {
    policy([support], settings, more);
    agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    closing.push(() => agent.stop());
    await eventually(() => expect(agent.status(administrator()).journal.state).not.toBe('unverified'));
    peer = await Peer.connect(broker.address, ['epm/#']);
    closing.push(() => peer.close());
  }

  const elevate = (more: object = {}): Promise<ElevateResult> =>
    agent.elevate(caller(), { path: SETUP, ...more }, context().value);

  async function ask(): Promise<SupportAnswer> {
    const result = await elevate({ justification: 'The printer.' });
    expect(result).toMatchObject({ outcome: 'needsApproval' });
    return (result as { supportRequest: SupportAnswer }).supportRequest;
  }

  const device = (): string => agent.status(administrator()).approvals.deviceId ?? '';
  const grantTopic = (id = '1'): string => topics.answer({ kind: 'device', id: device() }, `grants/${id}`);
  const approve = (text: string, more: Partial<GrantStatement> = {}, by = support): string =>
    by.approve(text, machine.now, more);
  const online = (): Promise<void> =>
    eventually(() => expect(peer.last(`${device()}/presence`)).toBe('{"version":1,"state":"online"}'));
  const refused = (): string[] => machine.events().filter((event) => event === 'grantRefused');

  it('brings a request to the approver and the grant to the device, which elevates by it', async () => {
    await start();
    await online();
    const { id, text = '' } = await ask();
    await eventually(() => expect(peer.last(`/requests/${id}`)).toBe(text));
    await eventually(() =>
      expect(JSON.parse(peer.last(`/states/${id}`) ?? '')).toMatchObject({ version: 1, status: 'pending' }),
    );
    await peer.publish(grantTopic(), approve(text));
    await eventually(() => expect(JSON.parse(peer.last(`/states/${id}`) ?? '')).toMatchObject({ status: 'approved' }));
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    expect(machine.records().find(({ event }) => event === 'grantImported')).not.toHaveProperty('userSid');
    // The text goes, so that nobody approves what is over.
    await eventually(() => expect(peer.last(`/requests/${id}`)).toBe(''));
    await eventually(() => expect(JSON.parse(peer.last(`/states/${id}`) ?? '')).toMatchObject({ status: 'completed' }));
  });

  it('takes back what a key of the policy revokes, and denies what waits', async () => {
    await start();
    const { id, text = '' } = await ask();
    await peer.publish(grantTopic(), approve(text));
    await eventually(() => expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved'));
    const revocation = support.revoke({ of: id, device: device(), reason: 'Wrong file.' }, machine.now);
    await peer.publish(topics.answer({ kind: 'device', id: device() }, `revocations/${id}`), revocation);
    await eventually(() => expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('revoked'));
    expect(await elevate()).toMatchObject({
      outcome: 'needsApproval',
      message: expect.stringContaining('Wrong file.'),
    });
    expect(machine.records().find(({ event }) => event === 'grantRevoked')).toMatchObject({
      supportRequestId: id,
      approverKey: 'Support desk',
    });
    const second = await ask();
    const denial = support.revoke({ of: second.id, device: device(), reason: 'No.' }, machine.now);
    await peer.publish(topics.answer({ kind: 'device', id: device() }, `revocations/${second.id}`), denial);
    await eventually(() =>
      expect(agent.supportRequests(caller(), { id: second.id }).requests[0]).toMatchObject({
        status: 'denied',
        reviewerJustification: 'No.',
      }),
    );
  });

  it('takes nothing from foreign keys, for other devices, replayed or made up, and records no flood', async () => {
    await start();
    await online();
    const { id, text = '' } = await ask();
    const foreign = new Approver();
    const elsewhere = approve(text, { device: { kind: 'device', id: '3f2504e0-4f89-11d3-9a0c-0305e82c3301' } });
    const over = approve(text, { from: machine.now - 7_200_000, until: machine.now - 3_600_000 });
    const hostile = [
      approve(text, {}, foreign),
      foreign.revoke({ of: id, device: device() }, machine.now),
      Buffer.from([0xff, 0xfe, 0, 0x80]),
      'EPM1.',
      'x'.repeat(12_000),
      '',
    ];
    for (let round = 0; round < 3; round += 1) {
      for (const [index, payload] of [...hostile, elsewhere, over].entries())
        await peer.publish(grantTopic(`${round}-${index}`), payload);
    }
    const last = approve(text);
    await peer.publish(grantTopic('last'), last);
    await eventually(() => expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved'));
    // Those of a listed key, each once.
    expect(refused()).toHaveLength(2);
    expect(agent.grants(administrator(), {}).grants).toHaveLength(1);
  });

  it('comes back after the broker was killed, with all that waits, and takes what is retained once', async () => {
    await start();
    await online();
    const { id, text = '' } = await ask();
    await eventually(() => expect(peer.last(`/requests/${id}`)).toBe(text));
    await broker.kill();
    // Nothing of it stops an elevation, or its refusal.
    expect(await elevate()).toMatchObject({ outcome: 'needsApproval' });
    await broker.resume();
    const approver = await Peer.connect(broker.address, ['epm/#']);
    closing.push(() => approver.close());
    const grant = approve(text);
    await approver.publish(grantTopic(), grant);
    await approver.publish(grantTopic('again'), grant);
    await eventually(() => expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved'));
    await eventually(() =>
      expect(JSON.parse(approver.last(`/states/${id}`) ?? '')).toMatchObject({ status: 'approved' }),
    );
    expect(machine.events().filter((event) => event === 'grantImported')).toHaveLength(1);
    expect(await elevate()).toMatchObject({ outcome: 'started' });
  });

  it('elevates while the broker does not answer', async () => {
    await start();
    await online();
    const { text = '' } = await ask();
    agent.importGrant(caller(), { text: approve(text) });
    broker.freeze();
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    broker.thaw();
  });

  it('publishes nothing that policy keeps on the device, and brings answers all the same', async () => {
    await start({ sendData: false });
    const { id, text = '' } = await ask();
    await eventually(async () => {
      await peer.publish(grantTopic(), approve(text));
      expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved');
    });
    expect(peer.messages.filter(({ topic }) => !topic.includes('/grants/'))).toEqual([]);
  });

  it('takes a grant that came before its key as soon as policy lists the key', async () => {
    const late = new Approver({ name: 'Late' });
    await start();
    await online();
    const { id, text = '' } = await ask();
    await peer.publish(grantTopic(), approve(text, {}, late));
    await peer.publish(grantTopic('mark'), 'EPM1.');
    policy([support, late]);
    await agent.reload(administrator());
    await eventually(() => expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved'));
  });

  it('says goodbye when the agent stops', async () => {
    await start();
    await online();
    await agent.stop();
    await eventually(() => expect(peer.last(`/presence`)).toBe('{"version":1,"state":"offline"}'));
  });

  it('connects to no broker whose certificate is not trusted', async () => {
    const other = await Mosquitto.start();
    closing.push(() => other.dispose());
    await start({}, { caCertificates: other.address.caCertificates ?? [] });
    await eventually(() =>
      expect(machine.log.filter(({ event }) => event === 'brokerLost')).toMatchObject([
        { data: { fault: 'certificate' } },
      ]),
    );
    expect(peer.messages).toEqual([]);
    expect(agent.status(administrator())).toMatchObject({
      brokers: [{ name: 'live', fault: 'certificate', published: 0, received: 0 }],
      warnings: [{ code: 'brokerFailing', data: { receiver: 'live', fault: 'certificate' } }],
    });
  });

  it('tells administrators, and nobody else, of its brokers', async () => {
    await start();
    await online();
    const { id, text = '' } = await ask();
    await peer.publish(grantTopic(), approve(text));
    await peer.publish(grantTopic('made-up'), 'EPM1.');
    await eventually(() => expect(agent.supportRequests(caller(), { id }).requests[0]?.status).toBe('approved'));
    await eventually(() =>
      expect(agent.status(administrator()).brokers).toEqual([
        {
          name: 'live',
          state: 'connected',
          since: new Date(machine.now).toISOString(),
          published: expect.any(Number),
          received: 2,
          ignored: 1,
        },
      ]),
    );
    expect(agent.status(administrator()).warnings.map(({ code }) => code)).not.toContain('brokerFailing');
    expect(agent.status(caller())).not.toHaveProperty('brokers');
  });
});
