/** What Windows says about an opened file. */
import type { FileId } from '../../model/file-facts.ts';
import type { Handle, Kernel32 } from '../dll/kernel32.ts';
import { textFromUtf16, textUpToNul } from '../dll/text.ts';
import { windowsError } from '../dll/win32-error.ts';

/** FILE_INFO_BY_HANDLE_CLASS, minwinbase.h. */
const FILE_STANDARD_INFO = 1;
const FILE_ATTRIBUTE_TAG_INFO = 9;
const FILE_REMOTE_PROTOCOL_INFO = 13;
const FILE_ID_INFO = 18;
const FILE_ATTRIBUTE_REPARSE_POINT = 0x400;
const FILE_TYPE_DISK = 1;

export function isDiskFile(kernel32: Kernel32, handle: Handle): boolean {
  return kernel32.GetFileType(handle) === FILE_TYPE_DISK;
}

/** The redirector of a network file system answers this query; local file systems refuse it. */
export function isRemote(kernel32: Kernel32, handle: Handle): boolean {
  return kernel32.GetFileInformationByHandleEx(handle, FILE_REMOTE_PROTOCOL_INFO, new Uint8Array(116), 116) !== 0;
}

/** The file is itself a link, mount point, cloud file or the like. */
export function isReparsePoint(kernel32: Kernel32, handle: Handle): boolean {
  return (
    (information(kernel32, handle, FILE_ATTRIBUTE_TAG_INFO, 8).getUint32(0, true) & FILE_ATTRIBUTE_REPARSE_POINT) !== 0
  );
}

export interface StandardFacts {
  /** Bytes. */
  readonly size: number;
  readonly links: number;
  readonly deletePending: boolean;
}

/** FILE_STANDARD_INFO: AllocationSize, EndOfFile, NumberOfLinks, DeletePending, Directory. */
export function standardFacts(kernel32: Kernel32, handle: Handle): StandardFacts {
  const view = information(kernel32, handle, FILE_STANDARD_INFO, 24);
  return {
    size: Number(view.getBigInt64(8, true)),
    links: view.getUint32(16, true),
    deletePending: view.getUint8(20) !== 0,
  };
}

/** FILE_ID_INFO: volume serial number and 128-bit identifier. */
export function fileId(kernel32: Kernel32, handle: Handle): FileId {
  const view = information(kernel32, handle, FILE_ID_INFO, 24);
  return {
    volume: view.getBigUint64(0, true).toString(16).padStart(16, '0'),
    file: Buffer.from(view.buffer, 8, 16).toString('hex'),
  };
}

/** Name of the file system, for example `NTFS`. */
export function fileSystemName(kernel32: Kernel32, handle: Handle): string {
  const name = new Uint8Array(64);
  if (kernel32.GetVolumeInformationByHandleW(handle, null, 0, null, null, null, name, name.length / 2) === 0) {
    throw windowsError('GetVolumeInformationByHandleW', kernel32.GetLastError(), 'EPM_FILE_UNREADABLE');
  }
  return textUpToNul(name);
}

/** Normalised path with drive letter as Windows gives it, `\\?\C:\…`. */
export function finalPath(kernel32: Kernel32, handle: Handle): string {
  // The longest path the object manager takes, and its NUL.
  const buffer = new Uint8Array(0x10000);
  const length = kernel32.GetFinalPathNameByHandleW(handle, buffer, buffer.length / 2, 0);
  if (length === 0 || length >= buffer.length / 2)
    throw windowsError('GetFinalPathNameByHandleW', kernel32.GetLastError(), 'EPM_FILE_UNREADABLE');
  return textFromUtf16(buffer, length);
}

function information(kernel32: Kernel32, handle: Handle, kind: number, length: number): DataView {
  const buffer = new Uint8Array(length);
  if (kernel32.GetFileInformationByHandleEx(handle, kind, buffer, length) === 0) {
    throw windowsError('GetFileInformationByHandleEx', kernel32.GetLastError(), 'EPM_FILE_UNREADABLE');
  }
  return new DataView(buffer.buffer);
}
