/** Folders that somebody else has made where the agent's are to be, and an installation that others may write. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWindows, machine, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest } from '../windows/agent-under-test.ts';
import { importsOf } from './pe-imports.ts';

const DATA = 'C:\\ProgramData\\EPM';
const NATIVE = ['epm.exe', 'epmnative.dll', 'koffi.node'];

describeWindows('folders of the agent', ['epm', 'productionEpm'], (bed) => {
  let agent: AgentUnderTest;
  beforeEach(() => {
    agent = new AgentUnderTest(bed());
    for (const name of [...moved(), 'EPM'])
      rmSync(bed().hostPath(`C:\\ProgramData\\${name}`), { recursive: true, force: true });
  });
  afterEach(() => agent.stop());

  const moved = (): string[] =>
    readdirSync(bed().hostPath('C:\\ProgramData')).filter((name) => name.startsWith('EPM.foreign-'));
  const copyTo = (folder: string): void => {
    for (const name of NATIVE)
      bed().putFile(`${folder}\\${name}`, readFileSync(path.join(bed().hostPath(agent.folder), name)));
  };

  it('AC-27 what lies where the data folder goes is moved aside, and nothing of it is used', async () => {
    bed().putFile(DATA, 'in the way');
    expect((await agent.start()).output()).toContain('is running');
    expect(moved()).toHaveLength(1);
    expect(
      bed()
        .readFile(`C:\\ProgramData\\${moved()[0] ?? ''}`)
        .toString(),
    ).toBe('in the way');
    expect(lstatSync(bed().hostPath(DATA)).isDirectory()).toBe(true);
    const log = readdirSync(bed().hostPath(`${DATA}\\Logs`)).map((name) => bed().readFile(`${DATA}\\Logs\\${name}`));
    expect(Buffer.concat(log).toString()).toContain('foreignDataFolder');
  });

  windowsOnly('AC-27 a link where the data folder goes is moved, not followed', 'links look like folders', async () => {
    const target = bed().hostPath('C:\\Users\\Public\\elsewhere');
    mkdirSync(target, { recursive: true });
    symlinkSync(target, bed().hostPath(DATA), 'junction');
    expect((await agent.start()).output()).toContain('is running');
    expect(moved()).toHaveLength(1);
    expect(readdirSync(target)).toEqual([]);
    expect(lstatSync(bed().hostPath(DATA)).isSymbolicLink()).toBe(false);
  });

  windowsOnly('AC-27 a data folder of a user is moved aside', 'every file belongs to one account', async () => {
    const made = await bed().run({
      program: 'C:\\Windows\\System32\\cmd.exe',
      arguments: ['/c', `mkdir ${DATA}\\Audit && echo evil> ${DATA}\\secret.bin`],
    });
    expect(made.exitCode).toBe(0);
    expect((await agent.start()).output()).toContain('is running');
    expect(moved()).toHaveLength(1);
    expect(bed().readFile(`${DATA}\\secret.bin`).toString()).not.toContain('evil');
  });

  windowsOnly('AC-72 no service is installed where users may write', 'file access is not enforced', async () => {
    const folder = 'C:\\Users\\Public\\EPM';
    copyTo(folder);
    const program = `${folder}\\epm.exe`;
    expect(await bed().run({ program, arguments: ['agent', 'install'], as: 'administrator' })).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('EPM_INSTALLATION_UNSAFE') as string,
    });
  });

  windowsOnly('AC-70 a library planted beside the program is not loaded', 'the load flags are not known', async () => {
    const folder = 'C:\\Users\\Public\\planted';
    copyTo(folder);
    // No library at all: loading it would end the program before it begins.
    for (const name of ['dbghelp.dll', 'winmm.dll', 'userenv.dll', 'iphlpapi.dll'])
      bed().putFile(`${folder}\\${name}`, 'MZ');
    expect(await bed().run({ program: `${folder}\\epm.exe`, arguments: ['--version'] })).toMatchObject({ exitCode: 0 });
  });

  it('AC-70 every library that the program names is one of System32, and is taken from there', () => {
    const imports = importsOf(readFileSync(path.join(machine?.epm.production ?? '', 'epm.exe')));
    const names = ['advapi32', 'crypt32', 'dbghelp', 'iphlpapi', 'kernel32', 'ole32', 'shell32', 'user32', 'userenv'];
    expect(imports.names.map((name) => name.toLowerCase()).sort()).toEqual(
      [...names, 'winmm', 'ws2_32'].map((name) => `${name}.dll`),
    );
    // LOAD_LIBRARY_SEARCH_SYSTEM32 (libloaderapi.h).
    expect(imports).toMatchObject({ hasDelayedImports: false, dependentLoadFlags: 0x800 });
  });
});
