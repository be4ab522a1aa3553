/** The walk to a file over a file system in memory that can be changed between any two of its calls. */
import { describe, expect, it } from 'vitest';
import { openThroughLinks, type FolderWalk, type FolderPlace } from '../../../src/windows/files/links.ts';

const NOT_FOUND = 0xc0000034;
const MET_A_LINK = 0xc000050b;

interface Link {
  /** For example `C:\\Tools`; undefined: to no fixed drive. */
  readonly to: string | undefined;
  readonly by: 'administrator' | 'user';
}
type Entry = Folder | Link | 'file';
type Folder = Map<string, Entry>;

const folder = (entries: Record<string, Entry> = {}): Folder => new Map(Object.entries(entries));
const isLink = (entry: Entry | undefined): entry is Link =>
  entry !== undefined && entry !== 'file' && !(entry instanceof Map);

function placeOf(path: string): FolderPlace {
  const [volume = '', ...names] = path.split('\\').filter((name) => name !== '');
  return { volume, names };
}

/** Opens as NtCreateFile does: from a folder that is open, whatever its name means by then. */
class Disk {
  readonly handles = new Map<number, Entry>();
  readonly calls: string[] = [];
  /** Everything that was opened. */
  readonly seen: Entry[] = [];
  readonly #volumes: Readonly<Record<string, Folder>>;
  readonly #changes: Readonly<Record<number, () => void>>;
  #next = 1;

  /** @param changes each run before the call of that number, from 1 */
  constructor(volumes: Readonly<Record<string, Folder>>, changes: Readonly<Record<number, () => void>>) {
    this.#volumes = volumes;
    this.#changes = changes;
  }

  readonly walk: FolderWalk = {
    openRoot: (volume) => {
      this.#called(`root ${volume}`);
      return this.#open(this.#volumes[volume]);
    },
    openFile: (start, names) => {
      this.#called(`file ${names.join('\\')}`);
      let entry: Entry | undefined = this.handles.get(start);
      for (const name of names) {
        if (isLink(entry)) return { status: MET_A_LINK, handle: 0 };
        entry = entry instanceof Map ? entry.get(name) : undefined;
      }
      return this.#open(entry);
    },
    openFolder: (start, name) => {
      this.#called(`folder ${name}`);
      const parent = this.handles.get(start);
      return this.#open(parent instanceof Map ? parent.get(name) : undefined);
    },
    kindOf: (handle) => {
      const entry = this.handles.get(handle);
      if (!isLink(entry)) return 'folder';
      if (entry.by === 'user') return 'foreignLink';
      return entry.to === undefined ? 'leadsOffDrive' : placeOf(entry.to);
    },
    close: (handle) => {
      if (!this.handles.delete(handle)) throw new Error(`handle ${String(handle)} is not open`);
    },
  };

  #called(text: string): void {
    this.calls.push(text);
    this.#changes[this.calls.length]?.();
  }

  #open(entry: Entry | undefined): { status: number; handle: number } {
    if (entry === undefined) return { status: NOT_FOUND, handle: 0 };
    const handle = this.#next++;
    this.handles.set(handle, entry);
    this.seen.push(entry);
    return { status: 0, handle };
  }
}

function openOn(root: Folder, path: string, changes: Record<number, () => void> = {}, other: Folder = folder()) {
  const disk = new Disk({ 'C:': root, 'Volume{1}': other }, changes);
  const opened = openThroughLinks(disk.walk, placeOf(`C:\\${path}`));
  return { opened, calls: disk.calls, seen: disk.seen, left: [...disk.handles.values()] };
}

const byAdministrator = (to?: string): Link => ({ to, by: 'administrator' });
const byUser = (to: string): Link => ({ to, by: 'user' });

