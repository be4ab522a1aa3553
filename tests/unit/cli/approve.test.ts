import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import decodeQR from 'qr/decode.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GrantStatement } from '../../../src/model/grant.ts';
import type { StatedRequest } from '../../../src/model/support-request.ts';
import { run } from '../../../src/cli/program.ts';
import { newSigningKey, publicKeyText } from '../../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../../src/requests/grants/approver-keys.ts';
import { readGrantText, writeGrantText } from '../../../src/requests/grants/grant-text.ts';
import { writeRequestText } from '../../../src/requests/request-text.ts';
import { DAY, GRANT, requestOf } from '../requests/statements.ts';
import { captureOutput, type CapturedOutput, epm } from './captured.ts';

const PASSPHRASE = 'correct horse battery';
const folder = mkdtempSync(path.join(tmpdir(), 'epm-approve-'));
const at = (name: string): string => path.join(folder, name);

const device = newSigningKey();
const devicePublic = publicKeyText(device);
const textOf = (more: Partial<StatedRequest> = {}): string => writeRequestText(requestOf(devicePublic, more), device);
const fileOf = (name: string, more = {}) => ({
  applicationDetail: { ...requestOf(devicePublic).applicationDetail, fileName: name, ...more },
});
const TEXT = textOf();

const unlock = ['--passphrase-file', at('passphrase.txt')];
const approve = (...values: readonly string[]): Promise<CapturedOutput> =>
  epm('approve', ...values, '--key', at('desk.pem'), ...unlock);
const statementOf = ({ out }: CapturedOutput): GrantStatement => readGrantText(out).statement;

beforeAll(async () => {
  writeFileSync(at('passphrase.txt'), `${PASSPHRASE}\r\nsecond line\n`);
  const made = await epm(
    'approval-key',
    'new',
    '--out',
    at('desk.pem'),
    '--name',
    'Help desk',
    '--approver',
    'desk@example.com',
    '--json',
    ...unlock,
  );
  expect(made).toMatchObject({ code: 0, error: '' });
  writeFileSync(at('keys.json'), made.out);
  writeFileSync(at('request.txt'), TEXT.replace(/(.{76})/g, '$1\r\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('epm approval-key', () => {
  it('makes a file that only its owner reads, and never replaces one', async () => {
    if (process.platform !== 'win32') expect(statSync(at('desk.pem')).mode & 0o777).toBe(0o600);
    const before = readFileSync(at('desk.pem'), 'utf8');
    const again = await epm(
      'approval-key',
      'new',
      '--out',
      at('desk.pem'),
      '--name',
      'x',
      '--approver',
      'x',
      ...unlock,
    );
    expect(again).toMatchObject({ code: 3, out: '' });
    expect(again.error).toContain('EPM_FILE_UNWRITABLE');
    expect(readFileSync(at('desk.pem'), 'utf8')).toBe(before);
  });

  it('prints the entry for a policy, again from the file', async () => {
    const shown = await epm(
      'approval-key',
      'show',
      at('desk.pem'),
      '--name',
      'Help desk',
      '--approver',
      'desk@example.com',
      '--json',
      ...unlock,
    );
    expect(shown).toEqual(expect.objectContaining({ code: 0, out: readFileSync(at('keys.json'), 'utf8') }));
    expect(JSON.parse(shown.out)).toEqual({
      version: 1,
      approverKeys: {
        'Help desk': { publicKey: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/), approver: 'desk@example.com' },
      },
    });
  });

  it('leaves nothing behind when the passphrase is too short', async () => {
    writeFileSync(at('short.txt'), 'short');
    const made = await epm(
      'approval-key',
      'new',
      '--out',
      at('short.pem'),
      '--name',
      'x',
      '--approver',
      'x',
      '--passphrase-file',
      at('short.txt'),
    );
    expect(made.error).toContain('EPM_APPROVER_KEY_INVALID reason=passphrase');
    expect(existsSync(at('short.pem'))).toBe(false);
  });

  it('asks for the passphrase without showing it, twice for a new one', async () => {
    const secrets = [PASSPHRASE, `${PASSPHRASE}!`];
    const asked: string[] = [];
    const askSecret = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve(secrets.shift() ?? '');
    };
    const values = ['approval-key', 'new', '--out', at('typed.pem'), '--name', 'x', '--approver', 'x'];
    const typed = await captureOutput((io) => run(values, io), { interactive: true, askSecret });
    expect(typed.error).toContain('The two passphrases differ.');
    expect(asked).toHaveLength(2);
    expect(existsSync(at('typed.pem'))).toBe(false);
  });

  it('takes the passphrase from the environment, and needs one', async () => {
    vi.stubEnv('EPM_TEST_PASSPHRASE', PASSPHRASE);
    const show = ['approval-key', 'show', at('desk.pem'), '--name', 'x', '--approver', 'x'];
    expect(await epm(...show, '--passphrase-env', 'EPM_TEST_PASSPHRASE')).toMatchObject({ code: 0 });
    vi.unstubAllEnvs();
    expect(await epm(...show, '--passphrase-env', 'EPM_TEST_PASSPHRASE')).toMatchObject({ code: 2 });
    expect(await epm(...show)).toMatchObject({ code: 2 });
  });
});

