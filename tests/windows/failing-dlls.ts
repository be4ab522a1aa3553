/**
 * DLLs of which one call can be told to fail. It is not made and answers as Windows answers a failure for want of memory;
 * a call that gives something back is made, and says that it failed.
 */
import type { WindowsDlls } from '../../src/windows/index.ts';

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

const RELEASES = new Set(['CloseHandle', 'LocalFree', 'RegCloseKey', 'CloseServiceHandle', 'epm_token_close']);
/** They cannot fail, or are no part of a request. */
const UNCOUNTED =
  /^(?:GetCurrentThread|GetOEMCP|epm_(?:abi_version|is_wine|is_test_build|event_.*|pipe_(?!caller_may).*|process_vitals|watchdog_feed))$/;

export class FailingDlls {
  #calls: string[] | undefined;
  /** The name of a function, and which of its calls. */
  #target: readonly [name: string, time: number] | undefined;
  #isLastFailed = false;

  /** The same DLLs, to be given to the adapters. */
  of(dlls: WindowsDlls): WindowsDlls {
    return {
      ...dlls,
      kernel32: this.#dll(dlls.kernel32, FAILURES.kernel32),
      advapi32: this.#dll(dlls.advapi32, FAILURES.advapi32),
      ntdll: this.#dll(dlls.ntdll, FAILURES.ntdll),
      native: this.#dll(dlls.native, FAILURES.native),
    };
  }

  /** @param target what fails from now on: a function by its name, and which of its calls; undefined: nothing */
  arm(target: readonly [name: string, time: number] | undefined): void {
    this.#calls = [];
    this.#target = target;
  }

  /** @returns names of the calls since `arm` */
  disarm(): readonly string[] {
    const calls = this.#calls ?? [];
    this.#calls = undefined;
    this.#isLastFailed = false;
    return calls;
  }

  #dll<T extends object>(dll: T, failure: (name: string) => unknown): T {
    const wrapped = Object.entries(dll).map(([name, original]) => [
      name,
      name === 'GetLastError'
        ? () => (this.#isLastFailed ? NO_RESOURCES : (original as Call)())
        : UNCOUNTED.test(name)
          ? (original as Call)
          : this.#function(name, original as KoffiFunction, failure(name)),
    ]);
    return Object.fromEntries(wrapped) as T;
  }

  #function(name: string, original: KoffiFunction, failure: unknown): Call {
    const call: Call = (...values) => {
      if (!this.#isToFail(name)) return original(...values);
      if (!RELEASES.has(name)) return failure;
      original(...values);
      // LocalFree gives back what it did not free.
      return name === 'LocalFree' ? values[0] : failure;
    };
    const async: Call = (...values) => {
      const done = values.at(-1) as Call;
      if (this.#isToFail(name)) setImmediate(() => done(null, failure));
      else original.async(...values);
    };
    return Object.assign(call, { async });
  }

  #isToFail(name: string): boolean {
    if (this.#calls === undefined) return false;
    this.#calls.push(name);
    const [target, time] = this.#target ?? [];
    this.#isLastFailed = name === target && this.#calls.filter((each) => each === name).length === time;
    return this.#isLastFailed;
  }
}
