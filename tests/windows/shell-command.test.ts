/** The command of the first context menu of Windows 11, called as Explorer does, up to the command line that it starts. */
import { readdirSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { machine } from '../../testbed/machine.ts';
import path from 'node:path';
import { readFileSync } from 'node:fs';
import { describeWindows, type Outcome } from '../bed/index.ts';
import type { ProbeReport } from './agent-under-test.ts';

const FOLDER = 'C:\\Program Files\\Shell Ünit & Co';
const LIBRARY = `${FOLDER}\\epmshell.dll`;
const FILES = 'C:\\Users\\Public\\Files';
const REPORTS = 'C:\\ProgramData\\epm-probe';
/** EXPCMDSTATE and HRESULTs of the headers of Windows. */
const ENABLED = 0;
const HIDDEN = 2;
const S_OK = 0;
const S_FALSE = 1;
const INVALID = 0x8007_0057;

interface CommandReport {
  readonly title: string;
  readonly icon: string;
  readonly name: string;
  readonly flags: number;
  readonly state: number;
  readonly invoke?: number;
  readonly unloads: readonly number[];
}

describeWindows('the command of the first context menu', ['epm'], (bed) => {
  beforeAll(() => {
    bed().putFile(LIBRARY, readFileSync(path.join(machine?.epm.testBed ?? '', 'epmshell.dll')));
    // What it starts writes down its command line.
    bed().putFile(`${FOLDER}\\epmlaunch.exe`, bed().readFile(bed().programs.probe));
    bed().putFile(`${FILES}\\folder.exe\\inside.txt`, '');
    for (const name of ['setup.exe', 'SETUP.MSI', 'script.ps1', 'text.txt', 'plain', 'exe', 'double.exe.txt', '.exe'])
      bed().putFile(`${FILES}\\${name}`, '');
  });

  async function call(step: 'state' | 'invoke', ...paths: readonly string[]): Promise<CommandReport> {
    const outcome: Outcome = await bed().run({
      program: bed().programs.shell,
      arguments: [LIBRARY, step, ...paths],
    });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    return JSON.parse(outcome.output) as CommandReport;
  }

  const reports = (): readonly string[] => (bed().fileExists(REPORTS) ? readdirSync(bed().hostPath(REPORTS)) : []);

  /** @returns the reports of what was started meanwhile */
  async function startedBy(...paths: readonly string[]): Promise<readonly [CommandReport, readonly ProbeReport[]]> {
    const before = new Set(reports());
    const command = await call('invoke', ...paths);
    const made = reports().filter((name) => !before.has(name));
    return [
      command,
      made.map((name) => JSON.parse(bed().readFile(`${REPORTS}\\${name}`).toString('utf8')) as ProbeReport),
    ];
  }

  it('has a title, the icon of EPM and a name, and may be unloaded when nobody holds it', async () => {
    expect(await call('state', `${FILES}\\setup.exe`)).toEqual({
      title: 'Run with elevated access',
      icon: `${FOLDER}\\epm.exe,0`,
      name: '{3F64196C-CD10-4853-A2AA-B776BDDC4466}',
      flags: 0,
      state: ENABLED,
      unloads: [S_OK, S_FALSE, S_OK],
    });
  });

  it.each([
    ['an .exe', ['setup.exe'], ENABLED],
    ['an .msi, in capitals', ['SETUP.MSI'], ENABLED],
    ['a .ps1', ['script.ps1'], ENABLED],
    ['a name that is an extension', ['.exe'], ENABLED],
    ['a text', ['text.txt'], HIDDEN],
    ['a name without extension', ['plain'], HIDDEN],
    ['a name that looks like one', ['exe'], HIDDEN],
    ['an .exe that is a text', ['double.exe.txt'], HIDDEN],
    ['a folder of such a name', ['folder.exe'], HIDDEN],
    ['two files', ['setup.exe', 'script.ps1'], HIDDEN],
    ['nothing', [], HIDDEN],
  ])('is there for one file that may be elevated: %s', async (_, names, state) => {
    const paths = names.map((name) => `${FILES}\\${name}`);
    expect((await call('state', ...paths)).state).toBe(state);
    if (state === ENABLED) return;
    const [command, made] = await startedBy(...paths);
    expect(command.invoke).toBe(INVALID);
    expect(made).toEqual([]);
  });

  it.each(['setup.exe', 'my ünit & 日本 ✓.msi', '%PATH% ^ ; , = (1).ps1', "it's --elevate x.exe", ' blanks  .exe'])(
    'starts the launcher with the one path: %s',
    async (name) => {
      const file = `${FILES}\\${name}`;
      bed().putFile(file, '');
      const [command, made] = await startedBy(file);
      expect(command).toMatchObject({ invoke: S_OK, unloads: [S_OK, S_FALSE, S_OK] });
      expect(made).toHaveLength(1);
      expect(made[0]?.arguments.slice(1)).toEqual(['--elevate', file]);
      expect(made[0]).toMatchObject({ image: `${FOLDER}\\epmlaunch.exe` });
      // Not the folder of the file, where others may put something.
      expect(made[0]?.directory.replace(/\\$/, '')).toBe(FOLDER);
    },
  );

  it('takes paths as long as Windows has them, and none that no command line could hold', async () => {
    // The shell of Wine knows paths of 260 characters only: this item is made by the program of the bed.
    const long = `fake:C:\\${'long folder\\'.repeat(400)}ünit.exe`;
    const [command, made] = await startedBy(long);
    expect(command).toMatchObject({ state: ENABLED, invoke: S_OK });
    expect(made[0]?.arguments.slice(1)).toEqual(['--elevate', long.slice(5)]);
    const [refused, none] = await startedBy('fake-long:');
    // ERROR_FILENAME_EXCED_RANGE as HRESULT
    expect(refused.invoke).toBe(0x8007_00ce);
    expect(none).toEqual([]);
  });

  it('says that the launcher is not there', async () => {
    bed().putFile('C:\\Program Files\\Alone\\epmshell.dll', bed().readFile(LIBRARY));
    const { output, exitCode } = await bed().run({
      program: bed().programs.shell,
      arguments: ['C:\\Program Files\\Alone\\epmshell.dll', 'invoke', `${FILES}\\setup.exe`],
    });
    expect(exitCode).toBe(0);
    // ERROR_FILE_NOT_FOUND as HRESULT
    expect(JSON.parse(output)).toMatchObject({ state: ENABLED, invoke: 0x8007_0002 });
  });
});
