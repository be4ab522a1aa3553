/** What Windows says about an opened file. */
import { EpmError } from '../../model/errors.ts';
import type { FileId } from '../../model/file-facts.ts';
import type { Handle, Kernel32 } from '../dll/kernel32.ts';
import { scratch } from '../dll/scratch.ts';
import { textFromUtf16, textUpToNul } from '../dll/text.ts';
import { windowsError } from '../dll/win32-error.ts';

/** FILE_INFO_BY_HANDLE_CLASS, minwinbase.h. */
const FILE_BASIC_INFO = 0;
const FILE_STANDARD_INFO = 1;
const FILE_ATTRIBUTE_TAG_INFO = 9;
const FILE_REMOTE_PROTOCOL_INFO = 13;
const FILE_ID_INFO = 18;
const FILE_ATTRIBUTE_REPARSE_POINT = 0x400;
/** Bit of a reparse tag, ntifs.h IsReparseTagNameSurrogate. */
const REPARSE_NAME_SURROGATE = 0x2000_0000;
/** IO_REPARSE_TAG_CLOUD of ntifs.h; its four bits 0xf000 tell versions apart. */
const REPARSE_CLOUD = 0x9000_001a;
const REPARSE_CLOUD_VERSION = 0xf000;
/** FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_RECALL_ON_OPEN | FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS. */
const RECALLED = 0x1000 | 0x4_0000 | 0x40_0000;
const FILE_TYPE_DISK = 1;
/** Kind of name for GetFinalPathNameByHandleW. */
const VOLUME_NAME_GUID = 1;
const VOLUME_NAME = /^\\\\\?\\Volume\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}\\/i;
/** fileapi.h, GetDriveTypeW. */
const DRIVE_FIXED = 3;
/** winioctl.h: CTL_CODE(FILE_DEVICE_FILE_SYSTEM, 42, METHOD_BUFFERED, FILE_ANY_ACCESS). */
const FSCTL_GET_REPARSE_POINT = 0x0009_00a8;
/** Bytes, MAXIMUM_REPARSE_DATA_BUFFER_SIZE of ntifs.h. */
const MAX_REPARSE_DATA = 0x4000;
/** winioctl.h: CTL_CODE(FILE_DEVICE_FILE_SYSTEM, 58, METHOD_NEITHER, FILE_ANY_ACCESS). */
const FSCTL_READ_FILE_USN_DATA = 0x0009_00eb;
/** Offsets of `Usn` behind two file references of 8 (version 2) or 16 bytes (version 3). */
const USN_OFFSET_V2 = 24;
const USN_OFFSET_V3 = 40;
/** The fixed part of a record and the longest file name. */
const MAX_USN_RECORD = 80 + 255 * 2;

export function isDiskFile(kernel32: Kernel32, handle: Handle): boolean {
  return kernel32.GetFileType(handle) === FILE_TYPE_DISK;
}

/** The redirector of a network file system answers this query; local file systems refuse it. */
export function isRemote(kernel32: Kernel32, handle: Handle): boolean {
  return kernel32.GetFileInformationByHandleEx(handle, FILE_REMOTE_PROTOCOL_INFO, new Uint8Array(116), 116) !== 0;
}

/** The file is itself a link, mount point, cloud file or the like. */
export function isReparsePoint(kernel32: Kernel32, handle: Handle): boolean {
  return reparseTag(kernel32, handle) !== undefined;
}

/** It is a junction, mount point, symbolic link or the like: a reparse point that leads to another name. */
export function isLink(kernel32: Kernel32, handle: Handle): boolean {
  return ((reparseTag(kernel32, handle) ?? 0) & REPARSE_NAME_SURROGATE) !== 0;
}

/**
 * The content comes, or may come, from somewhere else when it is read: a placeholder of a cloud folder, also one whose
 * content is here, or a file that storage management moved away. The agent's process sees placeholders as they are, see
 * native/src/hardening.cpp.
 */
export function isPlaceholder(kernel32: Kernel32, handle: Handle): boolean {
  const { attributes, tag } = attributesAndTag(kernel32, handle);
  return (attributes & RECALLED) !== 0 || ((tag ?? 0) & ~REPARSE_CLOUD_VERSION) >>> 0 === REPARSE_CLOUD;
}

/** The data of a reparse point, REPARSE_DATA_BUFFER of ntifs.h. */
export function reparseData(kernel32: Kernel32, handle: Handle): Uint8Array {
  const data = new Uint8Array(MAX_REPARSE_DATA);
  const returned: [number] = [0];
  if (kernel32.DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, null, 0, data, data.length, returned, null) === 0) {
    throw windowsError('DeviceIoControl', kernel32.GetLastError(), 'EPM_FILE_UNREADABLE');
  }
  return data.subarray(0, returned[0]);
}

