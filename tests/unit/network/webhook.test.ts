/** Webhooks against a real HTTPS server. */
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendContext, SendResult } from '../../../src/agent/notifications/sender.ts';
import type { Notification } from '../../../src/model/notification.ts';
import { trustedCertificates } from '../../../src/network/certificates.ts';
import { signatureHeader, webhookSender } from '../../../src/network/webhook.ts';
import { webhookBody } from '../../../src/network/webhook-body.ts';
import { patient } from '../../../tooling/patience.mjs';
import { payload } from '../agent/notifications/requests.ts';
import { answer, endless, hang, HttpsReceiver, reset } from './https-receiver.ts';
import { MadeCertificates } from './made-certificates.ts';

const KEY = 'ab'.repeat(16);
const SECRET = 'correct horse battery staple';
let certificates: MadeCertificates;
let server: HttpsReceiver;

beforeAll(() => {
  certificates = new MadeCertificates();
});
afterAll(() => certificates.remove());
beforeEach(async () => {
  server = await new HttpsReceiver(certificates).start();
});
afterEach(() => server.stop());

const receiver = (more: Partial<Notification<'webhook'>> = {}): Notification<'webhook'> => ({
  kind: 'webhook',
  name: 'desk',
  url: server.url(),
  format: 'generic',
  events: ['requested'],
  ...more,
});
const context = (secrets: Readonly<Record<string, string>> = {}): SendContext => ({
  secret: (name) => secrets[name],
  signal: new AbortController().signal,
  now: 1_800_000_000_500,
});
const send = (
  to: Notification<'webhook'> = receiver(),
  secrets: Readonly<Record<string, string>> = {},
  limit: number = patient(10_000),
): Promise<SendResult> =>
  webhookSender({ limit, trusted: () => [certificates.text('root.pem')] })(
    to,
    { key: KEY, payload: payload() },
    context(secrets),
  );

