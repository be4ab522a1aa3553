/** What a broker can do to an agent by what it sends, or does not: nothing that an elevation waits for. */
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerLink } from '../../../../src/agent/live-channel/broker-link.ts';
import { type Agent, createAgent } from '../../../../src/agent/index.ts';
import { mqttBroker } from '../../../../src/network/mqtt.ts';
import { GREETING, HostileBroker, type Manners, message, packet } from '../../../broker/hostile.ts';
import { eventually } from '../../../eventually.ts';
import { Approver, approvalPolicy } from '../approvals/approver.ts';
import { administrator, caller, context, FakeMachine, SETUP } from '../fake-machine.ts';

const TOPIC = Buffer.from('epm/devices/3f2504e0-4f89-11d3-9a0c-0305e82c3301/grants/0000000000000001');
const MEGABYTE = 1024 * 1024;
/** More than the collector and the runtime need for anything. */
const FLAT = 48 * MEGABYTE;

const send =
  (...bytes: readonly (string | Buffer)[]) =>
  (socket: TLSSocket): void =>
    bytes.forEach((each) => socket.write(typeof each === 'string' ? Buffer.from(each, 'hex') : each));

/** Writes as long as the other side takes it. @returns bytes that were handed over, at any time */
function pour(socket: TLSSocket, next: (count: number) => Buffer): () => number {
  let written = 0;
  let count = 0;
  const go = (): void => {
    while (!socket.destroyed) {
      const bytes = next(count);
      count += 1;
      written += bytes.length;
      if (!socket.write(bytes)) return;
    }
  };
  socket.on('drain', go);
  go();
  return () => written;
}

