/** Windows authentication and elevation as the current user, by the packed agent and distinct identities. */
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  describeWindows,
  identitySid,
  type Outcome,
  playedLogonOnly,
  type Running,
  windowsOnly,
} from '../bed/index.ts';
import { type AgentMessage, AgentUnderTest, enabledGroups, programRule, type ProbeReport } from './agent-under-test.ts';
import {
  elevateWith,
  filesWith,
  giveProfile,
  knownUser,
  makeUsersKnown,
  passwordCredential,
  sealedAnswer,
} from './credentials-under-test.ts';
import { eventually } from '../eventually.ts';

const CONFIRMED = 'C:\\Program Files\\App\\confirmed.exe';
const OWN = 'C:\\Program Files\\App\\own.exe';
const ADMINISTRATORS = 'S-1-5-32-544';
const MARKER = 'S-1-5-107-0';
const PROFILE = 'C:\\Users\\standard';

const user = knownUser('EPMBED\\standard', identitySid.standardUser);
const other = knownUser('EPMBED\\other', identitySid.otherUser);
const namesake = { ...knownUser('ELSEWHERE\\standard', identitySid.otherUser), password: user.password };
const helpDesk = knownUser('EPMBED\\helpdesk', identitySid.administrator);
const REFUSED = { kind: 'error', body: { code: 'EPM_AUTHENTICATION_FAILED' } };
const good = passwordCredential(user.name, user.password);

