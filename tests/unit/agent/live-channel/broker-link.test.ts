/** The life of a link, with a broker that does what the test says. tests/unit/agent/live-channel/live-channel.test.ts has a real one. */
import { afterEach, describe, expect, it } from 'vitest';
import { BrokerLink } from '../../../../src/agent/live-channel/broker-link.ts';
import type { Broker, BrokerConnection, BrokerFault } from '../../../../src/agent/live-channel/ports.ts';
import { eventually } from '../../../eventually.ts';

interface Made {
  readonly connection: BrokerConnection;
  readonly published: string[];
  readonly end: (fault: BrokerFault) => void;
}

describe('a link to a broker', () => {
  const made: Made[] = [];
  let link: BrokerLink;
  const broker: Broker = {
    connect: async (_address, session) => {
      const isFirst = made.length === 0;
      const one: Made = {
        published: [],
        end: session.ended,
        connection: {
          subscribe: async () => undefined,
          publish: async ({ topic }) => {
            one.published.push(topic);
            if (isFirst) await new Promise(() => undefined);
          },
          close: async () => undefined,
        },
      };
      made.push(one);
      return one.connection;
    },
  };
  const now = Date.parse('2026-03-01T10:00:00.000Z');
  const open = (): void => {
    link = new BrokerLink(
      {
        name: 'broker',
        topicPrefix: 'epm',
        deviceId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
        deviceGroups: [],
        tellsPresence: false,
      },
      {
        clock: { now: () => now, monotonic: () => performance.now() },
        random: () => 0,
        log: { write: () => undefined } as never,
        broker: async () => broker,
        address: () => ({ url: 'mqtts://broker' }),
        published: () => ({
          requests: [
            {
              id: 'AAECAwQFBgcICQoLDA0ODw',
              status: 'pending',
              requestLastModifiedDateTime: new Date(now).toISOString(),
              requestExpiryDateTime: new Date(now + 3_600_000).toISOString(),
            } as never,
          ],
          textOf: () => 'EPMR1.text',
        }),
        take: () => true,
      },
    );
    link.start();
  };
  afterEach(async () => {
    await link.stop();
    made.length = 0;
  });

  it('publishes all of it by the next connection, while the former one still waits for an answer', async () => {
    open();
    await eventually(() => expect(made).toHaveLength(1));
    await eventually(() => expect(made[0]?.published).toHaveLength(1));
    made[0]?.end('closed');
    await eventually(() => expect(link.status).toMatchObject({ state: 'connected', published: 2 }));
    link.changed();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(made.map(({ published }) => published.length)).toEqual([1, 2]);
  });
});
