/**
 * The environment of an elevated program. It is written anew from the machine's own configuration; only a few facts of
 * the account are taken from the block Windows makes for it. An allow list is the only safe form: too many run-times
 * load code named by a variable to list them all, and the account's own registry can be written by whatever ran
 * elevated under it before.
 */
import { EpmError } from '../model/errors.ts';
import type { MachineFolders } from '../model/request.ts';
import type { ProfileFolders } from './ports.ts';

interface EnvironmentSources {
  /** `NAME=value` entries Windows makes for the account. */
  readonly account: readonly string[];
  readonly profile: ProfileFolders;
  readonly folders: MachineFolders;
  readonly computerName: string;
}

/** Facts of the account and of the hardware that are taken over when they have the expected form. */
const COPIED_VARIABLES: ReadonlyMap<string, RegExp> = new Map([
  ['USERNAME', /^[^\\/:*?"<>|;%\p{Cc}]{1,256}$/u],
  ['USERDOMAIN', /^[^\\/:*?"<>|;%\p{Cc}]{1,256}$/u],
  ['NUMBER_OF_PROCESSORS', /^\d{1,5}$/],
  ['PROCESSOR_ARCHITECTURE', /^[A-Za-z0-9]{1,16}$/],
  ['PROCESSOR_IDENTIFIER', /^[A-Za-z0-9 ,._()-]{1,128}$/],
  ['PROCESSOR_LEVEL', /^\d{1,5}$/],
  ['PROCESSOR_REVISION', /^[0-9a-fA-F]{1,8}$/],
]);
/** A plain folder on a drive: no separators of lists, no variables, no `..`. */
const FOLDER = /^[A-Za-z]:(?:\\(?!\.{1,2}(?:\\|$))[^\\/:*?"<>|;%\p{Cc}]+)+$/u;

/** Folder every elevated program starts in: users cannot write there, so nothing planted is found by a relative name. */
export function workingDirectory(folders: MachineFolders): string {
  return `${folders.systemRoot}\\System32`;
}

/**
 * @returns `NAME=value` entries, sorted without case as CreateProcess wants them
 * @throws EpmError EPM_PROFILE_UNAVAILABLE when a folder of the profile is none that a variable can hold
 */
export function buildEnvironment({ account, profile, folders, computerName }: EnvironmentSources): string[] {
  const own = parse(account);
  const result = new Map<string, string>(machineVariables(folders, computerName));
  for (const [name, form] of COPIED_VARIABLES) {
    const value = own.get(name);
    if (value !== undefined && form.test(value)) result.set(name, value);
  }
  for (const [name, value] of profileVariables(profile)) result.set(name, value);
  return [...result]
    .sort(([left], [right]) => compare(left.toUpperCase(), right.toUpperCase()))
    .map(([name, value]) => `${name}=${value}`);
}

function machineVariables(folders: MachineFolders, computerName: string): [string, string][] {
  const { systemRoot } = folders;
  const system32 = `${systemRoot}\\System32`;
  return [
    ['ALLUSERSPROFILE', folders.programData],
    ['CommonProgramFiles', `${folders.programFiles}\\Common Files`],
    ['CommonProgramFiles(x86)', `${folders.programFilesX86}\\Common Files`],
    ['CommonProgramW6432', `${folders.programW6432}\\Common Files`],
    ['COMPUTERNAME', computerName],
    ['ComSpec', `${system32}\\cmd.exe`],
    ['DriverData', `${system32}\\Drivers\\DriverData`],
    ['OS', 'Windows_NT'],
    ['PATH', [system32, systemRoot, `${system32}\\Wbem`, `${system32}\\WindowsPowerShell\\v1.0`].join(';')],
    ['PATHEXT', '.COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC'],
    ['ProgramData', folders.programData],
    ['ProgramFiles', folders.programFiles],
    ['ProgramFiles(x86)', folders.programFilesX86],
    ['ProgramW6432', folders.programW6432],
    [
      'PSModulePath',
      `${folders.programFiles}\\WindowsPowerShell\\Modules;${system32}\\WindowsPowerShell\\v1.0\\Modules`,
    ],
    ['PUBLIC', folders.public],
    ['SystemDrive', folders.systemDrive],
    ['SystemRoot', systemRoot],
    ['windir', systemRoot],
  ];
}

function profileVariables({ folder, temporary }: ProfileFolders): [string, string][] {
  if (!FOLDER.test(folder) || !FOLDER.test(temporary)) {
    throw new EpmError('EPM_PROFILE_UNAVAILABLE', 'The folder of the profile has no plain name.');
  }
  return [
    ['APPDATA', `${folder}\\AppData\\Roaming`],
    ['HOMEDRIVE', folder.slice(0, 2)],
    ['HOMEPATH', folder.slice(2)],
    ['LOCALAPPDATA', `${folder}\\AppData\\Local`],
    ['TEMP', temporary],
    ['TMP', temporary],
    ['USERPROFILE', folder],
  ];
}

/** Names in upper case. Entries without a name (`=C:=…`) are working folders of drives and are left out. */
function parse(entries: readonly string[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const entry of entries) {
    const at = entry.indexOf('=');
    if (at > 0) result.set(entry.slice(0, at).toUpperCase(), entry.slice(at + 1));
  }
  return result;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