describeWindows('Windows authentication by the packed agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let running: Running;

  beforeAll(async () => {
    if (bed().kind === 'windows') return;
    agent = new AgentUnderTest(bed());
    await makeUsersKnown(bed(), [user, other, namesake, helpDesk]);
    await giveProfile(bed(), user.sid, PROFILE);
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [
        programRule(agent.putProbe(CONFIRMED, 'confirmed'), {
          name: 'Confirmed',
          type: 'userConfirmed',
          fileName: 'confirmed.exe',
          validations: ['authentication'],
        }),
        programRule(agent.putProbe(OWN, 'own'), {
          name: 'Own',
          type: 'currentUser',
          fileName: 'own.exe',
          childProcesses: 'allow',
        }),
      ],
    });
    running = await agent.start();
  });
  afterAll(async () => {
    if (bed().kind === 'wine') await agent.stop();
  });

  const finished = (body: Readonly<Record<string, unknown>>): ProbeReport => {
    expect(body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    const report = agent.report(body['processId']);
    if (report === undefined) throw new Error('the probe wrote no report');
    return report;
  };
  /** Forgets failed attempts, as an hour would, by a new agent without its file. */
  const forgetAttempts = async (): Promise<void> => {
    await agent.stop();
    bed().putFile('C:\\ProgramData\\EPM\\authentication-state.json', '{"failedAttempts":{}}');
    running = await agent.start();
  };

  playedLogonOnly('starts a program under its isolated account after the user authenticated', async () => {
    const question = await agent.ask('elevate', { path: CONFIRMED, wait: true });
    expect(question.body).toMatchObject({
      outcome: 'needs',
      requirements: ['confirmation', 'authentication'],
      authentication: { key: expect.stringMatching(/^B[A-Za-z0-9+/]{86}=$/) as string, userSid: user.sid },
    });
    const answer = await agent.ask('elevate', { path: CONFIRMED, wait: true, ...sealedAnswer(question, good) });
    const report = finished(answer.body);
    expect(report.token.user).toMatch(/^S-1-5-107-(?:\d+-){4}\d+$/);
    const record = (await agent.records()).find(({ requestId }) => requestId === answer.body['requestId']);
    expect(record).toMatchObject({
      elevationType: 'userConfirmedElevation',
      authentication: expect.any(String) as string,
    });
  });

  playedLogonOnly('runs as the current user: own account, own profile, administrator rights', async () => {
    const answer = await elevateWith(agent, { path: OWN, wait: true }, good);
    const report = finished(answer.body);
    expect(report.token.user).toBe(identitySid.standardUser);
    expect(enabledGroups(report)).toContain(ADMINISTRATORS);
    expect(enabledGroups(report)).toContain(MARKER);
    const environment = new Map(
      report.environment.map((entry) => [entry.split('=')[0], entry.slice(entry.indexOf('=') + 1)]),
    );
    expect(environment.get('USERPROFILE')).toBe(PROFILE);
    expect(environment.get('APPDATA')).toBe(`${PROFILE}\\AppData\\Roaming`);
    const record = (await agent.records()).find(
      ({ requestId, event }) => requestId === answer.body['requestId'] && event === 'elevationStarting',
    );
    expect(record).toMatchObject({ elevationType: 'currentUserElevation', accountSid: identitySid.standardUser });
    expect(answer.body['accountFactory']).toBe('testBed');
  });

  /** What `epm credential` prints for the question, when the dialog is told the name and the password. */
  const dialog = (question: AgentMessage, name: string, password: string): Promise<Outcome> =>
    bed().run({
      program: agent.epm,
      arguments: ['credential', '--json'],
      input: JSON.stringify(question.body),
      environment: { EPM_TEST_PROMPT: name === '' ? '' : `${name}|${password}` },
    });

  playedLogonOnly('takes what the credential dialog packs, sealed by epm.exe', async () => {
    const question = await agent.ask('elevate', { path: OWN, wait: true });
    const outcome = await dialog(question, user.name, user.password);
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    const { credential } = JSON.parse(outcome.output) as { readonly credential: string };
    const words = ['elevate', OWN, '--ticket', String(question.body['ticket']), '--credential', credential];
    const elevated = await agent.verb([...words, '--wait', '--json']);
    expect(elevated).toMatchObject({ exitCode: 0, errors: '' });
    finished(JSON.parse(elevated.output) as Readonly<Record<string, unknown>>);
  });

  playedLogonOnly('starts nothing when the dialog is closed', async () => {
    const question = await agent.ask('elevate', { path: OWN });
    expect(await dialog(question, '', '')).toMatchObject({ exitCode: 1, output: '{\n  "credential": null\n}\n' });
  });

  playedLogonOnly('tells who gave the name of somebody else before anything is sent', async () => {
    const question = await agent.ask('elevate', { path: OWN });
    const before = (await agent.records()).length;
    const outcome = await dialog(question, other.name, other.password);
    expect(outcome).toMatchObject({ exitCode: 3, output: '' });
    expect(JSON.parse(outcome.errors)).toMatchObject({
      error: { code: 'EPM_CREDENTIAL_INVALID', data: { reason: 'otherUser' } },
    });
    expect((await agent.records()).length).toBe(before);
  });

  playedLogonOnly(
    'AC-82 refuses another user: with the right password, a helpdesk administrator, a namesake',
    async () => {
      const runs = agent.probeRuns();
      for (const { name, password } of [other, helpDesk, namesake]) {
        for (const file of [CONFIRMED, OWN]) {
          expect(await elevateWith(agent, { path: file }, passwordCredential(name, password))).toMatchObject(REFUSED);
          // A program of a test before counts until its profile is given back.
          await eventually(async () => expect((await agent.ask('status')).body['running']).toBe(0));
        }
        await forgetAttempts();
      }
      expect(agent.probeRuns()).toBe(runs);
      const reasons = (await agent.records()).filter(({ errorCode }) => errorCode === 'EPM_AUTHENTICATION_FAILED');
      expect(new Set(reasons.map(({ reason }) => reason))).toEqual(new Set(['otherUser']));
    },
  );

  playedLogonOnly('AC-83 says the same of every failure, and limits how many there are across restarts', async () => {
    await makeUsersKnown(bed(), [user], { [user.name]: 'c0000072' });
    const answers = [await elevateWith(agent, { path: OWN }, good)];
    await makeUsersKnown(bed(), [user]);
    for (const [name, password] of [
      [user.name, ''],
      [user.name, `${user.password}!`],
      ['EPMBED\\nobody', 'x'],
      [user.name, 'x'],
    ] as const) {
      answers.push(await elevateWith(agent, { path: CONFIRMED }, passwordCredential(name, password)));
    }
    for (const answer of answers) expect(answer).toMatchObject(REFUSED);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const limited = { kind: 'error', body: { code: 'EPM_AUTHENTICATION_LIMIT' } };
    expect(await elevateWith(agent, { path: OWN }, good)).toMatchObject(limited);
    await agent.stop();
    running = await agent.start();
    const answer = await elevateWith(agent, { path: OWN }, good);
    expect(answer).toMatchObject(limited);
    const data = answer.body['data'] as { readonly seconds: number };
    expect(data.seconds).toBeGreaterThan(0);
    expect(data.seconds).toBeLessThanOrEqual(15 * 60);
    const reasons = (await agent.records()).filter(({ errorCode }) => errorCode === 'EPM_AUTHENTICATION_FAILED');
    expect(reasons.slice(-5).map(({ reason }) => reason)).toEqual([
      'accountDisabled',
      'emptyPassword',
      'wrongCredential',
      'unknownName',
      'wrongCredential',
    ]);
    // Another user is not hindered.
    expect(
      await elevateWith(
        agent,
        { path: CONFIRMED, wait: true },
        passwordCredential(other.name, other.password),
        'otherUser',
      ),
    ).toMatchObject({ body: { outcome: 'finished' } });
    await forgetAttempts();
  });

  playedLogonOnly('AC-86 binds the answer to its question: user, file, arguments, once', async () => {
    const runs = agent.probeRuns();
    const question = await agent.ask('elevate', { path: OWN });
    const second = await agent.ask('elevate', { path: OWN });
    const answer = sealedAnswer(question, good);
    const invalid = { kind: 'error', body: { code: 'EPM_TICKET_INVALID' } };
    expect(await agent.ask('elevate', { path: OWN, ...answer }, 'otherUser')).toMatchObject(invalid);
    // Used up by that.
    expect(await agent.ask('elevate', { path: OWN, ...answer })).toMatchObject(invalid);
    // The credential of one question does not answer another.
    const swapped = { path: OWN, ticket: second.body['ticket'], credential: answer['credential'] };
    expect(await agent.ask('elevate', swapped)).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_CREDENTIAL_INVALID' },
    });
    const third = sealedAnswer(await agent.ask('elevate', { path: OWN }), good);
    expect(await agent.ask('elevate', { path: OWN, ...third, arguments: ['more'] })).toMatchObject(invalid);
    const fourth = sealedAnswer(await agent.ask('elevate', { path: OWN }), good);
    expect(await agent.ask('elevate', { path: CONFIRMED, ...fourth })).toMatchObject(invalid);
    expect(agent.probeRuns()).toBe(runs);
    const fifth = {
      path: OWN,
      wait: true,
      ...sealedAnswer(await agent.ask('elevate', { path: OWN, wait: true }), good),
    };
    expect(await agent.ask('elevate', fifth)).toMatchObject({ body: { outcome: 'finished' } });
    expect(await agent.ask('elevate', fifth)).toMatchObject(invalid);
    expect(agent.probeRuns()).toBe(runs + 1);
  });

  playedLogonOnly('denies what a program that runs as the current user asks for', async () => {
    const values = ['--spawn', agent.epm, 'elevate', CONFIRMED, '--json'];
    const answer = await elevateWith(agent, { path: OWN, arguments: values, wait: true }, good);
    expect(finished(answer.body).spawn?.error).toBe(0);
    const denied = (await agent.records()).filter(({ reason }) => reason === 'elevatedRequester');
    expect(denied).toEqual([expect.objectContaining({ event: 'elevationDenied', userSid: identitySid.standardUser })]);
  });

  playedLogonOnly('AC-87 leaves the credential in no file, log, record or registry', async () => {
    await agent.stop();
    const said = running.output() + running.errors();
    const folders = ['C:\\ProgramData\\EPM', 'C:\\ProgramData\\epm-probe', 'C:\\Users'].map((folder) =>
      bed().hostPath(folder),
    );
    const prefix = path.dirname(bed().hostPath('C:\\'));
    // Wine writes its registry when its last program has ended.
    await eventually(() => expect(bed().leftovers()).toEqual([]));
    folders.push(...['system.reg', 'user.reg', 'userdef.reg'].map((name) => path.join(prefix, name)));
    for (const { password } of [user, other, helpDesk]) {
      expect(said).not.toContain(password);
      expect(filesWith(password, folders)).toEqual([]);
    }
    // The search finds what is there.
    bed().putFile('C:\\Users\\Public\\found.txt', Buffer.from(`x${user.password}`, 'utf16le'));
    expect(filesWith(user.password, folders)).toHaveLength(1);
    await agent.start();
  });
});

