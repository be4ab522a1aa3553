import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountToken, KeptProfile, ProfileRequest } from '../../../src/agent/ports.ts';
import { sid } from '../../../src/model/brands.ts';
import { createProfileKeeper } from '../../../src/windows/profiles/profile-keeper.ts';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { ALICE } from '../agent/fake-machine.ts';
import { FakeProfiles, LIST } from './fake-profiles.ts';
import { fakeKey, text } from './fake-registry.ts';
import { fromSddl } from './sddl.ts';

const ACCOUNT = sid('S-1-5-107-1-2-3-4-5');
const FOLDER = 'C:\\Users\\EPM.alice_1';
const TEMPORARY = `${FOLDER}\\AppData\\Local\\Temp`;
const SHELL_FOLDERS = 'Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders';

function request(more: Partial<ProfileRequest> = {}): ProfileRequest {
  return {
    account: { accountSid: ACCOUNT, accountName: 'alice_1' },
    token: { number: 5 } as unknown as AccountToken,
    requester: ALICE,
    showUserFolders: false,
    deleteAfterUse: false,
    ...more,
  };
}

const keeperOf = (windows: FakeProfiles) => createProfileKeeper(windows.dlls, windows.parts);

function refused(reason: string): Error {
  const data = expect.objectContaining({ reason }) as object;
  return expect.objectContaining({ code: 'EPM_PROFILE_UNAVAILABLE', data }) as Error;
}

