/** The time zone of the machine. What JavaScript says of it is what it was when the process began. */
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';

/** SYSTEMTIME: year, month, day of the week, day, hour, minute, second, millisecond, two bytes each. */
const SIZE = 16;

/**
 * @returns minutes by which the clock of the machine is ahead of UTC at a time in milliseconds since 1970
 * @throws EpmError EPM_WINDOWS_API from what is returned
 */
export function createZoneOffset({ kernel32 }: Pick<WindowsDlls, 'kernel32'>): (time: number) => number {
  return (time) => {
    const universal = new Uint8Array(SIZE);
    const local = new Uint8Array(SIZE);
    const date = new Date(time);
    const fields = [
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDay(),
      date.getUTCDate(),
      date.getUTCHours(),
      date.getUTCMinutes(),
    ];
    const written = new DataView(universal.buffer);
    fields.forEach((value, index) => {
      written.setUint16(index * 2, value, true);
    });
    if (kernel32.SystemTimeToTzSpecificLocalTime(null, universal, local) === 0) {
      throw windowsError('SystemTimeToTzSpecificLocalTime', kernel32.GetLastError());
    }
    const read = new DataView(local.buffer);
    const [year = 0, month = 0, , day = 0, hour = 0, minute = 0] = fields.map((_, index) =>
      read.getUint16(index * 2, true),
    );
    return (Date.UTC(year, month - 1, day, hour, minute) - Math.floor(time / 60_000) * 60_000) / 60_000;
  };
}
