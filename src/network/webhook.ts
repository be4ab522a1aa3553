/** Webhooks: one POST by HTTPS, whose certificate is checked. Redirects are not followed, and an answer is read to a limit. */
import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { SendContext, Sender, SendResult } from '../agent/notifications/sender.ts';
import type { Notification } from '../model/notification.ts';
import { displayText } from '../text/display.ts';
import { CONNECTION, type ConnectionOptions } from './connection.ts';
import { connectionFault } from './connection-faults.ts';
import { webhookBody } from './webhook-body.ts';

/** Bytes of an answer that are read; of these only the beginning is told, to who tests. */
const ANSWER_BYTES = 16 * 1024;
const ANSWER_TOLD = 200;

/**
 * Header with the time in seconds and the signature: HMAC-SHA256 over the time, a full stop and the body, in hexadecimal. A
 * receiver that compares the time with its clock takes no message that somebody has kept.
 */
export function signatureHeader(secret: string, body: string, now: number): string {
  const time = Math.floor(now / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return `t=${time},v1=${signature}`;
}

export function webhookSender(options: ConnectionOptions = CONNECTION): Sender<'webhook'> {
  return async (receiver, { key, payload }, context) => {
    const url = addressOf(receiver, context);
    if ('outcome' in url) return url;
    const secret = receiver.secret === undefined ? undefined : context.secret(receiver.secret);
    if (receiver.secret !== undefined && secret === undefined) return { outcome: 'failed', fault: 'secretMissing' };
    const body = webhookBody(receiver.format, payload);
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'EPM',
      'Idempotency-Key': key,
      ...(secret === undefined ? {} : { 'EPM-Signature': signatureHeader(secret, body, context.now) }),
    };
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(options.limit)]);
    return post(url, { headers, body, signal, ca: options.trusted() });
  };
}

function addressOf({ url, urlSecret }: Notification<'webhook'>, { secret }: SendContext): URL | SendResult {
  const text = urlSecret === undefined ? url : secret(urlSecret)?.trim();
  if (text === undefined) return { outcome: 'failed', fault: 'secretMissing' };
  const address = URL.canParse(text) ? new URL(text) : undefined;
  // A secret may hold anything: nothing goes out in the clear, and no password stands in an address.
  if (address?.protocol !== 'https:' || address.username !== '' || address.password !== '') {
    return { outcome: 'failed', fault: 'address' };
  }
  return address;
}

interface Order {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly ca: string[];
}

function post(url: URL, { headers, body, signal, ca }: Order): Promise<SendResult> {
  return new Promise((resolve) => {
    // A connection of its own for each message: they are rare, and a dead one does not stay. The proxy of the machine's
    // environment (HTTPS_PROXY, NO_PROXY) is used.
    const agent = new Agent({ keepAlive: false, proxyEnv: process.env });
    const end = (result: SendResult): void => {
      resolve(result);
      sent.destroy();
      agent.destroy();
    };
    const sent = request(url, {
      method: 'POST',
      agent,
      signal,
      ca,
      minVersion: 'TLSv1.2',
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
    });
    sent.on('error', (error) => end({ outcome: 'failed', fault: connectionFault(error) }));
    sent.on('response', (response) => {
      readAnswer(response).then(
        (answer) => end(resultOf(response, answer)),
        (error: unknown) => end({ outcome: 'failed', fault: connectionFault(error) }),
      );
    });
    sent.end(body);
  });
}

/** The beginning of the answer. What comes after the limit is not read. */
async function readAnswer(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= ANSWER_BYTES) break;
  }
  const text = Buffer.concat(parts).toString('utf8');
  return displayText(`${response.statusCode ?? 0} ${text}`.trim(), ANSWER_TOLD);
}

function resultOf({ statusCode: status = 0, headers }: IncomingMessage, answer: string): SendResult {
  if (status >= 200 && status < 300) return { outcome: 'sent', answer };
  if (status >= 300 && status < 400) return { outcome: 'failed', fault: 'redirect', answer };
  if (status === 408 || status === 429 || status === 503) {
    const after = retryAfter(headers['retry-after']);
    return { outcome: 'failed', fault: 'busy', answer, ...(after === undefined ? {} : { after }) };
  }
  if (status >= 400 && status < 500) return { outcome: 'refused', fault: 'rejected', answer };
  return { outcome: 'failed', fault: 'serverError', answer };
}

/** Seconds, or a date (RFC 9110, 10.2.3). @returns milliseconds; undefined: it says nothing that can be read */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const time = /^[A-Za-z]{3}, \d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}
