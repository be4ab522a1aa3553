/** `epm policy lint`, `test` and `new-rule`, for those who write policies. */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournalFolder } from '../../../src/audit/file-storage.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { childrenOf, parseXml } from '../../../src/text/xml.ts';
import { signedCorpus, whyNoCorpus } from '../../corpus/index.ts';
import { entry } from '../audit/entry.ts';
import { buildProgram } from '../facts/pe-builder.ts';
import { epm } from './captured.ts';

const HASH = 'a1'.repeat(32);
const RULE = {
  name: 'Setup',
  type: 'userConfirmed',
  fileName: 'setup.exe',
  filePath: '%ProgramFiles%\\V',
  fileHash: HASH,
};
const policy = (rule: object, id = 'office'): string =>
  JSON.stringify({ version: 1, id, settings: { enabled: true }, rules: [{ ...RULE, ...rule }] });

let folder: string;
const put = (name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'epm-authoring-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('epm policy lint', () => {
  it('answers 0 when nothing is as bad as asked, and 1 when something is', async () => {
    const good = put('good.json', policy({}));
    const open = put('open.json', policy({ childProcesses: 'allow' }));
    expect(await epm('policy', 'lint', good)).toMatchObject({ code: 0, out: '1 policy: 0 high, 0 medium, 0 low\n' });
    expect(await epm('policy', 'lint', good, open)).toMatchObject({ code: 0 });
    const failed = await epm('policy', 'lint', good, open, '--fail-on', 'medium');
    expect(failed.code).toBe(1);
    expect(failed.out).toContain(
      `${open}:1  medium  All child processes run elevated, rule "Setup" [children-allowed]`,
    );
    expect(failed.out).toMatch(/2 policies: 0 high, 1 medium, 0 low\n$/);
  });

  it('reads every format, an Intune export included', async () => {
    const open = put('open.json', policy({ childProcesses: 'allow' }));
    const graph = path.join(folder, 'graph.json');
    expect((await epm('policy', 'convert', open, '--to', 'graph', '--out', graph)).code).toBe(0);
    expect((await epm('policy', 'lint', graph)).out).toContain('[children-allowed]');
  });

  it('takes settings and rules of one export together, and tells what of it could not be read', async () => {
    const whole = put('whole.json', policy({}));
    const graph = path.join(folder, 'parts.json');
    expect((await epm('policy', 'convert', whole, '--to', 'graph', '--out', graph)).code).toBe(0);
    expect(await epm('policy', 'lint', graph, '--fail-on', 'low')).toMatchObject({ code: 0 });
    const parts = JSON.parse(readFileSync(graph, 'utf8')) as object[];
    const broken = put('broken-part.json', JSON.stringify([...parts, { name: 'lost', settings: [] }]));
    const told = await epm('policy', 'lint', broken, '--fail-on', 'medium');
    expect(told).toMatchObject({ code: 1, out: expect.stringContaining('The policy has no settings') as string });
  });

  it('writes SARIF to a file or to standard output, and JSON', async () => {
    const open = put('open.json', policy({ childProcesses: 'allow' }));
    const target = path.join(folder, 'lint.sarif');
    await epm('policy', 'lint', open, '--sarif', target);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({
      runs: [{ results: [{ ruleId: 'children-allowed' }] }],
    });
    const printed = await epm('policy', 'lint', open, '--sarif', '-');
    expect(JSON.parse(printed.out)).toMatchObject({ version: '2.1.0' });
    const asJson = await epm('policy', 'lint', open, '--json');
    expect(JSON.parse(asJson.out)).toMatchObject([
      { path: open, findings: [{ code: 'children-allowed', rule: 'Setup' }] },
    ]);
    const nowhere = await epm('policy', 'lint', open, '--sarif', path.join(folder, 'no', 'lint.sarif'));
    expect(nowhere).toMatchObject({ code: 3, error: expect.stringContaining('EPM_FILE_UNWRITABLE') as string });
  });
});

