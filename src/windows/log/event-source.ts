/**
 * The agent's log among those of Windows. It is a log of its own, because everybody who is signed in may write to
 * "Application", under any name.
 */
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { readKey, writeKey } from '../registry/key.ts';
import { removeTree, setValue } from '../registry/write.ts';
import { keyProtectionFault, protectKey } from '../security/protect.ts';
import { KEY_PROTECTION } from '../service/service-plan.ts';

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
const SIZE = 16 * 1024 * 1024;
/** EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE. */
const TYPES = 7;
/** Values of the two keys. */
const LOG_VALUES: readonly RegistryValue[] = [
  { name: 'CustomSD', type: 'REG_SZ', data: SECURITY },
  { name: 'MaxSize', type: 'REG_DWORD', data: SIZE },
  { name: 'Retention', type: 'REG_DWORD', data: 0 },
];

/** @param messages absolute path of the file that has the texts of the events */
function sourceValues(messages: string): readonly RegistryValue[] {
  return [
    { name: 'EventMessageFile', type: 'REG_EXPAND_SZ', data: messages },
    { name: 'TypesSupported', type: 'REG_DWORD', data: TYPES },
  ];
}

/**
 * Registers the log and its source, or gives them their values again.
 * @param messages absolute path of the file that has the texts of the events
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED
 */
export function registerEventSource(dlls: Pick<WindowsDlls, 'advapi32' | 'kernel32'>, messages: string): void {
  const { advapi32 } = dlls;
  const write = (name: string, values: readonly RegistryValue[]): void =>
    writeKey(advapi32, 'HKLM', name, (key) => {
      for (const value of values) setValue(advapi32, 'HKLM', name, key, value);
    });
  write(LOG_KEY, LOG_VALUES);
  write(SOURCE_KEY, sourceValues(messages));
  write(LAUNCHER_KEY, sourceValues(messages));
  protectKey(dlls, LOG_KEY, KEY_PROTECTION);
  protectKey(dlls, SOURCE_KEY, KEY_PROTECTION);
}

/** The source of the launcher, which runs as people do. */
const LAUNCHER_KEY = 'SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\EPM Launcher';

/** What of the registration is not as it must be; undefined: nothing. @throws EpmError EPM_WINDOWS_API */
export function eventSourceFault(dlls: Pick<WindowsDlls, 'advapi32'>, messages: string): string | undefined {
  for (const [name, values] of [
    [LOG_KEY, LOG_VALUES],
    [SOURCE_KEY, sourceValues(messages)],
    [LAUNCHER_KEY, sourceValues(messages)],
  ] as const) {
    const found = readKey(dlls.advapi32, 'HKLM', name, (key) => values.map((value) => key.value(value.name)));
    if (found === undefined) return 'it is not registered';
    const wrong = values.find((value, index) => {
      const other = found[index];
      return other?.type !== value.type || String(other.data) !== String(value.data);
    });
    if (wrong !== undefined) return `its value ${wrong.name} is another one`;
    // Windows guards what lies below "Application".
    const fault = name === LAUNCHER_KEY ? undefined : keyProtectionFault(dlls, name, KEY_PROTECTION);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Removes the sources and the log from the registry. @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API */
export function removeEventSource(advapi32: Advapi32): void {
  removeTree(advapi32, 'HKLM', LOG_KEY);
  removeTree(advapi32, 'HKLM', LAUNCHER_KEY);
}

/** @throws EpmError EPM_WINDOWS_API */
export function isEventSourceRegistered(advapi32: Advapi32): boolean {
  return readKey(advapi32, 'HKLM', SOURCE_KEY, () => true) === true;
}
