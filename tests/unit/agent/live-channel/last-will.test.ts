/** What others are told of a device whose process was killed, and what it makes of a broker that only listens: half a minute each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe } from 'vitest';
import { mqttBroker } from '../../../../src/network/mqtt.ts';
import { HostileBroker } from '../../../broker/hostile.ts';
import { Mosquitto, NO_MOSQUITTO } from '../../../broker/mosquitto.ts';
import { Peer } from '../../../broker/peer.ts';
import { describeUnless } from '../../../describe-unless.ts';
import { eventually } from '../../../eventually.ts';

const DEVICE = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const PROGRAM = path.join(import.meta.dirname, '../../../broker/device-process.ts');
const session = { clientId: 'x', sessionSeconds: 0, received: async () => undefined, ended: () => undefined };

describeUnless(NO_MOSQUITTO, 'after half a minute', () => {
  describe.concurrent('at the same time', (it) => {
    it('the broker says that a device is away whose process was killed, and not before', async ({ expect }) => {
      const broker = await Mosquitto.start();
      const peer = await Peer.connect(broker.address, ['epm/#']);
      const child = spawn(process.execPath, [PROGRAM, JSON.stringify(broker.address), DEVICE], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      try {
        await eventually(() => expect(peer.last('/presence')).toBe('{"version":1,"state":"online"}'));
        const killed = performance.now();
        child.kill('SIGKILL');
        await once(child, 'exit');
        while (peer.last('/presence')?.includes('online') === true && performance.now() < killed + 120_000)
          await new Promise((resolve) => setTimeout(resolve, 100));
        expect(peer.last('/presence')).toBe('{"version":1,"state":"offline"}');
        // The broker counts whole seconds.
        expect(performance.now() - killed).toBeGreaterThan(28_000);
        const late = await Peer.connect(broker.address, ['epm/#']);
        await eventually(() => expect(late.last(`${DEVICE}/presence`)).toBe('{"version":1,"state":"offline"}'));
        await late.close();
      } finally {
        child.kill('SIGKILL');
        await peer.close();
        await broker.dispose();
      }
    });

    it('a connection ends whose broker never greets', async ({ expect }) => {
      const broker = await HostileBroker.start({ greet: () => undefined });
      const connecting = mqttBroker.connect(broker.address, session, new AbortController().signal);
      await expect(connecting).rejects.toMatchObject({ fault: 'timeout' });
      await broker.dispose();
    });

    it('a connection ends whose broker never answers', async ({ expect }) => {
      const broker = await HostileBroker.start({ subscribe: () => undefined, publish: () => undefined });
      const asked = [
        async () => {
          const connection = await mqttBroker.connect(broker.address, session, new AbortController().signal);
          await connection.subscribe(['a']);
        },
        async () => {
          const connection = await mqttBroker.connect(broker.address, session, new AbortController().signal);
          await connection.publish({ topic: 'a', payload: new Uint8Array(1) });
        },
      ];
      await Promise.all(asked.map((ask) => expect(ask()).rejects.toMatchObject({ fault: 'timeout' })));
      await broker.dispose();
    });
  });
});