describe('outputs', () => {
  it.each([
    ['a log over the policy', (file: string) => ['lint', file, '--sarif', file]],
    ['a log over a link to the policy', (file: string) => ['lint', file, '--sarif', `${file}.link`]],
    ['a log and JSON together', (file: string) => ['lint', file, '--sarif', '-', '--json']],
    ['a report over the cases', (file: string) => ['test', file, '--junit', path.join(folder, '.', 'kept.json')]],
    ['a report over a policy', (file: string) => ['test', 'none.json', '--policy', file, '--junit', file]],
    ['a report over the policy', (file: string) => ['convert', file, '--to', 'json', '--report', file]],
    [
      'a report over the output',
      (file: string) => ['convert', file, '--to', 'json', '--out', `${file}.new`, '--report', `${file}.new`],
    ],
    ['a report and the output together', (file: string) => ['convert', file, '--to', 'json', '--report', '-']],
  ])('never overwrite each other or what was read: %s', async (_what, values) => {
    const file = put('kept.json', policy({}));
    rmSync(`${file}.link`, { force: true });
    symlinkSync(file, `${file}.link`);
    const told = await epm('policy', ...values(file));
    expect([2, 3]).toContain(told.code);
    expect(told.error).toContain('EPM_ARGUMENT');
    expect(readFileSync(file, 'utf8')).toBe(policy({}));
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('may replace a policy by its other format', async () => {
    const file = put('turned.json', policy({}));
    expect(await epm('policy', 'convert', file, '--to', 'registry', '--out', file)).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toContain('HKEY_LOCAL_MACHINE');
  });
});

describe('what a pipeline reads', () => {
  const COMMANDS = /##(vso)?\[|^\s*::/im;

  it('holds no command of a policy or a case', async () => {
    const name = '##vso[task.setvariable variable=a]b';
    const hostile = put('##vso[a]b.json', policy({ name, childProcesses: 'allow' }));
    const cases = put(
      'hostile-cases.json',
      JSON.stringify({
        version: 1,
        cases: [{ name: '::error::x', file: { path: 'C:\\##[x]a.exe' }, expect: { outcome: 'elevate' } }],
      }),
    );
    const runs = [
      ['policy', 'lint', hostile],
      ['policy', 'lint', hostile, '--json'],
      ['policy', 'lint', hostile, '--sarif', '-'],
      ['policy', 'test', cases, '--policy', hostile, '--explain'],
      ['policy', 'test', cases, '--policy', hostile, '--json'],
      ['policy', 'test', cases, '--policy', hostile, '--junit', '-'],
      ['policy', 'show', '--policy', hostile],
      ['policy', 'compare', hostile, put('other.json', policy({}))],
    ];
    for (const values of runs) {
      const { out, error } = await epm(...values);
      expect(out + error, values.join(' ')).not.toMatch(COMMANDS);
    }
  });

  it('makes no link of a name in SARIF', async () => {
    const hostile = put('link.json', policy({ name: '[click](https://example.org)', childProcesses: 'allow' }));
    const { out } = await epm('policy', 'lint', hostile, '--sarif', '-');
    const { runs } = JSON.parse(out) as { runs: { results: { message: { text: string } }[] }[] };
    for (const { message } of runs[0]?.results ?? []) {
      expect(message.text).toContain('\\[click\\](https://example.org)');
    }
    expect(runs[0]?.results.length).toBeGreaterThan(0);
  });
});

describe('a file of cases', () => {
  it.each([
    '/dev/zero',
    'C:\\policy.json',
    '\\\\server\\share\\p.json',
    '//server/p.json',
    'p.json:stream',
    '~/p.json',
    ' ',
  ])('opens no policy of its own choice: %s', async (name) => {
    const content = {
      version: 1,
      policies: [name],
      cases: [{ name: 'c', file: { path: 'C:\\a.exe' }, expect: { outcome: 'denied' } }],
    };
    const told = await epm('policy', 'test', put('choosing.json', JSON.stringify(content)));
    expect([told.code, told.error]).toEqual([3, expect.stringContaining('EPM_CASES_INVALID')]);
  });

  it.skipIf(process.platform === 'win32')('opens no device over a link', async () => {
    symlinkSync('/dev/zero', path.join(folder, 'endless.json'));
    const content = {
      version: 1,
      policies: ['endless.json'],
      cases: [{ name: 'c', file: { path: 'C:\\a.exe' }, expect: { outcome: 'denied' } }],
    };
    const told = await epm('policy', 'test', put('over-link.json', JSON.stringify(content)));
    expect([told.code, told.error]).toEqual([3, expect.stringContaining('is no file')]);
  });
});

describe('epm policy apply --check', () => {
  it('shows no control characters of a file', async () => {
    const name = 'x\\u001b[31m\\r\\n\\u202e';
    const file = put('hostile.json', `{"version":1,"rules":[{"name":"a","type":"deny","${name}":1,"${name}":2}]}`);
    const told = await epm('policy', 'apply', file, '--check');
    expect(told.code).toBe(1);
    expect(told.out).toContain('<U+001B>');

    expect(told.out + told.error).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe('a policy whose digest does not fit', () => {
  it('is told by every verb that reads it, refused by apply, and gets a new digest by convert', async () => {
    const good = path.join(folder, 'good.reg');
    const file = put('whole.json', '{"version":1,"rules":[{"name":"a","type":"deny","fileName":"a.exe"}]}');
    expect(await epm('policy', 'convert', file, '--to', 'reg', '--out', good)).toMatchObject({ code: 0, error: '' });
    const changed = path.join(folder, 'changed.reg');
    writeFileSync(changed, readFileSync(good, 'utf16le').replace('a.exe', 'b.exe'), 'utf16le');
    expect((await epm('policy', 'inspect', changed)).out).toMatch(/^digest +differs$/m);
    expect((await epm('policy', 'show', '--policy', changed)).out).toMatch(/^Digest +does not fit the content$/m);
    expect((await epm('policy', 'lint', changed)).out).toContain('[digest-differs]');
    const refused = await epm('policy', 'apply', changed, '--check');
    expect([refused.code, refused.out]).toEqual([
      1,
      expect.stringMatching(/would be refused.*The digest does not fit/),
    ]);
    const again = await epm('policy', 'convert', changed, '--to', 'reg', '--out', changed);
    expect([again.code, again.error]).toEqual([0, expect.stringContaining('The digest does not fit')]);
    expect((await epm('policy', 'inspect', changed)).out).toMatch(/^digest +fits$/m);
  });
});

describe('epm policy apply', () => {
  const USER = 'S-1-5-21-1-2-3-1001';
  const checked = async (...words: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await epm('policy', 'apply', ...words, '--check', '--json')).out) as Record<string, unknown>;

  it('AC-76 writes only what was checked: nothing of a file that changed meanwhile', async () => {
    const file = put('changing.json', policy({}));
    const { content, refused } = await checked(file);
    expect([content, refused]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), false]);
    expect(await checked(file, '--expect', String(content))).toMatchObject({ content });
    // Spaces and comments are no change; a rule is.
    writeFileSync(file, `// read again\n${policy({})}`);
    expect(await checked(file, '--expect', String(content))).toMatchObject({ content });
    writeFileSync(file, policy({ type: 'automatic', fileName: 'cmd.exe' }));
    const told = await epm('policy', 'apply', file, '--expect', String(content));
    expect(told.code).not.toBe(0);
    expect(told.error).toMatch(/it has changed since[^]*EPM_POLICY_INVALID/);
    const elsewhere = await epm('policy', 'apply', file, '--check', '--user', USER, '--expect', String(content));
    expect(elsewhere.error).toContain('it has changed since');
  });

  it('shows what the linter finds before anything is written', async () => {
    const file = put('wide.json', policy({ fileName: 'cmd.exe', childProcesses: 'allow' }));
    const { findings } = await checked(file);
    expect(findings).toContainEqual(expect.objectContaining({ risk: 'high', code: 'host-without-arguments' }));
    expect((await epm('policy', 'apply', file, '--check')).error).toMatch(/^epm: high: rule "Setup": /m);
  });

  it('makes it the policy that the machine has for a user, who is named once', async () => {
    const key = `HKLM\\Software\\Policies\\EPM\\Users\\${USER}`;
    const file = put('anns.json', policy({}));
    expect(await checked(file, '--user', USER.toLowerCase())).toMatchObject({ key, policy: 'office' });
    const place = put(
      'place.json',
      JSON.stringify({ key, values: [{ name: 'EnableEPM', type: 'REG_DWORD', data: 1 }] }),
    );
    expect(await checked(place)).toMatchObject({ key });
    expect(await checked(place, '--user', USER)).toMatchObject({ key });
    const other = await epm('policy', 'apply', place, '--check', '--user', `${USER}1`);
    expect(other.error).toMatch(/not for S-1-5-21-1-2-3-10011[^]*EPM_POLICY_INVALID/);
    const hive = JSON.stringify({ key: `HKU\\${USER}\\Software\\Policies\\EPM`, values: [] });
    expect((await epm('policy', 'apply', put('hive.json', hive), '--check')).error).toContain('--user');
    for (const name of ['S-1-5-18', 'S-1-5-32-544', 'S-1-nonsense', 'S-1-5-21-1-2-3']) {
      expect((await epm('policy', 'apply', file, '--check', '--user', name)).error).toContain('EPM_ARGUMENT');
    }
  });
});

describe('epm policy test', () => {
  it('holds a policy of another user against nobody', async () => {
    const sid = 'S-1-5-21-1-2-3-1001';
    const file = put('user.json', policy({}));
    const tree = JSON.parse((await epm('policy', 'convert', file, '--to', 'registry')).bytes.toString()) as object;
    const key = `HKEY_USERS\\${sid}\\Software\\Policies\\EPM`;
    const own = put('own.json', JSON.stringify({ ...tree, key }));
    const subject = { path: 'C:\\Program Files\\V\\setup.exe', sha256: HASH };
    const asked = (user: object, expected: object) =>
      JSON.stringify({ version: 1, cases: [{ name: 'x', file: subject, user, expect: expected }] });
    const mine = put('mine.json', asked({ sid }, { outcome: 'needs', winner: 'Setup' }));
    const other = put('other.json', asked({ sid: `${sid}1` }, { outcome: 'notManaged', reason: 'noPolicy' }));
    expect(await epm('policy', 'test', mine, other, '--policy', own)).toMatchObject({ code: 0 });
  });

  const file = { path: 'C:\\Program Files\\V\\setup.exe', sha256: HASH };
  const cases = (outcome: string, policies?: readonly string[]): string =>
    JSON.stringify({
      version: 1,
      policies,
      cases: [{ name: 'Setup asks', file, expect: { outcome, winner: 'Setup' } }],
    });

  it('answers 0 when every case is decided as expected', async () => {
    put('named.json', policy({}));
    const path_ = put('cases.json', cases('needs', ['named.json']));
    expect(await epm('policy', 'test', path_)).toMatchObject({ code: 0, out: '1 passed, 0 failed\n' });
  });

  it('answers 1 otherwise, says in what it differs and why, and writes JUnit', async () => {
    const given = put('given.json', policy({}));
    const path_ = put('wrong.json', cases('elevate'));
    const junit = path.join(folder, 'results.xml');
    const { code, out } = await epm('policy', 'test', path_, '--policy', given, '--explain', '--junit', junit);
    expect(code).toBe(1);
    expect(out).toContain('outcome is "needs", not "elevate".');
    expect(out).toContain('setup.exe: the requester is asked first');
    expect(out).toMatch(/0 passed, 1 failed\n$/);
    const [suite] = childrenOf(parseXml(readFileSync(junit, 'utf8')), 'testsuite');
    expect(suite?.attributes).toMatchObject({ name: path_, tests: '1', failures: '1' });
  });

  it('needs a policy, and cases that can be read', async () => {
    const lonely = put('lonely.json', cases('needs'));
    expect(await epm('policy', 'test', lonely)).toMatchObject({
      code: 2,
      error: expect.stringContaining('--policy') as string,
    });
    const broken = put('broken.json', '{"version":1,"cases":[{}]}');
    expect(await epm('policy', 'test', broken)).toMatchObject({
      code: 3,
      error: expect.stringContaining('EPM_CASES_INVALID') as string,
    });
  });
});

/** Signed files, and a file with the roots that they end at. */
async function signedFiles(): Promise<{ readonly folder: string; readonly roots: string }> {
  const [first] = await signedCorpus();
  if (first === undefined) throw new Error('The corpus is empty.');
  const pem = first.roots.map(
    (der) => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`,
  );
  return { folder: path.dirname(first.path), roots: put('roots.pem', pem.join('')) };
}

describe('epm policy new-rule', () => {
  it('gives a rule its hours, and refuses what is none', async () => {
    const tool = put('tool.exe', buildProgram({}));
    const make = (...more: readonly string[]) => epm('policy', 'new-rule', '--file', tool, ...more);
    const hours = [
      '--active-from',
      '2026-12-01',
      '--active-until',
      '2026-12-24T18:00',
      '--active-hours',
      'Mon-Fri 08:00-18:00',
    ];
    const made = await make(...hours, 'Sat');
    expect(made).toMatchObject({ code: 0, error: '' });
    expect(JSON.parse(made.out)).toMatchObject({
      rules: [
        { activeFrom: '2026-12-01', activeUntil: '2026-12-24T18:00', activeHours: ['Mon-Fri 08:00-18:00', 'Sat'] },
      ],
    });
    expect(await make('--active-hours', 'always')).toMatchObject({
      code: 3,
      error: expect.stringContaining('activeHours') as string,
    });
  });

  it('makes a rule that decides about the file it was made from', async () => {
    const tool = put('tool.exe', buildProgram());
    const made = await epm('policy', 'new-rule', '--file', tool, '--type', 'automatic', '--name', 'Tool');
    expect(made).toMatchObject({ code: 0, error: '' });
    const { rules } = JSON.parse(made.out) as { rules: object[] };
    const whole = put('made.json', JSON.stringify({ version: 1, settings: { enabled: true }, rules }));
    expect(await epm('decide', '--policy', whole, '--file', tool)).toMatchObject({ code: 0 });
  });

  it.each([
    ['tool.exe', 'notSigned', ['--by', 'publisher']],
    ['cmd.exe', 'argumentsNeeded', []],
    ['tool.exe', 'argumentsUnknown', ['--same-arguments']],
    ['tool.msi', 'fileRefused', []],
  ])('says of %s by a word why there is no rule: %s', async (name, reason, more) => {
    const file = put(name, buildProgram());
    const { code, out, error } = await epm('policy', 'new-rule', '--json', '--file', file, ...more);
    expect([code, out]).toEqual([3, '']);
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'EPM_RULE_SOURCE', data: { reason } } });
  });

  it('says what the linter finds of high risk in the rule', async () => {
    const { code, error } = await epm('policy', 'new-rule', '--file', put('signtool.exe', buildProgram()));
    expect([code, error]).toEqual([0, expect.stringMatching(/^epm: high risk: .* \[way-out\]\n {5}.*\n$/)]);
  });

  it.skipIf(whyNoCorpus() !== undefined)(
    'asks the engine, and says what stands in the way beside the rule',
    async () => {
      const { folder: signed, roots } = await signedFiles();
      const from = (name: string, ...more: readonly string[]) =>
        epm('policy', 'new-rule', '--file', path.join(signed, name), '--by', 'publisher', ...more);
      const timestamped = await from('expired-timestamped.exe', '--roots', roots);
      expect(timestamped.code).toBe(0);
      // Its signature covers no text that tells it from other programs of the publisher.
      expect(timestamped.error).toMatch(/^epm: high risk: .* \[certificate-and-name-only\]\n {5}\S.*\n$/);
      const untrusted = await from('signed.exe');
      expect(untrusted.code).toBe(3);
      expect(JSON.parse(untrusted.out)).toMatchObject({ rules: [{ fileName: 'signed.exe' }] });
      expect(untrusted.error).toMatch(
        /The rule does not take "signed.exe" itself: the certificate: expected .*--roots/s,
      );
      const expired = await from('expired.exe', '--roots', roots);
      expect([expired.code, expired.error]).toEqual([3, expect.stringContaining('outside its validity')]);
      const weak = await from('weak-sha1.exe', '--roots', roots);
      expect([weak.code, weak.out]).toEqual([3, '']);
      expect(weak.error).toContain('it uses SHA-1, which can be forged');
    },
  );

  it.skipIf(whyNoCorpus() !== undefined)('decides with an answer about revocation that somebody gives', async () => {
    const { folder: signed, roots } = await signedFiles();
    const file = path.join(signed, 'expired-timestamped.exe');
    const by = ['--file', file, '--roots', roots];
    const made = await epm('policy', 'new-rule', ...by, '--by', 'publisher', '--type', 'automatic');
    const { rules } = JSON.parse(made.out) as { rules: object[] };
    const whole = put('revocation.json', JSON.stringify({ version: 1, settings: { enabled: true }, rules }));
    const decided = (...more: readonly string[]) => epm('decide', '--policy', whole, ...by, '--explain', ...more);
    const unknown = await decided();
    expect(unknown.code).toBe(1);
    expect(unknown.out).toContain('and not a certificate whose revocation could not be checked, it would win');
    expect(await decided('--revocation', 'good')).toMatchObject({ code: 0 });
    const revoked = await decided('--revocation', 'revoked');
    expect([revoked.code, revoked.out]).toEqual([1, expect.stringContaining('found a revoked certificate')]);
  });

  it('asks for the arguments of an interpreter, and refuses a file that is always refused', async () => {
    const shell = put('cmd.exe', buildProgram());
    const asked = await epm('policy', 'new-rule', '--file', shell);
    expect([asked.code, asked.out]).toEqual([3, '']);
    expect(asked.error).toContain('runs what its arguments say');
    const made = await epm('policy', 'new-rule', '--file', shell, '--', '/c', 'dir C:\\');
    expect(made).toMatchObject({ code: 0, error: '' });
    expect(JSON.parse(made.out)).toMatchObject({ rules: [{ arguments: ['/c "dir C:\\\\"'] }] });
    const text = await epm('policy', 'new-rule', '--file', put('text.exe', 'no program'));
    expect([text.code, text.out]).toEqual([3, '']);
    expect(text.error).toContain('is refused whatever a rule says');
  });

  it('takes facts, and records of a journal that verifies', async () => {
    const tool = put('tool.exe', buildProgram());
    const facts = put('facts.json', (await epm('file', tool, '--json')).out);
    expect(JSON.parse((await epm('policy', 'new-rule', '--facts', facts)).out)).toMatchObject({
      rules: [{ fileName: 'tool.exe' }],
    });

    const journal = path.join(folder, 'journal.jsonl');
    const storage = openJournalFolder(folder);
    const open = await Journal.open(storage, { deviceName: 'PC', now: () => 0 });
    open.append(entry('agentStarted'));
    open.append(entry('elevationDenied', { filePath: 'C:\\Tools\\a.exe', hash: HASH, arguments: ['/x', 'a b'] }));
    open.close();
    const from = (...values: readonly string[]) => epm('policy', 'new-rule', '--journal', journal, ...values);
    const made = await from('--audit-record', '2', '--same-path', '--same-arguments');
    expect(JSON.parse(made.out)).toEqual({
      rules: [
        {
          name: 'a.exe',
          type: 'userConfirmed',
          fileName: 'a.exe',
          filePath: 'C:\\Tools',
          fileHash: HASH,
          arguments: ['/x "a b"'],
        },
      ],
    });
    for (const number of ['1', '3']) {
      expect(await from('--audit-record', number)).toMatchObject({
        code: 3,
        error: expect.stringContaining('EPM_RULE_SOURCE') as string,
      });
    }
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('a.exe', 'b.exe'));
    expect(await from('--audit-record', '2')).toMatchObject({
      code: 3,
      error: expect.stringContaining('EPM_AUDIT_BROKEN') as string,
    });
  });

  it('wants exactly one source', async () => {
    expect(await epm('policy', 'new-rule')).toMatchObject({ code: 2 });
    const forgotten = await epm('policy', 'new-rule', 'setup.exe');
    expect(forgotten).toMatchObject({ code: 2, error: expect.stringContaining('after --file') as string });
    expect(forgotten.error).toContain('"setup.exe" is an argument');
    expect(await epm('policy', 'new-rule', '--file', 'a', '--facts', 'b')).toMatchObject({ code: 2 });
  });
});