describe('the way to a file', () => {
  const tools = folder({ 'a.exe': 'file', deep: folder({ 'b.exe': 'file' }) });

  it('is one open below the root where there is no link', () => {
    const { opened, calls, left } = openOn(folder({ tools }), 'tools\\deep\\b.exe');
    expect(opened).toMatchObject({ status: 0 });
    expect(calls).toEqual(['root C:', 'file tools\\deep\\b.exe']);
    expect(left).toEqual(['file']);
  });

  it('goes over links of administrators, one behind the other, and to other volumes', () => {
    const root = folder({
      x: folder({ apps: byAdministrator('C:\\y\\z') }),
      y: folder({ z: byAdministrator('Volume{1}') }),
    });
    const { opened, left } = openOn(root, 'x\\apps\\current\\deep\\b.exe', {}, folder({ current: tools }));
    expect(opened).toMatchObject({ status: 0 });
    expect(left).toEqual(['file']);
  });

  it('AC-17 goes over no link that a user made, and opens nothing behind it', () => {
    const root = folder({
      x: folder({ apps: byAdministrator('C:\\y') }),
      y: folder({ current: byUser('C:\\tools') }),
      tools,
    });
    const { opened, seen, left } = openOn(root, 'x\\apps\\current\\a.exe');
    expect(opened).toEqual({ link: placeOf('C:\\y\\current'), why: 'foreignLink' });
    expect(seen).not.toContain(tools);
    expect(left).toEqual([]);
  });

  it('AC-17 goes over no link that a user made on the way that a link of administrators leads', () => {
    const shared = folder({ tools: byUser('C:\\elsewhere') });
    const root = folder({ apps: byAdministrator('C:\\shared\\tools\\now'), shared, elsewhere: folder({ now: tools }) });
    const { opened, seen, left } = openOn(root, 'apps\\a.exe');
    expect(opened).toEqual({ link: placeOf('C:\\shared\\tools'), why: 'foreignLink' });
    expect(seen).not.toContain(tools);
    expect(left).toEqual([]);
  });

  it('goes to no place but fixed drives', () => {
    const { opened, left } = openOn(folder({ apps: byAdministrator() }), 'apps\\a.exe');
    expect(opened).toEqual({ link: placeOf('C:\\apps'), why: 'leadsOffDrive' });
    expect(left).toEqual([]);
  });

  it('opens a file that is a link itself as it is', () => {
    const { opened, left } = openOn(folder({ 'a.exe': byUser('C:\\tools') }), 'a.exe');
    expect(opened).toMatchObject({ status: 0 });
    expect(left).toEqual([byUser('C:\\tools')]);
  });

  it('ends at what is not there', () => {
    expect(openOn(folder({ tools }), 'tools\\missing\\b.exe').opened).toMatchObject({ status: NOT_FOUND });
    const root = folder({ apps: byAdministrator('C:\\tools'), gone: byAdministrator('D:\\tools'), tools });
    expect(openOn(root, 'apps\\missing.exe')).toMatchObject({ opened: { status: NOT_FOUND }, left: [] });
    expect(openOn(root, 'gone\\a.exe')).toMatchObject({ opened: { status: NOT_FOUND }, left: [] });
  });

  it('ends after a number of links, though each leads on', () => {
    const { opened, left } = openOn(folder({ on: byAdministrator('C:\\on\\on') }), 'on\\a.exe');
    expect(opened).toMatchObject({ why: 'tooManyLinks' });
    expect(left).toEqual([]);
  });

  it('AC-16 AC-17 never reaches what a user’s link leads to, at whichever call it is put there', () => {
    const path = 'apps\\mine\\deep\\b.exe';
    const world = () => {
      const real = folder({ mine: folder({ deep: folder({ 'b.exe': 'file' }) }) });
      const elsewhere = folder({ deep: folder({ 'b.exe': 'file' }) });
      return { root: folder({ apps: byAdministrator('C:\\real'), real, elsewhere }), real, elsewhere };
    };
    const calls = openOn(world().root, path).calls.length;
    expect(calls).toBeGreaterThan(3);
    for (let call = 1; call <= calls; call += 1) {
      for (const name of ['mine', 'deep']) {
        const { root, real, elsewhere } = world();
        const holder = name === 'mine' ? real : (real.get('mine') as Folder);
        const { opened, seen, left } = openOn(root, path, { [call]: () => holder.set(name, byUser('C:\\elsewhere')) });
        expect(opened).toMatchObject({ why: 'foreignLink' });
        expect(seen).not.toContain(elsewhere);
        expect(seen).not.toContain('file');
        expect(left).toEqual([]);
      }
    }
  });

  it('AC-16 AC-17 reaches nothing behind a user’s link put in place of one of administrators', () => {
    const path = 'apps\\a.exe';
    const world = () => {
      const elsewhere = folder({ 'a.exe': 'file' });
      return { root: folder({ apps: byAdministrator('C:\\tools'), tools, elsewhere }), elsewhere };
    };
    for (let call = 1; call <= openOn(world().root, path).calls.length; call += 1) {
      const { root, elsewhere } = world();
      const { seen } = openOn(root, path, { [call]: () => root.set('apps', byUser('C:\\elsewhere')) });
      expect(seen).not.toContain(elsewhere);
    }
  });

  it('says that folders are being changed when a link is gone once it is looked for', () => {
    const root = folder({ tools: byUser('C:\\x') });
    const { opened, left } = openOn(root, 'tools\\deep\\b.exe', { 3: () => root.set('tools', tools) });
    expect(opened).toMatchObject({ why: 'changed' });
    expect(left).toEqual([]);
  });
});
