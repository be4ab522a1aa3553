/** Calls of native functions that answer with a JSON text in a buffer of the caller. */
import type { ErrorCode } from '../../model/error-codes.ts';
import { EpmError, type SafeData } from '../../model/errors.ts';
import { scratch } from './scratch.ts';
import { windowsError, WIN32 } from './win32-error.ts';

const FIRST_CAPACITY = 16 * 1024;
/** No answer of the interface comes near this. */
const MAX_CAPACITY = 1024 * 1024;

type JsonWriter = (out: Uint8Array, capacity: number, length: [number]) => number;

/**
 * Runs `write` with a buffer that grows to what the function asks for.
 * @returns the parsed text
 * @throws EpmError `code` with the step and number that the function reported, or when the text is not JSON
 */
export function jsonCall(name: string, write: JsonWriter, code: ErrorCode = 'EPM_WINDOWS_API'): unknown {
  let capacity = FIRST_CAPACITY;
  for (;;) {
    const buffer = scratch(capacity);
    const length: [number] = [0];
    const result = write(buffer, capacity, length);
    if (result === WIN32.INSUFFICIENT_BUFFER && length[0] > capacity && length[0] <= MAX_CAPACITY) {
      capacity = length[0];
      continue;
    }
    return answerOf(name, result, buffer.subarray(0, length[0]), code);
  }
}

type LaterJsonWriter = (
  out: Uint8Array,
  capacity: number,
  length: [number],
  done: (error: unknown, result: number) => void,
) => void;

/** The same for a function that runs on a worker thread and whose answer is short. @throws EpmError as {@link jsonCall} */
export async function jsonCallLater(name: string, write: LaterJsonWriter, code: ErrorCode): Promise<unknown> {
  const buffer = new Uint8Array(FIRST_CAPACITY);
  const length: [number] = [0];
  const result = await new Promise<number>((resolve, reject) => {
    write(buffer, buffer.length, length, (cause, value) => {
      if (cause === null || cause === undefined) resolve(value);
      else reject(new EpmError(code, `${name} could not be called.`, { cause }));
    });
  });
  return answerOf(name, result, buffer.subarray(0, length[0]), code);
}

function answerOf(name: string, result: number, bytes: Uint8Array, code: ErrorCode): unknown {
  const text = Buffer.from(bytes).toString('utf8');
  if (result !== WIN32.SUCCESS) throw nativeError(name, result, text, code);
  return parseNativeJson(name, text, code);
}

/** Parses a JSON text of the native part. @throws EpmError `code` when it is not JSON */
export function parseNativeJson(name: string, text: string, code: ErrorCode = 'EPM_WINDOWS_API'): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new EpmError(code, `${name} gave an answer that is not JSON.`, { cause });
  }
}

/** The error for a native function that failed, with the Windows function and status that it names. */
export function nativeError(name: string, win32: number, text: string, code: ErrorCode): EpmError {
  const detail = failureDetail(text);
  const step = typeof detail['step'] === 'string' ? detail['step'].slice(0, 64) : name;
  const data: Record<string, string | number> = { step };
  let status = `Windows error ${win32}`;
  if (typeof detail['ntstatus'] === 'number') {
    const hex = `0x${(detail['ntstatus'] >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
    data['status'] = hex;
    status = `status ${hex}`;
  }
  return windowsError(name, win32, code, `${step} failed with ${status}.`, data satisfies SafeData);
}

function failureDetail(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
