/** The folder of a request in which its program starts, where the rule takes it. */
import { isEpmError, isFileError } from '../model/errors.ts';
import type { VerifiedCaller } from './caller.ts';
import type { ElevateRequest } from './contract.ts';
import type { Permission } from './permission.ts';
import type { FolderOpener, HeldFolder } from './ports.ts';

/** @returns undefined: the system folder; `refused`, without a reason, which would tell of folders of others */
export function folderOfRequest(
  decision: Permission,
  { directory }: ElevateRequest,
  { client }: VerifiedCaller,
  folders: FolderOpener,
): HeldFolder | 'refused' | undefined {
  if (decision.start?.directoryOfRequest !== true || directory === undefined) return undefined;
  try {
    return folders.openFolder(directory, client);
  } catch (error) {
    if (isEpmError(error) && isFileError(error)) return 'refused';
    throw error;
  }
}
