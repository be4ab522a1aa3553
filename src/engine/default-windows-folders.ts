import type { MachineFolders } from '../model/request.ts';

/** The folders of an ordinary installation, so that an answer does not depend on where the question is asked. */
export const DEFAULT_WINDOWS_FOLDERS: MachineFolders = {
  systemDrive: 'C:',
  systemRoot: 'C:\\Windows',
  programFiles: 'C:\\Program Files',
  programFilesX86: 'C:\\Program Files (x86)',
  programW6432: 'C:\\Program Files',
  programData: 'C:\\ProgramData',
  public: 'C:\\Users\\Public',
};
