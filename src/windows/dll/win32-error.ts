import type { ErrorCode } from '../../model/error-codes.ts';
import { EpmError, type SafeData } from '../../model/errors.ts';

/** Error numbers of winerror.h that the adapters tell apart. */
export const WIN32 = {
  SUCCESS: 0,
  FILE_NOT_FOUND: 2,
  PATH_NOT_FOUND: 3,
  ACCESS_DENIED: 5,
  INVALID_HANDLE: 6,
  INVALID_DRIVE: 15,
  SHARING_VIOLATION: 32,
  LOCK_VIOLATION: 33,
  HANDLE_EOF: 38,
  BAD_NETPATH: 53,
  BROKEN_PIPE: 109,
  INSUFFICIENT_BUFFER: 122,
  INVALID_NAME: 123,
  PROC_NOT_FOUND: 127,
  ALREADY_EXISTS: 183,
  PIPE_BUSY: 231,
  NO_DATA: 232,
  MORE_DATA: 234,
  WAIT_TIMEOUT: 258,
  NO_MORE_ITEMS: 259,
  NO_TOKEN: 1008,
  KEY_DELETED: 1018,
  SERVICE_ALREADY_RUNNING: 1056,
  SERVICE_DOES_NOT_EXIST: 1060,
  SERVICE_NOT_ACTIVE: 1062,
  FAILED_SERVICE_CONTROLLER_CONNECT: 1063,
  SERVICE_MARKED_FOR_DELETE: 1072,
  SERVICE_EXISTS: 1073,
  CANCELLED: 1223,
  INVALID_OWNER: 1307,
  LOGON_FAILURE: 1326,
  NONE_MAPPED: 1332,
  TIMEOUT: 1460,
} as const;

/**
 * The error for a Windows function that failed.
 * @param call name of the function
 * @param win32 error number
 * @param code EPM_WINDOWS_API, or the code of the operation that cannot go on
 */
export function windowsError(
  call: string,
  win32: number,
  code: ErrorCode = 'EPM_WINDOWS_API',
  message = `${call} failed with Windows error ${win32}.`,
  data: SafeData = {},
): EpmError {
  return new EpmError(code, message, { data: { call, win32, ...data } });
}