describe('epm approve', () => {
  it('shows what is asked and what would be signed, and signs nothing without a yes', async () => {
    const { code, out, error } = await approve(TEXT);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    for (const part of [
      'CONTOSO\\ada (S-1-5-21-3623811015-3361044348-30300820-1013)',
      'LAPTOP-17',
      '3 times since 2030-01-01 00:00 UTC',
      'The printer of room 4 needs its driver.',
      'C:\\Users\\ada\\Downloads\\setup.exe',
      'ab'.repeat(32),
      'Publisher      Example Ltd',
      'CN=Example Root,O=Example',
      'the certificate itself did not fit',
      'the file carries the mark of the web',
      'Printers (policy office)',
      '"C:\\Temp\\a b.inf"',
      '(24 hours)',
      'It admits nothing else',
    ])
      expect(error).toContain(part);
  });

  it('prints the tightest rule as one that can be put into a policy', async () => {
    const { error } = await approve(TEXT);
    const [, rule = ''] = /^A rule that does the same for good: (.*)$/m.exec(error) ?? [];
    expect(JSON.parse(rule)).toEqual({
      name: 'setup.exe',
      type: 'userConfirmed',
      fileName: 'setup.exe',
      filePath: 'C:\\Users\\ada\\Downloads',
      fileHash: 'ab'.repeat(32),
      arguments: ['/quiet "C:\\Temp\\a b.inf"'],
    });
  });

  it('signs what was asked and nothing else', async () => {
    const before = Date.now();
    const answer = await approve(TEXT, '--yes');
    expect(answer.code).toBe(0);
    const { signed, statement } = readGrantText(answer.out);
    const { id, from, until, ...rest } = statement;
    const request = requestOf(devicePublic);
    expect(rest).toEqual({
      requestId: request.id,
      device: { kind: 'device', id: request.requestedOnDeviceId },
      requester: request.requestedByUserId,
      sha256: request.applicationDetail.fileHash,
      fileName: 'setup.exe',
      arguments: request.arguments,
    });
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(from).toBeGreaterThan(before - 1000);
    expect(from).toBeLessThanOrEqual(Date.now());
    expect(until - from).toBe(DAY);
    const { approverKeys } = JSON.parse(readFileSync(at('keys.json'), 'utf8')) as {
      approverKeys: Record<string, { publicKey: string }>;
    };
    expect(new ApproverKeys(Object.values(approverKeys)).signersOf(signed)).toHaveLength(1);
  });

  it('takes the text from a file, from standard input, and in the pieces of a paste', async () => {
    expect((await approve(at('request.txt'), '--yes')).code).toBe(0);
    expect((await approve(TEXT.slice(0, 500), TEXT.slice(500), '--yes')).code).toBe(0);
    const input = (): Promise<Uint8Array> => Promise.resolve(Buffer.from(`\r\n${TEXT}\r\n`));
    const values = ['approve', '-', '--yes', '--key', at('desk.pem'), ...unlock];
    expect(await captureOutput((io) => run(values, io), { input })).toMatchObject({ code: 0 });
    writeFileSync(at('utf16.txt'), Buffer.from(`\ufeff${TEXT}\r\n`, 'utf16le'));
    expect((await approve(at('utf16.txt'), '--yes')).code).toBe(0);
  });

  it('makes of its options what they say', async () => {
    const until = await approve(
      TEXT,
      '--yes',
      '--until',
      '2031-05-01T12:00+02:00',
      '--single-use',
      '--reason',
      ' Ticket 4711 ',
    );
    expect(statementOf(until)).toMatchObject({ until: Date.UTC(2031, 4, 1, 10), uses: 1, reason: 'Ticket 4711' });
    const wide = statementOf(await approve(TEXT, '--yes', '--hours', '1', '--any-user', '--device-group', 'Laptops'));
    expect(wide).not.toHaveProperty('requester');
    expect(wide).toMatchObject({ device: { kind: 'group', name: 'Laptops' } });
    expect(wide.until - wide.from).toBe(3_600_000);
  });

  it.each([
    [['--hours', '0']],
    [['--hours', '1.5']],
    [['--until', '2031-05-01T12:00']],
    [['--until', 'tomorrow']],
    [['--until', '2020-01-01']],
    [['--until', '2031-01-01', '--hours', '1']],
  ])('refuses %j', async (values) =>
    expect(await approve(TEXT, '--yes', ...values)).toMatchObject({ code: 2, out: '' }),
  );

  it('asks a person, and takes only a yes', async () => {
    for (const [answer, code] of [
      ['y', 0],
      ['Yes', 0],
      ['', 1],
      ['yess', 1],
    ] as const) {
      const values = ['approve', TEXT, '--key', at('desk.pem'), ...unlock];
      const result = await captureOutput((io) => run(values, io), {
        interactive: true,
        ask: () => Promise.resolve(answer),
      });
      expect(result, answer).toMatchObject({ code });
      expect(result.out.startsWith('EPM1.')).toBe(code === 0);
    }
  });

  it('signs nothing with a wrong passphrase', async () => {
    writeFileSync(at('wrong.txt'), 'another passphrase');
    const answer = await epm('approve', TEXT, '--yes', '--key', at('desk.pem'), '--passphrase-file', at('wrong.txt'));
    expect(answer).toMatchObject({ code: 3, out: '' });
    expect(answer.error).toContain('EPM_APPROVER_KEY_INVALID reason=passphrase');
  });

  it('signs nothing that was changed on the way', async () => {
    const changed = `${TEXT.slice(0, 900)}${TEXT[900] === 'A' ? 'B' : 'A'}${TEXT.slice(901)}`;
    const answer = await approve(changed, '--yes');
    expect(answer).toMatchObject({ code: 3, out: '' });
    expect(answer.error).toContain('EPM_REQUEST_TEXT_INVALID');
  });

  it('takes the passphrase as JSON from programs', async () => {
    const withInput = (text: string): Promise<CapturedOutput> => {
      const values = ['approve', TEXT, '--yes', '--key', at('desk.pem'), '--passphrase-json'];
      return captureOutput((io) => run(values, io), { input: () => Promise.resolve(Buffer.from(text)) });
    };
    expect(await withInput(JSON.stringify({ passphrase: PASSPHRASE }))).toMatchObject({ code: 0 });
    for (const text of ['', PASSPHRASE, '{}', '{"passphrase":""}', '{"passphrase":1}', '[]']) {
      const answer = await withInput(text);
      expect(answer, text).toMatchObject({ code: 2, out: '' });
      expect(answer.error).not.toContain(PASSPHRASE);
    }
  });

  it('shows all of it and signs nothing with --check, for which no key is needed', async () => {
    const asked = await approve(TEXT);
    const text = await epm('approve', TEXT, '--check');
    expect(text).toMatchObject({ code: 0, error: '' });
    const plain = (shown: string): string => shown.replace(/^(?:Grant|From|Until) .*$/gm, '');
    expect(plain(asked.error)).toContain(plain(text.out).trim());
    const json = await epm('approve', at('request.txt'), '--check', '--json', '--single-use');
    const checked = JSON.parse(json.out) as { text: string; shown: string; statement: GrantStatement };
    expect(checked.text).toBe(TEXT);
    expect(checked.statement).toMatchObject({ uses: 1, requestId: requestOf(devicePublic).id });
    expect(checked.shown).toContain(checked.statement.id);
    for (const option of ['--yes', '--qr'])
      expect(await epm('approve', TEXT, '--check', option)).toMatchObject({ code: 2 });
    expect(await epm('approve', TEXT, '--yes')).toMatchObject({ code: 2, out: '' });
  });

  it('prints JSON for programs', async () => {
    const answer = await approve(TEXT, '--yes', '--json');
    const { grant, statement, request } = JSON.parse(answer.out) as Record<string, unknown>;
    expect(answer.error).toBe('');
    expect(statement).toEqual(readGrantText(grant as string).statement);
    expect(request).toMatchObject({ timesAsked: 3 });
  });

  it('shows the grant as a code that a camera reads as the same text', async () => {
    const answer = await approve(TEXT, '--yes', '--qr', '--qr-file', at('grant.svg'));
    const [grant = '', ...lines] = answer.out.trimEnd().split('\n');
    expect(scan(lines)).toBe(grant);
    expect(readFileSync(at('grant.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });
});

describe('what an approver is shown', () => {
  it('escapes what cannot be seen or turns the text around', async () => {
    const name = 'setup\u202egpj.exe';
    const { error } = await approve(
      textOf({
        ...fileOf(name, { filePath: `C:\\${name}`, fileDescription: 'a\u001b[2Jb\u0007' }),
        requestJustification: 'line\u2028Why  forged',
      }),
    );
    expect(error).toContain('setup<U+202E>gpj.exe');
    expect(error).toContain('a<U+001B>[2Jb<U+0007>');
    expect(error).toContain('line<U+2028>Why  forged');
    expect(error).toContain('Note: The name of the file has characters that cannot be seen');

    expect(error).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e]/);
  });

  it('tells letters that look like others, and a path that leads elsewhere', async () => {
    const { error } = await approve(textOf(fileOf('s\u0435tup.exe')));
    expect(error).toContain('letters beyond A to Z');
    expect(error).toContain('The path leads to another name');
  });

  it('tells a signature that the device does not trust', async () => {
    const { error } = await approve(
      textOf(fileOf('setup.exe', { publisherTrusted: false, publisherName: 'Microsoft Corporation' })),
    );
    expect(error).toContain('unknown: the device does not trust the signature of "Microsoft Corporation"');
  });

  it('tells each argument in a line of its own, empty ones too', async () => {
    const { error } = await approve(textOf({ arguments: ['', 'a b', '\t', 'x'.repeat(1500)] }));
    expect(error).toContain('Arguments      4, one in each line:\n  ""\n  "a b"\n  "<U+0009>"\n  xxxx');
  });

  it('tells that a request is over', async () => {
    const { error } = await approve(textOf({ requestExpiryDateTime: '2020-01-01T00:00:00.000Z' }));
    expect(error).toContain('Note: The request has expired.');
  });

  it('tells why there is no rule for it', async () => {
    const { error } = await approve(textOf(fileOf('setup.exe', { filePath: '\\\\server\\share\\setup.exe' })));
    expect(error).toMatch(/^A rule that does the same for good: none\. No rule can be made/m);
  });
});

describe('epm grant show', () => {
  const soon = {
    ...GRANT,
    from: Math.floor(Date.now() / 1000) * 1000,
    until: Math.floor(Date.now() / 1000) * 1000 + DAY,
  };

  it('says who signed', async () => {
    const { out: grant } = await approve(TEXT, '--yes');
    const shown = await epm('grant', 'show', grant, '--keys', at('keys.json'));
    expect(shown).toMatchObject({ code: 0, error: '' });
    expect(shown.out).toMatch(/^Signed by +Help desk \(desk@example.com\)$/m);
    expect(await epm('grant', 'show', grant)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/not checked/) as string,
    });
  });

  it('says what another text is, and looks for no file of that name', async () => {
    const shown = await epm('grant', 'show', 'EPMV1.hEmi');
    expect(shown).toMatchObject({
      code: 3,
      error: expect.stringMatching(/It is a revocation\..*EPM_GRANT_INVALID/s) as string,
    });
  });

  it('says that nobody listed signed', async () => {
    const shown = await epm(
      'grant',
      'show',
      writeGrantText(soon, newSigningKey()),
      '--keys',
      at('keys.json'),
      '--json',
    );
    expect(shown.code).toBe(1);
    expect(JSON.parse(shown.out)).toMatchObject({ fault: 'grantUnknownKey', signers: [] });
  });

  it.each([
    ['grantExpired', { from: 0, until: 1000 }],
    ['grantNotYet', { from: soon.from + 3_600_000, until: soon.until + DAY }],
  ])('says %s', async (fault, change) => {
    const shown = await epm('grant', 'show', writeGrantText({ ...soon, ...change }, newSigningKey()), '--json');
    expect(shown.code).toBe(1);
    expect(JSON.parse(shown.out)).toMatchObject({ fault, signers: null });
  });

  it('takes one whose clock is a little ahead, as a device does', async () => {
    const ahead = { ...soon, from: soon.from + 240_000 };
    expect((await epm('grant', 'show', writeGrantText(ahead, newSigningKey()))).code).toBe(0);
  });

  it.each<[string, object, Partial<GrantStatement>, object]>([
    ['grantKeyRevoked', {}, {}, { desk: 'the laptop was stolen' }],
    ['grantKeyExpired', { validUntil: '2020-01-01T00:00Z' }, {}, {}],
    ['grantKeyExpired', { validFrom: '2099-01-01T00:00Z' }, {}, {}],
    ['grantRevoked', {}, {}, { [GRANT.id]: '' }],
    ['grantRevoked', {}, {}, { [GRANT.requestId]: '' }],
    ['grantKeyMayNot', { limits: { maximumHours: 23 } }, {}, {}],
    ['grantKeyMayNot', { limits: { singleUseOnly: true } }, {}, {}],
    ['grantKeyMayNot', {}, { device: { kind: 'group', name: 'Laptops' } }, {}],
  ])('says %s by a policy with %j', async (fault, entry, change, revocations) => {
    const key = newSigningKey();
    const publicKey = publicKeyText(key);
    const approverKeys = { desk: { publicKey, approver: 'desk@example.com', ...entry } };
    writeFileSync(at('policy.json'), JSON.stringify({ version: 1, approverKeys, revocations }));
    const text = writeGrantText({ ...soon, ...change }, key);
    const shown = await epm('grant', 'show', text, '--keys', at('policy.json'), '--json');
    expect(shown.code).toBe(1);
    expect(JSON.parse(shown.out)).toMatchObject({ fault, signers: ['desk'] });
    // Another entry of the same key may be good enough.
    const both = {
      ...approverKeys,
      other: { publicKey, approver: 'x@example.com', rights: { deviceGroups: ['Laptops'] } },
    };
    writeFileSync(at('policy.json'), JSON.stringify({ version: 1, approverKeys: both, revocations }));
    const again = await epm('grant', 'show', text, '--keys', at('policy.json'), '--json');
    expect(JSON.parse(again.out)).toMatchObject({ fault: fault === 'grantRevoked' ? fault : null });
  });

  it('refuses policies without keys', async () => {
    writeFileSync(at('none.json'), '{"version":1,"rules":[]}');
    const shown = await epm('grant', 'show', writeGrantText(soon, newSigningKey()), '--keys', at('none.json'));
    expect(shown).toMatchObject({ code: 2, out: '' });
  });
});

/** Reads half blocks as a camera would. */
function scan(lines: readonly string[]): string {
  const rows = lines.flatMap((line) => {
    const blocks = [...line.replace(/\u001b\[[0-9;]*m/g, '')];
    return [blocks.map((block) => '▀█'.includes(block)), blocks.map((block) => '▄█'.includes(block))];
  });
  const scale = 4;
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isDark = rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      data.set(isDark ? [0, 0, 0, 255] : [255, 255, 255, 255], (y * width + x) * 4);
    }
  return decodeQR({ width, height, data });
}

describe('epm policy new-rule --request', () => {
  const words = ['policy', 'new-rule', '--same-path', '--same-arguments', '--request'];
  const read = (text: string | Uint8Array): Promise<CapturedOutput> =>
    captureOutput((io) => run([...words, '-'], io), { input: () => Promise.resolve(Buffer.from(text)) });

  it('makes the same rule of a text, a file, an input, and the JSON of the agent', async () => {
    const first = await epm(...words, TEXT);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({
      rules: [
        { fileName: 'setup.exe', filePath: 'C:\\Users\\ada\\Downloads', arguments: ['/quiet "C:\\Temp\\a b.inf"'] },
      ],
    });
    writeFileSync(at('requests.json'), JSON.stringify({ requests: [requestOf(devicePublic)], all: false }));
    expect((await epm(...words, at('request.txt'))).out).toBe(first.out);
    expect((await epm(...words, at('requests.json'))).out).toBe(first.out);
    expect((await read(`\r\n${TEXT}\n`)).out).toBe(first.out);
    expect((await read(Buffer.from(`\ufeff${TEXT}`, 'utf16le'))).out).toBe(first.out);
    expect((await read(JSON.stringify(requestOf(devicePublic)))).out).toBe(first.out);
  });

  it.each([
    ['two requests', { requests: [requestOf(devicePublic), requestOf(devicePublic)] }],
    ['none', { requests: [] }],
    ['no file', { arguments: [] }],
    [
      'a path that is no text',
      { ...requestOf(devicePublic), applicationDetail: { fileHash: 'ab'.repeat(32), filePath: 1 } },
    ],
    ['arguments that are no list', { ...requestOf(devicePublic), arguments: '/quiet' }],
    ['a chain of something else', fileOf('setup.exe', { certificateChain: ['x'] })],
  ])('refuses %s', async (_, value) => {
    expect(await read(JSON.stringify(value))).toMatchObject({ code: 2, out: '' });
  });

  it('refuses a text that was changed, and a digest that is none', async () => {
    expect(await epm(...words, `${TEXT.slice(0, -8)}AAAAAAAA`)).toMatchObject({ code: 3, out: '' });
    const bad = { ...requestOf(devicePublic), ...fileOf('setup.exe', { fileHash: 'x' }) };
    expect(await read(JSON.stringify(bad))).toMatchObject({ code: 3, out: '' });
  });
});
