/** The one call that opens and makes files and folders: relative to an open folder, and without ever waiting. */
import type { Pointer } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import type { Opened } from './links.ts';

/** FILE_GENERIC_READ: data, attributes, security descriptor, and waiting on the handle. */
export const FILE_GENERIC_READ = 0x120089;
export const FILE_GENERIC_WRITE = 0x120116;
export const FILE_SHARE_READ = 1;
export const FILE_SHARE_WRITE = 2;
export const FILE_SHARE_DELETE = 4;
const FILE_OPEN = 1;
/** Makes what must not be there. */
export const FILE_CREATE = 2;
/** Opens, or makes what is not there. */
export const FILE_OPEN_IF = 3;
const OBJ_CASE_INSENSITIVE = 0x40;
export const FILE_DIRECTORY_FILE = 0x1;
export const FILE_NON_DIRECTORY_FILE = 0x40;
export const FILE_OPEN_REPARSE_POINT = 0x200000;
/**
 * FILE_SYNCHRONOUS_IO_NONALERT | FILE_COMPLETE_IF_OPLOCKED. With an oplock anybody could make an ordinary open wait
 * without end. The second option, which CreateFileW does not offer, answers STATUS_OPLOCK_BREAK_IN_PROGRESS
 * instead.
 */
const NEVER_WAIT = 0x20 | 0x100;

/** UTF-16 units that a UNICODE_STRING holds: its length is in bytes, in 16 bits. */
const MAX_NAME = 0x7fff;

export const STATUS_OPLOCK_BREAK_IN_PROGRESS = 0x00000108;
export const STATUS_DISK_FULL = 0xc000007f;
export const STATUS_NOT_A_DIRECTORY = 0xc0000103;
const STATUS_NAME_TOO_LONG = 0xc0000106;

export type OpeningDlls = Pick<WindowsDlls, 'ntdll' | 'kernel32'>;

export interface NtOpenOptions {
  readonly access: number;
  readonly share: number;
  readonly options: number;
  /** Handle of the folder that the name starts in. */
  readonly below?: number;
  /** Of the object, OBJ_…. */
  readonly attributes?: number;
  /** Default: opens what is there. The rest is for what is made. */
  readonly disposition?: number;
  readonly security?: Pointer;
  /** FILE_ATTRIBUTE_…. */
  readonly fileAttributes?: number;
  /** Bytes to reserve. */
  readonly size?: number;
}

/** What locks a file: others may read it. */
export const LOCKED: NtOpenOptions = {
  access: FILE_GENERIC_READ,
  share: FILE_SHARE_READ,
  options: FILE_NON_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT,
};

/**
 * Opens or makes a file or folder. Never waits for whoever has an oplock.
 * @param name from the root of the object manager, or below a folder
 */
export function ntOpen({ ntdll, kernel32 }: OpeningDlls, name: string, how: NtOpenOptions): Opened {
  const { access, share, options, below = 0, attributes = 0, disposition = FILE_OPEN, security = null } = how;
  const { fileAttributes = 0, size } = how;
  if (name.length > MAX_NAME) return { status: STATUS_NAME_TOO_LONG, handle: 0 };
  const opened: [number] = [0];
  const status = ntdll.NtCreateFile(
    opened,
    access,
    {
      Length: 48,
      RootDirectory: below,
      ObjectName: { Length: name.length * 2, MaximumLength: name.length * 2, Buffer: name },
      Attributes: OBJ_CASE_INSENSITIVE | attributes,
      SecurityDescriptor: security,
      SecurityQualityOfService: null,
    },
    new Uint8Array(16),
    size === undefined ? null : new Uint8Array(BigInt64Array.of(BigInt(size)).buffer),
    fileAttributes,
    share,
    disposition,
    options | NEVER_WAIT,
    null,
    0,
  );
  // The one other answer that comes with a handle: the file is open, and whoever has the oplock is being waited for.
  if (status === STATUS_OPLOCK_BREAK_IN_PROGRESS) kernel32.CloseHandle(opened[0]);
  return { status, handle: opened[0] };
}
