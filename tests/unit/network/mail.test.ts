/** Mail against a real SMTP server (aiosmtpd). */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { SendResult } from '../../../src/agent/notifications/sender.ts';
import type { Notification } from '../../../src/model/notification.ts';
import { mailSender } from '../../../src/network/mail.ts';
import { patient } from '../../../tooling/patience.mjs';
import { eventually } from '../../eventually.ts';
import { payload } from '../agent/notifications/requests.ts';
import { MadeCertificates } from './made-certificates.ts';
import { describeUnless } from '../../describe-unless.ts';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly encrypted: boolean;
  readonly user: string | null;
}

/** That of Debian, which has its packages. */
const PYTHON = '/usr/bin/python3';
const hasServer = spawnSync(PYTHON, ['-c', 'import aiosmtpd']).status === 0;
let certificates: MadeCertificates;
let server:
  { readonly process: ChildProcess; readonly lines: Interface; readonly mails: Mail[]; port: number } | undefined;

beforeAll(() => {
  certificates = new MadeCertificates();
});
afterEach(() => {
  server?.lines.close();
  server?.process.stdin?.end();
  server?.process.kill();
  server = undefined;
});
afterAll(() => certificates.remove());

async function start(mode: 'starttls' | 'implicit' | 'clear', answer = '250 taken'): Promise<void> {
  const script = path.join(import.meta.dirname, 'mail-server.py');
  const words = [script, certificates.path('server.pem'), certificates.path('server.key'), mode, answer];
  const child = spawn(PYTHON, words, { stdio: ['pipe', 'pipe', 'ignore'] });
  const made = { process: child, lines: createInterface(child.stdout), mails: [] as Mail[], port: 0 };
  made.lines.on('line', (line) => {
    const told = JSON.parse(line) as { readonly port?: number; readonly mail?: Mail };
    if (told.port !== undefined) made.port = told.port;
    if (told.mail !== undefined) made.mails.push(told.mail);
  });
  server = made;
  await eventually(() => expect(made.port).toBeGreaterThan(0));
}

function send(more: Partial<Notification<'mail'>> = {}, said = 'The printer.'): Promise<SendResult> {
  const receiver: Notification<'mail'> = {
    kind: 'mail',
    name: 'mail',
    host: 'localhost',
    port: server?.port ?? 1,
    tls: 'starttls',
    from: 'epm@example.com',
    to: ['help@example.com', 'night@example.com'],
    events: ['requested'],
    ...more,
  };
  return mailSender({ limit: patient(5_000), trusted: () => [certificates.text('root.pem')] })(
    receiver,
    { key: 'ef'.repeat(16), payload: payload('requested', { requestJustification: said }) },
    {
      secret: (name) => ({ good: 'correct horse', bad: 'wrong horse' })[name],
      signal: new AbortController().signal,
      now: 0,
    },
  );
}

describeUnless(hasServer ? undefined : 'python3-aiosmtpd is not installed', 'a mail', () => {
  it('goes by STARTTLS to everybody named, with what is told of the request', async () => {
    await start('starttls');
    expect(await send()).toMatchObject({ outcome: 'sent' });
    await eventually(() => expect(server?.mails).toHaveLength(1));
    const [mail] = server!.mails;
    expect(mail).toMatchObject({
      from: 'epm@example.com',
      to: ['help@example.com', 'night@example.com'],
      encrypted: true,
    });
    expect(mail?.text).toContain('Reason: The printer.');
    expect(mail?.text).toMatch(new RegExp(`^Message-ID: <${'ef'.repeat(16)}@epm.invalid>`, 'im'));
    expect(mail?.text).not.toContain('hunter2');
  });

  it('goes by TLS from the first byte, with a user and a password', async () => {
    await start('implicit');
    expect(await send({ tls: 'implicit', userName: 'epm', secret: 'good' })).toMatchObject({ outcome: 'sent' });
    await eventually(() => expect(server?.mails).toMatchObject([{ encrypted: true, user: 'epm' }]));
  });

  it('waits where the password is wrong or missing', async () => {
    await start('starttls');
    expect(await send({ userName: 'epm', secret: 'bad' })).toMatchObject({ outcome: 'failed', fault: 'signIn' });
    expect(await send({ userName: 'epm', secret: 'none' })).toMatchObject({
      outcome: 'failed',
      fault: 'secretMissing',
    });
    expect(server?.mails).toEqual([]);
  });

  it('is never sent in the clear', async () => {
    await start('clear');
    expect((await send()).outcome).not.toBe('sent');
    expect(server?.mails).toEqual([]);
  });

  it('does not go to a server whose certificate names another', async () => {
    await start('starttls');
    expect(await send({ host: '127.0.0.1.nip.example' })).toMatchObject({ outcome: 'failed' });
    expect(server?.mails).toEqual([]);
  });

  it.each([
    ['550 no such user', 'refused'],
    ['451 later', 'failed'],
  ])('that is answered with %s is %s', async (answer, outcome) => {
    await start('starttls', answer);
    expect(await send()).toMatchObject({ outcome });
  });

  it('has no header and no line of its own by what a user says', async () => {
    await start('starttls');
    expect(await send({}, 'x\r\nBcc: evil@example.com\r\n.\r\nMAIL FROM:<a@b>\u202e')).toMatchObject({
      outcome: 'sent',
    });
    await eventually(() => expect(server?.mails).toHaveLength(1));
    expect(server?.mails[0]?.text).not.toMatch(/^Bcc:/m);
    expect(server?.mails[0]?.to).toHaveLength(2);
  });
});

it('a mail to nobody who listens has failed', async () => {
  expect(await send()).toMatchObject({ outcome: 'failed', fault: 'unreachable' });
});