/** A machine on which the account has a profile that is not loaded. */
async function withProfile(deleteAfterUse = false): Promise<FakeProfiles> {
  const windows = new FakeProfiles();
  const loaded = await keeperOf(windows).load(request());
  await loaded.release();
  if (deleteAfterUse) {
    const value = windows.entry(ACCOUNT)?.values.get('EPM');
    const mark = Buffer.from(value?.data ?? [])
      .toString('utf16le')
      .replace('"deleteAfterUse":false', '"deleteAfterUse":true');
    windows.entry(ACCOUNT)?.values.set('EPM', { type: 1, data: Buffer.from(mark, 'utf16le') });
  }
  windows.calls = [];
  return windows;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the profile of an account', () => {
  it('is made at the first start, closed to others, and kept', async () => {
    const windows = new FakeProfiles();
    const loaded = await keeperOf(windows).load(request());
    expect(loaded).toMatchObject({ folder: FOLDER, temporary: TEMPORARY });
    for (const path of [FOLDER, TEMPORARY]) {
      const { owner, isProtected, dacl } = parseDescriptor(
        windows.folders.get(path.toUpperCase())?.security ?? new Uint8Array(),
      );
      expect({ owner, isProtected }, path).toEqual({ owner: 'S-1-5-18', isProtected: true });
      expect(new Set(dacl?.map((entry) => entry.sid)), path).toEqual(new Set(['S-1-5-18', ACCOUNT]));
    }
    const { owner, dacl } = parseDescriptor(windows.hive(ACCOUNT)?.security ?? new Uint8Array());
    expect(owner).toBe('S-1-5-18');
    expect(new Set(dacl?.map((entry) => entry.sid))).toEqual(new Set(['S-1-5-18', ACCOUNT]));
    await loaded.release();
    expect(windows.left()).toEqual({
      loaded: [],
      hives: [],
      entries: [ACCOUNT],
      folders: [FOLDER, `${FOLDER}\\AppData`, `${FOLDER}\\AppData\\Local`, TEMPORARY].map((each) => each.toUpperCase()),
      handles: 0,
      state: { unfinished: [] },
    });
  });

  it('is loaded again with what is in it', async () => {
    const windows = await withProfile();
    const loaded = await keeperOf(windows).load(request());
    expect(windows.calls).not.toContain('SetSecurityInfo');
    expect(windows.hive(ACCOUNT)).toBeDefined();
    await loaded.release();
    await loaded.release();
    expect(windows.loaded.size).toBe(0);
  });

  it('is loaded once for trees that run at the same time, and unloaded with the last', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const trees = await Promise.all([1, 2, 3].map(() => keeper.load(request())));
    expect(windows.loaded.size).toBe(1);
    for (const tree of trees.slice(1)) await tree.release();
    expect(windows.loaded.size).toBe(1);
    await trees[0]?.release();
    expect(windows.left()).toMatchObject({ loaded: [], hives: [], handles: 0 });
  });

  it('shows the folders of the requester by the profile list, and its own again', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const foldersOf = async (showUserFolders: boolean): Promise<object> => {
      const loaded = await keeper.load(request({ showUserFolders }));
      const values = windows.values(ACCOUNT, SHELL_FOLDERS);
      await loaded.release();
      return values;
    };
    const data = { AppData: `${FOLDER}\\AppData\\Roaming`, 'Local AppData': `${FOLDER}\\AppData\\Local` };
    const own = {
      ...data,
      Desktop: `${FOLDER}\\Desktop`,
      Personal: `${FOLDER}\\Documents`,
      '{374DE290-123F-4565-9164-39C4925E467B}': `${FOLDER}\\Downloads`,
    };
    expect(await foldersOf(true)).toEqual(own);
    expect(windows.log.map(({ event }) => event)).toEqual(['userFoldersUnknown']);
    windows.registry.put(
      windows.registry.machine,
      `${LIST}\\${ALICE}`,
      fakeKey({ ProfileImagePath: text('%SystemDrive%\\Users\\alice') }),
    );
    expect(await foldersOf(true)).toEqual({
      ...data,
      Desktop: 'C:\\Users\\alice\\Desktop',
      Personal: 'C:\\Users\\alice\\Documents',
      '{374DE290-123F-4565-9164-39C4925E467B}': 'C:\\Users\\alice\\Downloads',
    });
    expect(await foldersOf(false)).toEqual(own);
  });

  it('goes with its last program when it is to be deleted', async () => {
    const windows = new FakeProfiles();
    const before = windows.left();
    const loaded = await keeperOf(windows).load(request({ deleteAfterUse: true }));
    await loaded.release();
    expect(windows.left()).toEqual({ ...before, state: { unfinished: [] } });
  });

  it('goes even when Windows leaves its folder and says that it deleted it', async () => {
    const windows = new FakeProfiles();
    const loaded = await keeperOf(windows).load(request({ deleteAfterUse: true }));
    windows.trouble = 'leavesFolder';
    await loaded.release();
    expect(windows.left()).toMatchObject({ entries: [], loaded: [], folders: [], handles: 0 });
  });

  it('is unloaded later when something still uses it', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const loaded = await keeper.load(request({ deleteAfterUse: true }));
    const first = windows.calls.length + 1;
    for (const offset of [0, 1]) {
      windows.failAt = first + offset;
      if (offset === 0) await loaded.release();
      else await vi.advanceTimersByTimeAsync(100);
      expect(windows.loaded.size).toBe(1);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(windows.left()).toMatchObject({ loaded: [], hives: [], entries: [], folders: [], handles: 0 });
    expect(vi.getTimerCount()).toBe(0);
    expect(windows.log.map(({ event }) => event)).toEqual(['profileStillUsed']);
  });

  it('is left to the next agent when this one ends meanwhile', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const loaded = await keeper.load(request());
    windows.failAt = windows.calls.length + 1;
    await loaded.release();
    keeper.close();
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(windows.log.at(-1)).toEqual({ event: 'profilesLeft', data: { profiles: 1 } });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a profile is refused', () => {
  it.each(['temporary', 'nothing'] as const)('when Windows loads %s', async (trouble) => {
    const windows = new FakeProfiles();
    const before = windows.left();
    windows.trouble = trouble;
    await expect(keeperOf(windows).load(request())).rejects.toEqual(refused('notLoaded'));
    expect(windows.left()).toEqual({ ...before, state: { unfinished: [] } });
  });

  it('when Windows makes an entry without a folder, which goes', async () => {
    const windows = new FakeProfiles();
    const before = windows.left();
    windows.trouble = 'noFolder';
    await expect(keeperOf(windows).load(request())).rejects.toEqual(refused('notMade'));
    expect(windows.left()).toEqual({ ...before, state: { unfinished: [] } });
  });

  it('when Windows makes it somewhere else', async () => {
    const windows = new FakeProfiles();
    windows.trouble = 'elsewhere';
    await expect(keeperOf(windows).load(request())).rejects.toEqual(refused('notMade'));
    expect(windows.loaded.size).toBe(0);
  });

  it.each<[string, string, (windows: FakeProfiles) => void]>([
    ['an entry that somebody else made', 'foreign', (windows) => windows.entry(ACCOUNT)?.values.delete('EPM')],
    [
      'a mark that is none',
      'foreign',
      (windows) => windows.entry(ACCOUNT)?.values.set('EPM', text('{"folder":"C:\\\\"}')),
    ],
    [
      'an entry that leads elsewhere',
      'foreign',
      (windows) => windows.entry(ACCOUNT)?.values.set('ProfileImagePath', text('C:\\Users\\alice')),
    ],
    ['another folder of the name', 'foreign', (windows) => windows.addFolder(FOLDER, fromSddl(`O:SYD:P(A;;FA;;;SY)`))],
    ['another hive', 'foreign', (windows) => windows.hives.set(ACCOUNT, closedHive())],
    ['a hive that others may change', 'unsafe', (windows) => openHive(windows)],
    ['a folder that administrators may read', 'unsafe', (windows) => open(windows, FOLDER, '(A;;0x1200a9;;;BA)')],
    ['a folder that is a link', 'unsafe', (windows) => link(windows, FOLDER)],
    ['a link on the way to temporary files', 'unsafe', (windows) => link(windows, `${FOLDER}\\AppData\\Local`)],
    ['a link for temporary files', 'unsafe', (windows) => link(windows, TEMPORARY)],
    ['a folder of profiles that users may write', 'unsafe', (windows) => open(windows, 'C:\\Users', '(A;;FA;;;BU)')],
    ['a key that is a link', 'unsafe', (windows) => linkKey(windows)],
    ['no folder at all', 'failed', (windows) => windows.folders.delete(FOLDER.toUpperCase())],
  ])('AC-71 with %s', async (_what, reason, change) => {
    const windows = await withProfile();
    change(windows);
    const before = windows.left();
    await expect(keeperOf(windows).load(request())).rejects.toEqual(refused(reason));
    expect(windows.left()).toEqual(before);
  });

  it('for an account that somebody made an entry for before', async () => {
    const windows = new FakeProfiles();
    windows.registry.put(
      windows.registry.machine,
      `${LIST}\\${ACCOUNT}`,
      fakeKey({ ProfileImagePath: text('C:\\Users\\alice') }),
    );
    windows.addFolder('C:\\Users\\alice');
    const before = windows.left();
    await expect(keeperOf(windows).load(request())).rejects.toEqual(refused('foreign'));
    await keeperOf(windows).sweep(() => false);
    await keeperOf(windows).removeAll();
    expect(windows.left()).toEqual(before);
    expect(windows.folders.has('C:\\USERS\\ALICE')).toBe(true);
    expect(windows.log.map(({ event }) => event)).toEqual(['foreignProfile', 'foreignProfile']);
  });
});

