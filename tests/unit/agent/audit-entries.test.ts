import { expect, it } from 'vitest';
import { failedEntry, newAttempt } from '../../../src/agent/audit-entries.ts';
import { verifyCaller } from '../../../src/agent/caller.ts';
import { ERROR_CODES, type ErrorCode } from '../../../src/model/error-codes.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { caller, FakeMachine, SETUP } from './fake-machine.ts';

const verified = verifyCaller(caller(), new FakeMachine().ports().machine);
const attempt = newAttempt('0d9a', verified, { path: SETUP });

const DENIED: readonly ErrorCode[] = [
  'EPM_FILE_NAME_REFUSED',
  'EPM_FILE_PLACE_REFUSED',
  'EPM_FILE_TYPE_REFUSED',
  'EPM_FILE_TOO_LARGE',
  'EPM_FILE_MALFORMED',
  'EPM_FILE_UNREADABLE',
  'EPM_TYPE_NOT_STARTED',
  'EPM_VALIDATION_UNSUPPORTED',
];
const REFUSED: readonly ErrorCode[] = [
  'EPM_AGENT_BUSY',
  'EPM_ARGUMENTS_INVALID',
  'EPM_CALLER_REFUSED',
  'EPM_CALLER_UNKNOWN',
  'EPM_FILE_NOT_FOUND',
  'EPM_JUSTIFICATION_INVALID',
  'EPM_REQUEST_CANCELLED',
  'EPM_TICKET_INVALID',
];

it('an elevation that ends with an error is denied, refused or failed, by its code', () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const event = DENIED.includes(code)
      ? 'elevationDenied'
      : REFUSED.includes(code)
        ? 'requestRefused'
        : 'elevationFailed';
    expect(failedEntry(attempt, new EpmError(code, 'A message.')), code).toMatchObject({
      event,
      errorCode: code,
      message: 'A message.',
    });
  }
  expect(failedEntry(attempt, new TypeError('C:\\secret'))).toMatchObject({
    event: 'elevationFailed',
    errorCode: 'EPM_INTERNAL',
    message: expect.not.stringContaining('secret'),
  });
});
