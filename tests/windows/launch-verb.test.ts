/**
 * From `epmlaunch.exe --elevate FILE`, which a person starts from the desktop, through the consent window of the packed agent,
 * answered by keys of the same person, to the program that runs and its records.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, identitySid, type Outcome } from '../bed/index.ts';
import { AgentUnderTest, enabledGroups, type Json, type ProbeReport, programRule } from './agent-under-test.ts';

const FOLDER = 'C:\\Program Files\\Verb';
const CONFIRMED = `${FOLDER}\\my ünit & setup.exe`;
const REASONED = `${FOLDER}\\reasoned.exe`;
const DENIED = `${FOLDER}\\denied.exe`;
const HOSTILE = ['a b', 'Ünïcode ✓', '&', '"quoted"', 'end\\', '', '%PATH%'];
const ADMINISTRATORS = 'S-1-5-32-544';
/** ERROR_CANCELLED of winerror.h. */
const CANCELLED = 1223 % 256;
const SHOWN = 'wait:EpmPrompt';

describeWindows('a file that a person wants to run with administrator rights', ['epm', 'screen'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    await bed().provideScreen();
    agent = new AgentUnderTest(bed());
    const rule = (path: string, more: Json): Json => {
      const fileName = path.slice(FOLDER.length + 1);
      return programRule(agent.putProbe(path, fileName), { name: fileName, fileName, filePath: FOLDER, ...more });
    };
    await agent.apply({
      id: 'tests',
      settings: { enabled: true, supportContact: ['Phone 1234'], cannedReasons: ['Install a printer'] },
      rules: [
        rule(CONFIRMED, { type: 'userConfirmed' }),
        rule(REASONED, { type: 'userConfirmed', validations: ['justification'] }),
        rule(DENIED, { type: 'deny' }),
      ],
    });
    await agent.start();
  });
  afterAll(() => agent.stop());

  /** Asks for a file, and does at the window what the steps say. @returns what the launcher ended with, and what was seen */
  async function askFor(path: string, values: readonly string[], steps: readonly string[]): Promise<[Outcome, string]> {
    const launcher = await bed().start({
      program: `${agent.folder}\\epmlaunch.exe`,
      arguments: ['--elevate', path, ...values],
    });
    const person = await bed().run({ program: bed().programs.window, arguments: [...steps] });
    expect(person).toMatchObject({ exitCode: 0, errors: '' });
    return [await launcher.exited, person.output];
  }

  /** The last records, without those of children, such as the console host. */
  const ofProgram = async (count: number): Promise<readonly Json[]> =>
    (await agent.records()).filter(({ processType }) => processType !== 'child').slice(-count);

  it('asks in the consent window, and runs the program after a yes', async () => {
    const steps = [SHOWN, 'enabled:1', 'read', 'key:alt+c', 'gone'];
    const [outcome, seen] = await askFor(CONFIRMED, ['--exit', '47', ...HOSTILE], steps);
    expect(outcome.exitCode).toBe(47);
    // Wine's MSAA leaves out the ampersand, which is on the screen.
    expect(JSON.stringify(seen)).toContain('setup.exe');
    const [pending, starting, ended] = await ofProgram(3);
    expect(pending).toMatchObject({ event: 'elevationPending', userSid: identitySid.standardUser });
    expect(starting).toMatchObject({
      event: 'elevationStarting',
      elevationType: 'userConfirmedElevation',
      arguments: ['--exit', '47', ...HOSTILE],
    });
    expect(ended).toMatchObject({ event: 'elevationEnded', result: 47 });
    const report = agent.report(starting?.['processId']);
    expect(report?.arguments.slice(1)).toEqual(['--exit', '47', ...HOSTILE]);
    expect(report?.token.user).not.toBe(identitySid.standardUser);
    expect(enabledGroups(report as ProbeReport)).toContain(ADMINISTRATORS);
  });

  it('starts nothing after a no, and records it', async () => {
    const before = agent.probeRuns();
    const [outcome] = await askFor(CONFIRMED, [], [SHOWN, 'enabled:1', 'key:escape', 'gone']);
    expect(outcome.exitCode).toBe(CANCELLED);
    expect(agent.probeRuns()).toBe(before);
    expect(await ofProgram(2)).toMatchObject([
      { event: 'elevationPending' },
      { event: 'elevationDenied', reason: 'consentDeclined' },
    ]);
  });

  it('keeps the reason that was typed', async () => {
    const steps = [SHOWN, 'type:Printer für 日本', 'text:102,14', 'enabled:1', 'key:enter', 'gone'];
    const [outcome] = await askFor(REASONED, [], steps);
    expect(outcome.exitCode).toBe(0);
    expect((await ofProgram(2))[0]).toMatchObject({ event: 'elevationStarting', justification: 'Printer für 日本' });
  });

  it('shows why nothing starts, and how to reach support', async () => {
    const [outcome, seen] = await askFor(DENIED, [], [SHOWN, 'read', 'key:escape', 'gone']);
    expect(outcome.exitCode).toBe(CANCELLED);
    expect(seen).toContain('A rule of your organization denies this program.');
    expect(seen).toContain('Phone 1234');
    expect((await ofProgram(1))[0]).toMatchObject({ event: 'elevationDenied', reason: 'denyRule' });
  });

  it('AC-10 a window that is ended is no answer', async () => {
    const [outcome] = await askFor(CONFIRMED, [], [SHOWN, 'end', SHOWN, 'key:escape', 'gone']);
    expect(outcome.exitCode).toBe(CANCELLED);
    expect((await ofProgram(1))[0]).toMatchObject({ event: 'elevationDenied', reason: 'consentWindowLost' });
  });

  it('asks no more when the launcher is ended', async () => {
    const launcher = await bed().start({
      program: `${agent.folder}\\epmlaunch.exe`,
      arguments: ['--elevate', CONFIRMED],
    });
    const person = await bed().start({ program: bed().programs.window, arguments: [SHOWN, 'read', 'gone'] });
    await expect.poll(() => person.output()).toContain('title');
    await launcher.stop();
    expect(await person.exited).toMatchObject({ exitCode: 0 });
    expect((await ofProgram(1))[0]).toMatchObject({ event: expect.stringMatching(/Denied|Failed/) as string });
  });
});
