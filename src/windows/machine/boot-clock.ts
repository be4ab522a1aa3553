/** The machine's time since it was started, and which start that was. */
import { randomUUID } from 'node:crypto';
import { uptime } from 'node:os';
import type { BootClock } from '../../agent/ports.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey, writeKey } from '../registry/key.ts';
import { setValue } from '../registry/write.ts';

/** A volatile key (REG_OPTION_VOLATILE) is gone with the next start, and only administrators may make one here. */
const KEY = 'Software\\EPM Boot Session';
const VALUE = 'Id';

/** @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR */
export function createBootClock(advapi32: Advapi32): BootClock {
  const known = readKey(advapi32, 'HKLM', KEY, (key) => key.value(VALUE));
  // libuv answers with GetTickCount64, which counts sleep and hibernation in.
  const clock = { uptime: () => uptime() * 1000 };
  if (known?.type === 'REG_SZ' && known.data !== '') return { ...clock, session: known.data };
  const session = randomUUID();
  writeKey(
    advapi32,
    'HKLM',
    KEY,
    (handle) => setValue(advapi32, 'HKLM', KEY, handle, { name: VALUE, type: 'REG_SZ', data: session }),
    'untilRestart',
  );
  return { ...clock, session };
}