describe('AC-62 what an agent leaves that is ended', () => {
  it('is unloaded by the next one, and kept', async () => {
    const windows = new FakeProfiles();
    await keeperOf(windows).load(request());
    windows.loaded.clear();
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toMatchObject({ hives: [], entries: [ACCOUNT], handles: 0 });
  });

  it('is removed where it is not to be kept', async () => {
    const windows = await withProfile(true);
    windows.registry.put(windows.registry.users, ACCOUNT, fakeKey());
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toMatchObject({ hives: [], entries: [], folders: [], state: { unfinished: [] } });
  });

  it('is not removed when its entry names another folder by now', async () => {
    const windows = await withProfile(true);
    windows.addFolder('C:\\Users\\alice');
    windows.entry(ACCOUNT)?.values.set('ProfileImagePath', text('C:\\Users\\alice'));
    await keeperOf(windows).sweep(() => false);
    expect(windows.folders.has('C:\\USERS\\ALICE')).toBe(true);
    expect(windows.log.map(({ event }) => event)).toEqual(['profileLeft']);
  });

  it('is all removed with the data of the agent', async () => {
    const windows = await withProfile();
    await keeperOf(windows).removeAll();
    expect(windows.left()).toMatchObject({ hives: [], entries: [], folders: [] });
  });

  /** An agent that is ended does nothing more: every call from this one on fails. */
  async function endAt(windows: FakeProfiles, step: number, work: () => Promise<unknown>): Promise<void> {
    windows.failFrom = step;
    await work().catch(() => undefined);
    windows.failFrom = Number.POSITIVE_INFINITY;
    windows.loaded.clear();
    windows.registry.open.clear();
    windows.handles.clear();
    vi.clearAllTimers();
  }

  it('at any step of making one is removed by the next start, of the agent or of the account', async () => {
    const whole = new FakeProfiles();
    await keeperOf(whole).load(request());
    const steps = whole.calls.length;
    expect(steps).toBeGreaterThan(40);
    for (let step = 1; step <= steps; step += 1) {
      for (const next of ['sweep', 'load'] as const) {
        const windows = new FakeProfiles();
        await endAt(windows, step, () => keeperOf(windows).load(request()));
        const keeper = keeperOf(windows);
        if (next === 'sweep') {
          await keeper.sweep(() => false);
          expect(windows.left(), `step ${step}`).toMatchObject({ hives: [], loaded: [], handles: 0 });
          // Made to the end or not at all.
          const isWhole = windows.entry(ACCOUNT)?.values.has('EPM') === true;
          if (!isWhole) expect(windows.left(), `step ${step}`).toMatchObject({ entries: [], folders: [] });
        }
        const loaded = await keeper.load(request());
        await loaded.release();
        expect(windows.left(), `step ${step}`).toMatchObject({ hives: [], entries: [ACCOUNT], handles: 0 });
        expect(windows.folders.has(FOLDER.toUpperCase()), `step ${step}`).toBe(true);
      }
    }
  });

  it.each([true, false])(
    'at any step of removing one is removed by the next start (entry first: %s)',
    async (first) => {
      const machine = async (): Promise<{ windows: FakeProfiles; release: () => Promise<void> }> => {
        const windows = new FakeProfiles();
        windows.entryFirst = first;
        const { release } = await keeperOf(windows).load(request({ deleteAfterUse: true }));
        return { windows, release };
      };
      const whole = await machine();
      const before = whole.windows.calls.length;
      await whole.release();
      const steps = whole.windows.calls.length - before;
      expect(steps).toBeGreaterThan(5);
      for (let step = 1; step <= steps; step += 1) {
        const { windows, release } = await machine();
        await endAt(windows, windows.calls.length + step, release);
        await keeperOf(windows).sweep(() => false);
        windows.time += 600_000;
        await keeperOf(windows).sweep(() => false);
        expect(windows.left(), `step ${step}`).toEqual({
          hives: [],
          entries: [],
          folders: [],
          loaded: [],
          handles: 0,
          state: { unfinished: [] },
        });
      }
    },
  );

  it('is looked for again while Windows may still be making it', async () => {
    const windows = new FakeProfiles();
    windows.state = { unfinished: [{ account: ACCOUNT, name: 'EPM.alice_1', others: [], since: windows.time - 1 }] };
    await keeperOf(windows).sweep(() => false);
    windows.addFolder(FOLDER);
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toMatchObject({ folders: [], state: { unfinished: [] } });
    windows.state = { unfinished: [{ account: ACCOUNT, name: 'EPM.alice_1', others: [], since: windows.time }] };
    windows.time += 600_000;
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toMatchObject({ state: { unfinished: [] } });
  });

  it('leaves the folder that was there before, and removes the one that Windows made beside it', async () => {
    const whole = new FakeProfiles();
    await keeperOf(whole).load(request());
    const entry = whole.calls.indexOf('CreateProfile: entry') + 1;
    const windows = new FakeProfiles();
    windows.addFolder(FOLDER);
    await endAt(windows, entry, () => keeperOf(windows).load(request()));
    expect(windows.left().folders).toEqual([FOLDER, `${FOLDER}.COMPUTER`].map((each) => each.toUpperCase()));
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toMatchObject({ folders: [FOLDER.toUpperCase()], state: { unfinished: [] } });
  });

  it.each<[string, (windows: FakeProfiles) => void]>([
    ['is a link', (windows) => link(windows, FOLDER)],
    ['belongs to a user', (windows) => own(windows, FOLDER, ALICE)],
    ['users may write', (windows) => open(windows, FOLDER, '(A;;FA;;;BU)')],
    ['is in a folder that users may write', (windows) => open(windows, 'C:\\Users', '(A;;FA;;;BU)')],
    [
      'another account has',
      (windows) =>
        windows.registry.put(
          windows.registry.machine,
          `${LIST}\\${ALICE}`,
          fakeKey({ ProfileImagePath: text(FOLDER) }),
        ),
    ],
  ])('AC-71 is not removed when the folder %s', async (_what, change) => {
    const windows = new FakeProfiles();
    windows.state = { unfinished: [{ account: ACCOUNT, name: 'EPM.alice_1', others: [], since: 0 }] };
    windows.addFolder(FOLDER);
    change(windows);
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toMatchObject({ folders: [FOLDER.toUpperCase()], handles: 0 });
  });

  it.each(['EPM.x\\..\\alice', '..', 'alice', 'EPM.', 'EPM.a/b', 'EPM.a:b'])(
    'AC-71 is not taken for a name that leads elsewhere: %s',
    async (name) => {
      const windows = new FakeProfiles();
      windows.state = { unfinished: [{ account: ACCOUNT, name, others: [], since: 0 }] };
      for (const each of ['alice', 'EPM.x', 'EPM.a']) windows.addFolder(`C:\\Users\\${each}`);
      const before = [...windows.folders.keys()];
      await keeperOf(windows).sweep(() => false);
      expect([...windows.folders.keys()]).toEqual(before);
    },
  );
});

