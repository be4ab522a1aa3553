/** The keys of the service's registration. */
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey } from '../registry/key.ts';
import { SERVICE_KEY } from './service-plan.ts';

/**
 * The key of the service and the two below it that are there: what Windows reads the permissions of the service from at its
 * next start, and the version. What lies below a key does not get the permissions that are given to it later.
 * @throws EpmError EPM_WINDOWS_API
 */
export function serviceKeys(advapi32: Advapi32): readonly string[] {
  const below = ['Security', 'Parameters'].map((name) => `${SERVICE_KEY}\\${name}`);
  return [SERVICE_KEY, ...below.filter((key) => readKey(advapi32, 'HKLM', key, () => true) === true)];
}
