/** Heads of the journal in the Windows event log. */
import type { AnchorLog } from '../../agent/ports.ts';
import { isEpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { parseEventRecords } from './event-records.ts';
import { EVENT_SOURCE, isEventSourceRegistered } from './event-source.ts';

const EVENTLOG_INFORMATION_TYPE = 4;
/** EVENTLOG_SEQUENTIAL_READ | EVENTLOG_BACKWARDS_READ. */
const NEWEST_FIRST = 0x1 | 0x8;
const HEAD_EVENT = 900;
/** Bytes; more than the longest entry ([MS-EVEN] 3.1.1.2: a string has at most 31,839 characters). */
const BUFFER = 512 * 1024;
/** Entries that are read, and bytes that are looked through for them. */
const MAX_ENTRIES = 200;
const MAX_BYTES = 16 * 1024 * 1024;

export function createAnchorLog(dlls: WindowsDlls): AnchorLog {
  const { native } = dlls;
  return {
    isAvailable() {
      // Wine says that it has written an entry, and has no log.
      if (native.epm_is_wine() === 1) return false;
      try {
        return isEventSourceRegistered(dlls.advapi32);
      } catch (error) {
        if (isEpmError(error)) return false;
        throw error;
      }
    },
    write(text) {
      const eventLog = dlls.eventLog();
      const handle = eventLog.RegisterEventSourceW(null, EVENT_SOURCE);
      if (handle === 0) throw windowsError('RegisterEventSourceW', dlls.kernel32.GetLastError());
      try {
        const written = eventLog.ReportEventW(
          handle,
          EVENTLOG_INFORMATION_TYPE,
          0,
          HEAD_EVENT,
          null,
          1,
          0,
          [text],
          null,
        );
        if (written === 0) throw windowsError('ReportEventW', dlls.kernel32.GetLastError());
      } finally {
        eventLog.DeregisterEventSource(handle);
      }
    },
    read: () => readEntries(dlls),
  };
}

function readEntries(dlls: WindowsDlls): readonly string[] {
  const eventLog = dlls.eventLog();
  const handle = eventLog.OpenEventLogW(null, EVENT_SOURCE);
  if (handle === 0) throw windowsError('OpenEventLogW', dlls.kernel32.GetLastError());
  const found: string[] = [];
  try {
    const buffer = new Uint8Array(BUFFER);
    for (let total = 0; total < MAX_BYTES && found.length < MAX_ENTRIES;) {
      const read: [number] = [0];
      if (eventLog.ReadEventLogW(handle, NEWEST_FIRST, 0, buffer, buffer.length, read, [0]) === 0) {
        const win32 = dlls.kernel32.GetLastError();
        if (win32 === WIN32.HANDLE_EOF) return found;
        throw windowsError('ReadEventLogW', win32);
      }
      if (read[0] === 0) return found;
      total += read[0];
      for (const { source, id, strings } of parseEventRecords(buffer.subarray(0, read[0]))) {
        const [text] = strings;
        if (source === EVENT_SOURCE && id === HEAD_EVENT && text !== undefined) found.push(text);
      }
    }
    return found;
  } finally {
    eventLog.CloseEventLog(handle);
  }
}
