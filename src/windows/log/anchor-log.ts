/** Heads of the journal in the Windows event log. */
import type { AnchorLog } from '../../agent/ports.ts';
import { HEAD_EVENT } from '../../model/windows-events.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { createEventEntries } from './event-entries.ts';
import { parseEventRecords } from './event-records.ts';
import { EVENT_SOURCE } from './event-source.ts';

/** EVENTLOG_SEQUENTIAL_READ | EVENTLOG_BACKWARDS_READ. */
const NEWEST_FIRST = 0x1 | 0x8;
/** Bytes; more than the longest entry ([MS-EVEN] 3.1.1.2: a string has at most 31,839 characters). */
const BUFFER = 512 * 1024;
/** Entries that are read, and bytes that are looked through for them. */
const MAX_ENTRIES = 200;
const MAX_BYTES = 16 * 1024 * 1024;

export function createAnchorLog(dlls: WindowsDlls): AnchorLog {
  const entries = createEventEntries(dlls);
  return {
    isAvailable: () => entries.isAvailable(),
    write: (text) => entries.write(HEAD_EVENT, [text]),
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
        if (source === EVENT_SOURCE && id === HEAD_EVENT.id && text !== undefined) found.push(text);
      }
    }
    return found;
  } finally {
    eventLog.CloseEventLog(handle);
  }
}
