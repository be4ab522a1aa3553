/**
 * Setting `secureConsent`: the packed agent asks on a desktop of its own, whatever door a request came by, and puts the
 * person's own desktop back however the question ends. The keys of the person are played on that desktop, which Wine lets
 * every program do; that Windows does not is shown there only.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWindows, identitySid, type Outcome, type Running, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json, type ProbeReport, programRule } from './agent-under-test.ts';
import { knownUser, makeUsersKnown } from './credentials-under-test.ts';

const FOLDER = 'C:\\Program Files\\Secure';
const CONFIRMED = `${FOLDER}\\confirmed.exe`;
const REASONED = `${FOLDER}\\reasoned.exe`;
const AUTHENTICATED = `${FOLDER}\\authenticated.exe`;
const UNMATCHED = `${FOLDER}\\unmatched.exe`;
const ENVIRONMENT = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
const ADMINISTRATORS = 'S-1-5-32-544';
/** Of oleacc.h. Wine's MSAA has no other role for a control that is drawn by its owner than that of its client area. */
const ROLE_BUTTON = 43;
const ROLE_CLIENT = 10;
const ROLE_TEXT = 42;
/** Identifiers of the controls. */
const YES = 1;
const NO = 2;
const REASON = 100;
const user = knownUser('EPMBED\\standard', identitySid.standardUser);
/** ERROR_CANCELLED and ERROR_ACCESS_DENIED of winerror.h. */
const CANCELLED = 1223 % 256;
const ACCESS_DENIED = 5;
/** What the person sees: the question, and then their own desktop again. */
const ASKED = ['desktop:EPM-', 'wait:EpmPrompt'];
const BACK = ['gone', 'input:Default'];
const NOTICE = ['wait:EpmPrompt', 'read', 'key:escape', 'gone'];