describe('a profile that is of no use any more', () => {
  const LATER = 40 * 24 * 3_600_000;
  /** Sweeps, and answers what was asked about. */
  async function sweep(windows: FakeProfiles, keeper = keeperOf(windows)): Promise<readonly KeptProfile[]> {
    const asked: KeptProfile[] = [];
    await keeper.sweep((profile) => {
      asked.push(profile);
      return true;
    });
    return asked;
  }

  it('is removed, and who had it and when is known', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const loaded = await keeper.load(request());
    windows.time += LATER;
    await loaded.release();
    const used = windows.time;
    windows.time += LATER;
    expect(await sweep(windows, keeper)).toEqual([{ account: ACCOUNT, requester: ALICE, used }]);
    expect(windows.left()).toMatchObject({
      entries: [],
      folders: [],
      hives: [],
      state: { unfinished: [] },
      handles: 0,
    });
  });

  it('stays when it is asked for still', async () => {
    const windows = await withProfile();
    const before = windows.left();
    await keeperOf(windows).sweep(() => false);
    expect(windows.left()).toEqual(before);
  });

  it('is not looked at while a program uses it, nor while it cannot be unloaded', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const loaded = await keeper.load(request());
    windows.time += LATER;
    expect(await sweep(windows, keeper)).toEqual([]);
    windows.failAt = windows.calls.length + 1;
    await loaded.release();
    expect(windows.loaded.size).toBe(1);
    expect(await sweep(windows, keeper)).toEqual([]);
    expect(windows.left()).toMatchObject({ entries: [ACCOUNT] });
    await vi.advanceTimersByTimeAsync(100);
    expect(windows.loaded.size).toBe(0);
    expect(await sweep(windows, keeper)).toHaveLength(1);
  });

  it('is not looked at while one of two uses of it cannot be unloaded', async () => {
    const windows = new FakeProfiles();
    const keeper = keeperOf(windows);
    const first = await keeper.load(request());
    windows.failAt = windows.calls.length + 1;
    await first.release();
    const second = await keeper.load(request());
    await second.release();
    expect(windows.loaded.size).toBe(1);
    expect(await sweep(windows, keeper)).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(windows.loaded.size).toBe(0);
    expect(await sweep(windows, keeper)).toHaveLength(1);
  });

  it.each<[string, (windows: FakeProfiles) => void]>([
    ['the agent did not make', (windows) => windows.entry(ACCOUNT)?.values.delete('EPM')],
    ['is noted nowhere when', (windows) => windows.entry(ACCOUNT)?.values.delete('EPMUsed')],
    ['has no such time', (windows) => windows.entry(ACCOUNT)?.values.set('EPMUsed', text('-1'))],
  ])('is not looked at when it is one that %s', async (_what, change) => {
    const windows = await withProfile();
    change(windows);
    expect(await sweep(windows)).toEqual([]);
    expect(windows.left()).toMatchObject({ entries: [ACCOUNT] });
  });

  it('AC-71 is not removed when another folder is in its place', async () => {
    const windows = await withProfile();
    windows.addFolder(FOLDER);
    await sweep(windows);
    expect(windows.left()).toMatchObject({ entries: [ACCOUNT] });
    expect(windows.folders.has(FOLDER.toUpperCase())).toBe(true);
    expect(windows.log.map(({ event }) => event)).toEqual(['profileLeft']);
  });
});

