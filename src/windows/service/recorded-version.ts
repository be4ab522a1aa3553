/** The version that was put into service last, beside the registration of the service. */
import type { Advapi32 } from '../dll/advapi32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { readKey, writeKey } from '../registry/key.ts';
import { setValue } from '../registry/write.ts';
import { protectKey } from '../security/protect.ts';
import { KEY_PROTECTION, SERVICE_KEY } from './service-plan.ts';

/** Below a key that programs elevated by EPM cannot change. */
const KEY = `${SERVICE_KEY}\\Parameters`;
const NAME = 'Version';

/** Undefined: none is recorded. @throws EpmError EPM_WINDOWS_API */
export function readRecordedVersion(advapi32: Advapi32): string | undefined {
  const value = readKey(advapi32, 'HKLM', KEY, (key) => key.value(NAME));
  return value?.type === 'REG_SZ' ? value.data : undefined;
}

/** @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED */
export function recordVersion(dlls: Pick<WindowsDlls, 'advapi32' | 'kernel32'>, version: string): void {
  const { advapi32 } = dlls;
  writeKey(advapi32, 'HKLM', KEY, (key) =>
    setValue(advapi32, 'HKLM', KEY, key, { name: NAME, type: 'REG_SZ', data: version }),
  );
  // A key that is made belongs to the one who made it, by a policy of the machine to a person.
  protectKey(dlls, KEY, KEY_PROTECTION);
}