describeWindows('Windows authentication by Windows itself', ['epm'], (bed) => {
  const why = 'Wine accepts every password and has no integrity levels and logon sessions';
  const elevate = async (
    of: 'standardUser' | 'otherUser',
    change = '',
  ): Promise<{ agent: AgentUnderTest; answer: AgentMessage }> => {
    const agent = new AgentUnderTest(bed());
    const rule = { name: 'Own', type: 'currentUser', fileName: 'own.exe' };
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll' },
      rules: [programRule(agent.putProbe(OWN, 'own'), rule)],
    });
    await agent.start();
    const { name, password } = bed().passwordOf(of) ?? { name: '', password: '' };
    return {
      agent,
      answer: await elevateWith(agent, { path: OWN, wait: true }, passwordCredential(name, password + change)),
    };
  };

  windowsOnly('the current user gets high integrity, a new logon session and their own profile', why, async () => {
    const { agent, answer } = await elevate('standardUser');
    try {
      expect(answer.body).toMatchObject({ outcome: 'finished', accountFactory: 'windowsLogon' });
      const report = agent.report(answer.body['processId']);
      const token = report?.token as unknown as Readonly<Record<string, unknown>>;
      const account = answer.body['account'] as { readonly sid: string; readonly name: string };
      expect(token).toMatchObject({ user: account.sid, integrity: 0x3000, owner: ADMINISTRATORS });
      expect(token['elevationType']).not.toBe(3);
      expect(report?.environment).toContain(`USERNAME=${account.name.slice(account.name.indexOf('\\') + 1)}`);
      const [record] = (await agent.records()).filter(({ event }) => event === 'elevationStarting');
      expect(record?.['authentication']).toMatch(/^(?:Negotiate|NTLM|Kerberos|MICROSOFT_AUTHENTICATION_PACKAGE_V1_0)$/);
    } finally {
      await agent.stop();
    }
  });

  windowsOnly('AC-82 AC-83 a wrong password and another user are refused', why, async () => {
    for (const [of, change, reason] of [
      ['standardUser', 'x', 'wrongCredential'],
      ['otherUser', '', 'otherUser'],
    ] as const) {
      const { agent, answer } = await elevate(of, change);
      try {
        expect(answer).toMatchObject(REFUSED);
        expect((await agent.records()).at(-1)).toMatchObject({ reason });
      } finally {
        await agent.stop();
      }
    }
  });
});