describe('a step that fails', () => {
  it.each([
    ['of the first start', () => Promise.resolve(new FakeProfiles())],
    ['of a later start', () => withProfile()],
  ])('%s is a denial with its reason, and nothing is left', async (_which, make) => {
    const steps = await callsOf(await make());
    expect(steps.length).toBeGreaterThan(30);
    for (const [index, call] of steps.entries()) {
      // Asked again with more room for the answer.
      if (/^Get(?:KernelObject|File)Security/.test(call)) continue;
      const windows = await make();
      windows.failAt = windows.calls.length + index + 1;
      const at = `call ${index + 1}, ${call}`;
      await expect(keeperOf(windows).load(request()), at).rejects.toMatchObject({
        code: 'EPM_PROFILE_UNAVAILABLE',
        data: { reason: expect.stringMatching(/^(?:foreign|unsafe|notMade|notLoaded|failed)$/) as string },
      });
      windows.failAt = Number.POSITIVE_INFINITY;
      await vi.advanceTimersByTimeAsync(100);
      const { entries, folders, state: _, ...left } = windows.left();
      expect(left, at).toEqual({ loaded: [], hives: [], handles: 0 });
      // A profile that was made to the end is one: setting its folders is not part of that.
      if (!entries.includes(ACCOUNT)) expect({ entries, folders }, at).toEqual({ entries: [], folders: [] });
      const loaded = await keeperOf(windows).load(request());
      await loaded.release();
      expect(windows.left(), at).toMatchObject({
        entries: [ACCOUNT],
        loaded: [],
        handles: 0,
        state: { unfinished: [] },
      });
    }
  });
});

