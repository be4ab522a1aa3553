/**
 * The volume of an opened file: its name in the mount manager, which Windows gives it and no file system can claim, and
 * the disks that it lies on.
 */
import { type Handle, INVALID_HANDLE, type Kernel32 } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';
import type { DiskFacts, VolumeDisks } from './disks.ts';
import { volumeId } from './handle-facts.ts';

/** winioctl.h and ntddstor.h; each may be asked through a handle without any access. */
const IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS = 0x0056_0000;
const IOCTL_STORAGE_QUERY_PROPERTY = 0x002d_1400;
const IOCTL_STORAGE_GET_HOTPLUG_INFO = 0x002d_0c14;
/** VOLUME_DISK_EXTENTS: a count, then a DISK_EXTENT of 24 bytes for each. */
const EXTENTS_OFFSET = 8;
const EXTENT_SIZE = 24;
const MAX_EXTENTS = 256;
/** STORAGE_DEVICE_DESCRIPTOR: RemovableMedia, BusType, and the end of the latter. */
const REMOVABLE_OFFSET = 10;
const BUS_OFFSET = 28;
const DESCRIPTOR_SIZE = 32;
const MAX_DESCRIPTOR = 4096;
/** STORAGE_PROPERTY_QUERY for StorageDeviceProperty and PropertyStandardQuery, both 0. */
const QUERY_SIZE = 12;
/** STORAGE_HOTPLUG_INFO: Size, MediaRemovable, MediaHotplug, DeviceHotplug, WriteCacheEnableOverride. */
const HOTPLUG_SIZE = 8;
/** FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE. */
const SHARE_ALL = 7;
const OPEN_EXISTING = 3;
/** Lets a folder be opened. */
const FILE_FLAG_BACKUP_SEMANTICS = 0x0200_0000;

/**
 * GUID of the volume that Windows runs from.
 * @throws EpmError EPM_WINDOWS_API
 */
export function systemVolume({ kernel32, systemFolder }: Pick<WindowsDlls, 'kernel32' | 'systemFolder'>): string {
  const id = withDevice(kernel32, systemFolder, (folder) => volumeId(kernel32, folder), FILE_FLAG_BACKUP_SEMANTICS);
  if (id === undefined) throw windowsError('CreateFileW', kernel32.GetLastError());
  return id;
}

/** @param volume GUID of the volume, as the mount manager knows it */
export function disksOf(kernel32: Kernel32, volume: string): VolumeDisks {
  return (
    withDevice(kernel32, `\\\\?\\Volume{${volume}}`, (device) => ({
      itself: diskFacts(kernel32, device),
      disks: diskNumbers(kernel32, device)?.map((number) =>
        withDevice(kernel32, `\\\\.\\PhysicalDrive${number}`, (disk) => diskFacts(kernel32, disk)),
      ),
    })) ?? { itself: undefined, disks: undefined }
  );
}

/** Opened without any access: only its nature is asked. */
function withDevice<T>(kernel32: Kernel32, name: string, use: (device: Handle) => T, flags = 0): T | undefined {
  const device = kernel32.CreateFileW(name, 0, SHARE_ALL, null, OPEN_EXISTING, flags, 0);
  if (device === INVALID_HANDLE) return undefined;
  try {
    return use(device);
  } finally {
    kernel32.CloseHandle(device);
  }
}

function diskNumbers(kernel32: Kernel32, volume: Handle): readonly number[] | undefined {
  const view = ask(
    kernel32,
    volume,
    IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS,
    null,
    EXTENTS_OFFSET + MAX_EXTENTS * EXTENT_SIZE,
  );
  if (view === undefined || view.byteLength < EXTENTS_OFFSET) return undefined;
  const count = view.getUint32(0, true);
  if (view.byteLength < EXTENTS_OFFSET + count * EXTENT_SIZE) return undefined;
  const numbers = Array.from({ length: count }, (_, at) => view.getUint32(EXTENTS_OFFSET + at * EXTENT_SIZE, true));
  return [...new Set(numbers)];
}

function diskFacts(kernel32: Kernel32, device: Handle): DiskFacts | undefined {
  const query = new Uint8Array(QUERY_SIZE);
  const descriptor = ask(kernel32, device, IOCTL_STORAGE_QUERY_PROPERTY, query, MAX_DESCRIPTOR);
  const hotplug = ask(kernel32, device, IOCTL_STORAGE_GET_HOTPLUG_INFO, null, HOTPLUG_SIZE);
  if (descriptor === undefined || descriptor.byteLength < DESCRIPTOR_SIZE) return undefined;
  if (hotplug === undefined || hotplug.byteLength < HOTPLUG_SIZE) return undefined;
  return {
    bus: descriptor.getUint32(BUS_OFFSET, true),
    removableMedia: descriptor.getUint8(REMOVABLE_OFFSET) !== 0 || hotplug.getUint8(4) !== 0,
    hotplug: hotplug.getUint8(5) !== 0 || hotplug.getUint8(6) !== 0,
  };
}

/** What a device answers to one control code; undefined: it does not know it. */
function ask(
  kernel32: Kernel32,
  device: Handle,
  code: number,
  input: Uint8Array | null,
  capacity: number,
): DataView | undefined {
  const output = new Uint8Array(capacity);
  const returned: [number] = [0];
  const answered = kernel32.DeviceIoControl(
    device,
    code,
    input,
    input?.length ?? 0,
    output,
    output.length,
    returned,
    null,
  );
  return answered === 0 ? undefined : new DataView(output.buffer, 0, Math.min(returned[0], capacity));
}
