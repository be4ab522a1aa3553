/** The credential dialog of Windows, in the session of the person who runs this process. */
import { EpmError } from '../../model/errors.ts';
import { MAX_CREDENTIAL_BUFFER } from '../../requests/credential.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';

interface PromptText {
  readonly caption: string;
  readonly message: string;
  /** Who is asked, `DOMAIN\name`; empty: whoever it is. */
  readonly user: string;
  /** The answer before was not accepted; the dialog says so. */
  readonly again: boolean;
}

interface PackedCredential {
  /** Number of the authentication package that the buffer is for. */
  readonly authenticationPackage: number;
  /** To be overwritten after use. */
  readonly buffer: Uint8Array;
}

/**
 * @returns what the person gave; undefined: they closed the dialog
 * @throws EpmError EPM_CREDENTIAL_INVALID when no dialog can be shown here
 */
export function promptForCredential(native: EpmNative, text: PromptText): Promise<PackedCredential | undefined> {
  const out = new Uint8Array(MAX_CREDENTIAL_BUFFER);
  const [authenticationPackage, length]: [[number], [number]] = [[0], [0]];
  return new Promise((resolve, reject) => {
    const done = (error: unknown, result: number): void => {
      if (error === null || error === undefined) {
        if (result === WIN32.SUCCESS) {
          resolve({ authenticationPackage: authenticationPackage[0], buffer: out.subarray(0, length[0]) });
          return;
        }
        if (result === WIN32.CANCELLED) {
          resolve(undefined);
          return;
        }
      }
      reject(
        new EpmError('EPM_CREDENTIAL_INVALID', 'Windows cannot show its credential dialog here.', {
          cause: error ?? windowsError('epm_credential_prompt', result),
          data: { reason: 'noDialog', win32: result },
        }),
      );
    };
    const { caption, message, user, again } = text;
    const error = again ? WIN32.LOGON_FAILURE : WIN32.SUCCESS;
    native.epm_credential_prompt.async(
      caption,
      message,
      user,
      error,
      authenticationPackage,
      out,
      out.length,
      length,
      done,
    );
  });
}
