/** The profile of the isolated account, as a program finds it that runs under it. */
import { readdirSync, renameSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeWindows, identitySid, windowsOnly, type Identity } from '../bed/index.ts';
import { AgentUnderTest, type Json, PROGRAM, type ProbeReport, programRule } from './agent-under-test.ts';

const OTHER = 'C:\\Program Files\\App\\other.exe';
const LIST = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';
const FOLDERS = 'Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders';
const FOREVER = '600000';

interface Run {
  readonly account: string;
  readonly processId: number;
  readonly report: ProbeReport;
  readonly profile: NonNullable<ProbeReport['profile']>;
  readonly variables: ReadonlyMap<string, string>;
}

describeWindows('the profile of an elevated program', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let rules: readonly Json[];

  const apply = (more: Json = {}, settings: Json = {}): Promise<void> =>
    agent.apply({
      id: 'tests',
      settings: { enabled: true, defaultElevationResponse: 'denyAll', ...settings },
      rules: rules.map((rule) => ({ ...rule, ...more })),
    });

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const other = agent.putProbe(OTHER, 'other');
    rules = [programRule(agent.putProbe()), programRule(other, { name: 'Other', fileName: 'other.exe' })];
    await apply();
    await agent.start();
  });

  const runOf = (body: Json): Run => {
    const processId = Number(body['processId']);
    const report = agent.report(processId);
    if (report?.profile === undefined) throw new Error('the probe told nothing of its profile');
    const variables = new Map(
      report.environment.map((entry) => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at).toUpperCase(), entry.slice(at + 1)];
      }),
    );
    return {
      account: (body['account'] as { sid: string }).sid,
      processId,
      report,
      profile: report.profile,
      variables,
    };
  };
  const run = async (name: string, value: string, path = PROGRAM, as: Identity = 'standardUser'): Promise<Run> => {
    const answer = await agent.ask('elevate', { path, arguments: ['--profile', name, value], wait: true }, as);
    expect(answer.body).toMatchObject({ outcome: 'finished', exitCode: 0 });
    return runOf(answer.body);
  };
  /** Starts a program that goes on, once it has written what it found. */
  const startLong = async (name: string): Promise<Run> => {
    const answer = await agent.ask('elevate', { path: PROGRAM, arguments: ['--profile', name, 'x', FOREVER] });
    expect(answer.body).toMatchObject({ outcome: 'started' });
    await eventually(() => expect(agent.report(answer.body['processId'])?.profile).toBeDefined());
    return runOf(answer.body);
  };
  const end = async ({ processId }: Run): Promise<void> => {
    const program = 'C:\\windows\\system32\\taskkill.exe';
    await bed().run({ program, arguments: ['/f', '/pid', String(processId)], as: 'system' });
  };
  const keyExists = async (key: string): Promise<boolean> => {
    const program = 'C:\\windows\\system32\\reg.exe';
    return (await bed().run({ program, arguments: ['query', key], as: 'system' })).exitCode === 0;
  };
  const isLoaded = (account: string): Promise<boolean> => keyExists(`HKU\\${account}`);
  const untilUnloaded = (account: string): Promise<void> =>
    eventually(async () => expect(await isLoaded(account)).toBe(false));
  const folderOf = ({ variables }: Run): string => variables.get('USERPROFILE') ?? '';

  it('is its own: HKCU, the folders of Windows, and the one for temporary files', async () => {
    const first = await run('own', 'one');
    const folder = folderOf(first);
    expect(folder).toMatch(/^C:\\users\\EPM\.[\w.-]+$/i);
    expect(bed().fileExists(folder)).toBe(true);
    expect(first.profile).toMatchObject({ before: null, hive: 'one', default: null, temporaryError: 0 });
    const temporary = `${folder}\\AppData\\Local\\Temp`;
    expect(first.profile.temporary).toBe(`${temporary}\\`);
    expect(bed().fileExists(`${temporary}\\own.tmp`)).toBe(true);
    expect(Object.fromEntries(first.variables)).toMatchObject({
      TEMP: temporary,
      TMP: temporary,
      APPDATA: `${folder}\\AppData\\Roaming`,
      LOCALAPPDATA: `${folder}\\AppData\\Local`,
      HOMEDRIVE: 'C:',
      HOMEPATH: folder.slice(2),
    });
    const { profile, ...others } = first.profile.folders;
    const expected = {
      desktop: 'Desktop',
      documents: 'Documents',
      downloads: 'Downloads',
      localData: 'AppData\\Local',
    };
    for (const [name, below] of Object.entries(expected)) {
      expect(others[name as keyof typeof expected].toLowerCase(), name).toBe(`${folder}\\${below}`.toLowerCase());
    }
    // Wine names the folder of the one account it runs under.
    if (bed().kind === 'windows') expect(profile.toLowerCase()).toBe(folder.toLowerCase());
  });

  it('keeps settings from one start to the next, and is unloaded between them', async () => {
    const first = await run('kept', 'one');
    await untilUnloaded(first.account);
    const second = await run('kept', 'two');
    expect(second.account).toBe(first.account);
    expect(second.profile).toMatchObject({ before: 'one', hive: 'two' });
    await untilUnloaded(first.account);
  });

  it('is not shared by two users, nor by two rules', async () => {
    const first = await run('shared', 'one');
    const others = [await run('shared', 'two', PROGRAM, 'otherUser'), await run('shared', 'three', OTHER)];
    for (const other of others) {
      expect(other.profile.before).toBeNull();
      expect(folderOf(other)).not.toBe(folderOf(first));
    }
  });

  it('stays loaded until the last program of the account has ended', async () => {
    const long = await startLong('long');
    const short = await run('long', 'y');
    expect(short.profile.before).toBe('x');
    expect(await isLoaded(long.account)).toBe(true);
    await end(long);
    await untilUnloaded(long.account);
  });

  it('is gone with its program when each start has an account of its own', async () => {
    await apply({}, { accountScope: 'launch' });
    try {
      const first = await run('launch', 'one');
      const second = await run('launch', 'two');
      expect(second.account).not.toBe(first.account);
      expect(second.profile.before).toBeNull();
      for (const each of [first, second]) {
        await eventually(async () => {
          expect(await isLoaded(each.account)).toBe(false);
          expect(await keyExists(`${LIST}\\${each.account}`)).toBe(false);
          expect(bed().fileExists(folderOf(each))).toBe(false);
        });
      }
    } finally {
      await apply();
    }
  });

  it('AC-62 is unloaded, and removed where it is not kept, by the agent that follows one that was killed', async () => {
    const kept = await startLong('killed');
    await apply({}, { accountScope: 'launch' });
    const passing = await startLong('killed');
    await agent.stop();
    await eventually(() => expect(bed().leftovers()).toEqual([]));
    expect(await isLoaded(kept.account)).toBe(true);
    expect(await isLoaded(passing.account)).toBe(true);
    await apply();
    await agent.start();
    expect(await isLoaded(kept.account)).toBe(false);
    expect(await isLoaded(passing.account)).toBe(false);
    expect(bed().fileExists(folderOf(passing))).toBe(false);
    expect(await keyExists(`${LIST}\\${passing.account}`)).toBe(false);
    const again = await run('killed', 'y');
    expect(again.account).toBe(kept.account);
    expect(again.profile.before).toBe('x');
  });

  it('shows the folders of the person when the rule says so, and its own again when it does not', async (context) => {
    if (bed().kind !== 'wine') context.skip('the profile of a real person is left alone');
    await bed().setRegistry(`${LIST}\\${identitySid.standardUser}`, 'ProfileImagePath', 'REG_SZ', 'C:\\users\\alice');
    // What the person's own hive says is not believed.
    await bed().setRegistry(`HKU\\${identitySid.standardUser}\\${FOLDERS}`, 'Desktop', 'REG_SZ', 'C:\\evil');
    for (const folder of ['Desktop', 'Documents', 'Downloads']) bed().putFile(`C:\\users\\alice\\${folder}\\a.txt`, '');
    const own = await run('folders', 'one');
    await apply({ showUserFolders: true });
    const shown = await run('folders', 'two');
    await apply();
    const again = await run('folders', 'three');
    expect(shown.profile.folders).toMatchObject({
      desktop: 'C:\\users\\alice\\Desktop',
      documents: 'C:\\users\\alice\\Documents',
      downloads: 'C:\\users\\alice\\Downloads',
    });
    // Nothing else of the person is: settings and temporary files stay the account's own.
    expect(shown.profile).toMatchObject({ before: 'one', temporary: own.profile.temporary });
    expect(again.profile.folders).toEqual(own.profile.folders);
  });

  it('AC-71 is refused when the entry of the profile list or the folder is not the one that the agent made', async () => {
    const first = await run('foreign', 'one', OTHER);
    await untilUnloaded(first.account);
    const refused = async (): Promise<void> => {
      const before = agent.probeRuns();
      const answer = await agent.ask('elevate', { path: OTHER, arguments: ['--profile', 'foreign', 'x'], wait: true });
      expect(answer).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_PROFILE_UNAVAILABLE', data: { reason: 'foreign' } },
      });
      expect(agent.probeRuns()).toBe(before);
      expect((await agent.records()).at(-1)).toMatchObject({
        event: 'elevationDenied',
        errorCode: 'EPM_PROFILE_UNAVAILABLE',
      });
      expect(await isLoaded(first.account)).toBe(false);
    };
    const folder = bed().hostPath(folderOf(first));
    renameSync(folder, `${folder}.aside`);
    bed().putFile(`${folderOf(first)}\\NTUSER.DAT`, 'another hive');
    await refused();
    // What is not the agent's is left as it is.
    expect(
      bed()
        .readFile(`${folderOf(first)}\\NTUSER.DAT`)
        .toString(),
    ).toBe('another hive');
    renameSync(folder, `${folder}.another`);
    renameSync(`${folder}.aside`, folder);
    expect((await run('foreign', 'two', OTHER)).profile.before).toBe('one');
    await untilUnloaded(first.account);
    await bed().deleteRegistry(`${LIST}\\${first.account}`, 'EPM');
    await refused();
    expect(bed().fileExists(folderOf(first))).toBe(true);
  });

  it('is taken from its file where the test bed was kept from taking all of it out of the registry', async ({
    skip,
  }) => {
    if (bed().kind === 'windows') return skip('the test bed stands in for hives in Wine only');
    const first = await run('part', 'one');
    await untilUnloaded(first.account);
    // As an unloading leaves it while a program that is about to end makes a key.
    const words = ['add', `HKU\\${first.account}`, '/v', 'EPMStored', '/d', '', '/f'];
    await bed().run({ program: 'C:\\windows\\system32\\reg.exe', arguments: words, as: 'system' });
    expect(await isLoaded(first.account)).toBe(true);
    expect((await run('part', 'two')).profile.before).toBe('one');
    await untilUnloaded(first.account);
    expect((await run('part', 'three')).profile.before).toBe('two');
  });

  it('leaves no handle, no hive and no profile behind after many starts', async () => {
    const handles = async (): Promise<number> => {
      const { processId } = (await agent.ask('status')).body;
      const answer = await agent.ask('elevate', {
        path: PROGRAM,
        arguments: ['--handles', String(processId)],
        wait: true,
      });
      return agent.report(answer.body['processId'])?.handles ?? 0;
    };
    const profiles = (): readonly string[] => readdirSync(bed().hostPath('C:\\users'));
    let last = await run('many', '0');
    const [handlesBefore, profilesBefore] = [await handles(), profiles()];
    expect(handlesBefore).toBeGreaterThan(10);
    for (let count = 1; count <= 30; count += 1) {
      const next = await run('many', String(count));
      expect(next.profile.before).toBe(String(count - 1));
      last = next;
    }
    await untilUnloaded(last.account);
    // A start that leaked one would have left thirty.
    expect((await handles()) - handlesBefore).toBeLessThan(15);
    expect(profiles()).toEqual(profilesBefore);
  });

  windowsOnly('AC-62 cannot be read by other administrators', 'file access is not enforced', async () => {
    const long = await startLong('closed');
    const program = 'C:\\Windows\\System32\\cmd.exe';
    const tried = async (...words: readonly string[]): Promise<number> =>
      (await bed().run({ program, arguments: ['/c', ...words], as: 'administrator' })).exitCode;
    expect(await tried('dir', folderOf(long))).not.toBe(0);
    expect(await tried('type', `${long.profile.temporary}closed.tmp`)).not.toBe(0);
    expect(await tried('reg', 'query', `HKU\\${long.account}\\Software`)).not.toBe(0);
    await end(long);
  });

  windowsOnly('AC-71 a link in the profile is not followed', 'links look like folders', async () => {
    const first = await run('linked', 'one');
    await untilUnloaded(first.account);
    const local = `${folderOf(first)}\\AppData\\Local`;
    const target = 'C:\\Users\\Public\\linked';
    const program = 'C:\\Windows\\System32\\cmd.exe';
    const words = `ren "${local}" Local2 & mkdir ${target} & mklink /j "${local}" ${target}`;
    await bed().run({ program, arguments: ['/c', words], as: 'system' });
    const answer = await agent.ask('elevate', { path: PROGRAM, arguments: ['--profile', 'linked', 'x'], wait: true });
    expect(answer).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_PROFILE_UNAVAILABLE', data: { reason: 'unsafe' } },
    });
    expect(readdirSync(bed().hostPath(target))).toEqual([]);
    await bed().run({ program, arguments: ['/c', `rmdir "${local}" & ren "${local}2" Local`], as: 'system' });
  });

  windowsOnly('is of the kind that Windows keeps, and not a temporary one', 'there are no profiles', async () => {
    const long = await startLong('kind');
    const program = 'C:\\Windows\\System32\\reg.exe';
    const state = await bed().run({
      program,
      arguments: ['query', `${LIST}\\${long.account}`, '/v', 'State'],
      as: 'system',
    });
    const bits = Number.parseInt(/0x([0-9a-f]+)/i.exec(state.output)?.[1] ?? 'ffff', 16);
    expect(bits & 0x800).toBe(0);
    expect(bed().fileExists(`${folderOf(long)}\\NTUSER.DAT`)).toBe(true);
    await end(long);
  });
});
