/** Opening a file by a checked path so that it stays what it is until the handle is closed. */
import type { LocalPath } from '../../facts/request-path.ts';
import { displayText } from '../../facts/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { Ntdll } from '../dll/ntdll.ts';

/** FILE_GENERIC_READ: data, attributes, security descriptor, and waiting on the handle. */
const FILE_GENERIC_READ = 0x120089;
const FILE_SHARE_READ = 1;
/** FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE. */
const FILE_SHARE_ALL = 7;
const FILE_OPEN = 1;
const OBJ_CASE_INSENSITIVE = 0x40;
/** FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT. */
const OPTIONS = 0x20 | 0x40 | 0x200000;
/**
 * With an oplock anybody could make an ordinary open wait for as long as he likes. This option, which CreateFileW does
 * not offer, answers STATUS_OPLOCK_BREAK_IN_PROGRESS instead.
 */
const FILE_COMPLETE_IF_OPLOCKED = 0x100;

const STATUS_OPLOCK_BREAK_IN_PROGRESS = 0x00000108;
const STATUS_ACCESS_DENIED = 0xc0000022;
const STATUS_OBJECT_NAME_INVALID = 0xc0000033;
const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034;
const STATUS_OBJECT_PATH_NOT_FOUND = 0xc000003a;
const STATUS_SHARING_VIOLATION = 0xc0000043;
const STATUS_DELETE_PENDING = 0xc0000056;
const STATUS_FILE_IS_A_DIRECTORY = 0xc00000ba;
const STATUS_NO_SUCH_DEVICE = 0xc000000e;

/**
 * Opens a file for reading; while it is open nobody can write, rename or delete it. A reparse point is opened itself,
 * not what it points to.
 * @param close closes the handle of an open that is given up
 * @returns the handle
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE
 */
export function openLocked(ntdll: Ntdll, path: LocalPath, close: (handle: number) => void): number {
  const { status, handle } = openForReading(ntdll, path, FILE_SHARE_READ);
  if (status === 0) return handle;
  if (status === STATUS_OPLOCK_BREAK_IN_PROGRESS) close(handle);
  throw openError(path, status);
}

/**
 * Opens an alternate stream for reading, which others may still write. Never waits for them, as {@link openLocked}.
 * @param path final path of a file that is locked, so that the name still means it
 * @param close closes the handle of an open that is given up
 * @returns the handle; `absent`: there is no such stream, or the volume has none; `unreadable`: there is one
 */
export function openStream(
  ntdll: Ntdll,
  path: LocalPath,
  stream: string,
  close: (handle: number) => void,
): number | 'absent' | 'unreadable' {
  const { status, handle } = openForReading(ntdll, `${path}:${stream}`, FILE_SHARE_ALL);
  if (status === 0) return handle;
  if (status === STATUS_OPLOCK_BREAK_IN_PROGRESS) close(handle);
  return status === STATUS_OBJECT_NAME_NOT_FOUND || status === STATUS_OBJECT_NAME_INVALID ? 'absent' : 'unreadable';
}

function openForReading(ntdll: Ntdll, path: string, share: number): { status: number; handle: number } {
  const handle: [number] = [0];
  const name = `\\??\\${path}`;
  const status = ntdll.NtCreateFile(
    handle,
    FILE_GENERIC_READ,
    {
      Length: 48,
      RootDirectory: 0,
      ObjectName: { Length: name.length * 2, MaximumLength: name.length * 2, Buffer: name },
      Attributes: OBJ_CASE_INSENSITIVE,
      SecurityDescriptor: null,
      SecurityQualityOfService: null,
    },
    new Uint8Array(16),
    null,
    0,
    share,
    FILE_OPEN,
    OPTIONS | FILE_COMPLETE_IF_OPLOCKED,
    null,
    0,
  );
  return { status, handle: handle[0] };
}

function openError(path: string, status: number): EpmError {
  const shown = `The file "${displayText(path)}"`;
  const data = { status: `0x${status.toString(16).toUpperCase().padStart(8, '0')}` };
  switch (status) {
    case STATUS_OBJECT_NAME_NOT_FOUND:
    case STATUS_OBJECT_PATH_NOT_FOUND:
    case STATUS_OBJECT_NAME_INVALID:
    case STATUS_NO_SUCH_DEVICE:
      return new EpmError('EPM_FILE_NOT_FOUND', `${shown} does not exist.`, { data });
    case STATUS_SHARING_VIOLATION:
    case STATUS_OPLOCK_BREAK_IN_PROGRESS:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} is open for writing in another program.`, { data });
    case STATUS_DELETE_PENDING:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} is being deleted.`, { data });
    case STATUS_FILE_IS_A_DIRECTORY:
      return new EpmError('EPM_FILE_UNREADABLE', `"${displayText(path)}" is a folder.`, {
        hint: 'Give the program file in it.',
        data,
      });
    case STATUS_ACCESS_DENIED:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} cannot be read by the system account.`, {
        hint: 'Let SYSTEM read the file; what cannot be read is never elevated.',
        data,
      });
    default:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} cannot be opened (status ${data.status}).`, { data });
  }
}
