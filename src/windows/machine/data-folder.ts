/** The agent's folder for its secret, journal and log, and the proof that only the system and administrators change it. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import { EpmError } from '../../model/errors.ts';
import { SECURITY_ATTRIBUTES_SIZE } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { MARKER_GROUP } from '../../agent/account-sids.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { DENY_FOLDERS, openToElevated, protectFolder } from '../security/protect.ts';
import { pathSecurity } from '../security/read-security.ts';
import { withDescriptor } from '../security/sddl.ts';
import { moveAside } from './foreign-folder.ts';
import { FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

/**
 * Protected: nothing is inherited. SYSTEM and Administrators have full access, nobody else any. A program that EPM elevated
 * is an administrator to Windows and changes nothing all the same, and reads no file: the secret of the installation is
 * among them. It may list the folders, because it runs from one below them when it runs from a copy.
 */
const DACL = `D:PAI${DENY_FOLDERS}(D;OIIO;FA;;;${MARKER_GROUP})(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)`;
const SECURITY = `O:SYG:SY${DACL}`;
const OWNER_DACL = 5;
const MAX_DESCRIPTOR = 0x10000 + 1024;
/** Bytes of the installation's secret. */
const SECRET_LENGTH = 32;

interface DataFolder {
  readonly path: string;
  readonly auditFolder: string;
  readonly logFolder: string;
  /** Requests to support, one file each. */
  readonly requestFolder: string;
  /** What is kept of grants, one file each. */
  readonly grantFolder: string;
  /** Secrets that administrators gave the agent, one file each. */
  readonly secretFolder: string;
  /** Messages that wait for their receivers, one file each. */
  readonly outboxFolder: string;
  /** Protected copies; made by whoever makes them. */
  readonly copyFolder: string;
  /** Absolute path of the file for what the agent keeps beside it. */
  readonly state: string;
  /** The same for profiles that are being made. */
  readonly profileState: string;
  /** The same for what it keeps about its journal. */
  readonly journalState: string;
  /** The same for the key that seals the next record of the journal. */
  readonly journalSeal: string;
  /** The same for when it ended itself. */
  readonly healthState: string;
  /** The same for failed authentications. */
  readonly authenticationState: string;
  /** The same for budgets. */
  readonly budgetState: string;
  /** The same for the latest time that the device has seen. */
  readonly clockState: string;
  /** The same for the device's own key. */
  readonly deviceState: string;
  /** The same for what receivers of notifications were told of. */
  readonly notificationState: string;
  /** Names of isolated accounts that are given. */
  readonly accounts: string;
}

/** Where the data folder is, whether it exists or not. */
export function dataFolderOf(programData: string): DataFolder {
  const path = `${programData}\\EPM`;
  return {
    path,
    auditFolder: `${path}\\Audit`,
    logFolder: `${path}\\Logs`,
    requestFolder: `${path}\\Requests`,
    grantFolder: `${path}\\Grants`,
    secretFolder: `${path}\\Secrets`,
    outboxFolder: `${path}\\Outbox`,
    copyFolder: `${path}\\Cache`,
    state: `${path}\\state.json`,
    profileState: `${path}\\profiles.json`,
    journalState: `${path}\\journal-state.json`,
    journalSeal: `${path}\\journal-seal.bin`,
    healthState: `${path}\\health-state.json`,
    authenticationState: `${path}\\authentication-state.json`,
    budgetState: `${path}\\budget-state.json`,
    clockState: `${path}\\clock-state.json`,
    deviceState: `${path}\\device-state.json`,
    notificationState: `${path}\\notification-state.json`,
    accounts: `${path}\\accounts.json`,
  };
}

/**
 * Makes the folders, or checks those that are there. Everybody may create a folder in %ProgramData%, so one that was
 * there before the agent is used only when nobody but the system and administrators can change it; any other is moved
 * aside.
 * @returns `movedAside`: where what somebody else had put there is now
 * @throws EpmError EPM_DATA_FOLDER, EPM_WINDOWS_API
 */
export function prepareDataFolder(
  dlls: WindowsDlls,
  programData: string,
): DataFolder & { readonly movedAside: string | undefined } {
  const data = dataFolderOf(programData);
  create(dlls, data.path);
  const why = whyForeign(dlls, data.path);
  const movedAside = why === undefined ? undefined : moveAside(data.path, why);
  for (const path of ownFolders(data)) {
    create(dlls, path);
    verify(dlls, path);
  }
  // One that an earlier version made: its permissions are the agent's to give.
  if (typeof dataFolderFault(dlls, programData) === 'string') protectDataFolder(dlls, programData);
  return { ...data, movedAside };
}

