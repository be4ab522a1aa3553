/** A process that is a device at a broker until it is killed. Argument: {@link BrokerAddress} as JSON, then its identifier. */
import { BrokerLink } from '../../src/agent/live-channel/broker-link.ts';
import type { BrokerAddress } from '../../src/agent/live-channel/ports.ts';
import { mqttBroker } from '../../src/network/mqtt.ts';

const [address = '', deviceId = ''] = process.argv.slice(2);

new BrokerLink(
  { name: 'broker', topicPrefix: 'epm', deviceId, deviceGroups: [], tellsPresence: true },
  {
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    random: Math.random,
    log: { write: (_level, event) => void process.stdout.write(`${event}\n`) },
    broker: async () => mqttBroker,
    address: () => JSON.parse(address) as BrokerAddress,
    published: () => ({ requests: [], textOf: () => undefined }),
    take: () => true,
  },
).start();
