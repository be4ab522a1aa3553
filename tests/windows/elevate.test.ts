import { beforeAll, expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { describeWindows, identitySid, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import {
  AgentUnderTest,
  enabledGroups,
  message,
  PROGRAM,
  programRule,
  type ProbeReport,
  untilNothingRuns,
} from './agent-under-test.ts';

const USER_CONFIRMED = 'C:\\Program Files\\App\\confirm.exe';
const DENIED = 'C:\\Program Files\\App\\denied.exe';
const EXACT = 'C:\\Program Files\\App\\exact.exe';
const ADMINISTRATORS = 'S-1-5-32-544';

type Environment = Readonly<Record<string, string>>;

/** Names by which a user can run own code in a program that was started for that user, or redirect it. */
const HOSTILE = {
  COR_ENABLE_PROFILING: '1',
  COR_PROFILER: '{11111111-1111-1111-1111-111111111111}',
  COR_PROFILER_PATH: 'C:\\Users\\Public\\evil.dll',
  CORECLR_ENABLE_PROFILING: '1',
  DOTNET_STARTUP_HOOKS: 'C:\\Users\\Public\\evil.dll',
  NODE_OPTIONS: '--require C:\\Users\\Public\\evil.js',
  JAVA_TOOL_OPTIONS: '-javaagent:C:\\Users\\Public\\evil.jar',
  PYTHONPATH: 'C:\\Users\\Public',
  QT_PLUGIN_PATH: 'C:\\Users\\Public',
  EPM_TEST_MARK: 'from the user',
};

describeWindows('an elevation by the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let sha256: string;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    sha256 = agent.putProbe();
    const confirm = agent.putProbe(USER_CONFIRMED, 'confirm');
    const denied = agent.putProbe(DENIED, 'denied');
    const exact = agent.putProbe(EXACT, 'exact');
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [
        programRule(sha256),
        programRule(confirm, {
          name: 'Confirm',
          type: 'userConfirmed',
          fileName: 'confirm.exe',
          validations: ['justification'],
        }),
        programRule(denied, { name: 'Denied', type: 'deny', fileName: 'denied.exe' }),
        programRule(exact, {
          name: 'Exact',
          fileName: 'exact.exe',
          arguments: ['/quiet "a b"'],
          requireArguments: true,
        }),
      ],
    });
    // The environment of the process that starts the agent is hostile too.
    await agent.start({ ...HOSTILE, EPM_TEST_MARK: 'from the agent' });
  });

  /** @param environment of the program that asks, epm.exe then. */
  const run = async (path: string, values: readonly string[] = [], environment?: Environment): Promise<ProbeReport> => {
    const body = { path, arguments: values, wait: true };
    const messages =
      environment === undefined
        ? await agent.messages('elevate', body)
        : await agent.messagesOfProgram('elevate', body, environment);
    expect(messages.map(({ kind }) => kind)).toEqual(['event', 'result']);
    const result = messages[1]?.body;
    expect(result).toMatchObject({ outcome: 'finished', exitCode: 0 });
    const report = agent.report(result?.['processId']);
    if (report === undefined) throw new Error('the probe wrote no report');
    return report;
  };

  it('runs the program under an isolated account with Administrators enabled', async () => {
    const report = await run(PROGRAM);
    expect(report.image).toBe(PROGRAM);
    expect(report.token.user).toMatch(/^S-1-5-107-(?:\d+-){4}\d+$/);
    expect(enabledGroups(report)).toContain(ADMINISTRATORS);
    expect(enabledGroups(report)).toContain('S-1-5-107-0');
    expect(enabledGroups(report)).not.toContain(identitySid.standardUser);
    expect(report.token.privileges.map(({ name }) => name)).toContain('SeDebugPrivilege');
    expect(report.directory.toLowerCase()).toBe('c:\\windows\\system32');
  });

  it('gives two users, and two rules, accounts of their own', async () => {
    const accounts = [];
    for (const [path, as] of [
      [PROGRAM, 'standardUser'],
      [PROGRAM, 'otherUser'],
      [EXACT, 'standardUser'],
    ] as const) {
      const values = path === EXACT ? ['/quiet', 'a b'] : [];
      const answer = await agent.ask('elevate', { path, arguments: values, wait: true }, as);
      expect(answer.body).toMatchObject({ outcome: 'finished' });
      accounts.push((answer.body['account'] as { sid: string }).sid);
    }
    expect(new Set(accounts).size).toBe(3);
  });

  it('AC-31 AC-32 AC-33 takes no part of the environment from the user or from its own process', async () => {
    const hostile = {
      ...HOSTILE,
      PATH: 'C:\\Users\\Public;C:\\windows\\system32',
      PATHEXT: '.EVIL',
      ProgramFiles: 'C:\\Users\\Public',
      SystemRoot: 'C:\\Users\\Public',
      TEMP: 'C:\\Users\\Public',
      APPDATA: 'C:\\Users\\Public',
    };
    // SystemRoot stays as it is for epm.exe itself, which would not start without it.
    const { SystemRoot: _, ...forUser } = hostile;
    const { environment } = await run(PROGRAM, [], forUser);
    const values = new Map(
      environment.map((entry) => [entry.split('=')[0]?.toUpperCase(), entry.slice(entry.indexOf('=') + 1)]),
    );
    for (const name of Object.keys(HOSTILE)) expect(values.has(name.toUpperCase()), name).toBe(false);
    for (const [name, value] of values) expect(value, name).not.toContain('Users\\Public;');
    expect(values.get('PATH')?.toLowerCase().split(';')).toEqual([
      'c:\\windows\\system32',
      'c:\\windows',
      'c:\\windows\\system32\\wbem',
      'c:\\windows\\system32\\windowspowershell\\v1.0',
    ]);
    expect(values.get('PATHEXT')).not.toContain('EVIL');
    expect(values.get('PROGRAMFILES')).toBe('C:\\Program Files');
    expect(values.get('SYSTEMROOT')?.toLowerCase()).toBe('c:\\windows');
    expect(values.get('TEMP') ?? '').not.toContain('Public');
    expect(values.get('APPDATA') ?? '').not.toContain('Public');
  });

  it('AC-36 AC-38 gives arguments through so that both ways of parsing see the same vector', async () => {
    const values = [
      'a b',
      '',
      'q"uote',
      '\\"',
      'back\\',
      'back\\\\',
      '"',
      '""',
      '-x',
      '--',
      '@file',
      '/c',
      '^&|<>',
      '%PATH%',
      'tab\there',
      'ü€',
    ];
    const report = await run(PROGRAM, values);
    expect(report.arguments.slice(1)).toEqual(values);
    expect(report.crtArguments.slice(1)).toEqual(values);
  });

  it('AC-36 refuses arguments that an exact rule does not list, and those that cannot be passed', async () => {
    const before = agent.probeRuns();
    const attempts = [
      [],
      ['/quiet'],
      ['/quiet', 'a b', '--'],
      ['/quiet', 'A B'],
      ['/quiet', 'a  b'],
      ['/quiet a b'],
      ['@file'],
      ['/c', 'calc'],
    ];
    for (const values of attempts) {
      const answer = await agent.ask('elevate', { path: EXACT, arguments: values, wait: true });
      expect(answer, JSON.stringify(values)).toMatchObject({ kind: 'result', body: { outcome: 'denied' } });
    }
    for (const value of ['a\0b', 'a\nb', 'a\rb']) {
      const answer = await agent.ask('elevate', { path: PROGRAM, arguments: [value] });
      expect(answer, JSON.stringify(value)).toMatchObject({ kind: 'error', body: { code: 'EPM_ARGUMENTS_INVALID' } });
    }
    expect(agent.probeRuns()).toBe(before);
    expect((await run(EXACT, ['/quiet', 'a b'])).arguments.slice(1)).toEqual(['/quiet', 'a b']);
  });

  it('AC-37 refuses an empty path, an endless line and a quote in the name', async () => {
    const expected: readonly (readonly [object, string])[] = [
      [{ path: '' }, 'EPM_REQUEST_MALFORMED'],
      [{ path: PROGRAM, arguments: ['x'.repeat(32_768)] }, 'EPM_'],
      [{ path: 'C:\\Program Files\\App\\"probe.exe' }, 'EPM_FILE_NAME_REFUSED'],
    ];
    for (const [body, code] of expected) {
      const answer = await agent.rawAnswer(message('elevate', body as never));
      expect(answer.kind).toBe('error');
      expect(String(answer.body['code'])).toContain(code);
      expect(String(answer.body['hint'])).not.toBe('');
    }
    await agent.expectAlive();
  });

  it('AC-01 starts nothing for a raw, well-formed request without a rule', async () => {
    const answer = await agent.rawAnswer(
      message('elevate', {
        path: 'C:\\windows\\system32\\cmd.exe',
        arguments: ['/c', 'echo x>C:\\Users\\Public\\ran.txt'],
        wait: true,
      }),
    );
    expect(answer).toMatchObject({ kind: 'result', body: { outcome: 'denied', reason: 'defaultResponse' } });
    expect(bed().fileExists('C:\\Users\\Public\\ran.txt')).toBe(false);
  });

  it('denies by a rule, with a hint, and records it', async () => {
    const outcome = await agent.verb(['elevate', DENIED, '--json']);
    expect(outcome.exitCode).toBe(1);
    const answer = JSON.parse(outcome.output) as Record<string, unknown>;
    expect(answer).toMatchObject({ outcome: 'denied', reason: 'denyRule', rule: { name: 'Denied' } });
    expect(answer['hint']).not.toBe('');
    const record = (await agent.records()).find((candidate) => candidate['requestId'] === answer['requestId']);
    expect(record).toMatchObject({ event: 'elevationDenied', userSid: identitySid.standardUser, filePath: DENIED });
  });

  it('AC-03 AC-39 refuses every member that is not of the request: answers, rules, flags, identity', async () => {
    const before = agent.probeRuns();
    const forged = [
      { confirmed: true },
      { justified: true },
      { authenticated: true },
      { approved: true },
      { rule: 'Probe' },
      { sha256 },
      { user: identitySid.administrator },
      { creationFlags: 0 },
      { desktop: 'winsta0\\winlogon' },
      { parentProcessId: 4 },
      { environment: ['A=B'] },
      { handles: [1] },
      { __proto__x: 1 },
    ];
    for (const extra of forged) {
      const answer = await agent.rawAnswer(message('elevate', { path: PROGRAM, ...extra }));
      expect(answer, JSON.stringify(extra)).toMatchObject({ kind: 'error', body: { code: 'EPM_REQUEST_MALFORMED' } });
    }
    const envelope = await agent.rawAnswer(
      JSON.stringify({ v: 1, channel: 'elevate', body: { path: PROGRAM }, user: 'S-1-5-18' }),
    );
    expect(envelope).toMatchObject({ kind: 'error', body: { code: 'EPM_REQUEST_MALFORMED' } });
    expect(agent.probeRuns()).toBe(before);
  });

  it('AC-05 takes a ticket once, from its own user, for its own file and arguments', async () => {
    const first = await agent.ask('elevate', { path: USER_CONFIRMED });
    expect(first.body).toMatchObject({ outcome: 'needs', requirements: ['confirmation', 'justification'] });
    const ticket = String(first.body['ticket']);
    expect(ticket).toMatch(/^[0-9a-f]{32}$/);
    const before = agent.probeRuns();
    const justification = 'Test of the ticket';
    const answers = { path: USER_CONFIRMED, ticket, justification };
    const refused = { kind: 'error', body: { code: 'EPM_TICKET_INVALID' } };
    expect(await agent.ask('elevate', answers, 'otherUser')).toMatchObject(refused);
    expect(await agent.ask('elevate', { ...answers, ticket: '0'.repeat(32) })).toMatchObject(refused);
    expect(await agent.ask('elevate', { ...answers, arguments: ['more'] })).toMatchObject(refused);
    expect(agent.probeRuns()).toBe(before);

    const again = await agent.ask('elevate', { path: USER_CONFIRMED });
    const good = { ...answers, ticket: String(again.body['ticket']), wait: true };
    const done = await agent.ask('elevate', good);
    expect(done.body).toMatchObject({ outcome: 'finished', rule: { name: 'Confirm' } });
    expect(await agent.ask('elevate', good)).toMatchObject(refused);
    expect(agent.probeRuns()).toBe(before + 1);
    const record = (await agent.records()).find((candidate) => candidate['requestId'] === done.body['requestId']);
    expect(record).toMatchObject({ justification, elevationType: 'userConfirmedElevation' });
  });

  it('AC-14 AC-86 starts nothing when the file was replaced after it was confirmed', async () => {
    const first = await agent.ask('elevate', { path: USER_CONFIRMED });
    const before = agent.probeRuns();
    const original = bed().readFile(USER_CONFIRMED);
    try {
      bed().putFile(USER_CONFIRMED, Buffer.concat([original, Buffer.from('replaced')]));
      const answer = await agent.ask('elevate', {
        path: USER_CONFIRMED,
        ticket: first.body['ticket'],
        justification: 'x',
        wait: true,
      });
      expect(answer.body['outcome'] ?? answer.body['code']).toMatch(/denied|EPM_TICKET_INVALID/);
      expect(agent.probeRuns()).toBe(before);
    } finally {
      bed().putFile(USER_CONFIRMED, original);
    }
  });

  windowsOnly('a child that no rule allows does not start', 'job limits are not enforced', async () => {
    const report = await run(PROGRAM, ['--spawn', 'C:\\windows\\system32\\cmd.exe', '/c', 'exit 5']);
    expect(report.spawn?.error).not.toBe(0);
  });

  it('reports the exit code, and lets a program go on when its client leaves', async () => {
    const ended = await agent.ask('elevate', { path: PROGRAM, arguments: ['--exit', '77'], wait: true });
    expect(ended.body).toMatchObject({ outcome: 'finished', exitCode: 77 });
    const left = await agent.raw(message('elevate', { path: PROGRAM, arguments: ['--sleep', '600000'] }), {
      // The client stays for the answer, and leaves while the program runs.
      words: ['--replies', '1', '--hold', String(patient(20_000))],
    });
    expect(left.replies.at(0)?.text).toContain('"started"');
    const started = left.replies.map(({ text }) => JSON.parse(text) as { body: Record<string, unknown> });
    const processId = started[0]?.body['processId'];
    await eventually(() => expect(agent.report(processId)?.processId).toBe(processId));
    expect(bed().leftovers().join()).toContain('probe.exe');
  });

  windowsOnly('denies by a folder that its rule names in 8.3 form', 'its short names have another form', async () => {
    await agent.apply({
      id: 'short',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [programRule(sha256), { name: 'Short', type: 'deny', filePath: 'C:\\PROGRA~1\\App' }],
    });
    await agent.untilRules(2);
    expect((await agent.ask('elevate', { path: PROGRAM })).body).toMatchObject({
      outcome: 'denied',
      rule: { name: 'Short' },
    });
  });

  windowsOnly('denies by an 8.3 name whose folder was made later', 'its short names have another form', async () => {
    const later = 'C:\\Program Files\\Folder made later\\probe.exe';
    await agent.apply({
      id: 'later',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [programRule(sha256), { name: 'Later', type: 'deny', filePath: 'C:\\PROGRA~1\\FOLDER~1' }],
    });
    await agent.untilRules(2);
    agent.putProbe(later);
    expect((await agent.ask('elevate', { path: later })).body).toMatchObject({
      outcome: 'denied',
      rule: { name: 'Later' },
    });
  });

  it('ends every elevated program and verifies its journal when it stops and starts again', async () => {
    await agent.stop();
    await untilNothingRuns(bed());
    await agent.start();
    const verified = await agent.verb(['audit', 'verify', '--json'], 'administrator');
    expect(JSON.parse(verified.output)).toMatchObject({ ok: true });
    const records = await agent.records();
    expect(records.filter(({ event }) => event === 'agentStarted')).toHaveLength(2);
    expect(records.every((record) => record['accountFactory'] !== 'virtualAccount')).toBe(true);
    await agent.stop();
  });
});
