/** What lies in an open folder. */
import { EpmError } from '../../model/errors.ts';
import type { Handle, Kernel32 } from '../dll/kernel32.ts';
import { textFromUtf16 } from '../dll/text.ts';

/** FILE_INFO_BY_HANDLE_CLASS, minwinbase.h: FileIdBothDirectoryInfo, and the same from the beginning. */
const NEXT = 10;
const FIRST = 11;
/** Offsets in FILE_ID_BOTH_DIR_INFO, winbase.h. */
const LAST_WRITE = 24;
const END_OF_FILE = 40;
const ATTRIBUTES = 56;
const NAME_LENGTH = 60;
const NAME = 104;
const BUFFER = 64 * 1024;
const ERROR_NO_MORE_FILES = 18;
const FILE_ATTRIBUTE_DIRECTORY = 0x10;
const FILE_ATTRIBUTE_REPARSE_POINT = 0x400;

export interface FolderEntry {
  /** One name, as the file system has it. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly isReparsePoint: boolean;
  /** Bytes. */
  readonly size: number;
  /** Hundreds of nanoseconds since 1601. */
  readonly lastWrite: bigint;
}

/**
 * @param folder opened with FILE_LIST_DIRECTORY
 * @param most entries; once there are more, the list ends with the one beyond
 * @throws EpmError EPM_FILE_UNREADABLE
 */
export function listFolder(kernel32: Kernel32, folder: Handle, most: number): readonly FolderEntry[] {
  const entries: FolderEntry[] = [];
  const buffer = new Uint8Array(BUFFER);
  for (let kind = FIRST; entries.length <= most; kind = NEXT) {
    if (kernel32.GetFileInformationByHandleEx(folder, kind, buffer, buffer.length) === 0) {
      const win32 = kernel32.GetLastError();
      if (win32 === ERROR_NO_MORE_FILES) return entries;
      throw new EpmError('EPM_FILE_UNREADABLE', 'A folder cannot be listed.', { data: { win32 } });
    }
    entries.push(...entriesOf(buffer));
  }
  return entries.slice(0, most + 1);
}

function entriesOf(buffer: Uint8Array): readonly FolderEntry[] {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const entries: FolderEntry[] = [];
  for (let at = 0; ;) {
    const next = view.getUint32(at, true);
    const attributes = view.getUint32(at + ATTRIBUTES, true);
    const name = textFromUtf16(buffer.subarray(at + NAME), view.getUint32(at + NAME_LENGTH, true) / 2);
    // Wine lists the streams of a file as files of their own.
    if (name !== '.' && name !== '..' && !name.includes(':')) {
      entries.push({
        name,
        isFolder: (attributes & FILE_ATTRIBUTE_DIRECTORY) !== 0,
        isReparsePoint: (attributes & FILE_ATTRIBUTE_REPARSE_POINT) !== 0,
        size: Number(view.getBigInt64(at + END_OF_FILE, true)),
        lastWrite: view.getBigInt64(at + LAST_WRITE, true),
      });
    }
    if (next === 0) return entries;
    at += next;
  }
}
