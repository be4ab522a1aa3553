import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { describeAttempt, failedEntry, newAttempt } from '../../../src/agent/audit-entries.ts';
import { verifyCaller } from '../../../src/agent/caller.ts';
import { ERROR_CODES, type ErrorCode } from '../../../src/model/error-codes.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { canonicalJson } from '../../../src/text/canonical-json.ts';
import { caller, FakeMachine, SETUP } from './fake-machine.ts';

const verified = verifyCaller(caller(), new FakeMachine().ports().machine);
const attempt = newAttempt('0d9a', verified, { path: SETUP });

const DENIED: readonly ErrorCode[] = [
  'EPM_AUTHENTICATION_FAILED',
  'EPM_AUTHENTICATION_LIMIT',
  'EPM_AUDIT_QUOTA',
  'EPM_FILE_NAME_REFUSED',
  'EPM_COPY_FAILED',
  'EPM_FILE_PLACE_REFUSED',
  'EPM_FILE_TYPE_REFUSED',
  'EPM_FILE_TOO_LARGE',
  'EPM_FILE_MALFORMED',
  'EPM_FILE_UNREADABLE',
  'EPM_PROFILE_UNAVAILABLE',
  'EPM_TOO_MANY_RUNNING',
  'EPM_HOST_UNUSABLE',
  'EPM_VALIDATION_UNSUPPORTED',
  'EPM_SUPPORT_REQUEST_LIMIT',
  'EPM_GRANT_REFUSED',
];
const REFUSED: readonly ErrorCode[] = [
  'EPM_AGENT_BUSY',
  'EPM_ARGUMENTS_INVALID',
  'EPM_CALLER_REFUSED',
  'EPM_CALLER_UNKNOWN',
  'EPM_CREDENTIAL_INVALID',
  'EPM_ELEVATION_UNKNOWN',
  'EPM_FILE_NOT_FOUND',
  'EPM_JUSTIFICATION_INVALID',
  'EPM_REQUEST_CANCELLED',
  'EPM_TICKET_INVALID',
  'EPM_SUPPORT_REQUEST_UNKNOWN',
  'EPM_SUPPORT_REQUEST_STATE',
  'EPM_GRANT_LIMIT',
  'EPM_RIGHT_MISSING',
  'EPM_SECRET_UNKNOWN',
  'EPM_SECRET_LIMIT',
  'EPM_NOTIFICATION_UNKNOWN',
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

it('long arguments are recorded by their digest and their beginning', () => {
  const of = (...values: readonly string[]) =>
    describeAttempt(newAttempt('0d9a', verified, { path: SETUP, arguments: values }));
  expect(of('a'.repeat(4096))).toMatchObject({ arguments: ['a'.repeat(4096)], argumentsDigest: undefined });
  const long = ['/a', 'b'.repeat(1000), 'c\ud83d\ude00'.repeat(2000), 'd'];
  const { arguments: kept = [], argumentsDigest } = of(...long);
  expect(kept.join('').length).toBe(1024);
  expect(kept.slice(0, 2)).toEqual(long.slice(0, 2));
  expect(kept.every((value) => value.isWellFormed())).toBe(true);
  expect(argumentsDigest).toBe(createHash('sha256').update(canonicalJson(long)).digest('hex'));
  // Another end is another digest, though the record looks the same.
  expect(of(...long.slice(0, 3), 'e').argumentsDigest).not.toBe(argumentsDigest);
  expect(of(...Array.from({ length: 5000 }, () => 'x')).arguments).toHaveLength(1024);
});
