import { describe, expect, it } from 'vitest';
import type { WindowsDlls } from '../../../src/windows/dll/load.ts';
import { createZoneOffset } from '../../../src/windows/machine/time-zone.ts';

/** Windows in a zone, as SYSTEMTIME goes in and out; what JavaScript knows of zones stands in for its tables. */
function windowsIn(zone: string, result = 1): Pick<WindowsDlls, 'kernel32'> {
  const parts = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const kernel32 = {
    GetLastError: () => 87,
    SystemTimeToTzSpecificLocalTime: (_zone: null, universal: Uint8Array, local: Uint8Array) => {
      const [year, month, , day, hour, minute] = new Uint16Array(universal.buffer);
      const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute));
      const of = Object.fromEntries(parts.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
      new Uint16Array(local.buffer).set([of['year'], of['month'], 0, of['day'], of['hour'], of['minute']] as number[]);
      return result;
    },
  };
  return { kernel32 } as unknown as Pick<WindowsDlls, 'kernel32'>;
}

describe('the time zone of the machine', () => {
  it.each([
    ['UTC', '2026-11-30T23:59:59.999Z', 0],
    ['Europe/Berlin', '2026-11-30T23:30:00Z', 60],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', 120],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 60],
    ['America/New_York', '2027-01-01T03:00:00Z', -300],
    ['Asia/Kathmandu', '2026-12-31T23:00:00Z', 345],
    ['Pacific/Kiritimati', '2026-02-28T12:00:00Z', 840],
  ])('%s is ahead of UTC at %s by %i minutes', (zone, time, minutes) => {
    expect(createZoneOffset(windowsIn(zone))(Date.parse(time))).toBe(minutes);
  });

  it('is an error where Windows does not say it, so that nothing is elevated by a rule with hours', () => {
    const offset = createZoneOffset(windowsIn('UTC', 0));
    expect(() => offset(0)).toThrowError(expect.objectContaining({ code: 'EPM_WINDOWS_API' }) as Error);
  });
});
