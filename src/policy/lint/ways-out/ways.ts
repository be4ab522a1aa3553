/** How people become administrators with a program that they are given elevated. */
import type { Severity } from '../../../model/diagnostic-codes.ts';

interface WayRow {
  /**
   * By what the way is opened: `arguments`, so that a list of harmless command lines closes it; `prompt`, which the call
   * without arguments opens too; `window`, so that no list closes it.
   */
  readonly openedBy: 'arguments' | 'prompt' | 'window';
  readonly severity: Severity;
  /** Completes "With it a standard user becomes administrator: it …". */
  readonly words: string;
  /** What to elevate in place of it, where something else is known. */
  readonly instead?: string;
}

export const WAYS = {
  runsProgram: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'starts the program or script that its arguments name',
  },
  loadsCode: { openedBy: 'arguments', severity: 'error', words: 'loads code that its arguments name' },
  buildsCode: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'runs code out of the project or source file that its arguments name',
  },
  installs: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'installs packages that its arguments name, and runs their code',
    instead: 'Elevate the installers that are needed, or',
  },
  writesFiles: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'writes any file, those of Windows among them, where its arguments say',
  },
  takesFiles: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'gives anybody access to files that only administrators may change',
  },
  writesRegistry: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'writes values of the registry that name what Windows starts as the system',
  },
  makesTasks: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'makes a task or a service that runs any program as the system',
  },
  makesAccounts: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'adds people to the group of administrators, or lets them sign in as others',
  },
  changesBoot: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'changes how Windows starts, and switches off what protects it then',
  },
  opensDisks: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'reads, mounts or overwrites whole disks, with every file on them',
  },
  loadsDrivers: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'loads drivers, or unloads those that protect the device',
  },
  readsMemory: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'writes the memory of any process to a file, with the passwords in it',
  },
  readsSecrets: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'copies files that are locked, such as the database of accounts',
  },
  readsFiles: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'shows what is in any file, with the passwords and keys that only administrators may read',
  },
  dropsProtection: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'switches off what protects the device or records what happens on it',
  },
  mountsFolders: {
    openedBy: 'arguments',
    severity: 'error',
    words: 'gives a container or a virtual machine every folder of the device to write',
  },
  prompt: { openedBy: 'prompt', severity: 'error', words: 'has a prompt that runs commands of Windows' },
  diskPrompt: {
    openedBy: 'prompt',
    severity: 'error',
    words: 'has a prompt that reads, mounts or overwrites whole disks, with every file on them',
  },
  debugs: {
    openedBy: 'window',
    severity: 'error',
    words: 'opens any other process, and runs code in it as what that process is',
    instead: 'Let it run without elevation, for programs that people started themselves.',
  },
  shell: {
    openedBy: 'window',
    severity: 'error',
    words: 'is a terminal, and runs what is typed in it',
    instead: 'Elevate the one program that is needed.',
  },
  snapIns: {
    openedBy: 'window',
    severity: 'error',
    words:
      'opens any snap-in from its File menu, and with it tasks, services and accounts, whatever it was started with',
    instead: 'List the one command that is needed in a rule for its command-line tool.',
  },
  editsRegistry: {
    openedBy: 'window',
    severity: 'error',
    words: 'edits and imports values of the registry that name what Windows starts as the system',
    instead: 'List the one change that is needed in a rule for reg.exe.',
  },
  managesFiles: {
    openedBy: 'window',
    severity: 'error',
    words: 'replaces any file, those of Windows among them, and starts programs',
    instead: 'Elevate the one program that is needed, or a script that copies those files.',
  },
  dialogs: {
    openedBy: 'window',
    severity: 'error',
    words: 'replaces, renames and deletes any file in its dialogs for opening and saving',
    instead: 'Let people who edit a certain file write that file, without elevation.',
  },
  managesProcesses: {
    openedBy: 'window',
    severity: 'error',
    words: 'opens, stops and starts any process, those of the system and of protection software among them',
    instead: 'List the one process in a rule for taskkill.exe.',
  },
  developer: {
    openedBy: 'window',
    severity: 'error',
    words: 'runs code of projects, extensions and its own terminal',
    instead: 'Let it run without elevation, and elevate the one tool of the build that needs it.',
  },
  macros: {
    openedBy: 'window',
    severity: 'error',
    words: 'runs macros and add-ins of documents, and replaces any file in its dialogs',
    instead: 'Let it run without elevation; install its add-ins by an elevated installer.',
  },
  remoteControl: {
    openedBy: 'window',
    severity: 'error',
    words: 'gives whoever connects its desktop, keyboard and files',
    instead: 'Install its service, which asks for administrator rights by itself.',
  },
  virtualMachines: {
    openedBy: 'window',
    severity: 'error',
    words: 'gives a virtual machine or container disks and folders of the device, and starts programs',
    instead: 'Add the people to the group that its vendor names, if they may have that much.',
  },
  transfers: {
    openedBy: 'window',
    severity: 'error',
    words: 'writes files from elsewhere over any file of the device, and starts programs',
    instead: 'Let it run without elevation.',
  },
  plugins: {
    openedBy: 'window',
    severity: 'error',
    words: 'loads plug-ins and scripts that are chosen in it, and replaces any file in its dialogs',
    instead: 'Let it run without elevation.',
  },
  opensTools: {
    openedBy: 'window',
    severity: 'error',
    words: 'opens other tools of Windows, file dialogs and shells from its window',
    instead: 'Elevate the one tool that is needed.',
  },
  changesSettings: {
    openedBy: 'window',
    severity: 'error',
    words: 'changes in its window which code Windows loads or which accounts are administrators',
    instead: 'Make the one change by policy, or by a script that is elevated.',
  },
  readsTraffic: {
    openedBy: 'window',
    severity: 'error',
    words: 'loads plug-ins and writes what it records over any file, from its window',
    instead: 'Let the capture service that it installs run as the system, and the window without elevation.',
  },
} as const satisfies Readonly<Record<string, WayRow>>;

type Way = keyof typeof WAYS;

/**
 * One program: the names of its file and of its version resource without extension, parted by `|`; the way; where it is
 * described, mostly the page of the LOLBAS project (lolbas-project.github.io) of that name; and, parted the same way,
 * products or descriptions by which a rule without a file name means it.
 */
export type ProgramRow = readonly [names: string, way: Way, source: string, texts?: string];
