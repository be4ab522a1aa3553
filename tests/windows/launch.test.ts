/**
 * From an ordinary start of a program, by the launcher, to the program that runs. Wine does not look at the options that
 * put the launcher in its place: epmstart.exe plays that part.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWindows, identitySid, machine, type Outcome, type Program, type Running } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, enabledGroups, type Json, type ProbeReport, programRule } from './agent-under-test.ts';
import { installScript } from './install-script.ts';
import { withExitCode } from './exit-code.ts';

const OPTIONS = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options';
const OPTIONS_32 = 'HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options';
const NAME = 'my ünit & setup.exe';
const PROGRAM = `C:\\Program Files\\App One\\${NAME}`;
/** The same name where no rule looks. */
const ELSEWHERE = `C:\\Elsewhere\\${NAME}`;
const CODE = 'C:\\Tools\\code.exe';
/** As Windows starts a program, on a disk of the machine: what lies elsewhere is no child that may run. */
const START = 'C:\\Tools\\start.exe';
const OTHER_CODE = 'C:\\Other Tools\\code.exe';
const HOSTILE = ['a b', 'Ünïcode ✓', '&', '"quoted"', 'end\\', 'a\\"b', '', '%PATH%', '^'];
const ADMINISTRATORS = 'S-1-5-32-544';

