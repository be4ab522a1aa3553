/** The agent as a service from its installation to its removal: what is really registered, put in place and left. */
import { existsSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Prerequisite } from '../../src/agent/prerequisites.ts';
import { describeWindows, type Outcome } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, untilNothingRuns } from './agent-under-test.ts';
import { readShortcutFile } from './shortcut-file.ts';

const SERVICE_KEY = 'HKLM\\System\\CurrentControlSet\\Services\\EPMAgent';
const SHELL_VERB = 'HKLM\\Software\\Classes\\SystemFileAssociations\\.exe\\shell\\EPM.RunElevated';
const START_MENU = 'C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Run with elevated access.lnk';
const EVENT_LOG = 'HKLM\\System\\CurrentControlSet\\Services\\EventLog\\EPM';
const NEW = 'C:\\Program Files\\EPM-new';
const DATA = 'C:\\ProgramData\\EPM';
const NATIVE = [
  'epm.exe',
  'epmnative.dll',
  'epmbroker.exe',
  'epmdesktop.exe',
  'epmlaunch.exe',
  'epmprompt.exe',
  'epmshell.dll',
  'koffi.node',
];

describeWindows('the service of the agent', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(() => {
    agent = new AgentUnderTest(bed());
    for (const name of NATIVE) bed().putFile(`${NEW}\\${name}`, bed().readFile(`${agent.folder}\\${name}`));
    bed().putFile(`${NEW}\\new.txt`, 'new');
  });
  afterAll(async () => {
    await agent.verb(['agent', 'uninstall', '--force'], 'administrator');
    await agent.stop();
  });

  const administrator = (...words: string[]): Promise<Outcome> => agent.verb(words, 'administrator');
  const upgrade = (...words: string[]): Promise<Outcome> =>
    bed().run({ program: `${NEW}\\epm.exe`, arguments: ['agent', 'upgrade', ...words], as: 'administrator' });
  const tool = (name: string, ...words: string[]): Promise<Outcome> =>
    bed().run({ program: `C:\\windows\\system32\\${name}`, arguments: words, as: 'administrator' });
  const inInstallation = (): readonly string[] => readdirSync(bed().hostPath(agent.folder));
  const query = async (key: string): Promise<string> => (await tool('reg.exe', 'query', key, '/s')).output;

  async function states(): Promise<Readonly<Record<string, string>>> {
    const { output, errors } = await administrator('agent', 'check', '--json');
    expect(errors).toBe('');
    const { checks } = JSON.parse(output) as { checks: readonly Prerequisite[] };
    return Object.fromEntries(checks.map(({ id, state }) => [id, state]));
  }

  it('says what is missing before it is installed', async () => {
    const { exitCode, output } = await administrator('agent', 'check');
    expect(exitCode).toBe(1);
    expect(output).toMatch(/^failed +Service +not registered$/m);
    expect(await states()).toMatchObject({
      serviceRegistered: 'failed',
      serviceProgram: 'unknown',
      eventSource: 'failed',
      shellVerb: 'failed',
      startMenu: 'failed',
    });
  });

  it('AC-99 is registered with a quoted path, its event log and its version, and runs', async () => {
    expect(await administrator('agent', 'install')).toMatchObject({ exitCode: 0, errors: '' });
    const key = await query(SERVICE_KEY);
    expect(key).toContain(`"${agent.epm}" agent --service`);
    expect(key).toMatch(/ObjectName +REG_SZ +LocalSystem/);
    expect(key).toMatch(/Version +REG_SZ +\d+\.\d+\.\d+/);
    expect(await query(EVENT_LOG)).toContain(`${agent.folder}\\epmnative.dll`);
    expect(await query(SHELL_VERB)).toContain(`"${agent.folder}\\epmlaunch.exe" --elevate "%1"`);
    expect(readShortcutFile(bed().readFile(START_MENU))).toMatchObject({
      target: `${agent.folder}\\epmlaunch.exe`,
      arguments: '--elevate',
      folder: agent.folder,
      icon: agent.epm,
      iconIndex: 0,
    });
    const found = await states();
    expect(found).toMatchObject({
      serviceRegistered: 'passed',
      serviceProgram: 'passed',
      serviceAccount: 'passed',
      serviceStart: 'passed',
      serviceDescription: 'passed',
      serviceShutdown: 'passed',
      serviceKey: 'passed',
      eventSource: 'passed',
      shellVerb: 'passed',
      startMenu: 'passed',
      serviceRunning: 'passed',
    });
    // Wine keeps none of the others.
    const rest = [
      'serviceSid',
      'servicePrivileges',
      'serviceRecovery',
      'serviceSecurity',
      'dataFolder',
      'programProtection',
    ];
    for (const id of rest) expect(found[id], id).toBe(bed().kind === 'windows' ? 'passed' : 'unknown');
    expect(await administrator('agent', 'install')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('EPM_SERVICE_EXISTS') as string,
    });
  });

  it('AC-72 sees what was changed, mends it and says so', async () => {
    await tool('sc.exe', 'description', 'EPMAgent', 'another');
    await bed().setRegistry(`${EVENT_LOG}\\EPM Agent`, 'EventMessageFile', 'REG_SZ', 'C:\\Users\\Public\\x.dll');
    rmSync(bed().hostPath(START_MENU));
    await agent.changeKeys(
      [
        {
          root: 'HKLM',
          key: 'SYSTEM\\CurrentControlSet\\Services\\EPMAgent',
          sddl: 'D:(A;;KA;;;BA)(A;;KA;;;SY)(A;;KA;;;BU)',
        },
      ],
      'administrator',
    );
    // Its session has loaded files of the installation.
    await agent.stop();
    expect(await states()).toMatchObject({ serviceDescription: 'failed', eventSource: 'failed', serviceKey: 'failed' });
    const repaired = await administrator('agent', 'repair', '--json');
    expect(repaired).toMatchObject({ exitCode: 0, errors: '' });
    const { repairs } = JSON.parse(repaired.output) as { repairs: readonly { id: string; repaired: boolean }[] };
    expect(repairs.map(({ id }) => id).sort()).toEqual([
      'eventSource',
      'serviceDescription',
      'serviceKey',
      'startMenu',
    ]);
    expect(repairs.every((repair) => repair.repaired)).toBe(true);
    expect(Object.values(await states())).not.toContain('failed');
    expect(await administrator('agent', 'repair')).toMatchObject({ output: 'Everything is as it must be.\n' });
  });

  it('puts a later version in the place of this one, and leaves nothing of the former', async () => {
    await bed().setRegistry(`${SERVICE_KEY}\\Parameters`, 'Version', 'REG_SZ', '0.0.1');
    bed().putFile(`${agent.folder}\\old.txt`, 'old');
    // As after a version that had no entries in menus.
    await tool('reg.exe', 'delete', SHELL_VERB, '/f');
    rmSync(bed().hostPath(START_MENU));
    const done = await upgrade('--force');
    expect(done).toMatchObject({ exitCode: 0, errors: '', output: expect.stringContaining('after 0.0.1') as string });
    expect(inInstallation()).toEqual(expect.arrayContaining([...NATIVE, 'new.txt']));
    expect(inInstallation()).not.toContain('old.txt');
    expect(inInstallation().filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await states()).toMatchObject({
      serviceRunning: 'passed',
      serviceProgram: 'passed',
      shellVerb: 'passed',
      startMenu: 'passed',
    });
    expect(await query(`${SERVICE_KEY}\\Parameters`)).not.toContain('0.0.1');
  });

  it('AC-99 does not go back behind a later version, and no agent of an earlier one starts', async () => {
    await bed().setRegistry(`${SERVICE_KEY}\\Parameters`, 'Version', 'REG_SZ', '99.0.0');
    expect(await upgrade('--force')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('EPM_DOWNGRADE') as string,
    });
    expect(await states()).toMatchObject({ serviceRunning: 'passed' });
    const outcome = await bed().run({ program: agent.epm, arguments: ['agent'], as: 'system' });
    expect(outcome).toMatchObject({ exitCode: 3, errors: expect.stringContaining('EPM_DOWNGRADE') as string });
    await bed().setRegistry(`${SERVICE_KEY}\\Parameters`, 'Version', 'REG_SZ', '0.0.1');
  });

  it('AC-99 has its former files again where the new version does not start', async () => {
    await tool('net.exe', 'stop', 'EPMAgent');
    await untilNothingRuns(bed());
    bed().putFile(`${agent.folder}\\old.txt`, 'old');
    // No agent starts while there is a file in the place of its folder.
    rmSync(bed().hostPath(`${DATA}\\Logs`), { recursive: true });
    bed().putFile(`${DATA}\\Logs`, 'in the way');
    const failed = await upgrade('--force');
    expect(failed).toMatchObject({ exitCode: 3, errors: expect.stringContaining('EPM_UPGRADE_FAILED') as string });
    expect(inInstallation()).toContain('old.txt');
    expect(inInstallation().filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await query(`${SERVICE_KEY}\\Parameters`)).toContain('0.0.1');
    rmSync(bed().hostPath(`${DATA}\\Logs`));
    // Repair starts what does not run.
    expect(await administrator('agent', 'repair')).toMatchObject({ exitCode: 0, errors: '' });
    await eventually(async () => expect(await states()).toMatchObject({ serviceRunning: 'passed' }));
  });

  it('AC-99 runs its former version again, with its journal, where the new one ends at its start', async (context) => {
    if (bed().kind !== 'wine') context.skip('the journal lies behind a link, which Windows has no part of');
    // The journal is one of the files that the upgrade changes, and only that of the former version is whole.
    const [inData, inProgram] = [bed().hostPath(`${DATA}\\Audit\\journal.jsonl`), `${agent.folder}\\journal.jsonl`];
    await tool('net.exe', 'stop', 'EPMAgent');
    await untilNothingRuns(bed());
    renameSync(inData, bed().hostPath(inProgram));
    symlinkSync(bed().hostPath(inProgram), inData);
    expect(await administrator('agent', 'repair')).toMatchObject({ exitCode: 0, errors: '' });
    await eventually(async () => expect(await states()).toMatchObject({ serviceRunning: 'passed' }));
    const journal = (): string => bed().readFile(inProgram).toString('utf8');
    const before = journal();
    bed().putFile(`${NEW}\\journal.jsonl`, 'no record\n'.repeat(3));
    const failed = await upgrade('--force');
    rmSync(bed().hostPath(`${NEW}\\journal.jsonl`));
    expect(failed).toMatchObject({ exitCode: 3, errors: expect.stringContaining('EPM_UPGRADE_FAILED') as string });
    expect(failed.errors).toContain('The former version runs again.');
    expect(inInstallation().filter((name) => name.startsWith('.'))).toEqual([]);
    expect(await states()).toMatchObject({ serviceRunning: 'passed', serviceProgram: 'passed' });
    const after = journal();
    expect(after.startsWith(before)).toBe(true);
    expect(after.slice(before.length)).toMatch(/"agentStopped"[^]*"agentStarted"/);
    await tool('net.exe', 'stop', 'EPMAgent');
    await untilNothingRuns(bed());
    rmSync(inData);
    renameSync(bed().hostPath(inProgram), inData);
    expect(await administrator('agent', 'repair')).toMatchObject({ exitCode: 0, errors: '' });
  });

  it('AC-99 is removed with all it has made, or without its data', async () => {
    const kept = await administrator('agent', 'uninstall', '--keep-data', '--force');
    expect(kept).toMatchObject({ exitCode: 0, errors: '' });
    await untilNothingRuns(bed());
    expect(existsSync(bed().hostPath(`${DATA}\\Audit`))).toBe(true);
    expect(await query(SERVICE_KEY)).not.toContain('ImagePath');
    for (const key of [EVENT_LOG, SHELL_VERB]) expect((await tool('reg.exe', 'query', key)).exitCode, key).not.toBe(0);
    expect(bed().fileExists(START_MENU)).toBe(false);

    expect(await administrator('agent', 'repair')).toMatchObject({ exitCode: 0, errors: '' });
    await eventually(async () => expect(await states()).toMatchObject({ serviceRunning: 'passed' }));
    expect(await administrator('agent', 'uninstall', '--force')).toMatchObject({ exitCode: 0, errors: '' });
    await untilNothingRuns(bed());
    expect(existsSync(bed().hostPath(DATA))).toBe(false);
    expect(await administrator('agent', 'uninstall', '--force')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('EPM_SERVICE_MISSING') as string,
    });
  });
});
