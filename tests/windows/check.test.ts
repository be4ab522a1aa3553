/** `epm check` and what the agent says of the same machine, by the packed program. */
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import type { Prerequisite, PrerequisiteState } from '../../src/agent/prerequisites.ts';
import { describeWindows, identitySid, type Identity } from '../bed/index.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { eventually } from '../eventually.ts';

const SYSTEM_POLICIES = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const WINDOWS_NT = 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion';
const INSTALLER = 'Software\\Policies\\Microsoft\\Windows\\Installer';
const CONTROL = 'HKLM\\System\\CurrentControlSet\\Control';
const LOGS = 'C:\\ProgramData\\EPM\\Logs';

describeWindows('epm check', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });
  afterAll(async () => agent.stop());

  async function check(as: Identity = 'administrator'): Promise<{ exitCode: number; states: Record<string, string> }> {
    const { exitCode, output, errors } = await agent.verb(['check', '--json'], as);
    expect(errors).toBe('');
    const { prerequisites } = JSON.parse(output) as { prerequisites: readonly Prerequisite[] };
    return { exitCode, states: Object.fromEntries(prerequisites.map(({ id, state }) => [id, state])) };
  }

  it('tells a standard user of every prerequisite, in a table with what to do', async () => {
    const { exitCode, output, errors } = await agent.verb(['check']);
    expect(errors).toBe('');
    const rows = output.split(/\r?\n/).filter((line) => /^(?:passed|warning|failed|unknown) /.test(line));
    expect(rows).toHaveLength(9);
    expect(output).toMatch(/^passed +64-bit Windows +(?:x64|arm64)$/m);
    expect(exitCode).toBe(rows.some((row) => row.startsWith('failed')) ? 1 : 0);
    // A title never touches what was found, and every hint lies below its row.
    for (const row of rows) expect(row).toMatch(/^\w+ +\S.*? {2,}\S/);
    const { states } = await check('standardUser');
    expect(Object.keys(states)).toHaveLength(9);
  });

  const wineOnly = (context: TestContext): void => {
    if (bed().kind !== 'wine') context.skip('changes the machine itself');
  };

  it('sees what is wrong with the machine, and that it was put right', async (context) => {
    wineOnly(context);
    const sound = await check();
    expect(sound).toMatchObject({
      exitCode: 0,
      states: { userAccountControl: 'passed', administratorProtection: 'passed', alwaysInstallElevated: 'passed' },
    });
    // Wine says nothing of updates and user rights.
    expect(sound.states).toMatchObject({ windowsBuild: 'unknown', interactiveLogon: 'unknown', join: 'warning' });
    const { standardUser } = identitySid;
    const faults: readonly (readonly [string, string, 'REG_SZ' | 'REG_DWORD', string, string, PrerequisiteState])[] = [
      [SYSTEM_POLICIES, 'EnableLUA', 'REG_DWORD', '0', 'userAccountControl', 'failed'],
      [SYSTEM_POLICIES, 'TypeOfAdminApprovalMode', 'REG_DWORD', '2', 'administratorProtection', 'passed'],
      [`HKLM\\${INSTALLER}`, 'AlwaysInstallElevated', 'REG_DWORD', '1', 'alwaysInstallElevated', 'warning'],
      [
        `HKU\\${standardUser}\\${INSTALLER}`,
        'AlwaysInstallElevated',
        'REG_DWORD',
        '1',
        'alwaysInstallElevated',
        'failed',
      ],
      [WINDOWS_NT, 'UBR', 'REG_DWORD', '3393', 'windowsBuild', 'failed'],
      [WINDOWS_NT, 'CurrentBuildNumber', 'REG_SZ', '19045', 'windowsBuild', 'passed'],
      [WINDOWS_NT, 'EditionID', 'REG_SZ', 'ServerRdsh', 'multiSession', 'warning'],
      [`${CONTROL}\\CloudDomainJoin\\JoinInfo\\0A1B2C`, 'TenantId', 'REG_SZ', 'tenant', 'join', 'passed'],
    ];
    for (const [key, name, type, data, id, expected] of faults) {
      await bed().setRegistry(key, name, type, data);
      expect((await check()).states[id], `${name} ${data}`).toBe(expected);
    }
    expect((await check()).exitCode).toBe(1);
    const text = await agent.verb(['check'], 'administrator');
    expect(text.output).toMatch(new RegExp(`^failed +AlwaysInstallElevated +on for ${standardUser}$`, 'm'));
    expect(text.output).toMatch(/\b2 of 9 prerequisites failed, 2 not known\.\s*$/);

    await bed().setRegistry(SYSTEM_POLICIES, 'EnableLUA', 'REG_DWORD', '1');
    await bed().deleteRegistry(SYSTEM_POLICIES, 'TypeOfAdminApprovalMode');
    await bed().deleteRegistry(`HKLM\\${INSTALLER}`);
    await bed().deleteRegistry(`HKU\\${standardUser}`);
    expect(await check()).toMatchObject({ exitCode: 0, states: { alwaysInstallElevated: 'passed' } });
  });

  it('is told by the agent, too, in its status and its log', async (context) => {
    wineOnly(context);
    await bed().setRegistry(SYSTEM_POLICIES, 'EnableLUA', 'REG_DWORD', '0');
    await agent.start();
    const { body } = await agent.ask('status');
    expect(body).toMatchObject({ state: 'running' });
    expect(body['warnings']).toContainEqual(
      expect.objectContaining({
        code: 'prerequisiteFailed',
        data: { prerequisite: 'userAccountControl', found: 'off' },
      }),
    );
    const text = await agent.verb(['status']);
    expect(text.output).toMatch(/^Warning: User Account Control: off\.\r?\n +Set EnableLUA to 1/m);
    expect(text.output).toMatch(/^Policy read +\d{4}-\d\d-\d\dT/m);
    await eventually(() => {
      const log = bed().readFile(`${LOGS}\\agent.jsonl`).toString('utf8');
      expect(log).toMatch(/prerequisiteFailed.*userAccountControl/);
    });
  });
});
