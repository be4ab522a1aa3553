/**
 * The agent's log among those of Windows. It is a log of its own, because everybody who is signed in may write to
 * "Application", under any name.
 */
import { readKey, writeKey } from '../registry/key.ts';
import { setValue } from '../registry/write.ts';
import type { Advapi32 } from '../dll/advapi32.ts';

const EVENT_LOG = 'EPM';
export const EVENT_SOURCE = 'EPM Agent';
const LOG_KEY = `SYSTEM\\CurrentControlSet\\Services\\EventLog\\${EVENT_LOG}`;
const SOURCE_KEY = `${LOG_KEY}\\${EVENT_SOURCE}`;
/**
 * The system and administrators read, write and clear (1, 2, 4); Event Log Readers read. "CustomSD", Microsoft Learn,
 * "Eventlog Key".
 */
const SECURITY = 'O:BAG:SYD:(A;;0x7;;;SY)(A;;0x7;;;BA)(A;;0x1;;;S-1-5-32-573)';
/** Bytes; when it is full the oldest entries go. */
const SIZE = 4 * 1024 * 1024;
/** EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE. */
const TYPES = 7;
/** Its message table has one message "%1" for each number from 1 to 1000. */
const MESSAGES = '%SystemRoot%\\System32\\EventCreate.exe';

/** @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API */
export function registerEventSource(advapi32: Advapi32): void {
  writeKey(advapi32, 'HKLM', LOG_KEY, (key) => {
    setValue(advapi32, 'HKLM', LOG_KEY, key, { name: 'CustomSD', type: 'REG_SZ', data: SECURITY });
    setValue(advapi32, 'HKLM', LOG_KEY, key, { name: 'MaxSize', type: 'REG_DWORD', data: SIZE });
    setValue(advapi32, 'HKLM', LOG_KEY, key, { name: 'Retention', type: 'REG_DWORD', data: 0 });
  });
  writeKey(advapi32, 'HKLM', SOURCE_KEY, (key) => {
    setValue(advapi32, 'HKLM', SOURCE_KEY, key, { name: 'EventMessageFile', type: 'REG_EXPAND_SZ', data: MESSAGES });
    setValue(advapi32, 'HKLM', SOURCE_KEY, key, { name: 'TypesSupported', type: 'REG_DWORD', data: TYPES });
  });
}

/** @throws EpmError EPM_WINDOWS_API */
export function isEventSourceRegistered(advapi32: Advapi32): boolean {
  return readKey(advapi32, 'HKLM', SOURCE_KEY, () => true) === true;
}