/** @param volume `C:` or `Volume{…}` */
export function isFixedVolume(kernel32: Kernel32, volume: string): boolean {
  const root = volume.length === 2 ? `${volume}\\` : `\\\\?\\${volume}\\`;
  return kernel32.GetDriveTypeW(root) === DRIVE_FIXED;
}

function reparseTag(kernel32: Kernel32, handle: Handle): number | undefined {
  return attributesAndTag(kernel32, handle).tag;
}

/** FILE_ATTRIBUTE_TAG_INFO; the tag of a reparse point only. */
function attributesAndTag(kernel32: Kernel32, handle: Handle): { readonly attributes: number; readonly tag?: number } {
  const view = information(kernel32, handle, FILE_ATTRIBUTE_TAG_INFO, 8);
  const attributes = view.getUint32(0, true);
  return (attributes & FILE_ATTRIBUTE_REPARSE_POINT) === 0
    ? { attributes }
    : { attributes, tag: view.getUint32(4, true) };
}

interface StandardFacts {
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

/**
 * The name of the volume and, of FILE_ID_INFO, the 128-bit identifier of the file. The serial number that the structure
 * has too is what the file system says of itself, and two disks can say the same.
 */
export function fileId(kernel32: Kernel32, handle: Handle): FileId {
  const view = information(kernel32, handle, FILE_ID_INFO, 24);
  return { volume: volumeId(kernel32, handle), file: Buffer.from(view.buffer, 8, 16).toString('hex') };
}

/** @throws EpmError EPM_FILE_PLACE_REFUSED when the mount manager does not know the volume */
export function volumeId(kernel32: Kernel32, handle: Handle): string {
  const id = VOLUME_NAME.exec(finalPath(kernel32, handle, VOLUME_NAME_GUID))?.[1];
  if (id === undefined) {
    throw new EpmError('EPM_FILE_PLACE_REFUSED', 'The file is not elevated: Windows has no name for its volume.');
  }
  return id.toLowerCase();
}

/**
 * FILE_BASIC_INFO.ChangeTime: hundreds of nanoseconds since 1601 at the last change of content or attributes. Unlike
 * the time of the last write no tool shows or sets it, but whoever may write the file's attributes can.
 */
export function changeTime(kernel32: Kernel32, handle: Handle): bigint {
  return information(kernel32, handle, FILE_BASIC_INFO, 40).getBigInt64(24, true);
}

/**
 * Number of the last entry that the change journal of the volume has for the file: nobody can put it back. It is read
 * from the USN_RECORD_V2 or, on ReFS, USN_RECORD_V3 that FSCTL_READ_FILE_USN_DATA gives.
 * @returns undefined when the volume keeps no journal, or none since the file last changed
 */
export function updateSequenceNumber(kernel32: Kernel32, handle: Handle): bigint | undefined {
  // READ_FILE_USN_DATA: lowest and highest version of the record that is understood.
  const versions = new Uint8Array(Uint16Array.of(2, 3).buffer);
  const record = new Uint8Array(MAX_USN_RECORD);
  const returned: [number] = [0];
  const answered = kernel32.DeviceIoControl(
    handle,
    FSCTL_READ_FILE_USN_DATA,
    versions,
    versions.length,
    record,
    record.length,
    returned,
    null,
  );
  if (answered === 0 || returned[0] < USN_OFFSET_V3 + 8) return undefined;
  const view = new DataView(record.buffer);
  const usn = view.getBigInt64(view.getUint16(4, true) === 2 ? USN_OFFSET_V2 : USN_OFFSET_V3, true);
  return usn > 0n ? usn : undefined;
}

/** Name of the file system, for example `NTFS`. */
export function fileSystemName(kernel32: Kernel32, handle: Handle): string {
  const name = new Uint8Array(64);
  if (kernel32.GetVolumeInformationByHandleW(handle, null, 0, null, null, null, name, name.length / 2) === 0) {
    throw windowsError('GetVolumeInformationByHandleW', kernel32.GetLastError(), 'EPM_FILE_UNREADABLE');
  }
  return textUpToNul(name);
}

/** Normalised path with drive letter as Windows gives it, `\\?\C:\…`, or with another kind of name of the volume. */
export function finalPath(kernel32: Kernel32, handle: Handle, volumeName = 0): string {
  // The longest path the object manager takes, and its NUL.
  const buffer = scratch(0x10000);
  const length = kernel32.GetFinalPathNameByHandleW(handle, buffer, buffer.length / 2, volumeName);
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