describeWindows('secure consent', ['epm', 'screen'], (bed) => {
  let agent: AgentUnderTest;
  let running: Running;

  beforeAll(async () => {
    await bed().provideScreen();
    await makeUsersKnown(bed(), [user]);
    await bed().setRegistry(ENVIRONMENT, 'EPM_TEST_PROMPT', 'REG_SZ', `${user.name}|${user.password}`);
    agent = new AgentUnderTest(bed());
    const rule = (path: string, more: Json): Json => {
      const fileName = path.slice(FOLDER.length + 1);
      return programRule(agent.putProbe(path, fileName), { name: fileName, fileName, filePath: FOLDER, ...more });
    };
    agent.putProbe(UNMATCHED, 'unmatched');
    await agent.apply({
      id: 'tests',
      settings: {
        enabled: true,
        secureConsent: true,
        defaultElevationResponse: 'requireUserConfirmation',
        defaultValidations: ['justification'],
      },
      rules: [
        rule(CONFIRMED, { type: 'userConfirmed' }),
        rule(REASONED, { type: 'userConfirmed', validations: ['justification'] }),
        rule(AUTHENTICATED, { type: 'userConfirmed', validations: ['authentication'] }),
      ],
    });
    running = await agent.start();
  });
  afterAll(() => agent.stop());

  const person = (steps: readonly string[]): Promise<Outcome> =>
    bed().run({ program: bed().programs.window, arguments: [...steps] });

  /** Asks as a client does, does what the steps say, and answers what the client was told last. */
  async function ask(
    body: Json,
    steps: readonly string[],
  ): Promise<{ told: Json; seen: string; waits: readonly Json[] }> {
    const messages = agent.messages('elevate', { wait: true, ...body });
    const outcome = await person(steps);
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    const all = await messages;
    return {
      told: all.at(-1)?.body ?? {},
      seen: outcome.output,
      waits: all.filter(({ kind }) => kind === 'event').map(({ body: event }) => event),
    };
  }

  const last = async (): Promise<Json | undefined> =>
    (await agent.records()).filter(({ processType }) => processType !== 'child').at(-1);

  it('asks there for a cmdlet too, and runs the program after a yes', async () => {
    const { told, seen, waits } = await ask({ path: CONFIRMED }, [...ASKED, 'enabled:1', 'read', 'key:alt+c', ...BACK]);
    expect(told).toMatchObject({ outcome: 'finished', exitCode: 0 });
    expect(waits[0]).toEqual({ event: 'waiting', reason: 'consent' });
    expect(seen).toContain('confirmed.exe');
    expect(await last()).toMatchObject({ event: 'elevationEnded' });
  });

  it('has names, roles and keys there for people who hear it', async () => {
    const { seen } = await ask({ path: REASONED }, [...ASKED, 'enabled:2', 'read', 'key:escape', ...BACK]);
    const { title, controls } = JSON.parse(seen) as { readonly title: string; readonly controls: readonly Json[] };
    expect(title).toBe('Elevated access');
    const control = (id: number): Json | undefined => controls.find((each) => each['id'] === id && each['name'] !== '');
    expect(control(YES)).toMatchObject({ name: 'Continue', class: 'Button', enabled: false });
    expect(control(YES)?.['key']).toMatch(/Alt\+c/i);
    expect(control(NO)).toMatchObject({ name: 'Cancel', class: 'Button', enabled: true });
    expect(control(REASON)).toMatchObject({ name: 'Why do you need elevated access?', role: ROLE_TEXT, focused: true });
    expect(control(YES)?.['role']).toBe(bed().kind === 'wine' ? ROLE_CLIENT : ROLE_BUTTON);
    const names = controls.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['reasoned.exe', REASONED, 'A reason is needed.']));
  });

  it('counts nothing that a client sends as an answer', async () => {
    const before = agent.probeRuns();
    const sent = { path: REASONED, justification: 'Sent by a program.', ticket: 'ab'.repeat(16) };
    const { told } = await ask(sent, [...ASKED, 'enabled:2', 'key:escape', ...BACK]);
    expect(told).toMatchObject({ outcome: 'denied', reason: 'consentDeclined' });
    expect(agent.probeRuns()).toBe(before);
    expect(await last()).toMatchObject({ event: 'elevationDenied', reason: 'consentDeclined' });
    expect((await agent.records()).map(({ justification }) => justification)).not.toContain('Sent by a program.');
  });

  it('keeps the reason that was typed there', async () => {
    const steps = [...ASKED, 'type:Printer für 日本', 'text:102,14', 'enabled:1', 'key:enter', ...BACK];
    const { told } = await ask({ path: REASONED }, steps);
    expect(told).toMatchObject({ outcome: 'finished' });
    expect((await agent.records()).findLast(({ event }) => event === 'elevationStarting')).toMatchObject({
      justification: 'Printer für 日本',
    });
  });

  it('asks for the default response and its validations, by the verb of the desktop', async () => {
    const launcher = await bed().start({
      program: `${agent.folder}\\epmlaunch.exe`,
      arguments: ['--elevate', UNMATCHED, '--exit', '9'],
    });
    const steps = [...ASKED, 'read', 'type:Once.', 'enabled:1', 'key:enter', ...BACK];
    const outcome = await person(steps);
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    expect(outcome.output).toContain('None; default response');
    expect(await launcher.exited).toMatchObject({ exitCode: 9 });
  });

  it('takes the credential of the dialog there', async () => {
    const { told } = await ask({ path: AUTHENTICATED }, [...ASKED, 'enabled:1', 'key:alt+c', ...BACK]);
    expect(told).toMatchObject({ outcome: 'finished' });
    expect((await agent.records()).findLast(({ event }) => event === 'elevationStarting')).toMatchObject({
      authentication: expect.any(String) as string,
    });
  });

  it('AC-80 runs under an isolated account that is no administrator, and that the person cannot end', async () => {
    const answer = agent.messages('elevate', { path: CONFIRMED, wait: true });
    const attack = await person([...ASKED, 'end']);
    expect(attack).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining(`"win32":${ACCESS_DENIED}`) as string,
    });
    const report = await bed().run({ program: bed().programs.window, arguments: [...ASKED, 'token'], as: 'system' });
    const token = JSON.parse(report.output) as ProbeReport['token'];
    expect(token.user).toMatch(/^S-1-5-107-/);
    expect(token.groups.map(({ sid }) => sid)).not.toContain(ADMINISTRATORS);
    expect(token.privileges.map(({ name }) => name)).toEqual(['SeChangeNotifyPrivilege']);
    await person([...ASKED, 'key:escape', ...BACK]);
    expect((await answer).at(-1)?.body).toMatchObject({ reason: 'consentDeclined' });
  });

  describe('puts the desktop of the person back', () => {
    it.each([
      ['the window crashes', ['end'], 'consentWindowLost'],
      ['AC-80 another desktop is put before the person', ['switch:Default'], 'consentWindowLost'],
    ])('when %s', async (_, steps, reason) => {
      const before = agent.probeRuns();
      const messages = agent.messages('elevate', { path: CONFIRMED, wait: true });
      const outcome = await bed().run({
        program: bed().programs.window,
        arguments: [...ASKED, 'enabled:1', ...steps, ...BACK],
        as: 'system',
      });
      expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
      expect((await messages).at(-1)?.body).toMatchObject({ outcome: 'denied', reason });
      expect(agent.probeRuns()).toBe(before);
    });

    it('when whoever asked is gone', async () => {
      const launcher = await bed().start({
        program: `${agent.folder}\\epmlaunch.exe`,
        arguments: ['--elevate', CONFIRMED],
      });
      const seen = bed().start({ program: bed().programs.window, arguments: [...ASKED, 'read', ...BACK] });
      await eventually(async () => expect((await seen).output()).toContain('title'));
      await launcher.stop();
      expect(await (await seen).exited).toMatchObject({ exitCode: 0, errors: '' });
    });

    it('when what kept it was ended', async () => {
      const messages = agent.messages('elevate', { path: CONFIRMED, wait: true });
      expect(await person([...ASKED, 'enabled:1'])).toMatchObject({ exitCode: 0 });
      const ended = { program: bed().programs.window, arguments: ['endall:epmdesktop.exe'], as: 'system' } as const;
      expect(await bed().run(ended)).toMatchObject({ exitCode: 0, errors: '' });
      expect((await messages).at(-1)?.body).toMatchObject({ outcome: 'denied', reason: 'consentWindowLost' });
      expect(await person(['input:Default'])).toMatchObject({ exitCode: 0, errors: '' });
    });
  });

  it('asks one question of a session at a time', async () => {
    const first = agent.messages('elevate', { path: CONFIRMED, wait: true });
    expect(await person(ASKED)).toMatchObject({ exitCode: 0 });
    const second = await agent.messages('elevate', { path: REASONED, wait: true });
    expect(second.at(-1)?.body).toMatchObject({ outcome: 'denied', reason: 'consentUnavailable' });
    expect(await last()).toMatchObject({ errorCode: 'EPM_AGENT_BUSY' });
    await person([...ASKED, 'key:escape', ...BACK]);
    await first;
  });

  it('tells on the desktop of the person how it ended', async () => {
    const launcher = await bed().start({
      program: `${agent.folder}\\epmlaunch.exe`,
      arguments: ['--elevate', CONFIRMED],
    });
    await bed().run({
      program: bed().programs.window,
      arguments: [...ASKED, 'enabled:1', 'end', ...BACK],
      as: 'system',
    });
    const notice = await person(NOTICE);
    expect(notice).toMatchObject({ exitCode: 0, errors: '' });
    expect(notice.output).toContain('consentWindowLost');
    expect(await launcher.exited).toMatchObject({ exitCode: CANCELLED });
  });

  windowsOnly('AC-80 no program of the person reaches the question', 'desktops have no security', async () => {
    const answer = agent.messages('elevate', { path: CONFIRMED, wait: true });
    await eventually(async () =>
      expect(await person(['desktop:EPM-'])).toMatchObject({
        exitCode: 1,
        errors: expect.stringContaining(`"win32":${ACCESS_DENIED}`) as string,
      }),
    );
    await agent.stop();
    await answer.catch(() => undefined);
    running = await agent.start();
  });

  it('puts the desktop of the person back when the agent is ended', async () => {
    const answer = agent.messages('elevate', { path: CONFIRMED, wait: true }).catch(() => []);
    expect(await person([...ASKED, 'enabled:1'])).toMatchObject({ exitCode: 0 });
    await running.stop();
    expect(await person(['input:Default'])).toMatchObject({ exitCode: 0, errors: '' });
    await answer;
  });
});
