/**
 * Windows as the keeper of profiles sees it: the functions of the DLLs over a registry, folders and profiles in memory.
 * Each call is counted, and one of them can be made to fail.
 */
import { expect } from 'vitest';
import { EpmError } from '../../../src/model/errors.ts';
import type { WindowsDlls } from '../../../src/windows/dll/load.ts';
import { fakeKey, FakeRegistry, number, text } from './fake-registry.ts';
import { fromSddl } from './sddl.ts';

export const LIST = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';
const TRUSTED = fromSddl('O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)');
/** What Windows gives a new profile: inherited, and open to administrators. */
const AS_MADE = fromSddl('O:SYD:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)');

const NOT_FOUND = 0xc0000034;
const DENIED = 0xc0000022;
const ACCESS_DENIED = 5;
/** Functions that cannot fail, or whose failure nobody looks at. */
const SURE = /^(?:RegCloseKey|CloseHandle|GetLastError|LocalFree|epm_is_wine)$/;
/** Functions that return a Windows error; the others return zero when they fail. */
const RETURNS_ERROR = /^(?:Reg|SetSecurityInfo)/;

interface Folder {
  readonly path: string;
  readonly id: number;
  security: Uint8Array;
  isLink: boolean;
}

type Done = (error: unknown, result: number) => void;

export class FakeProfiles {
  readonly registry = new FakeRegistry();
  readonly folders = new Map<string, Folder>();
  readonly handles = new Map<number, { readonly path: string; readonly folder: Folder }>();
  /** Accounts by the numbers of their loaded profiles. */
  readonly loaded = new Map<number, string>();
  /** Hives that are not loaded, by account. */
  readonly hives = new Map<string, ReturnType<typeof fakeKey>>();
  readonly log: { readonly event: string; readonly data: object }[] = [];
  calls: string[] = [];
  failAt = Number.POSITIVE_INFINITY;
  /** Every call from this one on fails, as when the agent is ended there. */
  failFrom = Number.POSITIVE_INFINITY;
  /** What Windows does although it says that it did something else. */
  trouble: 'temporary' | 'nothing' | 'elsewhere' | 'noFolder' | 'leavesFolder' | undefined;
  /** Whether Windows removes the entry of a profile before its folder. */
  entryFirst = false;
  state: unknown;
  /** Milliseconds since 1970. */
  time = 1_000_000_000_000;
  #next = 1000;

  constructor() {
    for (const path of ['C:\\', 'C:\\Users']) this.addFolder(path, TRUSTED);
    this.registry.put(this.registry.machine, LIST, fakeKey({ ProfilesDirectory: text('%SystemDrive%\\Users') }));
  }

  get dlls(): WindowsDlls {
    return {
      native: this.#counted(this.#native),
      advapi32: this.#counted({ ...this.registry.advapi32, ...this.#security }),
      kernel32: this.#counted(this.#kernel32),
      ntdll: this.#counted(this.#ntdll),
    } as unknown as WindowsDlls;
  }

