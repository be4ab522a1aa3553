/** Whether Windows Installer carries out an installation. */
import type { WindowsInstaller } from '../../agent/ports.ts';
import type { WindowsDlls } from '../dll/load.ts';

/** What an installation owns while it changes the machine ("_MSIExecute Mutex", Microsoft Learn). */
const MUTEX = 'Global\\_MSIExecute';
/** Asks for its state, which owning it for a moment would change: an installation that begins just then would fail. */
const MUTANT_QUERY_STATE = 1;
/** MUTANT_BASIC_INFORMATION: the count, 1 when nobody owns it, and two flags. */
const LENGTH = 8;

export function createWindowsInstaller({ kernel32, ntdll }: Pick<WindowsDlls, 'kernel32' | 'ntdll'>): WindowsInstaller {
  return {
    isBusy() {
      const mutex = kernel32.OpenMutexW(MUTANT_QUERY_STATE, 0, MUTEX);
      if (mutex === 0) return false;
      try {
        const state = Buffer.alloc(LENGTH);
        return ntdll.NtQueryMutant(mutex, 0, state, LENGTH, null) === 0 && state.readInt32LE(0) < 1;
      } finally {
        kernel32.CloseHandle(mutex);
      }
    },
  };
}
