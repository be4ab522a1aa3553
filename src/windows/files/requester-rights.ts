/**
 * What the requester may do with a file that the agent has open. The agent opens as the system, which may read nearly
 * everything; without this question its answers would tell of files that are none of the requester's business, and elevate
 * programs that the requester is kept from running.
 *
 * Only the file itself is asked. Windows lets everybody pass through folders they may not read (SeChangeNotifyPrivilege,
 * "Bypass traverse checking"), so what lies in such a folder and grants access itself can be opened by its path.
 */
import type { Caller } from '../../agent/ports.ts';
import { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import type { Handle } from '../dll/kernel32.ts';
import { WIN32 } from '../dll/win32-error.ts';
import type { NativeCaller } from '../pipes/native-caller.ts';

/** FILE_GENERIC_READ | FILE_GENERIC_EXECUTE. */
const READ_AND_EXECUTE = 0x120089 | 0x1200a0;
/** FILE_GENERIC_READ. */
const READ = 0x120089;
/** FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES. */
const LIST = 0x1 | 0x80;
/** FILE_TRAVERSE. */
const ENTER = LIST | 0x20;

export interface RequesterRights {
  /** Who asks, for fair shares. */
  readonly user: string;
  /** May read and execute the open file. */
  mayRun(file: Handle): boolean;
  /** May read the open file. */
  mayRead(file: Handle): boolean;
  /** May see what lies in the open folder. */
  mayList(folder: Handle): boolean;
  /** May see what lies in the open folder, and open it. */
  mayEnter(folder: Handle): boolean;
}

/** The process opens files as the person who asks, so Windows has checked already. For verbs, never for the agent. */
export const PROCESS_ITSELF: RequesterRights = {
  user: '',
  mayRun: () => true,
  mayRead: () => true,
  mayList: () => true,
  mayEnter: () => true,
};

/** Of the image of a process: nobody has asked for it, and nobody's rights count. */
export const NOBODY_ASKED: RequesterRights = {
  user: '',
  mayRun: () => false,
  mayRead: () => false,
  mayList: () => false,
  mayEnter: () => false,
};

/** @throws EpmError EPM_INTERNAL when the caller did not come from the pipe of this system */
export function requesterOf(native: EpmNative, caller: Caller): RequesterRights {
  const { connection } = caller as Partial<NativeCaller>;
  if (typeof connection !== 'number') {
    throw new EpmError('EPM_INTERNAL', 'The caller was not captured by the pipe server of this system.');
  }
  const may = (object: Handle, rights: number): boolean => {
    const allowed: [number] = [0];
    // A security descriptor that cannot be read grants nothing.
    return native.epm_pipe_caller_may(connection, object, rights, allowed) === WIN32.SUCCESS && allowed[0] === 1;
  };
  return {
    user: caller.token.user,
    mayRun: (file) => may(file, READ_AND_EXECUTE),
    mayRead: (file) => may(file, READ),
    mayList: (folder) => may(folder, LIST),
    mayEnter: (folder) => may(folder, ENTER),
  };
}
