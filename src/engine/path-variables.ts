/**
 * Variables at the start of a rule's path (decision M4). Their values come from the machine's configuration and from
 * the requester's profile list entry, never from a process environment or a user's registry hive, both of which
 * the requester can change.
 */
import type { MachineFolders } from '../model/request.ts';
import { foldCase } from '../text/compare.ts';

/** What a path starts with: a folder of the machine, or the profile folder of whoever asks. */
type PathBase =
  | { readonly kind: 'machine'; readonly segments: readonly string[] }
  | { readonly kind: 'profile'; readonly segments: readonly string[] }
  /** The machine's configuration has no usable folder for it. */
  | { readonly kind: 'unavailable' };

const MACHINE: Readonly<Record<string, keyof MachineFolders>> = {
  PROGRAMFILES: 'programFiles',
  'PROGRAMFILES(X86)': 'programFilesX86',
  PROGRAMW6432: 'programW6432',
  SYSTEMROOT: 'systemRoot',
  WINDIR: 'systemRoot',
  SYSTEMDRIVE: 'systemDrive',
  PROGRAMDATA: 'programData',
  PUBLIC: 'public',
};

const PROFILE: Readonly<Record<string, readonly string[]>> = {
  USERPROFILE: [],
  APPDATA: ['APPDATA', 'ROAMING'],
  LOCALAPPDATA: ['APPDATA', 'LOCAL'],
};

export const VARIABLE_NAMES: readonly string[] = [...Object.keys(MACHINE), ...Object.keys(PROFILE)];

/** @returns undefined for a variable that no rule may use */
export function resolveVariable(name: string, folders: MachineFolders): PathBase | undefined {
  const folded = foldCase(name);
  if (Object.hasOwn(PROFILE, folded)) return { kind: 'profile', segments: PROFILE[folded] as readonly string[] };
  if (!Object.hasOwn(MACHINE, folded)) return undefined;
  const segments = folderSegments(folders[MACHINE[folded] as keyof MachineFolders]);
  return segments === undefined ? { kind: 'unavailable' } : { kind: 'machine', segments };
}

/** Folder of the machine that a variable stands for, as it is written; undefined: of a profile, unknown, or none. */
export function machineFolder(name: string, folders: MachineFolders): string | undefined {
  const folded = foldCase(name);
  const key = Object.hasOwn(MACHINE, folded) ? MACHINE[folded] : undefined;
  return key && folderSegments(folders[key]) && folders[key];
}

/** Folded segments of an absolute folder (`C:`, `TOOLS`), or undefined when the text is none. */
export function folderSegments(folder: string | undefined): readonly string[] | undefined {
  const text = folder?.replaceAll('/', '\\');
  if (text === undefined || !/^[A-Za-z]:(?:\\|$)/.test(text)) return undefined;
  return foldCase(text)
    .split('\\')
    .filter((segment) => segment !== '');
}
