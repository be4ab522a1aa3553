/** Signatures are verified as the process itself: a caller's own trust settings must never count. */
import { EpmError } from '../../model/errors.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { Kernel32 } from '../dll/kernel32.ts';
import { WIN32 } from '../dll/win32-error.ts';

const TOKEN_QUERY = 8;
/** The token is opened with the rights of the process, so that the one who is impersonated cannot hide. */
const OPEN_AS_SELF = 1;

/** @throws EpmError EPM_SIGNATURE_UNCHECKED when the thread acts for somebody else */
export function assertOwnAccount({ kernel32, advapi32 }: { kernel32: Kernel32; advapi32: Advapi32 }): void {
  const token: [number] = [0];
  if (advapi32.OpenThreadToken(kernel32.GetCurrentThread(), TOKEN_QUERY, OPEN_AS_SELF, token) !== 0) {
    kernel32.CloseHandle(token[0]);
    throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'A signature is not verified while acting for somebody else.');
  }
  const win32 = kernel32.GetLastError();
  if (win32 !== WIN32.NO_TOKEN) {
    throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'Windows does not say for whom this thread acts.', {
      data: { win32 },
    });
  }
}
