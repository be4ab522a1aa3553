/** The isolated account and the token of an elevation, as the elevated program itself sees them. */
import { afterEach, beforeAll, expect, it, type TestContext } from 'vitest';
import { REDUCED_PRIVILEGES } from '../../src/model/privileges.ts';
import { describeWindows, type Identity, windowsOnly } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, enabledGroups, type Json, programRule, type ProbeReport } from './agent-under-test.ts';

const FOLDER = 'C:\\Program Files\\App';
const FULL = `${FOLDER}\\probe.exe`;
const REDUCED = `${FOLDER}\\reduced.exe`;
const KEPT = `${FOLDER}\\kept.exe`;
/** As long as it is not there, a program that waits for it runs. */
const GO = 'C:\\Users\\Public\\go.txt';
const BED_KEY = 'HKLM\\SOFTWARE\\EPM Test Bed';
const INTERACTIVE = 'S-1-5-4';
const SERVICE = 'S-1-5-6';

describeWindows('the account of an elevation', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let rules: readonly Json[];

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    rules = [
      programRule(agent.putProbe(FULL)),
      programRule(agent.putProbe(REDUCED, 'reduced'), {
        name: 'Reduced',
        fileName: 'reduced.exe',
        reducedPrivileges: true,
      }),
      programRule(agent.putProbe(KEPT, 'kept'), {
        name: 'Kept',
        fileName: 'kept.exe',
        reducedPrivileges: true,
        keepPrivileges: ['SeLoadDriverPrivilege'],
      }),
    ];
    await apply({});
    await agent.start();
  });

  afterEach(async () =>
    bed()
      .deleteRegistry(BED_KEY, 'DeniedLogons')
      .catch(() => undefined),
  );

  /** What stands for LSASS and the user rights of a Windows. */
  const wineOnly = (context: TestContext): void => {
    if (bed().kind !== 'wine') context.skip('the edition of the test bed keeps names and rights in Wine only');
  };

  const apply = (settings: Json): Promise<void> =>
    agent.apply({ id: 'tests', settings: { enabled: true, defaultElevationResponse: 'denyAll', ...settings }, rules });

  const run = async (
    path: string,
    as: 'standardUser' | 'otherUser' = 'standardUser',
    words: readonly string[] = [],
  ): Promise<ProbeReport> => {
    const { body } = await agent.ask('elevate', { path, arguments: words, wait: true }, as);
    expect(body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    const report = agent.report(body['processId']);
    if (report === undefined) throw new Error('the probe wrote no report');
    return report;
  };

  /** Values below a key of what stands for LSASS in the test bed. */
  const kept = async (key: 'Names' | 'Rights'): Promise<readonly string[]> => {
    const { output } = await bed().run({
      program: 'C:\\windows\\system32\\reg.exe',
      arguments: ['query', `${BED_KEY}\\${key}`],
      as: 'system',
    });
    return output.split('\n').flatMap((line) => /^\s+(\S.*?)\s+REG_SZ/.exec(line)?.[1] ?? []);
  };

  const privileges = ({ token }: ProbeReport): readonly string[] =>
    token.privileges.map(({ name }) => name).filter((name) => REDUCED_PRIVILEGES.some((each) => each === name));

  it('has every privilege of administrators by default', async () => {
    // Wine does not know the newest one.
    const known = REDUCED_PRIVILEGES.filter(
      (name) => bed().kind !== 'wine' || name !== 'SeDelegateSessionUserImpersonatePrivilege',
    );
    expect(privileges(await run(FULL)).toSorted()).toEqual(known);
  });

  it('has none of those that are reduced, and what its rule keeps', async () => {
    expect(privileges(await run(REDUCED))).toEqual([]);
    expect(privileges(await run(KEPT))).toEqual(['SeLoadDriverPrivilege']);
  });

  it('lets an installer of drivers enable what it needs, unless that is reduced', async () => {
    const needed = ['SeLoadDriver', 'SeBackup', 'SeRestore', 'SeTakeOwnership'].map((name) => `${name}Privilege`);
    const enabled = async (path: string): Promise<ProbeReport['enabled']> =>
      (await run(path, 'standardUser', ['--enable', ...needed])).enabled;
    expect(await enabled(FULL)).toEqual(needed);
    expect(await enabled(REDUCED)).toEqual([]);
    expect(await enabled(KEPT)).toEqual(['SeLoadDriverPrivilege']);
  });

  it('AC-57 AC-100 is shared by nobody, or as policy says', async () => {
    const users = async (): Promise<readonly string[]> => {
      const reports = [await run(FULL), await run(REDUCED), await run(FULL), await run(FULL, 'otherUser')];
      return reports.map(({ token }) => token.user);
    };
    const [own, rule, again, other] = await users();
    expect(again).toBe(own);
    expect(new Set([own, rule, other]).size).toBe(3);
    await apply({ accountScope: 'user' });
    await eventually(async () => expect((await run(REDUCED)).token.user).toBe((await run(FULL)).token.user));
    expect((await run(FULL, 'otherUser')).token.user).not.toBe((await run(FULL)).token.user);
    await apply({ accountScope: 'launch' });
    await eventually(async () => expect((await run(FULL)).token.user).not.toBe((await run(FULL)).token.user));
    await apply({});
    await eventually(async () => expect((await run(FULL)).token.user).toBe(own));
  });

  it('has its names while a program runs under it', async (context) => {
    wineOnly(context);
    const { body } = await agent.ask('elevate', { path: FULL, arguments: ['--until', GO] });
    const { sid, name } = body['account'] as { sid: string; name: string };
    expect(sid).toMatch(/^S-1-5-107-/);
    expect(await kept('Names')).toEqual(expect.arrayContaining(['EPM', 'EPM\\Elevated', name]));
    bed().putFile(GO, '');
    await eventually(async () => expect(await kept('Names')).toEqual([]));
  });

  it('logs on as a service where it may not log on interactively, with a right for that moment', async (context) => {
    wineOnly(context);
    expect(enabledGroups(await run(FULL))).toContain(INTERACTIVE);
    await bed().setRegistry(BED_KEY, 'DeniedLogons', 'REG_SZ', 'interactive');
    const groups = enabledGroups(await run(FULL));
    expect(groups).toContain(SERVICE);
    expect(groups).not.toContain(INTERACTIVE);
    expect(await kept('Rights')).toEqual([]);
  });

  it('AC-54 that cannot be logged on at all is a denial with that reason', async (context) => {
    wineOnly(context);
    await bed().setRegistry(BED_KEY, 'DeniedLogons', 'REG_SZ', 'interactive,service');
    const before = agent.probeRuns();
    expect(await agent.ask('elevate', { path: FULL })).toMatchObject({
      kind: 'result',
      body: { outcome: 'denied', reason: 'accountUnavailable' },
    });
    expect(agent.probeRuns()).toBe(before);
    expect((await agent.records()).at(-1)).toMatchObject({
      event: 'elevationDenied',
      reason: 'accountUnavailable',
      errorCode: 'EPM_ACCOUNT_UNAVAILABLE',
    });
    // A tree before gives its names back a moment after its end is told.
    await eventually(async () => expect([...(await kept('Names')), ...(await kept('Rights'))]).toEqual([]));
  });

  const powerShell = async (command: string, as: Identity): Promise<string> => {
    const program = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
    return (await bed().run({ program, arguments: ['-NoProfile', '-Command', command], as })).output.trim();
  };

  windowsOnly(
    'has a name in the LSA while a program runs under it',
    'Wine keeps no names of virtual accounts',
    async () => {
      const go = `${GO}.2`;
      const { body } = await agent.ask('elevate', { path: FULL, arguments: ['--until', go] });
      const { sid, name } = body['account'] as { sid: string; name: string };
      const command = `([Security.Principal.SecurityIdentifier]'${sid}').Translate([Security.Principal.NTAccount]).Value`;
      const translated = (): Promise<string> => powerShell(command, 'standardUser');
      expect(await translated()).toBe(name);
      bed().putFile(go, '');
      await eventually(async () => expect(await translated()).toBe(''));
    },
  );

  windowsOnly(
    'AC-55 AC-56 cannot be opened by its requester or by another user',
    'access is not enforced',
    async () => {
      const { body } = await agent.ask('elevate', { path: FULL, arguments: ['--sleep', '600000'] });
      const command = `try { $null = [Diagnostics.Process]::GetProcessById(${String(body['processId'])}).Handle; 'opened' } catch { $_.Exception.InnerException.NativeErrorCode }`;
      // ERROR_ACCESS_DENIED.
      for (const as of ['standardUser', 'otherUser', 'administrator'] as const) {
        expect(await powerShell(command, as), as).toBe('5');
      }
    },
  );

  windowsOnly('AC-58 loads nothing by hooks, input methods and the like', 'it keeps no mitigations', async () => {
    const { body } = await agent.ask('elevate', { path: FULL, arguments: ['--sleep', '600000'] });
    const command = `(Get-ProcessMitigation -Id ${String(body['processId'])}).ExtensionPoint.DisableExtensionPoints`;
    expect(await powerShell(command, 'system')).toBe('ON');
  });

  it('AC-62 leaves nothing when the agent ends in the middle of making it', async (context) => {
    wineOnly(context);
    await bed().setRegistry(BED_KEY, 'DeniedLogons', 'REG_SZ', 'interactive');
    // Half of the names, all of them, and the right.
    for (const step of [6, 10, 12]) {
      await agent.stop();
      await agent.start({ EPM_TEST_CRASH: String(step) });
      await agent.messagesOfProgram('elevate', { path: FULL }, {});
      expect(await kept('Names'), `step ${step}`).not.toEqual([]);
      await agent.stop();
      await agent.start();
      expect([...(await kept('Names')), ...(await kept('Rights'))], `step ${step}`).toEqual([]);
    }
  });
});
