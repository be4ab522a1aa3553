/** From the moment at which an approver sends a grant until the device has started the program by it. */
import { createHash } from 'node:crypto';
import { LiveTopics } from '../../src/agent/live-channel/topics.ts';
import type { BrokerConnection } from '../../src/agent/live-channel/ports.ts';
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import { mqttBroker } from '../../src/network/mqtt.ts';
import { regText, replacePolicy } from '../../src/policy/formats/reg/reg-writer.ts';
import { writePolicy } from '../../src/policy/registry/registry-policy.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { Mosquitto } from '../broker/mosquitto.ts';
import { Approver, approvalPolicy } from '../unit/agent/approvals/approver.ts';
import { type BenchResult, summary } from './result.ts';
import { requireWineBed } from './windows/anonymous-memory.ts';
import { drive } from './windows/bed-driver.ts';

const ROUNDS = 20;
/** Milliseconds between two attempts to elevate. */
const PAUSE = 20;
const PROGRAM = 'C:\\Tools\\Probe.exe';
const topics = new LiveTopics('epm');

export async function run(): Promise<readonly BenchResult[]> {
  const made = await makeTestBed();
  const broker = await Mosquitto.start();
  const support = new Approver();
  const sent = new Map<string, number>();
  const desk = await answering(broker, support, sent);
  try {
    const bed = requireWineBed(made);
    const install = bed.installEpm();
    const program = bed.readFile(bed.programs.probe);
    bed.putFile(PROGRAM, program);
    const rule = {
      name: 'Probe',
      type: 'supportApproved',
      fileName: 'Probe.exe',
      fileHash: createHash('sha256').update(program).digest('hex'),
    } as const;
    const receiver = {
      kind: 'mqtt',
      name: 'live',
      events: ['requested'],
      topicPrefix: 'epm',
      ...broker.address,
    } as const;
    const policy = writePolicy({
      id: 'device',
      scope: { kind: 'device' },
      // Nobody is at a screen.
      settings: { enabled: true, notifyUser: false },
      rules: [rule],
      rejected: [],
      approvals: approvalPolicy([support], { notifications: [receiver] }),
    });
    await bed.importRegistry(regText(replacePolicy({ kind: 'device' }, policy)));
    const agent = await startAgent(bed, install);
    try {
      const job = { kind: 'approvals', install, pipe: PIPE_NAMES.user, program: PROGRAM, rounds: ROUNDS, pause: PAUSE };
      const started = await drive<readonly { readonly id: string; readonly time: number }[]>(bed, job);
      const times = started.map(({ id, time }) => time - (sent.get(id) ?? Number.NaN));
      const { p50, p99, max } = summary(times);
      return [
        {
          id: 'approve.usable',
          value: p50,
          unit: 'ms',
          p50,
          p99,
          max,
          samples: times.length,
          method: `a signed grant is sent to a broker on the same machine until a program has started by it, which its user tries every ${PAUSE} ms; clocks of Linux and of Wine, which are one`,
        },
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await desk.close();
    await broker.dispose();
    await made.dispose();
  }
}

/** An approver who approves everything that comes. @param sent when each grant was sent, by request; milliseconds since 1970 */
async function answering(broker: Mosquitto, support: Approver, sent: Map<string, number>): Promise<BrokerConnection> {
  const session = {
    clientId: 'desk',
    sessionSeconds: 0,
    received: async ({ topic, payload }: { readonly topic: string; readonly payload: Uint8Array }) => {
      const found = topics.parseRequest(topic);
      if (found === undefined || found.kind === 'states' || payload.length === 0 || sent.has(found.requestId)) return;
      const grant = support.approve(Buffer.from(payload).toString('latin1'), Date.now());
      sent.set(found.requestId, Date.now());
      const answer = topics.answer({ kind: 'device', id: found.deviceId }, `grants/${sent.size}`);
      void connection.publish({ topic: answer, payload: Buffer.from(grant) });
    },
    ended: () => undefined,
  };
  const connection = await mqttBroker.connect(broker.address, session, new AbortController().signal);
  await connection.subscribe(topics.requests);
  return connection;
}
