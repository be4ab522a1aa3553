/** Heads of the journal in the event log, over recorded answers of Windows. */
import { beforeEach, expect, it } from 'vitest';
import type { EventLogDll } from '../../../src/windows/dll/event-log.ts';
import type { WindowsDlls } from '../../../src/windows/dll/load.ts';
import { createAnchorLog } from '../../../src/windows/log/anchor-log.ts';
import { eventRecord } from './event-record.ts';

const ERROR_ACCESS_DENIED = 5;
const ERROR_HANDLE_EOF = 38;

let isWine: boolean;
/** Answer of RegOpenKeyExW for the key of the source. */
let opened: number;
let error: number;
let handles: number;
let written: { readonly id: number; readonly strings: readonly string[] }[];
/** What each ReadEventLogW gives; then the end of the log. */
let pages: Buffer[];
let source: number;

beforeEach(() => {
  [isWine, opened, error, handles, written, pages, source] = [false, 0, 0, 0, [], [], 4];
});

const open = (): number => {
  if (source !== 0) handles += 1;
  return source;
};
const close = (): number => {
  handles -= 1;
  return 1;
};
const EVENT_LOG: EventLogDll = {
  RegisterEventSourceW: open,
  DeregisterEventSource: close,
  ReportEventW(_source, _type, _category, id, _user, count, _size, strings) {
    expect(strings).toHaveLength(count);
    written.push({ id, strings });
    return error === 0 ? 1 : 0;
  },
  OpenEventLogW: open,
  ReadEventLogW(_log, flags, _record, buffer, _length, read) {
    expect(flags).toBe(0x9);
    const page = pages.shift();
    if (page === undefined) return 0;
    page.copy(buffer);
    read[0] = page.length;
    return 1;
  },
  CloseEventLog: close,
};

function log() {
  return createAnchorLog({
    native: { epm_is_wine: () => (isWine ? 1 : 0) },
    advapi32: { RegOpenKeyExW: () => opened, RegCloseKey: () => 0 },
    kernel32: { GetLastError: () => (error === 0 ? ERROR_HANDLE_EOF : error) },
    eventLog: () => EVENT_LOG,
  } as unknown as WindowsDlls);
}

it('is there where its source is registered, and never in Wine, which only says that it has one', () => {
  expect(log().isAvailable()).toBe(true);
  opened = 2;
  expect(log().isAvailable()).toBe(false);
  opened = ERROR_ACCESS_DENIED;
  expect(log().isAvailable()).toBe(false);
  [opened, isWine] = [0, true];
  expect(log().isAvailable()).toBe(false);
});

it('takes an entry, and says when Windows does not', () => {
  log().write('{"records":1}');
  expect(written).toEqual([{ id: 900, strings: ['{"records":1}'] }]);
  error = ERROR_ACCESS_DENIED;
  expect(() => log().write('x')).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
  source = 0;
  expect(() => log().write('x')).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
  expect(handles).toBe(0);
});

it('gives its entries, newest first, and those of nobody else', () => {
  pages = [
    Buffer.concat([eventRecord('EPM Agent', 900, ['newest']), eventRecord('Other', 900, ['x'])]),
    Buffer.concat([eventRecord('EPM Agent', 7, ['y']), eventRecord('EPM Agent', 900, ['older'])]),
  ];
  expect(log().read()).toEqual(['newest', 'older']);
  expect(log().read()).toEqual([]);
  error = ERROR_ACCESS_DENIED;
  expect(() => log().read()).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
  expect(handles).toBe(0);
});
