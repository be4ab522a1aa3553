/** Opens every DLL the adapters call. Done once in an executable's composition and handed on from there. */
import { EpmError } from '../../model/errors.ts';
import { nativeFile } from '../native-files.ts';
import { assertWindows } from '../platform.ts';
import { type Advapi32, declareAdvapi32 } from './advapi32.ts';
import { type Crypt32, declareCrypt32 } from './crypt32.ts';
import { declareEventLog, type EventLogDll } from './event-log.ts';
import { type DataProtection, declareDataProtection } from './data-protection.ts';
import { declareEpmNative, type EpmNative } from './epmnative.ts';
import { declareKernel32, type Kernel32 } from './kernel32.ts';
import { loadKoffi } from './koffi.ts';
import { declareLsa, type Lsa } from './lsa.ts';
import { declareNetapi32, type Netapi32 } from './netapi32.ts';
import { declareNtdll, type Ntdll } from './ntdll.ts';
import { declareProbeCalls, type ProbeCalls } from './probe-calls.ts';
import { textFromUtf16 } from './text.ts';
import { windowsError } from './win32-error.ts';
import { declareWintrust, type Wintrust } from './wintrust.ts';

export interface WindowsDlls {
  /** System32, without a backslash at the end. */
  readonly systemFolder: string;
  readonly kernel32: Kernel32;
  readonly advapi32: Advapi32;
  readonly ntdll: Ntdll;
  readonly native: EpmNative;
  /** Loaded at the first call: most verbs never look at a signature. */
  trust(): TrustDlls;
  /** Loaded at the first call: only prerequisites need them. */
  health(): HealthDlls;
  /** Loaded at the first call: only the agent notes the head of its journal. */
  eventLog(): EventLogDll;
  /** Loaded at the first call: only an agent with secrets protects any. */
  dataProtection(): DataProtection;
  /** Loaded at the first call: only the self-test calls them. */
  probes(): ProbeCalls;
}

export interface TrustDlls {
  readonly crypt32: Crypt32;
  readonly wintrust: Wintrust;
}

export interface HealthDlls {
  readonly lsa: Lsa;
  readonly netapi32: Netapi32;
}

/** Written by the build: true only in the build for the test bed. */
declare const EPM_TEST_BED: boolean | undefined;

/** True in a build that carries the token factory of the test bed. */
export function isTestBuild(): boolean {
  return typeof EPM_TEST_BED !== 'undefined' && EPM_TEST_BED;
}

/**
 * Loads koffi and the DLLs by absolute path.
 * @throws EpmError EPM_PLATFORM elsewhere than on 64-bit Windows; EPM_NATIVE_MISSING when a native file is not the
 * one of this build, or when a production program meets a DLL of the test bed or the other way round
 */
export function loadDlls(): WindowsDlls {
  assertWindows('This operation');
  const koffi = loadKoffi(nativeFile('koffi.node'));
  const kernel32 = declareKernel32(koffi);
  const system = systemFolder(kernel32);
  const advapi32 = declareAdvapi32(koffi, `${system}\\advapi32.dll`);
  const ntdll = declareNtdll(koffi, `${system}\\ntdll.dll`);
  const native = declareEpmNative(koffi, nativeFile('epmnative.dll'));
  if ((native.epm_is_test_build() === 1) !== isTestBuild()) {
    throw new EpmError(
      'EPM_NATIVE_MISSING',
      'epm.exe and epmnative.dll are of different builds (production and test bed).',
    );
  }
  let trust: TrustDlls | undefined;
  let health: HealthDlls | undefined;
  let eventLog: EventLogDll | undefined;
  let dataProtection: DataProtection | undefined;
  let probes: ProbeCalls | undefined;
  return {
    systemFolder: system,
    kernel32,
    advapi32,
    ntdll,
    native,
    trust: () =>
      (trust ??= {
        crypt32: declareCrypt32(koffi, `${system}\\crypt32.dll`),
        wintrust: declareWintrust(koffi, `${system}\\wintrust.dll`),
      }),
    health: () =>
      (health ??= {
        lsa: declareLsa(koffi, `${system}\\advapi32.dll`),
        netapi32: declareNetapi32(koffi, `${system}\\netapi32.dll`),
      }),
    eventLog: () => (eventLog ??= declareEventLog(koffi, `${system}\\advapi32.dll`)),
    dataProtection: () => (dataProtection ??= declareDataProtection(koffi, `${system}\\crypt32.dll`)),
    probes: () => (probes ??= declareProbeCalls(koffi, system)),
  };
}

function systemFolder(kernel32: Kernel32): string {
  const buffer = new Uint8Array(520);
  const length = kernel32.GetSystemDirectoryW(buffer, buffer.length / 2);
  if (length === 0 || length >= buffer.length / 2) throw windowsError('GetSystemDirectoryW', kernel32.GetLastError());
  return textFromUtf16(buffer, length);
}