  readonly stateStore = {
    read: (): unknown => (this.#count('state.read'), this.state),
    write: (value: object): void => {
      this.#count('state.write');
      this.state = structuredClone(value);
    },
  };
  readonly parts = {
    systemRoot: 'C:\\Windows',
    state: this.stateStore,
    clock: { now: (): number => this.time },
    log: { write: (_level: string, event: string, data: object): void => void this.log.push({ event, data }) },
    contents: {
      names: (folder: string): readonly string[] => {
        this.#count('readdir');
        const start = `${folder.toUpperCase()}\\`;
        return [...this.folders.values()]
          .map(({ path }) => path)
          .filter((path) => path.toUpperCase().startsWith(start) && !path.slice(start.length).includes('\\'))
          .map((path) => path.slice(start.length));
      },
      remove: (path: string): void => (this.#count('rm'), this.#removeTree(path)),
      removeEmpty: (path: string): void => {
        this.#count('rmdir');
        expect([...this.folders.keys()].filter((each) => each.startsWith(`${path.toUpperCase()}\\`))).toEqual([]);
        this.folders.delete(path.toUpperCase());
      },
    },
  };

  addFolder(path: string, security: Uint8Array = AS_MADE): Folder {
    this.#next += 1;
    const folder = { path, id: this.#next, security, isLink: false };
    this.folders.set(path.toUpperCase(), folder);
    return folder;
  }

  entry(account: string) {
    return this.registry.find(this.registry.machine, `${LIST}\\${account}`);
  }

  hive(account: string) {
    return this.registry.find(this.registry.users, account);
  }

  /** Texts of the values of a key of a loaded hive. */
  values(account: string, key: string): Readonly<Record<string, string>> {
    const found = this.registry.find(this.registry.users, `${account}\\${key}`);
    return Object.fromEntries(
      [...(found?.values ?? [])].map(([name, { data }]) => [
        name,
        Buffer.from(data).toString('utf16le').replace(/\0$/, ''),
      ]),
    );
  }

  /** Everything there is of profiles, for comparison. */
  left() {
    return {
      loaded: [...this.loaded.values()],
      hives: [...this.registry.users.keys.keys()],
      entries: [...(this.registry.find(this.registry.machine, LIST)?.keys.keys() ?? [])],
      folders: [...this.folders.keys()].filter((path) => path.includes('EPM.')),
      handles: this.handles.size + this.registry.open.size,
      state: this.state,
    };
  }

  #isFailing(): boolean {
    return this.calls.length === this.failAt || this.calls.length >= this.failFrom;
  }

  #count(name: string): void {
    this.calls.push(name);
    if (this.#isFailing()) throw new EpmError('EPM_DATA_FOLDER', 'It cannot be read or written.');
  }

  #counted<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, property) => {
        const name = String(property);
        const value: unknown = Reflect.get(object, property);
        if (SURE.test(name)) return value;
        const isFailing = (): boolean => {
          this.calls.push(name);
          return this.#isFailing();
        };
        if (typeof value === 'function') {
          const failed = name === 'NtCreateFile' ? DENIED : RETURNS_ERROR.test(name) ? ACCESS_DENIED : 0;
          return (...given: unknown[]): unknown => (isFailing() ? failed : Reflect.apply(value, object, given));
        }
        const { async: later } = value as { async: (...given: unknown[]) => void };
        return {
          async: (...given: unknown[]): void => {
            const done = given.at(-1) as Done;
            if (isFailing()) queueMicrotask(() => done(null, ACCESS_DENIED));
            else later(...given);
          },
        };
      },
    });
  }

  #handle(path: string, folder: Folder): number {
    this.#next += 1;
    this.handles.set(this.#next, { path, folder });
    return this.#next;
  }

  readonly #ntdll = {
    NtCreateFile: (
      out: [number],
      _access: number,
      attributes: {
        readonly RootDirectory: number;
        readonly ObjectName: { readonly Buffer: string };
        readonly SecurityDescriptor: { readonly sddl: string } | null;
      },
      _status: unknown,
      _size: unknown,
      _fileAttributes: number,
      _share: number,
      disposition: number,
    ): number => {
      const name = attributes.ObjectName.Buffer.replace(/^\\\?\?\\/, '');
      const below = this.handles.get(attributes.RootDirectory);
      const path = below === undefined ? name : `${below.path}\\${name}`;
      let folder = this.folders.get(path.toUpperCase());
      if (folder === undefined) {
        if (disposition !== 3) return NOT_FOUND;
        folder = this.addFolder(path, fromSddl(attributes.SecurityDescriptor?.sddl ?? ''));
      }
      out[0] = this.#handle(path, folder);
      return 0;
    },
  };

  readonly #kernel32 = {
    CloseHandle: (handle: number): number => (this.handles.delete(handle) ? 1 : 0),
    GetLastError: (): number => ACCESS_DENIED,
    LocalFree: (): null => null,
    GetFileInformationByHandleEx: (handle: number, kind: number, buffer: Uint8Array): number => {
      const { folder } = this.#open(handle);
      const view = new DataView(buffer.buffer);
      if (kind === 9) view.setUint32(0, folder.isLink ? 0x410 : 0x10, true);
      else view.setUint32(8, folder.id, true);
      return 1;
    },
    GetFinalPathNameByHandleW: (_handle: number, buffer: Uint8Array): number => {
      const path = '\\\\?\\Volume{00000000-0000-0000-0000-0000000000aa}\\x';
      buffer.set(Buffer.from(path, 'utf16le'));
      return path.length;
    },
  };

  readonly #security = {
    ConvertStringSecurityDescriptorToSecurityDescriptorW: (sddl: string, _revision: number, out: [unknown]): number => {
      out[0] = { sddl };
      return 1;
    },
    GetSecurityDescriptorOwner: (descriptor: object, owner: [unknown]): number => {
      owner[0] = descriptor;
      return 1;
    },
    GetSecurityDescriptorDacl: (descriptor: object, _present: unknown, dacl: [unknown]): number => {
      dacl[0] = descriptor;
      return 1;
    },
    SetSecurityInfo: (
      handle: number,
      type: number,
      _what: number,
      _owner: unknown,
      _group: null,
      dacl: { readonly sddl: string },
    ): number => {
      const object = type === 4 ? this.registry.open.get(handle) : this.#open(handle).folder;
      if (object === undefined) return ACCESS_DENIED;
      object.security = fromSddl(dacl.sddl);
      return 0;
    },
    SetKernelObjectSecurity: (handle: number, _what: number, descriptor: { readonly sddl: string }): number => {
      (this.registry.open.get(handle) ?? this.#open(handle).folder).security = fromSddl(descriptor.sddl);
      return 1;
    },
    GetKernelObjectSecurity: (handle: number, _what: number, buffer: Uint8Array): number => {
      buffer.set(this.#open(handle).folder.security);
      return 1;
    },
    GetFileSecurityW: (name: string, _what: number, buffer: Uint8Array): number => {
      const folder = this.folders.get(name.replace(/^\\\\\?\\/, '').toUpperCase());
      if (folder === undefined) return 0;
      buffer.set(folder.security);
      return 1;
    },
  };

  readonly #native = {
    epm_is_wine: (): number => 0,
    epm_profile_create: later((account: string, name: string) => {
      if (this.entry(account) !== undefined) return { made: false };
      if (this.trouble === 'noFolder') {
        this.registry.put(this.registry.machine, `${LIST}\\${account}`, fakeKey());
        return { made: true };
      }
      const folder = this.trouble === 'elsewhere' ? `C:\\Elsewhere\\${name}` : this.#freeFolder(name);
      this.addFolder(folder);
      this.#count('CreateProfile: entry');
      this.registry.put(
        this.registry.machine,
        `${LIST}\\${account}`,
        fakeKey({ ProfileImagePath: text(folder), State: number(0) }),
      );
      return { made: true };
    }),
    epm_profile_load: later((token: number, _name: string, out: [number]) => {
      const account = `S-1-5-107-1-2-3-4-${token}`;
      this.#next += 1;
      out[0] = this.#next;
      this.loaded.set(this.#next, account);
      if (this.trouble === 'nothing') return { loaded: true };
      if (this.trouble === 'temporary') this.entry(account)?.values.set('State', number(0x800));
      if (this.hive(account) === undefined) {
        this.registry.put(this.registry.users, account, this.hives.get(account) ?? fakeKey());
      }
      return { loaded: true };
    }),
    epm_profile_unload: later((profile: number) => {
      const account = this.loaded.get(profile) ?? '';
      this.loaded.delete(profile);
      if (![...this.loaded.values()].includes(account)) this.unloadHive(account);
      return { loaded: false };
    }),
    epm_profile_unload_left: later((account: string) => {
      this.unloadHive(account);
      return { loaded: false };
    }),
    epm_profile_delete: later((account: string) => {
      const folder = this.textOf(this.entry(account), 'ProfileImagePath');
      const removeFolder = (): void => {
        if (this.trouble !== 'leavesFolder') this.#removeTree(folder);
        this.hives.delete(account);
      };
      const removeEntry = (): void => void this.registry.find(this.registry.machine, LIST)?.keys.delete(account);
      // In which order Windows does it is not documented.
      const [first, second] = this.entryFirst ? [removeEntry, removeFolder] : [removeFolder, removeEntry];
      first();
      this.#count('DeleteProfile: rest');
      second();
      return { made: false };
    }),
  };

  #freeFolder(name: string): string {
    const wanted = `C:\\Users\\${name}`;
    return this.folders.has(wanted.toUpperCase()) ? `${wanted}.COMPUTER` : wanted;
  }

  #removeTree(path: string): void {
    const folder = path.toUpperCase();
    for (const each of this.folders.keys()) {
      if (each === folder || each.startsWith(`${folder}\\`)) this.folders.delete(each);
    }
  }

  unloadHive(account: string): void {
    const hive = this.hive(account);
    if (hive !== undefined) this.hives.set(account, hive);
    this.registry.users.keys.delete(account);
  }

  textOf(key: ReturnType<typeof fakeKey> | undefined, name: string): string {
    return Buffer.from(key?.values.get(name)?.data ?? [])
      .toString('utf16le')
      .replace(/\0$/, '');
  }

  #open(handle: number) {
    const found = this.handles.get(handle);
    if (found === undefined) throw new Error(`${handle} is no open folder`);
    return found;
  }
}

/** A function of the native part that answers with a JSON text on another thread. */
function later<A extends unknown[]>(work: (...given: A) => object): { async: (...given: unknown[]) => void } {
  return {
    async: (...given) => {
      const [out, , length, done] = given.slice(-4) as [Uint8Array, number, [number], Done];
      let result: object;
      try {
        result = work(...(given.slice(0, -4) as A));
      } catch {
        queueMicrotask(() => done(null, ACCESS_DENIED));
        return;
      }
      const answer = Buffer.from(JSON.stringify({ store: 'userProfiles', ...result }));
      out.set(answer);
      length[0] = answer.length;
      queueMicrotask(() => done(null, 0));
    },
  };
}
