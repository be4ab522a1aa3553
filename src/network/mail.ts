/** Mail by SMTP, never in the clear: from the first byte, or after a STARTTLS without which nothing is sent. */
import { createTransport } from 'nodemailer';
import type { Sender, SendResult } from '../agent/notifications/sender.ts';
import { displayText } from '../text/display.ts';
import { CONNECTION, type ConnectionOptions } from './connection.ts';
import { connectionFault } from './connection-faults.ts';
import { messageText } from './message-text.ts';

export function mailSender({ limit, trusted }: ConnectionOptions = CONNECTION): Sender<'mail'> {
  return async (receiver, { key, payload }, { secret, signal }) => {
    const { host, port, tls, from, to, userName } = receiver;
    const password = receiver.secret === undefined ? undefined : secret(receiver.secret);
    if (receiver.secret !== undefined && password === undefined) return { outcome: 'failed', fault: 'secretMissing' };
    const transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: true,
      ...(userName === undefined || password === undefined ? {} : { auth: { user: userName, pass: password } }),
      tls: { ca: trusted(), minVersion: 'TLSv1.2', servername: host },
      connectionTimeout: limit,
      greetingTimeout: limit,
      socketTimeout: limit,
      // Nothing of a message is ever fetched from a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const close = (): void => transport.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      const { title, rows } = messageText(payload);
      const { response } = await transport.sendMail({
        from,
        to: [...to],
        // Fixed words: nobody's text is in a header.
        subject: `EPM: ${title}`,
        text: `${title}\n\n${rows.map(([label, text]) => `${label}: ${text}`).join('\n')}\n`,
        // Mail servers drop a second message of one identifier.
        messageId: `<${key}@epm.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'Idempotency-Key': key },
      });
      return { outcome: 'sent', answer: displayText(response, 200) };
    } catch (error) {
      return resultOf(error);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
}

/** Errors of nodemailer carry a code of their own, and what the server answered (nodemailer.com, "SMTP transport"). */
function resultOf(error: unknown): SendResult {
  const { code, responseCode, response } = error as {
    readonly code?: unknown;
    readonly responseCode?: unknown;
    readonly response?: unknown;
  };
  const answer = typeof response === 'string' ? { answer: displayText(response, 200) } : {};
  if (code === 'EAUTH' || code === 'ENOAUTH' || code === 'EOAUTH2')
    return { outcome: 'failed', fault: 'signIn', ...answer };
  if (typeof responseCode === 'number' && responseCode >= 500)
    return { outcome: 'refused', fault: 'rejected', ...answer };
  if (typeof responseCode === 'number' && responseCode >= 400) return { outcome: 'failed', fault: 'busy', ...answer };
  return { outcome: 'failed', fault: connectionFault(error), ...answer };
}
