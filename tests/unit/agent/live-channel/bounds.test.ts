/** How often the agent connects, how much it looks at, and which topics there are. */
import { describe, expect, it } from 'vitest';
import { BackOff, GOOD_CONNECTION } from '../../../../src/agent/live-channel/back-off.ts';
import { MessageLimit } from '../../../../src/agent/live-channel/message-limit.ts';
import { LiveTopics, MAX_TOPIC } from '../../../../src/agent/live-channel/topics.ts';

const DEVICE = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const REQUEST = 'AAECAwQFBgcICQoLDA0ODw';

describe('waiting before the next connection', () => {
  it('grows to five minutes, is spread, and is never nothing', () => {
    const [least, most] = [new BackOff(() => 0), new BackOff(() => 1)];
    const waits = Array.from({ length: 12 }, () => [least.next(0), most.next(0)]);
    expect(waits.slice(0, 3)).toEqual([
      [100, 1000],
      [200, 2000],
      [400, 4000],
    ]);
    expect(waits.at(-1)).toEqual([30_000, 300_000]);
  });

  it('begins again after a connection that stood', () => {
    const backOff = new BackOff(() => 1);
    for (let count = 0; count < 9; count += 1) backOff.next(0);
    expect(backOff.next(GOOD_CONNECTION - 1)).toBe(300_000);
    expect(backOff.next(GOOD_CONNECTION)).toBe(1000);
  });
});

describe('messages of a broker', () => {
  it('are looked at at once up to a number, then ten a second', () => {
    let now = 0;
    const limit = new MessageLimit(() => now);
    expect(Array.from({ length: 2000 }, () => limit.take()).every((wait) => wait === 0)).toBe(true);
    expect([limit.take(), limit.take()]).toEqual([100, 200]);
    now = 1200;
    expect(limit.take()).toBe(0);
  });
});

describe('topics', () => {
  const topics = new LiveTopics(`${'a'.repeat(32)}/${'b'.repeat(32)}/${'c'.repeat(32)}`);

  it('fit into what brokers take', () => {
    const longest = [
      topics.ofDevice(DEVICE, `requests/${REQUEST}`),
      topics.answer({ kind: 'device', id: DEVICE }, `revocations/${REQUEST}`),
      ...topics.answersFor(DEVICE, ['\u00e4'.repeat(255)]),
    ];
    for (const topic of longest) {
      expect(topic.length).toBeLessThanOrEqual(MAX_TOPIC);
      expect(topic.split('/').length).toBeLessThanOrEqual(8);
      expect(topic).toMatch(/^[\x21-\x7e]+$/);
    }
  });

  it('name a group the same whatever its case is, and no other', () => {
    const of = (name: string): string => topics.answer({ kind: 'group', name }, 'grants/x');
    expect(of('Laptops')).toBe(of('LAPTOPS'));
    expect(of('Laptops/+')).not.toBe(of('Laptops'));
  });

  it.each([
    ['epm/devices/x/requests/y'],
    [`epm/devices/${DEVICE}/grants/${REQUEST}`],
    [`epm/devices/${DEVICE}/requests/${REQUEST}/more`],
    [`other/devices/${DEVICE}/requests/${REQUEST}`],
    [`epm/devices/${DEVICE}/requests/${REQUEST}\n`],
  ])('of requests are no others: %s', (topic) => {
    expect(new LiveTopics('epm').parseRequest(topic)).toBeUndefined();
  });
});
