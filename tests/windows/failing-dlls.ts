/**
 * DLLs whose calls can be told to fail. Such a call is not made and answers as Windows answers a failure for want of memory;
 * one that gives something back is made, and says that it failed.
 */
import type { WindowsDlls } from '../../src/windows/index.ts';
import type { CallFaults } from './call-faults.ts';

/** ERROR_NO_SYSTEM_RESOURCES (winerror.h). */
const NO_RESOURCES = 1450;
/** STATUS_INSUFFICIENT_RESOURCES ([MS-ERREF] 2.3.1). */
const INSUFFICIENT_RESOURCES = 0xc000_009a;
const INVALID_HANDLE = -1;

type Call = (...values: readonly unknown[]) => unknown;
type KoffiFunction = Call & { readonly async: Call };

/** What a function of each DLL answers when it fails. */
const FAILURES = {
  kernel32: (name: string) => (name === 'CreateFileW' || name === 'ReOpenFile' ? INVALID_HANDLE : 0),
  // Functions of the registry and those ending in SecurityInfo(W) return their error.
  advapi32: (name: string) => (/^Reg|SecurityInfo/.test(name) ? NO_RESOURCES : 0),
  ntdll: () => INSUFFICIENT_RESOURCES,
  native: () => NO_RESOURCES,
} as const;

const RELEASES = new Set([
  'CloseHandle',
  'LocalFree',
  'RegCloseKey',
  'CloseServiceHandle',
  'epm_token_close',
  'epm_process_release',
  'epm_broker_end',
  'epm_desktop_close',
]);
/** They cannot fail, or are no part of a request. */
const UNCOUNTED =
  /^(?:GetCurrentThread|GetOEMCP|epm_(?:abi_version|is_wine|is_test_build|event_.*|pipe_(?!caller_may).*|process_vitals|watchdog_feed))$/;

/** The same DLLs, to be given to the adapters. */
export function failingDlls(dlls: WindowsDlls, faults: CallFaults): WindowsDlls {
  let isLastFailed = false;

  const isToFail = (name: string): boolean => (isLastFailed = faults.isToFail(name));

  function failing(name: string, original: KoffiFunction, failure: unknown): Call {
    const call: Call = (...values) => {
      if (!isToFail(name)) return original(...values);
      if (!RELEASES.has(name)) return failure;
      original(...values);
      // LocalFree gives back what it did not free.
      return name === 'LocalFree' ? values[0] : failure;
    };
    const async: Call = (...values) => {
      const done = values.at(-1) as Call;
      if (isToFail(name)) setImmediate(() => done(null, failure));
      else original.async(...values);
    };
    return Object.assign(call, { async });
  }

  function dll<T extends object>(functions: T, failure: (name: string) => unknown): T {
    const wrapped = Object.entries(functions).map(([name, original]) => [
      name,
      name === 'GetLastError'
        ? () => (isLastFailed ? NO_RESOURCES : (original as Call)())
        : UNCOUNTED.test(name)
          ? (original as Call)
          : failing(name, original as KoffiFunction, failure(name)),
    ]);
    return Object.fromEntries(wrapped) as T;
  }

  return {
    ...dlls,
    kernel32: dll(dlls.kernel32, FAILURES.kernel32),
    advapi32: dll(dlls.advapi32, FAILURES.advapi32),
    ntdll: dll(dlls.ntdll, FAILURES.ntdll),
    native: dll(dlls.native, FAILURES.native),
  };
}
