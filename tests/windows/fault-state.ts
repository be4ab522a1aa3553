/** Everything that a request could leave on the machine, as its text; for scripts that run inside Windows. */
import * as fs from 'node:fs';
import { loadKoffi } from '../../src/windows/dll/koffi.ts';
import type { WindowsDlls } from '../../src/windows/index.ts';
import { nativeFile } from '../../src/windows/native-files.ts';
import { readKey } from '../../src/windows/registry/key.ts';

/** PROCESSENTRY32W on x64 (tlhelp32.h): its size, the process, its parent, its name. */
const ENTRY = { size: 568, process: 8, parent: 32, name: 44 };
const BROKER = 'epmbroker.exe';
/** Wine starts it for the first window of a desktop, and ends it when nobody needs it any more. */
const DESKTOP_OF_WINE = 'explorer.exe';
/** PROCESS_TERMINATE | SYNCHRONIZE (winnt.h), and milliseconds that a killed process may take. */
const END_AND_WAIT = 0x10_0001;
const LONGEST_END = 60_000;
/** Handles are multiples of four; this process has far fewer than these. */
const LAST_HANDLE = 4 * 1024;

export type MachineState = Readonly<Record<string, string>>;

export interface StateReader {
  /** Whether a broker is kept ready. */
  hasBroker(): boolean;
  /** Kills every broker of this process. */
  endBrokers(): void;
  /** Number of handles of this process that are open; Wine does not count them. */
  handles(): number;
  read(): MachineState;
  /** What is not as it was. */
  differences(before: MachineState): readonly string[];
}

/**
 * @param places folders in which nothing may be left, by the name of what lies there
 * @param notes file in which profiles are noted that are being made or removed
 */
export function stateReader(dlls: WindowsDlls, places: Readonly<Record<string, string>>, notes: string): StateReader {
  const kernel32 = loadKoffi(nativeFile('koffi.node')).load('kernel32.dll');
  const snapshotOf = kernel32.func('intptr_t __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t process)');
  const firstOf = kernel32.func('int __stdcall Process32FirstW(intptr_t snapshot, _Inout_ uint8_t *entry)');
  const nextOf = kernel32.func('int __stdcall Process32NextW(intptr_t snapshot, _Inout_ uint8_t *entry)');
  const informationOf = kernel32.func('int __stdcall GetHandleInformation(intptr_t handle, _Out_ uint32_t *flags)');

  const openProcess = kernel32.func('intptr_t __stdcall OpenProcess(uint32_t access, int inherit, uint32_t process)');
  const terminate = kernel32.func('int __stdcall TerminateProcess(intptr_t process, uint32_t code)');
  const wait = kernel32.func('uint32_t __stdcall WaitForSingleObject(intptr_t handle, uint32_t milliseconds)');

  interface Entry {
    readonly id: number;
    readonly parent: number;
    readonly name: string;
  }

  function processes(): readonly Entry[] {
    const entry = Buffer.alloc(ENTRY.size);
    entry.writeUInt32LE(ENTRY.size, 0);
    const snapshot = snapshotOf(2, 0) as number;
    const all: Entry[] = [];
    for (let more = firstOf(snapshot, entry) as number; more !== 0; more = nextOf(snapshot, entry) as number) {
      const name = entry.toString('utf16le', ENTRY.name).split('\0', 1)[0] ?? '';
      all.push({ id: entry.readUInt32LE(ENTRY.process), parent: entry.readUInt32LE(ENTRY.parent), name });
    }
    dlls.kernel32.CloseHandle(snapshot);
    return all;
  }

  const nameOf = ({ id, name }: Entry): string => `${name} ${id}`;
  /** Wine gives the numbers of processes that have ended to others, so that an old process may have a new one as its parent. */
  const older = new Set(processes().map(nameOf));

  /** What this process, or a broker of it, has started. One broker is kept ready, now this and now that process. */
  function children(): readonly string[] {
    const all = processes();
    const own = all.filter(({ parent }) => parent === process.pid);
    const brokers = own.filter(({ name }) => name === BROKER);
    const theirs = all.filter(
      ({ parent, name }) => name !== DESKTOP_OF_WINE && brokers.some(({ id }) => id === parent),
    );
    const others = own.filter(({ name }) => name !== BROKER);
    // One without a name is ending.
    return [...others, ...theirs, ...brokers.slice(1)]
      .filter(({ name }) => name !== '')
      .map(nameOf)
      .filter((each) => !older.has(each));
  }

  const valuesOf = (key: string): readonly string[] =>
    readKey(dlls.advapi32, 'HKLM', key, (open) => open.valueNames()) ?? [];
  const subkeysOf = (root: 'HKLM' | 'HKU', key: string): readonly string[] =>
    readKey(dlls.advapi32, root, key, (open) => open.subkeyNames()) ?? [];
  const namesIn = (folder: string): readonly string[] => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

  /** A profile is gone before its note is: the start is not over until then. */
  const unfinished = (): readonly string[] => {
    if (!fs.existsSync(notes)) return [];
    const { unfinished: all } = JSON.parse(fs.readFileSync(notes, 'utf8')) as {
      readonly unfinished: readonly { readonly account: string }[];
    };
    return all.map(({ account }) => account);
  };

  function handles(): number {
    let open = 0;
    for (let handle = 4; handle <= LAST_HANDLE; handle += 4) if (informationOf(handle, [0]) !== 0) open += 1;
    return open;
  }

  function read(): MachineState {
    const lists = {
      processes: children(),
      names: valuesOf('SOFTWARE\\EPM Test Bed\\Names'),
      rights: valuesOf('SOFTWARE\\EPM Test Bed\\Rights'),
      hives: subkeysOf('HKU', ''),
      profiles: subkeysOf('HKLM', 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'),
      unfinished: unfinished(),
      ...Object.fromEntries(Object.entries(places).map(([name, folder]) => [name, namesIn(folder)])),
    };
    const texts = Object.entries(lists).map(([name, list]) => [name, list.toSorted().join(', ')] as const);
    return { ...Object.fromEntries(texts), handles: String(handles()) };
  }

  function differences(before: MachineState): readonly string[] {
    const after = read();
    const isMore = (name: string): boolean => {
      // Threads that wait for the next work come and go with theirs.
      if (name === 'handles') return Number(after[name]) > Number(before[name]);
      // Wine gives the numbers of processes that have ended to others, so that a parent may be another one than it was.
      if (name === 'processes') return listOf(after[name]).some((each) => !listOf(before[name]).includes(each));
      return after[name] !== before[name];
    };
    return Object.keys(after)
      .filter(isMore)
      .map((name) => `${name}: ${before[name] ?? ''} -> ${after[name] ?? ''}`);
  }

  const brokers = (): readonly Entry[] =>
    processes().filter(({ parent, name }) => parent === process.pid && name === BROKER);
  const hasBroker = (): boolean => brokers().length > 0;

  function endBrokers(): void {
    for (const { id } of brokers()) {
      const broker = openProcess(END_AND_WAIT, 0, id) as number;
      if (broker === 0) continue;
      terminate(broker, 1);
      wait(broker, LONGEST_END);
      dlls.kernel32.CloseHandle(broker);
    }
  }

  return { hasBroker, endBrokers, handles, read, differences };
}

const listOf = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : text.split(', ');
