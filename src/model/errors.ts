/**
 * The one error family. Every failure a person can meet has a code that is listed in docs/errors.md and never
 * reused, a message that names the thing and the reason, and a hint that names the next step.
 * Denied, pending, timed out and cancelled are results, not errors.
 */
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import { defined } from './defined.ts';

const BRAND = Symbol.for('epm.error');

/** Facts that may be shown to the requester and written to logs. Never a credential or a justification. */
export type SafeData = Readonly<Record<string, string | number | boolean>>;

interface ErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
  readonly data?: SafeData;
}

/** Wire and JSON form of an {@link EpmError}. It has no stack and no cause. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly data?: SafeData;
}

export class EpmError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly data: SafeData | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EpmError';
    this.code = code;
    this.hint = details.hint ?? ERROR_CODES[code].hint;
    this.data = details.data;
    Object.defineProperty(this, BRAND, { value: true });
  }

  toReport(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...defined({ data: this.data }),
    };
  }
}

/** True for an {@link EpmError} of this or any other copy of the code. */
export function isEpmError(value: unknown): value is EpmError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Whether something is wrong with the file that was asked for: its name, its place, its size, or that it is not there. */
export function isFileError(value: unknown): value is EpmError {
  return isEpmError(value) && value.code.startsWith('EPM_FILE_');
}

/**
 * Turns anything thrown into the reportable form. What is not an {@link EpmError} becomes EPM_INTERNAL without
 * its text, because foreign messages may carry paths or secrets.
 */
export function toErrorReport(error: unknown): ErrorReport {
  if (isEpmError(error)) return error.toReport();
  return new EpmError('EPM_INTERNAL', 'The operation failed for a reason that was not foreseen.').toReport();
}

/** Makes a forgotten member of a union a compile error, and a coded failure should it happen at run time. */
export function assertNever(value: never): never {
  throw new EpmError('EPM_INTERNAL', `Unexpected value of type ${typeof value}.`);
}
