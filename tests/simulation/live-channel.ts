/**
 * A fleet at a live channel: many devices with the product's own link at a real mosquitto with TLS and client certificates, and
 * an approver who answers all of them. `scripts/simulate-live-channel.mjs` starts it; docs/scale.md has the results.
 *
 * One after the other: all devices connect at once; nothing happens; users ask, each request is approved as soon as it is
 * seen, and half of the grants are taken back; the broker is killed, and comes back with nothing retained.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LiveTopics } from '../../src/agent/live-channel/topics.ts';
import type { BrokerConnection, BrokerMessage } from '../../src/agent/live-channel/ports.ts';
import { mqttBroker } from '../../src/network/mqtt.ts';
import { newSigningKey, publicKeyText } from '../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../src/requests/grants/approver-keys.ts';
import { writeGrantText } from '../../src/requests/grants/grant-text.ts';
import { writeRevocationText } from '../../src/requests/grants/revocation-text.ts';
import { readRequestText } from '../../src/requests/request-text.ts';
import { percentile } from '../bench/result.ts';
import { Mosquitto } from '../broker/mosquitto.ts';
import { brokerCounters, processorTime, residentMemory } from './broker-usage.ts';
import { SimulatedDevice } from './device.ts';

const HOUR = 3_600_000;
const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '2000' },
    requests: { type: 'string', default: '1000' },
    /** Requests a second. */
    rate: { type: 'string', default: '20' },
    /** Seconds in which nothing happens. */
    idle: { type: 'string', default: '120' },
    /** Seconds without a broker. */
    outage: { type: 'string', default: '30' },
  },
});
const [DEVICES, REQUESTS, RATE, IDLE, OUTAGE] = [
  values.devices,
  values.requests,
  values.rate,
  values.idle,
  values.outage,
].map(Number) as [number, number, number, number, number];

const topics = new LiveTopics('epm');
const approverKey = newSigningKey();
const approvers = new ApproverKeys([{ publicKey: publicKeyText(approverKey) }]);

/** When something happened, by what it happened to. */
class Times {
  readonly #began = new Map<string, number>();
  readonly all: number[] = [];

  begin(key: string): void {
    this.#began.set(key, performance.now());
  }

  /** The first end counts. */
  end(key: string): void {
    const began = this.#began.get(key);
    if (began === undefined) return;
    this.#began.delete(key);
    this.all.push(performance.now() - began);
  }
}

