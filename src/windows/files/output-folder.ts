/** The folder that an administrator's program writes a file of theirs into. */
import { isAdministrator } from '../tokens/membership.ts';
import type { LocalPath } from '../../facts/request-path.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { openHeldFolder } from './open-file.ts';

/** A drive of this machine; what a server makes of links is its own, and leads nowhere here. */
const LOCAL = /^(?:\\\\\?\\)?([A-Za-z]:\\.*)$/;
/** GetDriveTypeW, fileapi.h. */
const DRIVE_REMOTE = 4;

/**
 * Opens a folder by way of links of administrators only, and holds it: until it is closed nobody puts another folder or a
 * link in its place, nor in that of one above.
 * @param path full path of a folder that is there
 * @returns undefined where a link on the way is somebody else's to make or change; a holder of nothing for a process
 *   without administrator rights, which such a link gives nothing, and for folders of servers
 * @throws EpmError EPM_WINDOWS_API
 */
export function holdOutputFolder(dlls: WindowsDlls, path: string): (() => void) | undefined {
  const local = LOCAL.exec(path)?.[1];
  const isOfServer = local !== undefined && dlls.kernel32.GetDriveTypeW(local.slice(0, 3)) === DRIVE_REMOTE;
  if (local === undefined || isOfServer || !isAdministrator(dlls)) return () => undefined;
  const handle = openHeldFolder(dlls, local.replace(/(?<!:)\\$/, '') as LocalPath);
  return handle === undefined ? undefined : () => void dlls.kernel32.CloseHandle(handle);
}
