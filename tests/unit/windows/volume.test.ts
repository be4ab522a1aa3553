import { describe, expect, it } from 'vitest';
import type { Kernel32 } from '../../../src/windows/dll/kernel32.ts';
import { fileId, isPlaceholder } from '../../../src/windows/files/handle-facts.ts';
import { disksOf } from '../../../src/windows/files/volume.ts';

const OWN = '11111111-2222-3333-4444-555555555555';
const FOREIGN = 'AAAAAAAA-2222-3333-4444-555555555555';
const EXTENTS = 0x560000;
const PROPERTY = 0x2d1400;
const HOTPLUG = 0x2d0c14;

/** A kernel32 that answers for one handle. */
function kernel(parts: Partial<Kernel32>): Kernel32 {
  return { GetLastError: () => 87, CloseHandle: () => 1, ...parts } as Partial<Kernel32> as Kernel32;
}

function finalPathOf(path: string): Pick<Kernel32, 'GetFinalPathNameByHandleW'> {
  return {
    GetFinalPathNameByHandleW(_handle, buffer, _characters, flags) {
      expect(flags).toBe(1);
      Buffer.from(path, 'utf16le').copy(buffer);
      return path.length;
    },
  };
}

/** FILE_ID_INFO with the serial number and file identifier of every disk that was cloned. */
const clonedId: Pick<Kernel32, 'GetFileInformationByHandleEx'> = {
  GetFileInformationByHandleEx(_handle, _kind, buffer) {
    buffer.fill(0xab);
    return 1;
  },
};

describe('AC-14 the identity of a file', () => {
  const idOf = (path: string) => fileId(kernel({ ...clonedId, ...finalPathOf(path) }), 4);

  it('tells two disks apart that give the same serial number and file identifier', () => {
    const own = idOf(`\\\\?\\Volume{${OWN}}\\Tools\\a.exe`);
    const foreign = idOf(`\\\\?\\Volume{${FOREIGN}}\\Tools\\a.exe`);
    expect(own).toEqual({ volume: OWN, file: 'ab'.repeat(16) });
    expect(foreign).toEqual({ volume: FOREIGN.toLowerCase(), file: own.file });
  });

  it.each(['\\\\?\\C:\\Tools\\a.exe', `\\\\?\\GLOBALROOT\\Volume{${OWN}}\\a.exe`, `\\\\?\\Volume{${OWN}`])(
    'is none for a volume without a name: %s',
    (path) => {
      expect(() => idOf(path)).toThrow(expect.objectContaining({ code: 'EPM_FILE_PLACE_REFUSED' }));
    },
  );
});

describe('AC-22 a file whose content is elsewhere', () => {
  it.each([
    ['an ordinary file', 0x20, 0, false],
    ['a compressed system file', 0x820, 0, false],
    ['a junction', 0x400, 0xa0000003, false],
    ['a cloud placeholder with its content', 0x420, 0x9000001a, true],
    ['a cloud placeholder of OneDrive', 0x420, 0x9000601a, true],
    ['recalled when read', 0x400020, 0, true],
    ['recalled when opened', 0x40020, 0, true],
    ['moved to an archive', 0x1020, 0, true],
  ])('%s', (_name, attributes, tag, expected) => {
    const answers = kernel({
      GetFileInformationByHandleEx(_handle, kind, buffer) {
        expect(kind).toBe(9);
        new DataView(buffer.buffer).setUint32(0, attributes, true);
        new DataView(buffer.buffer).setUint32(4, tag, true);
        return 1;
      },
    });
    expect(isPlaceholder(answers, 4)).toBe(expected);
  });
});

interface Device {
  readonly bus?: number;
  readonly hotplug?: readonly number[];
  readonly extents?: readonly number[];
}

/** Devices by the names they are opened with; what a device lacks it does not answer. */
function machineWith(devices: Readonly<Record<string, Device>>): Kernel32 {
  const names = Object.keys(devices);
  return kernel({
    CreateFileW(name, access) {
      expect(access).toBe(0);
      return names.indexOf(name) === -1 ? -1 : names.indexOf(name) + 100;
    },
    DeviceIoControl(handle, code, _input, _length, output, _capacity, returned) {
      const { bus, hotplug, extents } = devices[names[handle - 100] ?? ''] ?? {};
      const view = new DataView(output.buffer);
      if (code === EXTENTS && extents !== undefined) {
        view.setUint32(0, extents.length, true);
        extents.forEach((disk, at) => view.setUint32(8 + at * 24, disk, true));
        returned[0] = 8 + extents.length * 24;
        return 1;
      }
      if (code === PROPERTY && bus !== undefined) {
        view.setUint32(28, bus, true);
        returned[0] = 40;
        return 1;
      }
      if (code === HOTPLUG && hotplug !== undefined) {
        output.set([8, 0, 0, 0, ...hotplug, 0]);
        returned[0] = 8;
        return 1;
      }
      return 0;
    },
  });
}

describe('the disks of a volume', () => {
  const VOLUME = `\\\\?\\Volume{${OWN}}`;
  const QUIET = [0, 0, 0];

  it('are asked of the volume and of every disk that it lies on, once', () => {
    const machine = machineWith({
      [VOLUME]: { extents: [0, 2, 0] },
      '\\\\.\\PhysicalDrive0': { bus: 0x11, hotplug: QUIET },
      '\\\\.\\PhysicalDrive2': { bus: 7, hotplug: [0, 0, 1] },
    });
    expect(disksOf(machine, OWN)).toEqual({
      itself: undefined,
      disks: [
        { bus: 0x11, removableMedia: false, hotplug: false },
        { bus: 7, removableMedia: false, hotplug: true },
      ],
    });
  });

  it('are not known where one answer is missing', () => {
    expect(disksOf(machineWith({}), OWN)).toEqual({ itself: undefined, disks: undefined });
    expect(disksOf(machineWith({ [VOLUME]: { bus: 0x11, hotplug: QUIET } }), OWN)).toMatchObject({ disks: undefined });
    const silent = machineWith({ [VOLUME]: { extents: [0] }, '\\\\.\\PhysicalDrive0': { bus: 0x11 } });
    expect(disksOf(silent, OWN)).toEqual({ itself: undefined, disks: [undefined] });
  });
});
