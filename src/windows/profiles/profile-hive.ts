/**
 * The loaded hive of an account. What runs under the account can write it, so the agent follows no link in it and
 * believes nothing of it but its own mark, which only the system may change.
 */
import type { Sid } from '../../model/brands.ts';
import { SECURITY_ATTRIBUTES_SIZE } from '../dll/kernel32.ts';
import { isTestBuild, type WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { readKey, ROOTS } from '../registry/key.ts';
import { setValue } from '../registry/write.ts';
import { whyOpen } from '../security/closed.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { withDescriptor } from '../security/sddl.ts';
import { setSecurityOfTree } from '../security/set-security.ts';
import { profileUnavailable } from './profile-unavailable.ts';

/** KEY_READ | KEY_WRITE | KEY_WOW64_64KEY, and WRITE_DAC | WRITE_OWNER for the hive itself. */
const READ_WRITE = 0x20019 | 0x20006 | 0x100;
const WRITE_SECURITY = 0x40000 | 0x80000;
/** KEY_ALL_ACCESS. */
const ALL_ACCESS = 0xf003f;
/** REG_OPTION_OPEN_LINK: opens a link itself. */
const OPEN_LINK = 8;
/** The value that makes a key a link, where it leads to. */
const LINK_VALUE = 'SymbolicLinkValue';

const MARK_KEY = ['Software', 'EPM'] as const;
const MARK = 'Profile';
const FOLDERS_KEY = ['Software', 'Microsoft', 'Windows', 'CurrentVersion', 'Explorer', 'User Shell Folders'] as const;
/** Values of that key by the folder of a profile they name; the last one is FOLDERID_Downloads (knownfolders.h). */
const SHOWN_FOLDERS: readonly (readonly [value: string, folder: string])[] = [
  ['Desktop', 'Desktop'],
  ['Personal', 'Documents'],
  ['{374DE290-123F-4565-9164-39C4925E467B}', 'Downloads'],
];
const OWN_FOLDERS: typeof SHOWN_FOLDERS = [
  ['AppData', 'AppData\\Roaming'],
  ['Local AppData', 'AppData\\Local'],
];

export class ProfileHives {
  readonly #dlls: WindowsDlls;

  constructor(dlls: WindowsDlls) {
    this.#dlls = dlls;
  }

  /**
   * Closes the hive of a profile that was just made to others than the account, and marks it.
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API
   */
  close(account: Sid, mark: string): void {
    this.#withKey(account, [], WRITE_SECURITY, (handle) =>
      setSecurityOfTree(this.#dlls, 'key', handle, `O:SYG:SYD:PAI(A;CI;KA;;;SY)(A;CI;KA;;;${account})`),
    );
    this.#checkClosed(account);
    const security = `O:SYG:SYD:PAI(A;;KA;;;SY)(A;;KR;;;${account})`;
    this.#withKey(
      account,
      MARK_KEY,
      0,
      (handle, path) => setValue(this.#dlls.advapi32, 'HKU', path, handle, { name: MARK, type: 'REG_SZ', data: mark }),
      security,
    );
  }

  /** @throws EpmError EPM_PROFILE_UNAVAILABLE when it is another hive, or others may change it; EPM_WINDOWS_API */
  check(account: Sid, mark: string): void {
    // In Wine a hive forgets who may change its keys when it is unloaded.
    if (!(isTestBuild() && this.#dlls.native.epm_is_wine() === 1)) this.#checkClosed(account);
    const path = [account, ...MARK_KEY].join('\\');
    const found = readKey(this.#dlls.advapi32, 'HKU', path, (key) => key.value(MARK)?.data);
    if (found !== mark) throw profileUnavailable('foreign', 'The hive that was loaded is not the one of the agent.');
  }

  /**
   * Sets where Desktop, Documents and Downloads of the account are, and where its data is, whatever ran before has made
   * of them.
   * @param own folder of the account's profile
   * @param shown folder of the profile that has the first three
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API
   */
  setFolders(account: Sid, own: string, shown: string): void {
    this.#withKey(account, FOLDERS_KEY, 0, (handle, path) => {
      const set = (name: string, data: string): void =>
        setValue(this.#dlls.advapi32, 'HKU', path, handle, { name, type: 'REG_EXPAND_SZ', data });
      for (const [name, folder] of SHOWN_FOLDERS) set(name, `${shown}\\${folder}`);
      for (const [name, folder] of OWN_FOLDERS) set(name, `${own}\\${folder}`);
    });
  }

  #checkClosed(account: Sid): void {
    const security = readKey(this.#dlls.advapi32, 'HKU', account, (key) => parseDescriptor(key.security()));
    const why = whyOpen(security, new Map([[account, ALL_ACCESS]]));
    if (why !== undefined) throw profileUnavailable('unsafe', `The hive of a profile is not used: ${why}.`);
  }

  /**
   * Opens a key of the hive name by name, makes what is not there, and follows no link.
   * @param security of the last key, when it is made
   */
  #withKey<T>(
    account: Sid,
    names: readonly string[],
    access: number,
    use: (handle: number, path: string) => T,
    security?: string,
  ): T {
    const { advapi32 } = this.#dlls;
    const held: number[] = [];
    let path = '';
    try {
      for (const [index, name] of [account, ...names].entries()) {
        path = index === 0 ? name : `${path}\\${name}`;
        const parent = held.at(-1) ?? ROOTS.HKU;
        held.push(this.#openOne(parent, name, path, access, index === names.length ? security : undefined));
      }
      return use(held.at(-1) ?? 0, path);
    } finally {
      for (const handle of held) advapi32.RegCloseKey(handle);
    }
  }

  #openOne(parent: number, name: string, path: string, access: number, security: string | undefined): number {
    const { advapi32 } = this.#dlls;
    const handle: [number] = [0];
    const opened = advapi32.RegOpenKeyExW(parent, name, OPEN_LINK, READ_WRITE | access, handle);
    if (opened === WIN32.SUCCESS) {
      const found = advapi32.RegQueryValueExW(handle[0], LINK_VALUE, null, [0], new Uint8Array(2), [2]);
      if (found === WIN32.FILE_NOT_FOUND) return handle[0];
      advapi32.RegCloseKey(handle[0]);
      throw profileUnavailable('unsafe', `HKU\\${path} is a link.`);
    }
    // The hive itself is never made: it is loaded, or there is none.
    if (opened !== WIN32.FILE_NOT_FOUND || parent === ROOTS.HKU) throw keyError('RegOpenKeyExW', opened, path);
    const make = (descriptor: unknown): number => {
      const attributes =
        descriptor === null
          ? null
          : { nLength: SECURITY_ATTRIBUTES_SIZE, lpSecurityDescriptor: descriptor, bInheritHandle: 0 };
      return advapi32.RegCreateKeyExW(parent, name, 0, null, 0, READ_WRITE | access, attributes, handle, [0]);
    };
    const made = security === undefined ? make(null) : withDescriptor(this.#dlls, security, make);
    if (made !== WIN32.SUCCESS) throw keyError('RegCreateKeyExW', made, path);
    return handle[0];
  }
}

function keyError(call: string, win32: number, path: string): Error {
  return windowsError(call, win32, 'EPM_WINDOWS_API', `HKU\\${path} cannot be opened (Windows error ${win32}).`);
}
