/** What a broker uses, as Linux and the broker itself count it. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerAddress, BrokerMessage } from '../../src/agent/live-channel/ports.ts';
import { mqttBroker } from '../../src/network/mqtt.ts';

/** Ticks a second of the times in /proc (`getconf CLK_TCK`, 100 on all systems of today; proc(5)). */
const TICKS = 100;

/** Processor time of a process, milliseconds. */
export function processorTime(processId: number): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  // utime and stime, which are the 14th and the 15th of all fields (proc(5)).
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

/** Resident memory of a process, bytes. */
export function residentMemory(processId: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'latin1'))?.[1]) * 1024;
}

const COUNTERS = [
  'bytes/received',
  'bytes/sent',
  'messages/received',
  'messages/sent',
  'retained messages/count',
  'store/messages/bytes',
] as const;

/**
 * Mosquitto's own counters, which it publishes every second below `$SYS/broker`. The connection is a short one: who stays
 * connected would be counted all the time.
 */
export async function brokerCounters(address: BrokerAddress): Promise<(name: (typeof COUNTERS)[number]) => number> {
  const values = new Map<string, number>();
  const session = {
    clientId: 'counters',
    sessionSeconds: 0,
    received: async ({ topic, payload }: BrokerMessage) =>
      void values.set(topic.slice('$SYS/broker/'.length), Number(Buffer.from(payload).toString())),
    ended: () => undefined,
  };
  const connection = await mqttBroker.connect(address, session, new AbortController().signal);
  await connection.subscribe(COUNTERS.map((name) => `$SYS/broker/${name}`));
  // What was retained may be a second old; the next values are of now.
  await sleep(2500);
  await connection.close();
  return (name) => values.get(name) ?? Number.NaN;
}
