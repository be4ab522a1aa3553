/** What an approver does by a live channel: watch, approve, revoke, by a real broker. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LiveTopics } from '../../../src/agent/live-channel/topics.ts';
import { run } from '../../../src/cli/program.ts';
import { newSigningKey, publicKeyText } from '../../../src/requests/ed25519.ts';
import { readGrantText } from '../../../src/requests/grants/grant-text.ts';
import { readRevocationText } from '../../../src/requests/grants/revocation-text.ts';
import { writeRequestText } from '../../../src/requests/request-text.ts';
import { Mosquitto, NO_MOSQUITTO } from '../../broker/mosquitto.ts';
import { Peer } from '../../broker/peer.ts';
import { describeUnless } from '../../describe-unless.ts';
import { eventually } from '../../eventually.ts';
import { requestOf } from '../requests/statements.ts';
import { captureOutput, type CapturedOutput, epm } from './captured.ts';

const MAIN = path.join(import.meta.dirname, '../../../src/cli/main.ts');
const topics = new LiveTopics('epm');
const device = newSigningKey();
const request = requestOf(publicKeyText(device));
const deviceId = request.requestedOnDeviceId;
const TEXT = writeRequestText(request, device);
const REQUEST_TOPIC = topics.ofDevice(deviceId, `requests/${request.id}`);
const STATE_TOPIC = topics.ofDevice(deviceId, `states/${request.id}`);
const STATE = '{"version":1,"status":"denied","lastModified":"2030-01-01T00:00:00.000Z"}';

describeUnless(NO_MOSQUITTO, 'a broker on the command line', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-desk-'));
  const at = (name: string): string => path.join(folder, name);
  const key = ['--key', at('desk.pem'), '--passphrase-file', at('passphrase.txt')];
  let broker: Mosquitto;
  let desktop: Peer;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    writeFileSync(at('passphrase.txt'), 'correct horse battery\n');
    writeFileSync(at('password.txt'), 'right\n');
    writeFileSync(at('wrong.txt'), 'wrong\n');
    const named = ['--name', 'Desk', '--approver', 'desk@example.com'];
    expect(
      await epm('approval-key', 'new', '--out', at('desk.pem'), ...named, '--passphrase-file', at('passphrase.txt')),
    ).toMatchObject({ code: 0 });
  });
  beforeEach(async () => {
    broker = await Mosquitto.start({ users: { desk: 'right', device: 'right' } });
    closing.push(() => broker.dispose());
    desktop = await peer();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function peer(): Promise<Peer> {
    const made = await Peer.connect({ ...broker.address, userName: 'device', password: 'right' }, ['epm/#']);
    closing.push(() => made.close());
    return made;
  }
  /** What the broker keeps, by topic. */
  async function retained(): Promise<Readonly<Record<string, string>>> {
    const late = await peer();
    await late.publish('epm/end', 'x');
    await eventually(() => expect(late.last('/end')).toBe('x'));
    const kept = late.messages.filter(({ topic, payload }) => topic !== 'epm/end' && payload.length > 0);
    return Object.fromEntries(kept.map(({ topic, payload }) => [topic, Buffer.from(payload).toString()]));
  }
  const trusted = (password = 'password.txt'): string[] => [
    ...['--broker', broker.url, '--ca-file', broker.authorityFile],
    ...['--user-name', 'desk', '--password-file', at(password)],
  ];
  const approve = (...options: string[]): Promise<CapturedOutput> => epm('approve', TEXT, ...key, '--yes', ...options);
  const revoke = (...options: string[]): Promise<CapturedOutput> => epm('revoke', TEXT, ...key, ...options);

  /** A watch that runs until it is interrupted. */
  function watch(...options: string[]) {
    let shown = '';
    let interrupt: () => void = () => undefined;
    let listeners = 0;
    const ended = captureOutput((io) => run(['request', 'watch', ...options], io), {
      out: (text) => void (shown += text),
      onInterrupt: (handler) => {
        listeners += 1;
        interrupt = handler;
        return () => void (listeners -= 1);
      },
    });
    return { ended, shown: () => shown, interrupt: () => interrupt(), listeners: () => listeners };
  }

  it('shows what is retained and what comes, each once, until Ctrl+C, which leaves nothing behind', async () => {
    await desktop.publish(REQUEST_TOPIC, TEXT);
    const before = await retained();
    const watching = watch(...trusted());
    await eventually(() => expect(watching.shown()).toContain(TEXT));
    expect(watching.shown()).toContain('The printer of room 4 needs its driver.');
    await desktop.publish(REQUEST_TOPIC, TEXT);
    await desktop.publish(STATE_TOPIC, STATE);
    await eventually(() => expect(watching.shown()).toContain('denied, as the broker says'));
    expect(watching.shown().split(TEXT)).toHaveLength(2);
    watching.interrupt();
    expect(await watching.ended).toMatchObject({ code: 0, error: '' });
    expect(watching.listeners()).toBe(0);
    expect(await retained()).toEqual({ ...before, [STATE_TOPIC]: STATE });
  });

  it('shows one JSON object a line, and nothing that no device has signed for itself', async () => {
    const watching = watch(...trusted(), '--json');
    const stranger = newSigningKey();
    const foreign = writeRequestText(requestOf(publicKeyText(stranger)), stranger);
    await desktop.publish(topics.ofDevice(deviceId, 'requests/BBECAwQFBgcICQoLDA0ODw'), TEXT);
    await desktop.publish(topics.ofDevice('3f2504e0-4f89-11d3-9a0c-0305e82c3301', `requests/${request.id}`), TEXT);
    await desktop.publish(REQUEST_TOPIC, foreign);
    await desktop.publish(REQUEST_TOPIC, 'EPMR1.\u001b[2J');
    await desktop.publish(STATE_TOPIC, '{"version":1,"status":"\\u001b[2J"}');
    await desktop.publish(REQUEST_TOPIC, TEXT);
    await desktop.publish(STATE_TOPIC, STATE);
    await eventually(() => expect(watching.shown().trimEnd().split('\n')).toHaveLength(2));
    const lines = watching
      .shown()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { kind: 'request', deviceId, text: TEXT, request: { id: request.id } },
      { kind: 'state', deviceId, requestId: request.id, state: { status: 'denied' } },
    ]);
    watching.interrupt();
    expect(await watching.ended).toMatchObject({ code: 0 });
  });

  it('waits where nothing is retained, and says when the broker goes away', async () => {
    const watching = watch(...trusted());
    // Once it shows something it is connected.
    await eventually(async () => {
      await desktop.publish(STATE_TOPIC, STATE);
      expect(watching.shown()).toContain('denied');
    });
    await broker.kill();
    const { code, error } = await watching.ended;
    expect(code).toBe(3);
    expect(error).toContain('EPM_BROKER');
    expect(watching.listeners()).toBe(0);
  });

  it('ends a process of its own with Ctrl+C', async () => {
    await desktop.publish(REQUEST_TOPIC, TEXT);
    const child = spawn(process.execPath, [MAIN, 'request', 'watch', ...trusted()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    closing.push(async () => void child.kill('SIGKILL'));
    let shown = '';
    child.stdout.on('data', (bytes: Buffer) => void (shown += bytes.toString()));
    const ended = once(child, 'exit');
    await eventually(() => expect(shown).toContain(TEXT));
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('publishes a grant for its device and prints it, as text and as JSON', async () => {
    const text = await approve(...trusted());
    expect(text).toMatchObject({ code: 0 });
    const { statement } = readGrantText(text.out);
    const asJson = await approve(...trusted(), '--json');
    expect(asJson).toMatchObject({ code: 0, error: '' });
    const second = JSON.parse(asJson.out) as { readonly grant: string; readonly statement: { readonly id: string } };
    expect(await retained()).toEqual({
      [topics.answer({ kind: 'device', id: deviceId }, `grants/${statement.id}`)]: text.out.trim(),
      [topics.answer({ kind: 'device', id: deviceId }, `grants/${second.statement.id}`)]: second.grant,
    });
  });

  it('publishes for a group, below another prefix', async () => {
    const { out } = await approve(...trusted(), '--device-group', 'Laptops/+#', '--topic-prefix', 'epm/a/b');
    const { statement } = readGrantText(out);
    const topic = new LiveTopics('epm/a/b').answer({ kind: 'group', name: 'LAPTOPS/+#' }, `grants/${statement.id}`);
    expect(await retained()).toEqual({ [topic]: out.trim() });
  });

  it('publishes a revocation and prints it, as text and as JSON', async () => {
    const topic = topics.answer({ kind: 'device', id: deviceId }, `revocations/${request.id}`);
    const text = await revoke(...trusted(), '--reason', 'Wrong file');
    expect(text).toMatchObject({ code: 0, error: '' });
    expect(readRevocationText(text.out).statement).toMatchObject({ of: request.id, reason: 'Wrong file' });
    expect(await retained()).toEqual({ [topic]: text.out.trim() });
    const asJson = await revoke(...trusted(), '--json');
    expect(asJson).toMatchObject({ code: 0, error: '' });
    const { revocation } = JSON.parse(asJson.out) as { readonly revocation: string };
    expect(await retained()).toEqual({ [topic]: revocation });
  });

  describe.each<[string, (...options: string[]) => Promise<CapturedOutput>]>([
    ['watch', (...options) => watch(...options).ended],
    ['approve', approve],
    ['revoke', revoke],
  ])('%s', (_, verb) => {
    it.each<[string, () => string[] | Promise<string[]>]>([
      ['credentials', () => trusted('wrong.txt')],
      ['credentials', () => ['--broker', broker.url, '--ca-file', broker.authorityFile]],
      ['certificate', () => ['--broker', broker.url]],
      [
        'certificate',
        async () => {
          const other = await Mosquitto.start();
          closing.push(() => other.dispose());
          return [...trusted(), '--ca-file', other.authorityFile];
        },
      ],
      ['unreachable', () => ['--broker', 'mqtts://127.0.0.1:1', '--ca-file', broker.authorityFile]],
      ['secret', () => [...trusted(), '--client-file', broker.authorityFile]],
    ])('says %s, and nothing is printed or retained', async (fault, options) => {
      const asJson = await verb(...(await options()), '--json');
      expect(asJson).toMatchObject({ code: 3, out: '' });
      expect(JSON.parse(asJson.error)).toMatchObject({ error: { code: 'EPM_BROKER', data: { fault } } });
      expect(await retained()).toEqual({});
    });
  });

  it.each([
    ['approve', approve],
    ['revoke', revoke],
  ])('%s prints nothing that access control refuses to publish', async (_, verb) => {
    const strict = await Mosquitto.start({ users: { desk: 'right' }, acl: ['user desk', 'topic read epm/#'] });
    closing.push(() => strict.dispose());
    const { code, out, error } = await verb(...trusted(), '--broker', strict.url, '--ca-file', strict.authorityFile);
    expect(code).toBe(3);
    expect(error).toContain('EPM_BROKER fault=refused');
    expect(out).toBe('');
  });
});
