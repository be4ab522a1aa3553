/** The connection to a broker, with a real one. */
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerAddress } from '../../../src/agent/live-channel/ports.ts';
import { mqttBroker } from '../../../src/network/mqtt.ts';
import { Mosquitto, NO_MOSQUITTO } from '../../broker/mosquitto.ts';
import { Peer } from '../../broker/peer.ts';
import { describeUnless } from '../../describe-unless.ts';
import { eventually } from '../../eventually.ts';

const faultOf = async (address: BrokerAddress): Promise<unknown> => {
  const session = { clientId: 'x', sessionSeconds: 0, received: async () => undefined, ended: () => undefined };
  const connected = mqttBroker.connect(address, session, new AbortController().signal);
  return connected.then(
    (connection) => connection.close(),
    (error: { readonly fault?: unknown }) => error.fault,
  );
};

describeUnless(NO_MOSQUITTO, 'a connection', () => {
  const closing: (() => unknown)[] = [];
  const opened = async (options?: Parameters<typeof Mosquitto.start>[0]): Promise<Mosquitto> => {
    const broker = await Mosquitto.start(options);
    closing.push(() => broker.dispose());
    return broker;
  };
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  it('says why there is none', async () => {
    const broker = await opened({ users: { device: 'right horse' } });
    const { address } = broker;
    expect(await faultOf({ ...address, userName: 'device', password: 'right horse' })).toBeUndefined();
    expect(await faultOf({ ...address, userName: 'device', password: 'wrong' })).toBe('credentials');
    expect(await faultOf(address)).toBe('credentials');
    expect(await faultOf({ url: broker.url })).toBe('certificate');
    expect(await faultOf({ ...address, url: 'mqtts://127.0.0.1:1' })).toBe('unreachable');
    expect(await faultOf({ ...address, caCertificates: ['AAAA'] })).toBe('secret');
    expect(await faultOf({ ...address, clientCertificate: 'no certificate' })).toBe('secret');
  });

  it('shows a certificate where the broker wants one', async () => {
    const broker = await opened({ needsCertificate: true });
    const stranger = await opened();
    expect(await faultOf({ ...broker.address, clientCertificate: broker.client('device') })).toBeUndefined();
    const foreign = stranger.client('device');
    expect(['credentials', 'tls', 'unreachable', 'closed']).toContain(
      await faultOf({ ...broker.address, clientCertificate: foreign }),
    );
  });

  it('has more subscriptions than one packet may hold', async () => {
    const broker = await opened();
    const topics = Array.from({ length: 20 }, (_, index) => `mine/${index}`);
    const peer = await Peer.connect(broker.address, topics);
    closing.push(() => peer.close());
    for (const topic of topics) await peer.publish(topic, topic);
    await eventually(() => expect(new Set(peer.messages.map(({ topic }) => topic))).toEqual(new Set(topics)));
  });

  it('is told what access control refuses', async () => {
    const broker = await opened({ users: { device: 'p' }, acl: ['user device', 'topic read mine/#'] });
    const peer = await Peer.connect({ ...broker.address, userName: 'device', password: 'p' }, ['mine/#']);
    closing.push(() => peer.close());
    await expect(peer.publish('mine/x', 'x')).rejects.toMatchObject({ fault: 'refused' });
  });

  describe('to what is no broker', () => {
    let server: Server;
    let url: string;
    beforeEach(async () => {
      server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.resume();
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      url = `mqtts://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
      closing.push(() => new Promise((resolve) => server.close(resolve)));
    });

    it('fails', async () => {
      expect(['tls', 'unreachable', 'closed']).toContain(await faultOf({ url }));
    });
  });

  it('tells whoever waits for an answer that the broker is gone', async () => {
    const broker = await opened();
    const session = {
      clientId: 'z',
      // With a session the library keeps what was not acknowledged for a next connection.
      sessionSeconds: 60,
      received: async () => undefined,
      ended: () => undefined,
    };
    const connection = await mqttBroker.connect(broker.address, session, new AbortController().signal);
    broker.freeze();
    const asked = [
      connection.publish({ topic: 'a', payload: Buffer.from('a') }),
      connection.subscribe(['b']),
      connection.publish({ topic: 'c', payload: Buffer.from('c') }),
    ].map((each) => each.catch((error: { readonly fault?: unknown }) => error.fault));
    await broker.kill();
    const faults = await Promise.all(asked);
    // How the system tells of the end depends on what was under way; no answer in time would be another fault.
    expect(faults.filter((fault) => fault !== 'closed' && fault !== 'unreachable')).toEqual([]);
    await connection.close();
  });

  it('ends when it is cancelled, and tells when the broker is gone', async () => {
    const broker = await opened();
    const ended: string[] = [];
    const session = {
      clientId: 'y',
      sessionSeconds: 0,
      received: async () => undefined,
      ended: (fault: string) => void ended.push(fault),
    };
    await mqttBroker.connect(broker.address, session, new AbortController().signal);
    await broker.kill();
    await eventually(() => expect(ended).toHaveLength(1));
    await broker.resume();
    const abort = new AbortController();
    broker.freeze();
    const connecting = mqttBroker.connect(broker.address, session, abort.signal);
    abort.abort();
    await expect(connecting).rejects.toMatchObject({ fault: 'closed' });
    broker.thaw();
  });
});
