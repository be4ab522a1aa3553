/** epmprompt.exe, open and locked against change while it is started. */
import type { OpenHost } from '../../agent/ports.ts';
import { checkRequestPath } from '../../facts/request-path.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { fileId, finalPath } from '../files/handle-facts.ts';
import { openLocked } from '../files/open-file.ts';
import { nativeFile } from '../native-files.ts';

/** @throws EpmError EPM_NATIVE_MISSING when it is not the file of this build, and those of opening it */
export function openWindowProgram(dlls: WindowsDlls): OpenHost {
  const { kernel32 } = dlls;
  const handle = openLocked(dlls, checkRequestPath(nativeFile('epmprompt.exe')));
  let isOpen = true;
  const close = (): void => {
    if (isOpen) kernel32.CloseHandle(handle);
    isOpen = false;
  };
  try {
    // Compared again, now that nobody can change it any more.
    nativeFile('epmprompt.exe');
    return { path: finalPath(kernel32, handle).slice('\\\\?\\'.length), id: fileId(kernel32, handle), close };
  } catch (error) {
    close();
    throw error;
  }
}