const rows: [what: string, value: string][] = [];
const tell = (what: string, value: string): void => {
  rows.push([what, value]);
  process.stderr.write(`${what}: ${value}\n`);
};
const spread = (samples: readonly number[], unit: 'ms' | 's'): string => {
  const sorted = Float64Array.from(samples).sort();
  const shown = (value: number): string => (unit === 's' ? (value / 1000).toFixed(1) : value.toFixed(0));
  return `${shown(percentile(sorted, 0.5))} / ${shown(percentile(sorted, 0.99))} / ${shown(percentile(sorted, 1))} ${unit}`;
};
/** The most that fell into one second. */
function peak(times: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(Math.floor(time / 1000), (counts.get(Math.floor(time / 1000)) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
const perConnection = (milliseconds: number): string => `${(milliseconds / DEVICES).toFixed(2)} ms`;
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

const broker = await Mosquitto.start({ needsCertificate: true, lines: ['sys_interval 1', 'max_connections -1'] });
const address = { ...broker.address, clientCertificate: broker.client('device') };
const countersNow = () => brokerCounters({ ...address, clientCertificate: broker.client('counters') });
let connected: number[] = [];
let attempts: number[] = [];
const [toApprover, toDevice, backToApprover, revoked] = [new Times(), new Times(), new Times(), new Times()];
const devices = Array.from(
  { length: DEVICES },
  () =>
    new SimulatedDevice(address, approvers, {
      attempt: () => void attempts.push(performance.now()),
      connected: () => void connected.push(performance.now()),
      answered: (requestId, what) => (what === 'grant' ? toDevice : revoked).end(requestId),
    }),
);
const brokerProcess = (): number => broker.processId ?? 0;

async function allConnected(): Promise<void> {
  const until = performance.now() + 900_000;
  while (connected.length < DEVICES) {
    if (performance.now() > until) throw new Error(`${connected.length} of ${DEVICES} devices are connected.`);
    await sleep(100);
  }
}

/** Processor time of the broker meanwhile, milliseconds. */
async function spent(work: () => Promise<unknown>): Promise<number> {
  const [id, before] = [brokerProcess(), processorTime(brokerProcess())];
  await work();
  return processorTime(id) - before;
}

/** The same of all devices, which are this process. */
async function spentHere(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function connectStorm(): Promise<void> {
  const memory = residentMemory(brokerProcess());
  const began = performance.now();
  let here = 0;
  const used = await spent(async () => {
    here = await spentHere(async () => {
      for (const device of devices) device.start();
      await allConnected();
    });
  });
  tell(
    'All at once: until connected, p50 / p99 / last',
    spread(
      connected.map((time) => time - began),
      's',
    ),
  );
  tell(
    'Attempts a device; connections in the busiest second',
    `${(attempts.length / DEVICES).toFixed(2)}; ${peak(connected)}`,
  );
  tell('Processor time for a connection: broker; device', `${perConnection(used)}; ${perConnection(here)}`);
  await sleep(3000);
  tell('Memory of the broker for a device', kilobytes((residentMemory(brokerProcess()) - memory) / DEVICES));
}

async function nothingHappens(): Promise<void> {
  const before = await countersNow();
  const began = performance.now();
  const used = await spent(() => sleep(IDLE * 1000));
  const after = await countersNow();
  const days = (performance.now() - began) / 86_400_000;
  const perDay = (kind: 'bytes' | 'messages'): number => {
    const more = (['received', 'sent'] as const).map((way) => after(`${kind}/${way}`) - before(`${kind}/${way}`));
    return ((more[0] ?? 0) + (more[1] ?? 0)) / DEVICES / days;
  };
  tell('Idle: packets a device and day, both ways', perDay('messages').toFixed(0));
  tell('Idle: bytes of MQTT a device and day, both ways', kilobytes(perDay('bytes')));
  tell('Idle: processor of the broker', `${(used / IDLE / 10).toFixed(2)} % of a core`);
}

/** Approves each request as soon as it is seen. */
async function connectApprover(): Promise<BrokerConnection> {
  let grants = 0;
  const approve = ({ topic, payload }: BrokerMessage): void => {
    const found = topics.parseRequest(topic);
    if (found === undefined || payload.length === 0) return;
    if (found.kind === 'states') {
      if (Buffer.from(payload).includes('"approved"')) backToApprover.end(found.requestId);
      return;
    }
    toApprover.end(found.requestId);
    const { request } = readRequestText(Buffer.from(payload).toString('latin1'));
    const from = Math.floor(Date.now() / 1000) * 1000;
    const id = randomBytes(8).toString('hex');
    const device = { kind: 'device', id: found.deviceId } as const;
    const text = writeGrantText(
      {
        id,
        requestId: request.id,
        device,
        requester: request.requestedByUserId,
        sha256: request.applicationDetail.fileHash,
        fileName: request.applicationDetail.fileName,
        arguments: request.arguments,
        from,
        until: from + 24 * HOUR,
      },
      approverKey,
    );
    toDevice.begin(request.id);
    backToApprover.begin(request.id);
    void approver.publish({
      topic: topics.answer(device, `grants/${id}`),
      payload: Buffer.from(text),
      expirySeconds: 24 * 3600,
    });
    grants += 1;
    if (grants % 2 === 0) void takeBack(request.id, device);
  };
  const takeBack = async (of: string, device: { readonly kind: 'device'; readonly id: string }): Promise<void> => {
    await sleep(2000);
    const time = Math.floor(Date.now() / 1000) * 1000;
    const text = writeRevocationText({ of, device, time, reason: 'Wrong file' }, approverKey);
    revoked.begin(of);
    await approver.publish({ topic: topics.answer(device, `revocations/${of}`), payload: Buffer.from(text) });
  };
  const session = {
    clientId: 'approver',
    sessionSeconds: 0,
    received: async (message: BrokerMessage) => approve(message),
    ended: () => undefined,
  };
  const approver = await mqttBroker.connect(
    { ...address, clientCertificate: broker.client('approver') },
    session,
    new AbortController().signal,
  );
  await approver.subscribe(topics.requests);
  return approver;
}

async function usersAsk(): Promise<void> {
  const approver = await connectApprover();
  const before = await countersNow();
  const used = await spent(async () => {
    for (let count = 0; count < REQUESTS; count += 1) {
      const device = devices[count % DEVICES];
      const id = `A${randomBytes(16).toString('base64url').slice(1)}`;
      toApprover.begin(id);
      device?.ask(id);
      await sleep(1000 / RATE);
    }
    const until = performance.now() + 60_000;
    while (revoked.all.length < Math.floor(REQUESTS / 2) && performance.now() < until) await sleep(100);
  });
  await sleep(3000);
  tell('Request, from the device to the approver, p50 / p99 / last', spread(toApprover.all, 'ms'));
  tell('Grant, from the approver until it counts, p50 / p99 / last', spread(toDevice.all, 'ms'));
  tell('State, from the grant until the approver sees it, p50 / p99 / last', spread(backToApprover.all, 'ms'));
  tell('Revocation, until it counts, p50 / p99 / last', spread(revoked.all, 'ms'));
  tell(
    'Answered: requests, grants, revocations',
    `${toApprover.all.length}, ${toDevice.all.length}, ${revoked.all.length} of ${REQUESTS}, ${REQUESTS}, ${Math.floor(REQUESTS / 2)}`,
  );
  const after = await countersNow();
  const kept = after('retained messages/count') - before('retained messages/count');
  const bytes = after('store/messages/bytes') - before('store/messages/bytes');
  tell(
    'Retained for a request with its answers',
    `${(kept / REQUESTS).toFixed(1)} messages, ${kilobytes(bytes / REQUESTS)} of payload`,
  );
  tell('Processor time of the broker for a request with its answers', `${(used / REQUESTS).toFixed(2)} ms`);
  tell('Memory of the broker then', `${(residentMemory(brokerProcess()) / 1024 ** 2).toFixed(0)} MiB`);
  await approver.close();
}

async function outage(): Promise<void> {
  await broker.kill();
  [connected, attempts] = [[], []];
  await sleep(OUTAGE * 1000);
  const without = attempts;
  attempts = [];
  await broker.resume();
  const began = performance.now();
  let here = 0;
  const used = await spent(async () => (here = await spentHere(allConnected)));
  tell(
    `${OUTAGE} s without a broker: attempts a device; in the busiest second`,
    `${(without.length / DEVICES).toFixed(1)}; ${peak(without)}`,
  );
  tell(
    'Back again: until connected, p50 / p99 / last',
    spread(
      connected.map((time) => time - began),
      's',
    ),
  );
  tell('Back again: connections in the busiest second, of all', `${peak(connected)} of ${DEVICES}`);
  tell('Back again: attempts a device', (attempts.length / DEVICES).toFixed(2));
  tell('Back again: processor time for a connection: broker; device', `${perConnection(used)}; ${perConnection(here)}`);
}

try {
  await connectStorm();
  if (IDLE > 0) await nothingHappens();
  await usersAsk();
  await outage();
  process.stdout.write(
    `| ${DEVICES} devices | |\n|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`,
  );
} finally {
  await Promise.all(devices.map((device) => device.stop()));
  await broker.dispose();
}
