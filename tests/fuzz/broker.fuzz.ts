/**
 * Any bytes as what a broker sends: the watch never takes more into account than a packet may have, says the same however the
 * bytes are cut, and a state that is read is one that a device could have written.
 */
import { readRequestState } from '../../src/agent/live-channel/messages.ts';
import { LiveTopics, MAX_TOPIC } from '../../src/agent/live-channel/topics.ts';
import { PacketWatch } from '../../src/network/packet-watch.ts';

const topics = new LiveTopics('epm');
const DEVICE = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const STATE =
  '{"version":1,"status":"approved","lastModified":"2030-01-01T00:00:00.000Z","grantId":"0123456789abcdef"}';

export const corpus: readonly Uint8Array[] = [
  Buffer.from(STATE),
  Buffer.from(topics.ofDevice(DEVICE, 'requests/AAECAwQFBgcICQoLDA0ODw')),
  // CONNACK, PUBLISH of quality 1 with a topic, PUBACK, PINGRESP, SUBACK.
  Buffer.from('2003000000', 'hex'),
  Buffer.concat([Buffer.from('320b0005', 'hex'), Buffer.from('epm/a'), Buffer.from('00010061', 'hex')]),
  Buffer.from('40020001d00090040001000131', 'hex'),
  Buffer.from('30ffffff7f', 'hex'),
];

/** @returns whether anything was read of it @throws on a finding */
export function fuzz(bytes: Uint8Array): boolean {
  const whole = new PacketWatch(() => 0).see(bytes);
  const pieces = new PacketWatch(() => 0);
  let cut: ReturnType<PacketWatch['see']>;
  for (let at = 0; at < bytes.length && cut === undefined; at += 1) cut = pieces.see(bytes.subarray(at, at + 1));
  if (whole !== cut) throw new Error(`${whole} in one piece, ${cut} in many`);
  const state = readRequestState(bytes);
  if (state !== undefined && JSON.stringify(state).length > 256) throw new Error('A long state was read.');
  const topic = topics.parseRequest(Buffer.from(bytes).toString('utf8'));
  if (topic !== undefined && topics.ofDevice(topic.deviceId, `${topic.kind}/${topic.requestId}`).length > MAX_TOPIC)
    throw new Error('A long topic was read.');
  return state !== undefined || topic !== undefined;
}
