/**
 * The folder of a profile. Only the system and the account itself may touch it: other elevated programs are
 * administrators too, and a profile that they could change would let one approved program lead another.
 */
import * as fs from 'node:fs';
import type { Sid } from '../../model/brands.ts';
import type { FileId } from '../../model/file-facts.ts';
import { displayText } from '../../text/display.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { fileId, isReparsePoint } from '../files/handle-facts.ts';
import {
  FILE_DIRECTORY_FILE,
  FILE_GENERIC_READ,
  FILE_OPEN_IF,
  FILE_OPEN_REPARSE_POINT,
  FILE_SHARE_DELETE,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  ntOpen,
  type NtOpenOptions,
} from '../files/nt-open.ts';
import { parents } from '../files/place.ts';
import { whyOpen } from '../security/closed.ts';
import { handleSecurity, pathSecurity } from '../security/read-security.ts';
import { withDescriptor } from '../security/sddl.ts';
import { setSecurity, setSecurityOfTree } from '../security/set-security.ts';
import { FOLDER_REPLACE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';
import { profileUnavailable } from './profile-unavailable.ts';

/** FILE_ALL_ACCESS (winnt.h). */
const ALL_ACCESS = 0x1f01ff;
/** WRITE_DAC | WRITE_OWNER. */
const WRITE_SECURITY = 0x40000 | 0x80000;
/** Everything but changing permissions and owner. */
const OWN_FOLDER = ALL_ACCESS & ~WRITE_SECURITY;

/** ntstatus.h. */
const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034;

const FOLDER: NtOpenOptions = {
  access: FILE_GENERIC_READ | WRITE_SECURITY,
  share: FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
  options: FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT,
};
/** Names from the folder of the profile to that for temporary files. */
const TEMPORARY = ['AppData', 'Local', 'Temp'] as const;

/** The account may change what it makes below, and not who gets into the folder. */
function closedFolder(account: Sid): string {
  const own = `(A;;0x${OWN_FOLDER.toString(16)};;;${account})(A;OICIIO;FA;;;${account})`;
  return `O:SYG:SYD:PAI(A;OICI;FA;;;SY)${own}`;
}

/** What is in folders. Each function throws when it cannot do its work. */
export interface FolderContents {
  names(folder: string): readonly string[];
  /** Removes a file, or a folder with everything in it; of a link the link. */
  remove(path: string): void;
  removeEmpty(folder: string): void;
}

/** Node removes links and follows none. */
export const DISK: FolderContents = {
  names: (folder) => fs.readdirSync(folder),
  remove: (path) => fs.rmSync(path, { recursive: true, force: true }),
  removeEmpty: (folder) => fs.rmdirSync(folder),
};

export class PreparedFolders {
  readonly #dlls: WindowsDlls;
  readonly #contents: FolderContents;

  constructor(dlls: WindowsDlls, contents: FolderContents) {
    this.#dlls = dlls;
    this.#contents = contents;
  }

  /** Names of what is in a folder. @throws EpmError EPM_PROFILE_UNAVAILABLE */
  names(folder: string): readonly string[] {
    return changed(folder, 'listed', () => this.#contents.names(folder));
  }

  /**
   * Removes a folder that Windows made for a profile, with everything in it, unless it is a link or somebody else may
   * have put it there. It stays open meanwhile, so that nobody can put another one in its place.
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API
   */
  remove(path: string, account: Sid): void {
    const how = { ...FOLDER, access: FILE_GENERIC_READ, share: FILE_SHARE_READ | FILE_SHARE_WRITE };
    const handle = this.#open(path, `\\??\\${path}`, how);
    try {
      const security = handleSecurity(this.#dlls, handle);
      const who =
        security === undefined
          ? 'somebody unknown'
          : untrustedWriter(security, FOLDER_WRITE_RIGHTS, new Set<string>([account]));
      if (who !== undefined) {
        throw profileUnavailable('unsafe', `The folder "${displayText(path)}" is left: ${who} can change it.`);
      }
      for (const name of this.names(path)) {
        changed(path, 'removed', () => this.#contents.remove(`${path}\\${name}`));
      }
    } finally {
      this.#dlls.kernel32.CloseHandle(handle);
    }
    changed(path, 'removed', () => this.#contents.removeEmpty(path));
  }

  /**
   * Refuses to have profiles below a folder that people may write: they would put their own in the place of one.
   * @throws EpmError EPM_PROFILE_UNAVAILABLE
   */
  checkParent(folder: string): void {
    const changeable = (path: string, rights: number): string | undefined => {
      const security = pathSecurity(this.#dlls, path);
      return security === undefined ? 'somebody unknown' : untrustedWriter(security, rights);
    };
    const who =
      changeable(folder, FOLDER_WRITE_RIGHTS) ??
      parents(folder)
        .map((parent) => changeable(parent, FOLDER_REPLACE_RIGHTS))
        .find((each) => each !== undefined);
    if (who === undefined) return;
    throw profileUnavailable('unsafe', `The folder of profiles "${displayText(folder)}" can be changed by ${who}.`);
  }

  /**
   * Closes a profile that was just made, and everything in it, to others than the account.
   * @returns what the folder is known by
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API
   */
  close(path: string, account: Sid): FileId {
    return this.#withFolder(path, (handle) => {
      setSecurityOfTree(this.#dlls, 'folder', handle, closedFolder(account));
      this.#checkClosed(handle, path, account);
      return fileId(this.#dlls.kernel32, handle);
    });
  }

  /** What a folder is known by; undefined: there is none. @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API */
  idOf(path: string): FileId | undefined {
    const { status, handle } = ntOpen(this.#dlls, `\\??\\${path}`, { ...FOLDER, access: FILE_GENERIC_READ });
    if (status === STATUS_OBJECT_NAME_NOT_FOUND) return undefined;
    if (status !== 0) throw notOpened(path, status);
    try {
      return fileId(this.#dlls.kernel32, handle);
    } finally {
      this.#dlls.kernel32.CloseHandle(handle);
    }
  }

  /** @throws EpmError EPM_PROFILE_UNAVAILABLE when it is another folder, or others may touch it; EPM_WINDOWS_API */
  check(path: string, account: Sid, id: FileId): void {
    this.#withFolder(path, (handle) => {
      const { volume, file } = fileId(this.#dlls.kernel32, handle);
      if (volume !== id.volume || file !== id.file) {
        throw profileUnavailable('foreign', `The folder "${displayText(path)}" is not the one that the agent made.`);
      }
      this.#checkClosed(handle, path, account);
    });
  }

  /**
   * Makes the account's folder for temporary files, or closes the one that is there. No link is followed to it.
   * @returns its path
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API
   */
  makeTemporary(path: string, account: Sid): string {
    const security = closedFolder(account);
    const held: Handle[] = [];
    let current = path;
    try {
      held.push(this.#open(path, `\\??\\${path}`, FOLDER));
      for (const name of TEMPORARY) {
        current = `${current}\\${name}`;
        const below = held.at(-1) ?? 0;
        const handle = withDescriptor(this.#dlls, security, (descriptor) =>
          this.#open(current, name, { ...FOLDER, below, disposition: FILE_OPEN_IF, security: descriptor }),
        );
        held.push(handle);
      }
      const folder = held.at(-1) ?? 0;
      if (this.#whyOpen(folder, account) !== undefined) setSecurity(this.#dlls, folder, security);
      this.#checkClosed(folder, current, account);
      return current;
    } finally {
      for (const handle of held) this.#dlls.kernel32.CloseHandle(handle);
    }
  }

  #withFolder<T>(path: string, use: (handle: Handle) => T): T {
    const handle = this.#open(path, `\\??\\${path}`, FOLDER);
    try {
      return use(handle);
    } finally {
      this.#dlls.kernel32.CloseHandle(handle);
    }
  }

  /** @returns a handle that the caller closes */
  #open(path: string, name: string, how: NtOpenOptions): Handle {
    const { status, handle } = ntOpen(this.#dlls, name, how);
    if (status !== 0) throw notOpened(path, status);
    try {
      if (!isReparsePoint(this.#dlls.kernel32, handle)) return handle;
    } catch (error) {
      this.#dlls.kernel32.CloseHandle(handle);
      throw error;
    }
    this.#dlls.kernel32.CloseHandle(handle);
    throw profileUnavailable('unsafe', `The folder "${displayText(path)}" of a profile is a link.`);
  }

  #whyOpen(handle: Handle, account: Sid): string | undefined {
    return whyOpen(handleSecurity(this.#dlls, handle), new Map([[account, ALL_ACCESS]]));
  }

  #checkClosed(handle: Handle, path: string, account: Sid): void {
    const why = this.#whyOpen(handle, account);
    if (why === undefined) return;
    throw profileUnavailable('unsafe', `The folder "${displayText(path)}" of a profile is not used: ${why}.`);
  }
}

/** @param verb what cannot be done to the folder when `work` throws */
function changed<T>(path: string, verb: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const message = `The folder "${displayText(path)}" of profiles cannot be ${verb} (${code}).`;
    throw profileUnavailable('failed', message, { cause: code }, cause);
  }
}

function notOpened(path: string, status: number): Error {
  const shown = `0x${status.toString(16).toUpperCase().padStart(8, '0')}`;
  const message = `The folder "${displayText(path)}" of a profile cannot be opened (status ${shown}).`;
  return profileUnavailable('failed', message, { status: shown });
}
