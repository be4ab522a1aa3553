/** The walk to a file over a file system in memory that can be changed between any two of its calls. */
import { describe, expect, it } from 'vitest';
import { openBelow, type FolderWalk } from '../../../src/windows/files/links.ts';

const NOT_FOUND = 0xc0000034;
const MET_A_LINK = 0xc000050b;

interface Link {
  readonly to: Folder;
  readonly by: 'administrator' | 'user';
}
type Entry = Folder | Link | 'file';
type Folder = Map<string, Entry>;

const folder = (entries: Record<string, Entry> = {}): Folder => new Map(Object.entries(entries));
const isLink = (entry: Entry | undefined): entry is Link =>
  entry !== undefined && entry !== 'file' && !(entry instanceof Map);

/** Opens as NtCreateFile does: from a folder that is open, whatever its name means by then. */
class Disk {
  readonly handles = new Map<number, Entry>();
  readonly calls: string[] = [];
  /** Everything that was opened. */
  readonly seen: Entry[] = [];
  /** Runs before the call of that number, from 1. */
  readonly changes = new Map<number, () => void>();
  #next = 1;

  readonly walk: FolderWalk = {
    openFile: (start, names) => {
      this.#called(`file ${names.join('\\')}`);
      let entry: Entry | undefined = this.handles.get(start);
      for (const name of names) {
        if (isLink(entry)) return { status: MET_A_LINK, handle: 0 };
        entry = entry instanceof Map ? entry.get(name) : undefined;
      }
      return this.#open(entry);
    },
    openFolder: (start, name, follow) => {
      this.#called(`${follow ? 'follow' : 'folder'} ${name}`);
      const parent = this.handles.get(start);
      const entry = parent instanceof Map ? parent.get(name) : undefined;
      return this.#open(follow && isLink(entry) ? entry.to : entry);
    },
    kindOf: (handle) => {
      const entry = this.handles.get(handle);
      if (!isLink(entry)) return 'folder';
      return entry.by === 'administrator' ? 'trustedLink' : 'foreignLink';
    },
    close: (handle) => {
      if (!this.handles.delete(handle)) throw new Error(`handle ${String(handle)} is not open`);
    },
  };

  #called(text: string): void {
    this.calls.push(text);
    this.changes.get(this.calls.length)?.();
  }

  #open(entry: Entry | undefined): { status: number; handle: number } {
    if (entry === undefined) return { status: NOT_FOUND, handle: 0 };
    const handle = this.#next++;
    this.handles.set(handle, entry);
    this.seen.push(entry);
    return { status: 0, handle };
  }
}

function openOn(root: Folder, path: string, changes: Record<number, () => void> = {}) {
  const disk = new Disk();
  for (const [call, change] of Object.entries(changes)) disk.changes.set(Number(call), change);
  const start = 100;
  disk.handles.set(start, root);
  const opened = openBelow(disk.walk, start, path.split('\\'));
  const left = [...disk.handles].filter(([handle]) => handle !== start);
  return { opened, calls: disk.calls, seen: disk.seen, left: left.map(([, entry]) => entry) };
}

const byAdministrator = (to: Folder): Link => ({ to, by: 'administrator' });
const byUser = (to: Folder): Link => ({ to, by: 'user' });

describe('the way to a file', () => {
  const tools = folder({ 'a.exe': 'file', deep: folder({ 'b.exe': 'file' }) });

  it('is one open where there is no link', () => {
    const { opened, calls, left } = openOn(folder({ tools }), 'tools\\deep\\b.exe');
    expect(opened).toMatchObject({ status: 0 });
    expect(calls).toEqual(['file tools\\deep\\b.exe']);
    expect(left).toEqual(['file']);
  });

  it('goes over links of administrators, one behind the other', () => {
    const root = folder({ x: folder({ apps: byAdministrator(folder({ current: byAdministrator(tools) })) }) });
    const { opened, left } = openOn(root, 'x\\apps\\current\\deep\\b.exe');
    expect(opened).toMatchObject({ status: 0 });
    expect(left).toEqual(['file']);
  });

  it('AC-17 goes over no link that a user made, and opens nothing behind it', () => {
    const root = folder({ x: folder({ apps: byAdministrator(folder({ current: byUser(tools) })) }) });
    const { opened, calls, left } = openOn(root, 'x\\apps\\current\\a.exe');
    expect(opened).toEqual({ at: 2, why: 'foreignLink' });
    expect(calls).not.toContain('follow current');
    expect(left).toEqual([]);
  });

  it('opens a file that is a link itself as it is', () => {
    const { opened, left } = openOn(folder({ 'a.exe': byUser(tools) }), 'a.exe');
    expect(opened).toMatchObject({ status: 0 });
    expect(left).toEqual([byUser(tools)]);
  });

  it('ends at what is not there', () => {
    expect(openOn(folder({ tools }), 'tools\\missing\\b.exe').opened).toMatchObject({ status: NOT_FOUND });
    const root = folder({ apps: byAdministrator(tools) });
    expect(openOn(root, 'apps\\missing.exe')).toMatchObject({ opened: { status: NOT_FOUND }, left: [] });
  });

  it('ends after a number of links, though each leads on', () => {
    const loop = folder();
    loop.set('on', byAdministrator(loop));
    const { opened, left } = openOn(loop, `${'on\\'.repeat(20)}a.exe`);
    expect(opened).toMatchObject({ why: 'tooManyLinks' });
    expect(left).toEqual([]);
  });

  it('AC-16 AC-17 never reaches what a user’s link leads to, at whichever call it is put there', () => {
    const world = () => {
      const apps = folder({ mine: folder({ deep: folder({ 'b.exe': 'file' }) }) });
      return { root: folder({ apps: byAdministrator(apps) }), apps };
    };
    const path = 'apps\\mine\\deep\\b.exe';
    const calls = openOn(world().root, path).calls.length;
    expect(calls).toBeGreaterThan(3);
    for (let call = 1; call <= calls; call += 1) {
      const { root, apps } = world();
      const elsewhere = folder({ deep: folder({ 'b.exe': 'file' }) });
      const { opened, seen, left } = openOn(root, path, { [call]: () => apps.set('mine', byUser(elsewhere)) });
      expect(opened).toEqual({ at: 1, why: 'foreignLink' });
      expect(seen).not.toContain(elsewhere);
      expect(seen).not.toContain('file');
      expect(left).toEqual([]);
    }
  });

  it('says that folders are being changed when a link is gone once it is looked for', () => {
    const root = folder({ tools: byUser(tools) });
    const { opened } = openOn(root, 'tools\\deep\\b.exe', { 2: () => root.set('tools', tools) });
    expect(opened).toEqual({ at: 2, why: 'changed' });
  });
});