describeWindows('a program that is started as always', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let policy: Json;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const exit = bed().readFile(bed().programs.exit);
    const ours = withExitCode(exit, 11);
    bed().putFile(CODE, ours);
    bed().putFile(START, bed().readFile(bed().programs.start));
    bed().putFile(OTHER_CODE, withExitCode(exit, 22));
    const sha256 = createHash('sha256').update(ours).digest('hex');
    agent.putProbe(ELSEWHERE, 'another one');
    policy = {
      id: 'tests',
      settings: { enabled: true },
      rules: [
        programRule(agent.putProbe(PROGRAM), {
          name: 'by path',
          fileName: NAME,
          filePath: 'C:\\Program Files\\App One',
          childProcesses: 'allow',
        }),
        { name: 'by name', type: 'automatic', fileName: 'code.exe', fileHash: sha256 },
        programRule(sha256, { name: 'asked', type: 'userConfirmed', fileName: 'asked.exe', filePath: 'C:\\Tools' }),
      ],
    };
    await agent.apply(policy);
    await agent.start();
  });
  afterAll(() => agent.stop());

  /** As Windows starts it, by a standard user. */
  function start(path: string, values: readonly string[] = [], more: Partial<Program> = {}): Promise<Outcome> {
    return bed().run({ program: bed().programs.start, arguments: [path, ...values], ...more });
  }

  const startedBy = (text: string, path: string, more: Partial<Program> = {}): Promise<Outcome> =>
    start('--as', [text, path], more);

  /** What the registry has, as the text of a `.reg` file without its escapes. */
  async function options(key = OPTIONS): Promise<string> {
    const file = 'C:\\Users\\Public\\options.reg';
    const { exitCode } = await bed().run({
      program: 'C:\\Windows\\System32\\reg.exe',
      arguments: ['export', key, file, '/y'],
      as: 'administrator',
    });
    return exitCode === 0 ? bed().readFile(file).toString('utf16le').replaceAll(/\\(.)/g, '$1') : '';
  }

  const runs = async (): Promise<readonly Json[]> =>
    (await agent.records()).filter(({ event }) => event === 'elevationStarting');

  async function expectNormal(path = OTHER_CODE, code = 22): Promise<void> {
    const before = agent.probeRuns();
    expect((await start(path)).exitCode).toBe(code);
    expect(agent.probeRuns()).toBe(before);
  }

  it('runs with administrator rights where an automatic rule says so, with its arguments and its exit code', async () => {
    const { exitCode } = await start(PROGRAM, ['--exit', '47', ...HOSTILE]);
    expect(exitCode).toBe(47);
    const record = (await runs()).at(-1);
    expect(record).toMatchObject({
      trigger: 'launch',
      userSid: identitySid.standardUser,
      elevationType: 'zeroTouchElevation',
      rule: { name: 'by path' },
      arguments: ['--exit', '47', ...HOSTILE],
    });
    const report = agent.report(record?.['processId']);
    expect(report?.arguments.slice(1)).toEqual(['--exit', '47', ...HOSTILE]);
    expect(report?.token.user).not.toBe(identitySid.standardUser);
    expect(enabledGroups(report as ProbeReport)).toContain(ADMINISTRATORS);
    expect((await agent.records()).at(-1)).toMatchObject({ event: 'elevationEnded', result: 47 });
  });

  it('is found by what people type: without folder, without extension, in the current folder', async () => {
    for (const text of ['code', 'code.exe', '.\\code', 'C:\\Tools\\code.exe']) {
      const before = (await runs()).length;
      expect((await startedBy(text, CODE, { directory: 'C:\\Tools' })).exitCode).toBe(11);
      expect((await runs()).length).toBe(before + 1);
    }
    // What the caller of CreateProcessW calls it does not matter.
    expect((await startedBy('nonsense', CODE, { directory: 'C:\\Tools' })).exitCode).toBe(11);
  });

  it('is left alone where no rule fits, with everything that it was started with, and without a record', async () => {
    await bed().setRegistry(`${OPTIONS}\\${NAME}`, 'UseFilter', 'REG_DWORD', '0');
    await bed().setRegistry(`${OPTIONS}\\${NAME}`, 'Debugger', 'REG_SZ', debuggerOf(NAME));
    try {
      const before = (await agent.records()).length;
      const environment = { EPM_MARK: 'kept ✓' };
      // SW_MAXIMIZE
      const { exitCode, output } = await start('--show', ['3', ELSEWHERE, '--exit', '9', ...HOSTILE], {
        directory: 'C:\\Elsewhere',
        environment,
      });
      expect(exitCode).toBe(9);
      const report = JSON.parse(output) as ProbeReport;
      expect(report).toMatchObject({ image: ELSEWHERE, directory: 'C:\\Elsewhere', show: 3 });
      expect(report.arguments.slice(1)).toEqual(['--exit', '9', ...HOSTILE]);
      expect(report.environment).toContain('EPM_MARK=kept ✓');
      expect(report.token.user).toBe(identitySid.standardUser);
      expect((await agent.records()).length).toBe(before);
    } finally {
      await bed().deleteRegistry(`${OPTIONS}\\${NAME}`, 'Debugger');
      await bed().setRegistry(`${OPTIONS}\\${NAME}`, 'UseFilter', 'REG_DWORD', '1');
    }
    await expectNormal();
  });

  it('keeps its standard streams', async () => {
    bed().putFile('C:\\Streams\\code.exe', bed().readFile(bed().programs.console));
    const { output, exitCode } = await start('C:\\Streams\\code.exe', ['echo'], { input: 'one\ntwo ✓\n' });
    expect({ output, exitCode }).toEqual({ output: 'one\ntwo ✓\n[end]\n', exitCode: 0 });
    const both = await start('C:\\Streams\\code.exe', ['write', '100000']);
    expect([both.output.length, both.errors.length]).toEqual([99_968, 99_968].map((length) => length));
  });

  it('is seen for the path of a rule, and in every folder where the rule has none', async () => {
    const all = await options();
    expect(all).toContain(`"FilterFullPath"="${PROGRAM}"`);
    expect(all).toContain(debuggerOf('code.exe'));
    expect(all).not.toContain('asked.exe');
    expect(await options(OPTIONS_32)).toContain(debuggerOf('code.exe'));
  });

  const debuggerOf = (name: string): string => `"${agent.folder}\\epmlaunch.exe" --image "${name}"`;

  it('is left to a foreign debugger, of which status and audit tell', async () => {
    const foreign = 'C:\\Windows\\System32\\cmd.exe /c';
    await bed().setRegistry(`${OPTIONS}\\code.exe`, 'Debugger', 'REG_SZ', foreign);
    try {
      await agent.apply({ ...policy, id: 'again' });
      await eventually(async () => {
        expect((await agent.ask('status')).body['warnings']).toContainEqual(
          expect.objectContaining({
            code: 'launchNotIntercepted',
            data: { reason: 'foreignDebugger', program: 'code.exe', programs: 1 },
          }),
        );
      });
      expect(await agent.records()).toContainEqual(
        expect.objectContaining({ event: 'policyFault', errorCode: 'EPM_LAUNCH_NOT_INTERCEPTED' }),
      );
      expect(await options()).toContain(foreign);
      // A foreign one is not taken away with EPM's own.
      await agent.apply({ id: 'off', settings: { enabled: false } });
      await eventually(async () => expect(await options()).not.toContain('epmlaunch.exe'));
      expect(await options()).toContain(foreign);
    } finally {
      await bed().deleteRegistry(`${OPTIONS}\\code.exe`, 'Debugger');
      await agent.apply(policy);
      await eventually(async () => expect(await options()).toContain(debuggerOf('code.exe')));
    }
  });

  it('is a child as any other where an elevated program starts it', async () => {
    const before = (await runs()).length;
    // A program of its tree starts code.exe as Windows does, and gets its exit code.
    const words = ['--spawn', START, CODE];
    expect((await start(PROGRAM, words)).exitCode).toBe(0);
    const records = await runs();
    expect(records.length).toBe(before + 1);
    expect(agent.report(records.at(-1)?.['processId'])?.spawn).toEqual(
      expect.objectContaining({ error: 0, exitCode: 11 }),
    );
    await eventually(async () => expect(await options()).toContain(debuggerOf('code.exe')));
  });

  it('is not seen any more when EPM is disabled', async () => {
    await agent.apply({ id: 'off', settings: { enabled: false } });
    await eventually(async () => {
      expect(await options()).not.toContain('epmlaunch.exe');
      expect(await options()).not.toContain('FilterFullPath');
    });
    const before = (await runs()).length;
    await expectNormal(CODE, 11);
    await agent.apply(policy);
    await eventually(async () => expect(await options()).toContain(debuggerOf('code.exe')));
    expect((await runs()).length).toBe(before);
  });

  it('ends when the launcher is ended, with administrator rights or without', async () => {
    for (const [path, mark] of [
      [PROGRAM, 'elevated'],
      ['C:\\Streams\\code.exe', 'as always'],
    ] as const) {
      const values = path === PROGRAM ? ['--sleep', '600000'] : ['forever'];
      const before = (await runs()).length;
      const running = await bed().start({ program: bed().programs.start, arguments: [path, ...values] });
      if (path === PROGRAM) await eventually(async () => expect((await runs()).length).toBe(before + 1));
      else await eventually(() => expect(bed().leftovers().join('\n')).toContain('forever'));
      await running.stop();
      const name = path.slice(path.lastIndexOf('\\') + 1);
      await eventually(() =>
        expect([
          mark,
          bed()
            .leftovers()
            .filter((line) => line.includes(name)),
        ]).toEqual([mark, []]),
      );
    }
  });

  describe('when the agent does not answer', () => {
    let fake: Running | undefined;

    beforeAll(async () => {
      // Ended, not stopped: it leaves the options as they are.
      await agent.stop();
      expect(await options()).toContain(debuggerOf('code.exe'));
    });
    afterAll(async () => {
      await fake?.stop();
      await agent.start();
    });

    async function pretend(answer: string): Promise<void> {
      await fake?.stop();
      const script = await installScript(bed(), agent.folder, 'launch-script');
      fake = await bed().start({
        program: bed().windowsPath(machine?.testNode ?? ''),
        arguments: [script, answer],
        as: 'system',
      });
      await eventually(() => expect(`${fake?.output()}${fake?.errors()}`).toContain('serving'));
    }

    it('starts as always', () => expectNormal(CODE, 11));

    it.each([
      ['silent'],
      ['close'],
      [''],
      ['{"kind":"result","body":{"answer":"ended","exitCode":-1}}'],
      ['{"kind":"result","body":{"answer":"ended","exitCode":4294967296}}'],
      ['{"kind":"result","body":{"answer":"refused"}} '],
      ['{"kind":"error","body":{"code":"EPM_AGENT_BUSY"}}'],
      ['long'],
    ])('starts as always beside a server that answers: %s', async (answer) => {
      await pretend(answer);
      await expectNormal(CODE, 11);
    });

    it('is not started twice when the connection ends after the start', async () => {
      await pretend('{"kind":"event","body":{"event":"started","processId":1}}');
      const running = start(CODE);
      await eventually(() => expect(fake?.output()).toContain('answered'));
      await fake?.stop();
      // ERROR_PROCESS_ABORTED; of an exit code of Wine the last eight bits are seen here.
      expect((await running).exitCode & 0xff).toBe(1067 & 0xff);
    });
  });

  it('is kept in step by an agent that starts after one that was ended', async () => {
    await agent.stop();
    await agent.apply({ id: 'off', settings: { enabled: false } });
    expect(await options()).toContain(debuggerOf('code.exe'));
    await agent.start();
    await eventually(async () => expect(await options()).not.toContain('epmlaunch.exe'));
    await agent.apply(policy);
    await eventually(async () => expect(await options()).toContain(debuggerOf('code.exe')));
  });

  it('is freed by a repair when an agent that was ended left the options', async () => {
    await agent.stop();
    const check = await agent.verb(['agent', 'check', '--json'], 'administrator');
    expect(check.output).toMatch(/"launchOptions"[^}]*"failed"/);
    const repair = await agent.verb(['agent', 'repair', '--only', 'launchOptions', '--json'], 'administrator');
    expect(JSON.parse(repair.output)).toMatchObject({ repairs: [{ id: 'launchOptions', repaired: true }] });
    expect(await options()).not.toContain('epmlaunch.exe');
    expect(await options(OPTIONS_32)).not.toContain('epmlaunch.exe');
  });
});