/**
 * Removes the folder with everything in it. Links in it are removed, not followed.
 * @throws EpmError EPM_DATA_FOLDER
 */
export function removeDataFolder(folder: Pick<DataFolder, 'path'>): void {
  try {
    fs.rmSync(folder.path, { recursive: true, force: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new EpmError('EPM_DATA_FOLDER', `"${folder.path}" cannot be removed (${code}).`, { cause });
  }
}

/**
 * Reads the secret of this installation; makes it when there is none.
 * @throws EpmError EPM_DATA_FOLDER when it is there and not whole: with another secret all accounts would be others
 */
export function installationSecret(folder: DataFolder): Uint8Array {
  const path = paths.join(folder.path, 'secret.bin');
  try {
    if (!fs.existsSync(path)) {
      const temporary = `${path}.new`;
      fs.rmSync(temporary, { force: true });
      fs.writeFileSync(temporary, randomBytes(SECRET_LENGTH), { flag: 'wx', flush: true });
      fs.renameSync(temporary, path);
    }
    const secret = fs.readFileSync(path);
    if (secret.length === SECRET_LENGTH) return secret;
  } catch (cause) {
    throw new EpmError(
      'EPM_DATA_FOLDER',
      `"${path}" cannot be read or made (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      { cause },
    );
  }
  throw new EpmError('EPM_DATA_FOLDER', `"${path}" does not have ${SECRET_LENGTH} bytes.`);
}

/**
 * What is wrong with the permissions of the data folder.
 * @returns undefined: nothing; null: the folder is not there, or this system does not tell
 */
export function dataFolderFault(dlls: WindowsDlls, programData: string): string | null | undefined {
  const data = dataFolderOf(programData);
  if (dlls.native.epm_is_wine() === 1 || !fs.existsSync(data.path)) return null;
  for (const path of ownFolders(data).filter((folder) => fs.existsSync(folder))) {
    // A standard user may not ask.
    if (pathSecurity(dlls, path) === undefined) return null;
    const fault = whyForeign(dlls, path) ?? openToElevated(dlls, path);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * Gives the folders of the data the permissions that they have when the agent makes them, and what is in them.
 * @throws EpmError EPM_DATA_FOLDER when one is not the agent's; EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED
 */
export function protectDataFolder(dlls: WindowsDlls, programData: string): void {
  for (const path of ownFolders(dataFolderOf(programData)).filter((folder) => fs.existsSync(folder))) {
    verify(dlls, path);
    protectFolder(dlls, path, DACL);
  }
}

/** That of the copies has permissions of its own. */
function ownFolders(data: DataFolder): readonly string[] {
  const { path, auditFolder, logFolder, requestFolder, grantFolder, secretFolder, outboxFolder } = data;
  return [path, auditFolder, logFolder, requestFolder, grantFolder, secretFolder, outboxFolder];
}

function create(dlls: WindowsDlls, path: string): void {
  const { kernel32 } = dlls;
  withDescriptor(dlls, SECURITY, (lpSecurityDescriptor) => {
    const attributes = { nLength: SECURITY_ATTRIBUTES_SIZE, lpSecurityDescriptor, bInheritHandle: 0 };
    if (kernel32.CreateDirectoryW(path, attributes) !== 0) return;
    const win32 = kernel32.GetLastError();
    if (win32 === WIN32.ALREADY_EXISTS) return;
    throw windowsError(
      'CreateDirectoryW',
      win32,
      'EPM_DATA_FOLDER',
      `"${path}" cannot be made (Windows error ${win32}).`,
    );
  });
}

function verify(dlls: WindowsDlls, path: string): void {
  const why = whyForeign(dlls, path);
  if (why !== undefined) throw new EpmError('EPM_DATA_FOLDER', `"${path}" is not used: ${why}.`);
}

/** Why a folder cannot be the agent's; undefined when nobody but the system and administrators may change it. */
function whyForeign(dlls: WindowsDlls, path: string): string | undefined {
  const status = fs.lstatSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory() !== true) return 'it is not an ordinary folder';
  const bytes = new Uint8Array(MAX_DESCRIPTOR);
  if (dlls.advapi32.GetFileSecurityW(path, OWNER_DACL, bytes, bytes.length, [0]) === 0) {
    return `its permissions cannot be read (Windows error ${dlls.kernel32.GetLastError()})`;
  }
  // Wine gives every file to the one account it runs under, so there is nothing to learn from its answer.
  if (dlls.native.epm_is_wine() === 1) return undefined;
  const writer = untrustedWriter(parseDescriptor(bytes), FOLDER_WRITE_RIGHTS);
  return writer === undefined ? undefined : `${writer} may change it`;
}