async function callsOf(windows: FakeProfiles): Promise<readonly string[]> {
  const before = windows.calls.length;
  await keeperOf(windows).load(request());
  return windows.calls.slice(before);
}

function closedHive(security = ''): ReturnType<typeof fakeKey> {
  const hive = fakeKey();
  hive.security = fromSddl(`O:SYD:P(A;CI;KA;;;SY)(A;CI;KA;;;${ACCOUNT})${security}`);
  return hive;
}

function openHive(windows: FakeProfiles): void {
  const hive = windows.hives.get(ACCOUNT);
  if (hive !== undefined) hive.security = closedHive('(A;CI;KR;;;BA)').security ?? new Uint8Array();
}

function open(windows: FakeProfiles, path: string, entry: string): void {
  const folder = windows.folders.get(path.toUpperCase());
  if (folder !== undefined) folder.security = fromSddl(`O:SYD:P(A;OICI;FA;;;SY)${entry}`);
}

function own(windows: FakeProfiles, path: string, owner: string): void {
  const folder = windows.folders.get(path.toUpperCase());
  if (folder !== undefined) folder.security = fromSddl(`O:${owner}D:P(A;OICI;FA;;;SY)`);
}

function link(windows: FakeProfiles, path: string): void {
  const folder = windows.folders.get(path.toUpperCase());
  if (folder !== undefined) folder.isLink = true;
}

function linkKey(windows: FakeProfiles): void {
  const hive = windows.hives.get(ACCOUNT);
  if (hive === undefined) return;
  const key = windows.registry.find(hive, 'Software\\Microsoft');
  key?.values.set('SymbolicLinkValue', { type: 6, data: Buffer.from('\\Registry\\Machine', 'utf16le') });
}
