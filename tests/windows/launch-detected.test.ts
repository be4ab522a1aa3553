/**
 * A program whose manifest asks for administrator rights, from its ordinary start by the launcher, through the consent window of
 * the packed agent, to the program that runs and its records. The options of Windows are played by epmstart.exe.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, identitySid, type Outcome } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { askingProgram } from '../unit/facts/asking-program.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';

const FOLDER = 'C:\\Program Files\\Asking';
const ASKING = `${FOLDER}\\my ünit & setup.exe`;
const DENIED = `${FOLDER}\\denied.exe`;
const UNKNOWN = `${FOLDER}\\unknown.exe`;
const INVOKER = `${FOLDER}\\invoker.exe`;
/** ERROR_CANCELLED of winerror.h. */
const CANCELLED = 1223 % 256;
const SHOWN = 'wait:EpmPrompt';
const OPTIONS = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options';

describeWindows('a program that asks for administrator rights', ['epm', 'screen'], (bed) => {
  let agent: AgentUnderTest;
  let policy: Json & { readonly settings: Json };

  beforeAll(async () => {
    await bed().provideScreen();
    agent = new AgentUnderTest(bed());
    const put = (path: string, level: string, type: string): Json => {
      const fileName = path.slice(FOLDER.length + 1);
      const bytes = askingProgram(level, fileName);
      bed().putFile(path, bytes);
      const fileHash = createHash('sha256').update(bytes).digest('hex');
      return { name: fileName, type, fileName, filePath: FOLDER, fileHash };
    };
    policy = {
      id: 'tests',
      settings: { enabled: true, allowElevationDetection: true, supportContact: ['Phone 1234'] },
      rules: [
        put(ASKING, 'requireAdministrator', 'userConfirmed'),
        put(DENIED, 'requireAdministrator', 'deny'),
        // Another file of the same name is there.
        { ...put(UNKNOWN, 'requireAdministrator', 'userConfirmed'), fileHash: 'ab'.repeat(32) },
        put(INVOKER, 'asInvoker', 'userConfirmed'),
      ],
    };
    await agent.apply(policy);
    await agent.start();
  });
  afterAll(() => agent.stop());

  const start = (path: string): Promise<Outcome> => bed().run({ program: bed().programs.start, arguments: [path] });

  /** Starts it as always, and does at the window what the steps say. */
  async function startAndAnswer(path: string, steps: readonly string[]): Promise<[Outcome, string]> {
    const running = await bed().start({ program: bed().programs.start, arguments: [path] });
    const person = await bed().run({ program: bed().programs.window, arguments: [...steps] });
    expect(person).toMatchObject({ exitCode: 0, errors: '' });
    return [await running.exited, person.output];
  }

  const requests = async (): Promise<readonly Json[]> =>
    (await agent.records()).filter(({ requestId, processType }) => requestId !== undefined && processType !== 'child');

  it('is offered in the consent window, and runs after a yes', async () => {
    const [outcome] = await startAndAnswer(ASKING, [SHOWN, 'enabled:1', 'key:alt+c', 'gone']);
    expect(outcome.exitCode).toBe(0);
    const records = await requests();
    expect(records.slice(-3)).toMatchObject([
      { event: 'elevationPending', trigger: 'detected', userSid: identitySid.standardUser, filePath: ASKING },
      { event: 'elevationStarting', trigger: 'detected', elevationType: 'userConfirmedElevation' },
      { event: 'elevationEnded', trigger: 'detected', result: 0 },
    ]);
  });

  it('does not start after a no', async () => {
    const [outcome] = await startAndAnswer(ASKING, [SHOWN, 'enabled:1', 'key:escape', 'gone']);
    expect(outcome.exitCode).toBe(CANCELLED);
    expect((await requests()).at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'consentDeclined' });
  });

  it('does not start where a rule denies it, and the person learns why', async () => {
    const [outcome, seen] = await startAndAnswer(DENIED, [SHOWN, 'read', 'key:escape', 'gone']);
    expect(outcome.exitCode).toBe(CANCELLED);
    expect(seen).toContain('A rule of your organization denies this program.');
    expect((await requests()).at(-1)).toMatchObject({
      event: 'elevationDenied',
      reason: 'denyRule',
      trigger: 'detected',
    });
  });

  it('is left to Windows where no rule fits, and so is a program that asks for nothing', async () => {
    const before = (await requests()).length;
    for (const path of [UNKNOWN, INVOKER]) expect((await start(path)).exitCode).toBe(0);
    expect((await requests()).length).toBe(before);
  });

  it('is not seen any more when the setting is off', async () => {
    const options = async (): Promise<string> => {
      const file = 'C:\\Users\\Public\\options.reg';
      const { exitCode } = await bed().run({
        program: 'C:\\Windows\\System32\\reg.exe',
        arguments: ['export', OPTIONS, file, '/y'],
        as: 'administrator',
      });
      return exitCode === 0 ? bed().readFile(file).toString('utf16le') : '';
    };
    expect(await options()).toContain('denied.exe');
    const before = (await requests()).length;
    await agent.apply({ ...policy, settings: { ...policy.settings, allowElevationDetection: false } });
    await eventually(async () => expect(await options()).not.toContain('denied.exe'));
    expect((await start(ASKING)).exitCode).toBe(0);
    expect((await requests()).length).toBe(before);
  });
});