describe('an agent whose broker is hostile', () => {
  let machine: FakeMachine;
  let agent: Agent;
  let broker: HostileBroker;
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(() => {
    machine = new FakeMachine().withRule({ type: 'supportApproved' });
    machine.broker = mqttBroker;
    machine.now = Date.UTC(2026, 5, 1);
  });
  afterEach(async () => {
    for (const process of machine.processes) process.exit(0);
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function start(manners: Manners): Promise<void> {
    broker = await HostileBroker.start(manners);
    closing.push(() => broker.dispose());
    const support = new Approver();
    const receiver = {
      kind: 'mqtt',
      name: 'live',
      events: ['requested'],
      topicPrefix: 'epm',
      ...broker.address,
    } as const;
    machine.policies = machine.policies.map((document) => ({
      ...document,
      settings: { enabled: true },
      approvals: approvalPolicy([support], { notifications: [receiver] }),
    }));
    agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    closing.push(() => agent.stop());
    await eventually(() => expect(agent.status(administrator()).journal.state).not.toBe('unverified'));
    const asked = await agent.elevate(caller(), { path: SETUP, justification: 'x' }, context().value);
    const { text = '' } = (asked as { supportRequest: { text?: string } }).supportRequest;
    agent.importGrant(caller(), { text: support.approve(text, machine.now) });
  }
  const faults = (): unknown[] =>
    machine.log.filter(({ event }) => event === 'brokerLost').map(({ data }) => (data as { fault: unknown }).fault);
  const elevates = async (): Promise<void> => {
    expect(await agent.elevate(caller(), { path: SETUP }, context().value)).toMatchObject({ outcome: 'started' });
  };

  it.each<[string, Manners, string]>([
    ['sends no MQTT', { greet: send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')) }, 'protocol'],
    ['greets with a length that never ends', { greet: send('20ffffffffff') }, 'protocol'],
    ['greets with a packet of 256 MB', { greet: send('20ffffff7f') }, 'protocol'],
    ['greets as a broker of MQTT 3.1.1 that refuses', { greet: send('20020001') }, 'refused'],
    ['refuses the name', { greet: send('2003008600') }, 'credentials'],
    ['is another server, as it says', { greet: send('2003009d00') }, 'refused'],
    [
      'refuses the subscription',
      { subscribe: (socket, id) => socket.write(packet(0x90, Buffer.of(...id, 0, 0x87, 0x87))) },
      'refused',
    ],
    ['says goodbye and stays', { then: send('e0028b00') }, 'closed'],
    ['announces a message of 256 MB', { then: send('32ffffff7f') }, 'protocol'],
    ['sends quality 2', { then: send('34070003612f62000100') }, 'protocol'],
    ['sends a type that there is not', { then: send('0000') }, 'protocol'],
    ['sends what only a client may', { then: send('10020000') }, 'protocol'],
    [
      'floods with answers to nothing',
      { then: (socket) => void pour(socket, () => Buffer.from('d000', 'hex')) },
      'protocol',
    ],
    [
      'acknowledges what was never sent, without an end',
      { then: (socket) => void pour(socket, (count) => Buffer.of(0x40, 2, (count >> 8) & 0xff, (count & 0xff) | 1)) },
      'protocol',
    ],
    ['ends at once', { greet: (socket) => socket.destroy() }, 'closed'],
  ])('goes on where it %s', async (_, manners, fault) => {
    await start(manners);
    await eventually(() => expect(faults()).toContain(fault));
    await elevates();
  });

  it.each<[string, Buffer]>([
    ['topic that is no UTF-8', message(Buffer.from([0x65, 0xff, 0xfe, 0x80]), Buffer.from('EPM1.'), 1)],
    ['topic with a wildcard', message(Buffer.from('epm/#'), Buffer.from('EPM1.'), 1)],
    ['topic with a zero', message(Buffer.from('epm/\0'), Buffer.from('EPM1.'), 1)],
    ['empty topic', message(Buffer.alloc(0), Buffer.from('EPM1.'), 1)],
    ['topic alias that was never given', packet(0x32, Buffer.from('0000000103230005', 'hex'))],
    ['identifier zero', message(TOPIC, Buffer.from('EPM1.'), 0)],
    ['topic longer than its packet', packet(0x32, Buffer.from('ffff6162', 'hex'))],
    ['payload of control characters', message(TOPIC, Buffer.from('EPM1.\u001b[2J\u0000'), 1)],
    ['acknowledgement of what was never sent', Buffer.from('4002fffe', 'hex')],
    ['subscription that nobody asked for', Buffer.from('9004fffe0001', 'hex')],
    ['authentication that nobody asked for', Buffer.from('f000', 'hex')],
  ])('goes on after this: %s', async (_, bytes) => {
    await start({ then: send(bytes) });
    await eventually(() => expect(broker.packets.get(8)).toBeGreaterThan(0));
    await elevates();
    // It is passed over, or the connection ends; a later one is as good as the first.
    await eventually(async () => {
      const isThere = machine.log.some(({ event }) => event === 'brokerConnected');
      expect(isThere || faults().length > 0).toBe(true);
    });
    await elevates();
    expect(machine.events().filter((event) => /grantRefused|grantRevoked/.test(event))).toEqual([]);
  });

  it('looks at 2,000 messages of a flood, makes the rest wait, and needs no memory for it', async () => {
    let written: () => number = () => 0;
    const payload = Buffer.from(`EPM1.${'A'.repeat(8000)}`);
    await start({
      then: (socket) => (written = pour(socket, (count) => message(TOPIC, payload, (count % 0xffff) + 1))),
    });
    const before = process.memoryUsage().rss;
    await eventually(() => expect(broker.packets.get(4) ?? 0).toBeGreaterThanOrEqual(1990));
    const acknowledged = broker.packets.get(4) ?? 0;
    const until = performance.now() + 2000;
    while (performance.now() < until) {
      await elevates();
      for (const process of machine.processes.splice(0)) process.exit(0);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Ten a second, and what the socket of each side holds.
    const spent = (performance.now() - until + 2000) / 1000;
    expect((broker.packets.get(4) ?? 0) - acknowledged).toBeLessThan(20 + 20 * spent);
    expect(written()).toBeLessThan(2200 * payload.length + 16 * MEGABYTE);
    expect(process.memoryUsage().rss - before).toBeLessThan(FLAT);
    expect(machine.events().filter((event) => event === 'grantRefused')).toEqual([]);
  });

  it('stops at once while the broker never greets', async () => {
    await start({ greet: () => undefined });
    await eventually(() => expect(broker.connects).toHaveLength(1));
    await elevates();
    await agent.stop();
    expect(broker.connects).toHaveLength(1);
  });
});

describe('a link whose broker ends each connection', () => {
  it.each<[string, Manners]>([
    ['before the greeting', { greet: (socket) => socket.destroy() }],
    ['after it', { greet: (socket) => socket.end(GREETING) }],
    ['after the subscription', { then: (socket) => socket.end(Buffer.from('e0028b00', 'hex')) }],
  ])('%s, waits longer each time', async (_, manners) => {
    const broker = await HostileBroker.start(manners);
    const link = new BrokerLink(
      {
        name: 'broker',
        topicPrefix: 'epm',
        deviceId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
        deviceGroups: [],
        tellsPresence: true,
      },
      {
        clock: { now: () => Date.now(), monotonic: () => performance.now() },
        random: () => 0.5,
        log: { write: () => undefined },
        broker: async () => mqttBroker,
        address: () => broker.address,
        published: () => ({ requests: [], textOf: () => undefined }),
        take: () => true,
      },
    );
    link.start();
    try {
      await eventually(() => expect(broker.connects.length).toBeGreaterThanOrEqual(4));
      const gaps = broker.connects.slice(1, 4).map((time, index) => time - (broker.connects[index] ?? 0));
      // A tenth, and half of the rest, of 1, 2 and 4 seconds; a busy machine only makes them longer.
      expect(gaps[0]).toBeGreaterThan(540);
      expect(gaps[1]).toBeGreaterThan(1090);
      expect(gaps[2]).toBeGreaterThan(2190);
    } finally {
      await link.stop();
      await broker.dispose();
    }
  });
});
