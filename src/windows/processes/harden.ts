import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';

/**
 * Restricts what the process may load and do (epm_harden_process).
 * @returns names of the mitigations the system took, and of those it refused; older systems lack some
 * @throws EpmError EPM_WINDOWS_API
 */
export function hardenProcess(native: EpmNative): {
  readonly applied: readonly string[];
  readonly refused: readonly string[];
} {
  const answer = new CheckedObject(
    jsonCall('epm_harden_process', (...out) => native.epm_harden_process(...out)),
    'the hardening of the process',
    'EPM_WINDOWS_API',
  );
  return { applied: answer.texts('applied'), refused: answer.texts('refused') };
}
