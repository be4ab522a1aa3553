/** The folder of a request in which a program may start: opened once, judged through the handle, and held while it runs. */
import type { Caller, FolderOpener, HeldFolder } from '../../agent/ports.ts';
import { checkRequestPath, type LocalPath } from '../../facts/request-path.ts';
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { handleSecurity, pathSecurity } from '../security/read-security.ts';
import { FOLDER_REPLACE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';
import { whyForeign } from './disks.ts';
import { fileId, fileSystemName, finalPath, isFixedVolume, isPlaceholder, isRemote } from './handle-facts.ts';
import { openHeldFolder } from './open-file.ts';
import { FILE_SYSTEMS, parents } from './place.ts';
import { type RequesterRights, requesterOf } from './requester-rights.ts';
import { disksOf, systemVolume } from './volume.ts';

/** UTF-16 units that CreateProcess takes as a working directory, without its last separator ("Maximum Path Length Limitation"). */
const MAX_DIRECTORY = 258;

/**
 * Opens folders for the callers of the agent's pipe. Why one is refused is not told: it would tell of folders that the
 * requester may not see.
 */
export function createFolderOpener(dlls: WindowsDlls): FolderOpener {
  return {
    openFolder(path: string, caller: Caller): HeldFolder {
      const requester = requesterOf(dlls.native, caller);
      const checked = checkRequestPath(path.length > 3 ? path.replace(/\\$/, '') : path);
      // Before the open: the name of a network drive would already be asked of a server of somebody's choice.
      if (!isFixedVolume(dlls.kernel32, checked.slice(0, 2))) throw refused();
      const handle = openHeldFolder(dlls, checked);
      if (handle === undefined) throw refused();
      try {
        return { path: judged(dlls, handle, requester), close: once(() => void dlls.kernel32.CloseHandle(handle)) };
      } catch (error) {
        dlls.kernel32.CloseHandle(handle);
        throw error;
      }
    },
  };
}

/** @returns the final path of a folder that the requester may use and that is nobody else's to change */
function judged(dlls: WindowsDlls, handle: number, requester: RequesterRights): LocalPath {
  const { kernel32 } = dlls;
  if (!requester.mayEnter(handle)) throw refused();
  if (isPlaceholder(kernel32, handle) || isRemote(kernel32, handle)) throw refused();
  if (!FILE_SYSTEMS.has(fileSystemName(kernel32, handle).toUpperCase())) throw refused();
  const final = finalPath(kernel32, handle);
  if (/^\\\\\?\\UNC\\/i.test(final) || !final.startsWith('\\\\?\\')) throw refused();
  const path = checkRequestPath(final.slice(4));
  if (path.length > MAX_DIRECTORY) throw refused();
  const { volume } = fileId(kernel32, handle);
  if (volume !== systemVolume(dlls) && whyForeign(disksOf(kernel32, volume)) !== undefined) throw refused();
  const own: ReadonlySet<string> = new Set([requester.user]);
  const chain = [
    { security: handleSecurity(dlls, handle), rights: FOLDER_WRITE_RIGHTS },
    ...parents(path).map((folder) => ({ security: pathSecurity(dlls, folder), rights: FOLDER_REPLACE_RIGHTS })),
  ];
  for (const { security, rights } of chain) {
    // What is not known counts as somebody's.
    if (security === undefined || untrustedWriter(security, rights, own) !== undefined) throw refused();
  }
  return path;
}

function refused(): EpmError {
  return new EpmError('EPM_FILE_PLACE_REFUSED', 'The working directory is not accepted.');
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
