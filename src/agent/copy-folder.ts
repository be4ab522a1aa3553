/** The folder of protected copies in the life of the agent. The agent serves on without it: most programs need no copy. */
import { type ErrorReport, toErrorReport } from '../model/errors.ts';
import type { CopyFolder, Log } from './ports.ts';

/** Checks the folder when the agent starts, and removes what an agent before left in it. Never throws. */
export function prepareCopyFolder(folder: CopyFolder, log: Log): void {
  try {
    folder.check();
    folder.sweep();
  } catch (error) {
    const { code, message } = toErrorReport(error);
    log.write('error', 'copyFolderUnusable', { code, message });
  }
}

/** Why no copy can be made now; undefined: copies can be made. */
export function copyFolderFault(folder: CopyFolder): ErrorReport | undefined {
  try {
    folder.check();
    return undefined;
  } catch (error) {
    return toErrorReport(error);
  }
}
