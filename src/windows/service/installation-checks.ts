/** Everything that the installation of the agent consists of on this machine: each fact, and how it is mended. */
import { win32 as paths } from 'node:path';
import { type OptionChange, strayOptions } from '../../agent/launch/image-options.ts';
import type { Prerequisite } from '../../agent/prerequisites.ts';
import { isEpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { createImageOptions } from '../image-options/image-options.ts';
import { eventSourceFault, registerEventSource } from '../log/event-source.ts';
import { dataFolderFault, protectDataFolder } from '../machine/data-folder.ts';
import { machineFolders } from '../machine/folders.ts';
import {
  DENY_FOLDERS_AND_FILES,
  keyProtectionFault,
  openToElevated,
  protectFolder,
  protectKey,
} from '../security/protect.ts';
import { requireSafeInstallation } from './installation.ts';
import { SERVICE_CHECKS } from './service-checks.ts';
import { readService } from './service-facts.ts';
import { configureService, registerService, startService } from './service-manager.ts';
import { serviceKeys } from './service-keys.ts';
import { KEY_PROTECTION, SERVICE_NAME, servicePlan } from './service-plan.ts';
import { registerShellVerb, shellVerbFault } from '../shell/shell-verb.ts';
import { registerStartMenu, startMenuFault } from '../shell/start-menu.ts';

/**
 * As Windows gives it to a program folder: the system and administrators change it, users and app containers read and run
 * what is in it. Whoever replaces a file there is the system at the next start, so programs that EPM elevated may not.
 */
const PROGRAM_DACL = `D:PAI${DENY_FOLDERS_AND_FILES}(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;OICI;0x1200a9;;;AC)(A;OICI;0x1200a9;;;S-1-15-2-2)`;

const REPAIR = 'Run "epm agent repair", or Repair-EPMAgent, as an administrator.';

interface InstallationCheck {
  readonly id: string;
  readonly title: string;
  /** What is wrong; null: not known here; undefined: nothing is. */
  readonly fault: (dlls: WindowsDlls, executable: string) => string | null | undefined;
  /** Makes it right. Absent: a person has to. @throws EpmError */
  readonly mend?: (dlls: WindowsDlls, executable: string) => void | Promise<void>;
  /** What to do where nothing mends it. */
  readonly hint?: string;
}

const CHECKS: readonly InstallationCheck[] = [
  {
    id: 'installationFolder',
    title: 'Folder of the program',
    fault: (dlls, executable) => {
      if (dlls.native.epm_is_wine() === 1) return null;
      requireSafeInstallation(dlls, paths.dirname(executable));
      return undefined;
    },
    hint: 'Copy EPM below Program Files as an administrator, so that the files belong to Administrators.',
  },
  {
    id: 'programProtection',
    title: 'Program and elevated programs',
    fault: (dlls, executable) =>
      dlls.native.epm_is_wine() === 1
        ? null
        : [paths.dirname(executable), executable, messageFile(executable)]
            .map((path) => openToElevated(dlls, path))
            .find((fault) => fault !== undefined),
    mend: protectProgramFolder,
  },
  {
    id: 'serviceRegistered',
    title: 'Service',
    fault: ({ native }) => (readService(native, SERVICE_NAME) === undefined ? 'not registered' : undefined),
    mend: registerService,
  },
  ...SERVICE_CHECKS.map(({ id, title, judge }): InstallationCheck => ({
    id,
    title,
    fault({ native }, executable) {
      const facts = readService(native, SERVICE_NAME);
      return facts === undefined ? null : judge(facts, servicePlan(executable)).fault;
    },
    mend: configureService,
  })),
  {
    id: 'serviceKey',
    title: 'Registry key of the service',
    fault: (dlls) =>
      readService(dlls.native, SERVICE_NAME) === undefined
        ? null
        : serviceKeys(dlls.advapi32)
            .map((key) => keyProtectionFault(dlls, key, KEY_PROTECTION))
            .find((fault) => fault !== undefined),
    mend: (dlls) => {
      for (const key of serviceKeys(dlls.advapi32)) protectKey(dlls, key, KEY_PROTECTION);
    },
  },
  {
    id: 'eventSource',
    title: 'Event log of EPM',
    fault: (dlls, executable) => eventSourceFault(dlls, messageFile(executable)),
    mend: (dlls, executable) => registerEventSource(dlls, messageFile(executable)),
  },
  {
    id: 'dataFolder',
    title: 'Folder of the data',
    fault: (dlls) => dataFolderFault(dlls, machineFolders(dlls.advapi32).programData),
    mend: (dlls) => protectDataFolder(dlls, machineFolders(dlls.advapi32).programData),
  },
  {
    id: 'launchOptions',
    title: 'Options of automatic rules',
    fault: (dlls, executable) => {
      const { length } = strayLaunchOptions(dlls, executable);
      return length === 0 ? undefined : 'an agent that was ended, or is another one, has left some';
    },
    mend: (dlls, executable) => {
      const options = createImageOptions(dlls.advapi32);
      for (const change of strayLaunchOptions(dlls, executable)) options.apply(change);
    },
  },
  {
    id: 'shellVerb',
    title: 'Context menu of files',
    fault: ({ advapi32 }, executable) => shellVerbFault(advapi32, executable),
    mend: ({ advapi32 }, executable) => registerShellVerb(advapi32, executable),
  },
  {
    id: 'startMenu',
    title: 'Start menu',
    fault: startMenuFault,
    mend: registerStartMenu,
  },
  {
    // The last one: what it needs is mended before.
    id: 'serviceRunning',
    title: 'Service runs',
    fault({ native }) {
      const facts = readService(native, SERVICE_NAME);
      if (facts === undefined) return null;
      return facts.state === 'running' ? undefined : `it is ${facts.state}`;
    },
    mend: startService,
  },
];

/** Keeps programs that EPM elevated from changing the program. @throws EpmError EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED */
export function protectProgramFolder(dlls: WindowsDlls, executable: string): void {
  protectFolder(dlls, paths.dirname(executable), PROGRAM_DACL);
}

function strayLaunchOptions(dlls: WindowsDlls, executable: string): readonly OptionChange[] {
  const isRunning = readService(dlls.native, SERVICE_NAME)?.state === 'running';
  const launcher = paths.join(paths.dirname(executable), 'epmlaunch.exe');
  const options = createImageOptions(dlls.advapi32);
  return strayOptions(options.read(options.names()), isRunning ? launcher : undefined);
}

/** Takes the launcher out of the place of every program. @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR */
export function removeLaunchOptions({ advapi32 }: WindowsDlls): void {
  const options = createImageOptions(advapi32);
  for (const change of strayOptions(options.read(options.names()), undefined)) options.apply(change);
}

/** The file with the texts of the events, beside the program. */
export function messageFile(executable: string): string {
  return paths.join(paths.dirname(executable), 'epmnative.dll');
}

/**
 * Judges every fact of the installation. What cannot be read is unknown, never good.
 * @param executable absolute path of the epm.exe that the service is to run
 */
export function checkInstallationFacts(dlls: WindowsDlls, executable: string): readonly Prerequisite[] {
  return CHECKS.map((check) => judged(check, dlls, executable));
}

/**
 * Mends one fact.
 * @returns false when nothing can mend it
 * @throws EpmError of what was tried
 */
export async function mendInstallation(dlls: WindowsDlls, executable: string, id: string): Promise<boolean> {
  const mend = CHECKS.find((check) => check.id === id)?.mend;
  await mend?.(dlls, executable);
  return mend !== undefined;
}

function judged(check: InstallationCheck, dlls: WindowsDlls, executable: string): Prerequisite {
  const { id, title, hint = REPAIR } = check;
  try {
    const fault = check.fault(dlls, executable);
    if (fault === undefined) return { id, title, state: 'passed', found: 'as it must be' };
    if (fault !== null) return { id, title, state: 'failed', found: fault, hint };
    return {
      id,
      title,
      state: 'unknown',
      found: 'this system does not tell',
      hint: 'Ask as an administrator, on Windows.',
    };
  } catch (error) {
    if (!isEpmError(error)) throw error;
    if (error.code === 'EPM_INSTALLATION_UNSAFE') return { id, title, state: 'failed', found: error.message, hint };
    return { id, title, state: 'unknown', found: error.message, hint: 'Ask as an administrator.' };
  }
}
