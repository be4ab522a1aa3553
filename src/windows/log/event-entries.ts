/** Entries of the agent in its event log. */
import type { EventEntries } from '../../agent/ports.ts';
import { isEpmError } from '../../model/errors.ts';
import type { EventSeverity } from '../../model/windows-events.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';
import { EVENT_SOURCE, isEventSourceRegistered } from './event-source.ts';

/** EVENTLOG_…_TYPE (winnt.h). */
const TYPES: Readonly<Record<EventSeverity, number>> = { error: 1, warning: 2, information: 4 };

export function createEventEntries(dlls: WindowsDlls): EventEntries {
  return {
    isAvailable() {
      // Wine says that it has written an entry, and has no log.
      if (dlls.native.epm_is_wine() === 1) return false;
      try {
        return isEventSourceRegistered(dlls.advapi32);
      } catch (error) {
        if (isEpmError(error)) return false;
        throw error;
      }
    },
    write: ({ id, severity }, insertions) => reportEvent(dlls, TYPES[severity], id, insertions),
  };
}

/** @throws EpmError EPM_WINDOWS_API */
function reportEvent(dlls: WindowsDlls, type: number, id: number, insertions: readonly string[]): void {
  const eventLog = dlls.eventLog();
  const handle = eventLog.RegisterEventSourceW(null, EVENT_SOURCE);
  if (handle === 0) throw windowsError('RegisterEventSourceW', dlls.kernel32.GetLastError());
  try {
    const written = eventLog.ReportEventW(handle, type, 0, id, null, insertions.length, 0, insertions, null);
    if (written === 0) throw windowsError('ReportEventW', dlls.kernel32.GetLastError());
  } finally {
    eventLog.DeregisterEventSource(handle);
  }
}