describe('a webhook', () => {
  it('carries the message with its key, and a signature that its receiver can check', async () => {
    expect(await send(receiver({ secret: 'hmac' }), { hmac: SECRET })).toMatchObject({
      outcome: 'sent',
      answer: '200 thanks',
    });
    const [taken] = server.taken;
    expect(JSON.parse(taken!.body)).toEqual(payload());
    expect(taken?.headers).toMatchObject({ 'idempotency-key': KEY, 'content-type': 'application/json; charset=utf-8' });
    // As docs/notifications.md tells receivers to check it.
    const [, time = '', signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(taken?.headers['epm-signature'])) ?? [];
    expect(time).toBe('1800000000');
    expect(createHmac('sha256', SECRET).update(`${time}.${taken!.body}`).digest('hex')).toBe(signature);
    expect(JSON.stringify(taken)).not.toContain(SECRET);
  });

  it('signs each body and each time differently', () => {
    const headers = [signatureHeader('k', 'a', 1000), signatureHeader('k', 'b', 1000), signatureHeader('k', 'a', 2000)];
    expect(new Set(headers).size).toBe(3);
  });

  it('goes to an address that is a secret', async () => {
    expect(
      await send(receiver({ url: undefined as never, urlSecret: 'url' }), { url: server.url('/s3cret') }),
    ).toMatchObject({ outcome: 'sent' });
    expect(server.taken.map(({ path }) => path)).toEqual(['/s3cret']);
  });

  it.each<[string, Partial<Notification<'webhook'>>, Readonly<Record<string, string>>, string]>([
    ['without its key', { secret: 'none' }, {}, 'secretMissing'],
    ['without its address', { urlSecret: 'none' }, {}, 'secretMissing'],
    ['to an address in the clear', { urlSecret: 'url' }, { url: 'http://localhost/' }, 'address'],
    ['to an address with a password', { urlSecret: 'url' }, { url: 'https://me:pw@localhost/' }, 'address'],
    ['to what is no address', { urlSecret: 'url' }, { url: 'localhost' }, 'address'],
  ])('%s is not sent', async (_, more, secrets, fault) => {
    expect(await send(receiver(more), secrets)).toMatchObject({ outcome: 'failed', fault });
    expect(server.taken).toEqual([]);
  });

  it.each([
    [200, 'sent', undefined],
    [204, 'sent', undefined],
    [301, 'failed', 'redirect'],
    [400, 'refused', 'rejected'],
    [404, 'refused', 'rejected'],
    [408, 'failed', 'busy'],
    [429, 'failed', 'busy'],
    [500, 'failed', 'serverError'],
    [503, 'failed', 'busy'],
  ])('that is answered with %s is %s', async (status, outcome, fault) => {
    server.next.push(answer(status, '', status === 301 ? { location: server.url('/elsewhere') } : {}));
    expect(await send()).toMatchObject({ outcome, ...(fault === undefined ? {} : { fault }) });
    expect(server.taken.map(({ path }) => path)).toEqual(['/hook']);
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['soon', undefined],
    ['-5', undefined],
    [new Date(Date.now() - 60_000).toUTCString(), 0],
  ])('hears how long to wait: %s', async (text, after) => {
    server.next.push(answer(429, '', { 'retry-after': text }));
    expect(((await send()) as { readonly after?: number }).after).toBe(after);
  });

  it('whose connection breaks, or that nobody listens to, has failed', async () => {
    server.next.push(reset);
    expect(await send()).toMatchObject({ outcome: 'failed', fault: 'unreachable' });
    const url = server.url();
    await server.stop();
    expect(await send(receiver({ url }))).toMatchObject({ outcome: 'failed', fault: 'unreachable' });
    await server.start();
  });

  it('that is never answered ends in time', async () => {
    server.next.push(hang);
    expect(await send(receiver(), {}, 500)).toMatchObject({ outcome: 'failed', fault: 'timeout' });
  });

  it('is read to a limit where the answer has no end', async () => {
    server.next.push(endless);
    const result = await send();
    expect(result).toMatchObject({ outcome: 'sent' });
    expect((result as { answer: string }).answer.length).toBeLessThanOrEqual(200);
  });

  it('does not go to a server whose certificate is not trusted, or names another', async () => {
    const strict = webhookSender({ limit: patient(10_000), trusted: trustedCertificates });
    const message = { key: KEY, payload: payload() };
    expect(await strict(receiver(), message, context())).toMatchObject({ outcome: 'failed', fault: 'certificate' });
    const url = server.url().replace('localhost', '127.0.0.2');
    expect(await send(receiver({ url }))).toMatchObject({ outcome: 'failed' });
    expect(server.taken).toEqual([]);
  });

  it('tells what a hostile server answers as harmless text', async () => {
    server.next.push(answer(500, '\u001b[31m\u202egnp.exe\r\n##vso[task.complete]'));
    const { answer: text = '' } = (await send()) as { readonly answer?: string };
    expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

const HOSTILE = [
  '<!channel> <@U1> :smile: *bold*',
  '[click](https://evil.example) **x** <at>all</at>',
  'a\u202eexe.fdp\u0007',
  '"}],"text":"<!everyone>"',
];

describe('what users say', () => {
  const hostile = (text: string) => payload('requested', { requestJustification: text });

  it.each(HOSTILE)('is text alone in Slack: %j', (text) => {
    const body = webhookBody('slack', hostile(text));
    const card = JSON.parse(body) as { readonly text: string; readonly blocks: readonly object[] };
    expect(card.text).toBe('Somebody asks for administrator rights');
    for (const found of objectsWith(card.blocks, 'text')) {
      if (typeof found['text'] === 'string') expect(found).toMatchObject({ type: 'plain_text', emoji: false });
    }
    expect(body).toMatch(/^[\x20-\x7e]*$/);
    expect(body).not.toMatch(/\\u202e|\\u0007/);
  });

  it.each(HOSTILE)('is text alone in Teams: %j', (text) => {
    const body = webhookBody('teams', hostile(text));
    const card = JSON.parse(body) as object;
    const holders = objectsWith(card, 'text').filter(({ text: value }) => String(value).includes(text.slice(0, 1)));
    const ofUser = holders.filter(({ type }) => type !== 'TextRun').map(({ text: value }) => value);
    expect(ofUser.every((value) => value === 'Somebody asks for administrator rights')).toBe(true);
    expect(body).not.toMatch(/\\u202e|\\u0007/);
  });

  it('is data in the generic form, whole and in ASCII', () => {
    for (const text of HOSTILE) {
      const body = webhookBody('generic', hostile(text));
      expect(body).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(body)).toEqual(hostile(text));
    }
  });
});

/** Every object anywhere inside that has a member of this name. */
function objectsWith(value: unknown, member: string): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap((each) => objectsWith(each, member));
  return Object.hasOwn(value, member) ? [value as Readonly<Record<string, unknown>>, ...inner] : inner;
}
