/** `epm run` from a terminal, over the packed agent: what it finds, what it passes on, and what it asks the person. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consoleOnly, describeWindows, identitySid, type Outcome, playedLogonOnly } from '../bed/index.ts';
import { AgentUnderTest, type Json, programRule } from './agent-under-test.ts';
import { giveProfile, knownUser, makeUsersKnown } from './credentials-under-test.ts';

const FOLDER = 'C:\\Program Files\\App One';
const CONSOLE = `${FOLDER}\\says.exe`;
const HERE = 'C:\\Users\\Public\\here';
const SCREEN = 'C:\\Users\\Public\\screen.txt';
const PATH = { PATH: `C:\\Windows\\System32;${FOLDER}` };
const user = knownUser('EPMBED\\standard', identitySid.standardUser);

describeWindows('epm run', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const program = bed().readFile(bed().programs.console);
    bed().putFile(CONSOLE, program);
    bed().putFile(`${HERE}\\planted.exe`, program);
    const sha256 = createHash('sha256').update(program).digest('hex');
    const probe = (name: string, more: Json): Json =>
      programRule(agent.putProbe(`${FOLDER}\\${name}`, name), { name, fileName: name, filePath: FOLDER, ...more });
    if (bed().kind === 'wine') {
      await makeUsersKnown(bed(), [user]);
      await giveProfile(bed(), user.sid, 'C:\\Users\\standard');
    }
    await agent.apply({
      id: 'tests',
      settings: { enabled: true },
      rules: [
        programRule(sha256, { name: 'Says', fileName: 'says.exe', filePath: FOLDER, childProcesses: 'allow' }),
        programRule(sha256, { name: 'Planted', fileName: 'planted.exe', filePath: HERE, childProcesses: 'allow' }),
        probe('probe.exe', {}),
        probe('reason.exe', { type: 'userConfirmed', validations: ['justification'] }),
        probe('signin.exe', { type: 'userConfirmed', validations: ['authentication'] }),
        probe('never.exe', { type: 'deny' }),
      ],
    });
    await agent.start();
  });
  afterAll(() => agent.stop());

  const run = (words: readonly string[], more: { readonly directory?: string; readonly input?: string } = {}) =>
    bed().run({ program: agent.epm, arguments: ['run', ...words], environment: PATH, ...more });

  const starts = async (): Promise<readonly Json[]> =>
    (await agent.records()).filter(({ event }) => event === 'elevationStarting');

  /** In a terminal, where the person types. @returns what stood in it, with its lines joined */
  async function atConsole(words: readonly string[], keys: string, environment = {}): Promise<[Outcome, string]> {
    const outcome = await bed().run({
      program: agent.epm,
      arguments: ['run', ...words],
      environment: { ...PATH, ...environment },
      console: true,
      keys,
      errorsOnScreen: true,
      screenFile: SCREEN,
    });
    return [outcome, bed().readFile(SCREEN).toString('utf8').replaceAll(/\s+/g, ' ')];
  }

  it('finds a program by PATH, passes on what it writes, and ends with its exit code', async () => {
    expect(await run(['says', 'complain'])).toEqual({ exitCode: 3, output: 'done\n', errors: 'this went wrong\n' });
    expect(await run(['--input', 'SAYS.exe', 'echo'], { input: 'typed\n' })).toEqual({
      exitCode: 0,
      output: 'typed\n[end]\n',
      errors: '',
    });
    expect((await starts()).at(-1)).toMatchObject({ filePath: CONSOLE, trigger: 'userInitiated' });
  });

  it('never takes a program from the current folder by its name, but by a path', async () => {
    const before = (await starts()).length;
    for (const name of ['planted', 'planted.exe']) {
      const outcome = await run([name, 'complain'], { directory: HERE });
      expect(outcome).toMatchObject({ exitCode: 3, output: '' });
      expect(outcome.errors).toContain('EPM_FILE_NOT_FOUND');
    }
    expect((await starts()).length).toBe(before);
    expect(await run(['.\\planted', 'complain'], { directory: HERE })).toMatchObject({ exitCode: 3, output: 'done\n' });
    expect((await starts()).length).toBe(before + 1);
  });

  it('leaves everything behind the program to the program', async () => {
    const values = ['--exit', '47', '--json', '-h', '--timeout', 'a b', '"', '', 'Ünï✓', '--'];
    expect((await run(['probe', ...values])).exitCode).toBe(47);
    const record = (await starts()).at(-1);
    expect(record?.['arguments']).toEqual(values);
    expect(agent.report(record?.['processId'])?.arguments.slice(1)).toEqual(values);
  });

  it('says why nothing starts, and what is needed where nobody can be asked', async () => {
    const denied = await run(['never']);
    expect(denied).toMatchObject({ exitCode: 1, output: '' });
    expect(denied.errors).toContain('denies it');
    const needs = await run(['reason']);
    expect(needs).toMatchObject({ exitCode: 4, output: '' });
    expect(needs.errors).toContain('justification');
  });

  it('tells only the exit code of a program that has a console of its own', async () => {
    expect(await run(['--window', 'probe', '--exit', '47'])).toEqual({ exitCode: 47, output: '', errors: '' });
  });

  it('ends the program at the limit of time', async () => {
    const late = await run(['--timeout', '2', 'says', 'forever']);
    expect(late).toMatchObject({ exitCode: 1, output: 'running\n' });
    expect(late.errors).toContain('Its time was over');
  });

  consoleOnly('asks the person at the console for the reason and for a yes', async () => {
    const [outcome, screen] = await atConsole(['reason', '--exit', '9'], 'Because ü\ny\n');
    // The console of Wine shows what moves the cursor.
    expect(screen).toMatch(/Why do you need it\? \S*Because ü/);
    expect(screen).toContain('Arguments --exit 9');
    expect(outcome.exitCode).toBe(9);
    expect((await starts()).at(-1)).toMatchObject({ justification: 'Because ü' });
    const before = (await starts()).length;
    const [no, said] = await atConsole(['reason'], 'Because\nn\n');
    expect(no.exitCode).toBe(1);
    expect(said).toContain('Not confirmed; nothing was started.');
    expect((await starts()).length).toBe(before);
  });

  const prompts = (first: string, again: string): Readonly<Record<string, string>> => ({
    EPM_TEST_PROMPT: `${user.name}|${first}`,
    EPM_TEST_PROMPT_AGAIN: `${user.name}|${again}`,
  });

  playedLogonOnly('asks again after a wrong password, and for nothing else', async () => {
    const [outcome, screen] = await atConsole(
      ['signin', '--exit', '5'],
      'y\n',
      prompts(`${user.password}!`, user.password),
    );
    expect(outcome.exitCode).toBe(5);
    expect(screen.match(/Run it with administrator rights/g)).toHaveLength(1);
    const events = (await agent.records())
      .filter(({ processType }) => processType !== 'child')
      .slice(-5)
      .map(({ event }) => event);
    expect(events).toEqual([
      'elevationPending',
      'elevationDenied',
      'elevationPending',
      'elevationStarting',
      'elevationEnded',
    ]);
  });

  playedLogonOnly('gives up after three wrong passwords', async () => {
    const wrong = async (): Promise<number> =>
      (await agent.records()).filter(({ errorCode }) => errorCode === 'EPM_AUTHENTICATION_FAILED').length;
    const before = await wrong();
    const started = (await starts()).length;
    const [outcome, screen] = await atConsole(['signin'], 'y\n', prompts('wrong', 'wrong too'));
    expect(outcome.exitCode).toBe(3);
    expect(screen).toContain('EPM_AUTHENTICATION_FAILED');
    expect(await wrong()).toBe(before + 3);
    expect((await starts()).length).toBe(started);
  });
});
