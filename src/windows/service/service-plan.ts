/** How the service is to be registered. Everything is read back after it was set, and compared with this. */
import { EpmError } from '../../model/errors.ts';
import type { Protection } from '../security/protection.ts';

export const SERVICE_NAME = 'EPMAgent';
export const SERVICE_DISPLAY_NAME = 'EPM Agent';
/** A control of the service's own (128 to 255, ControlService): stop, and remove what the agent made outside of its data. */
export const REMOVE_CONTROL = 128;
export const SERVICE_KEY = `SYSTEM\\CurrentControlSet\\Services\\${SERVICE_NAME}`;

/** SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, SERVICE_SID_TYPE_UNRESTRICTED (winnt.h, winsvc.h). */
export const OWN_PROCESS = 0x10;
export const AUTO_START = 2;
export const ERROR_NORMAL = 1;
export const SID_UNRESTRICTED = 1;
const SC_ACTION_RESTART = 1;

/**
 * Privileges of the service; Windows takes the others of the system account away before the agent runs
 * (SERVICE_REQUIRED_PRIVILEGES_INFO). Each with what the agent needs it for; the tokens that it makes are not limited by it.
 */
export const REQUIRED_PRIVILEGES: Readonly<Record<string, string>> = {
  SeAssignPrimaryTokenPrivilege: 'start a program with the token of another account (CreateProcessAsUserW)',
  SeBackupPrivilege: 'load and unload the profile of an account (LoadUserProfileW)',
  SeChangeNotifyPrivilege: 'reach files below folders that it may not list',
  SeCreateGlobalPrivilege: 'make objects that every session sees; Windows gives it to every service',
  SeImpersonatePrivilege: 'learn who is at the other end of a pipe (ImpersonateNamedPipeClient)',
  SeIncreaseQuotaPrivilege: 'start a program with the token of another account (CreateProcessAsUserW)',
  SeRestorePrivilege: 'load and unload the profile of an account (LoadUserProfileW)',
  SeTcbPrivilege: 'map names of isolated accounts, log them on without a password, and choose the session of a token',
};

export interface ServicePlan {
  readonly commandLine: string;
  readonly account: string;
  readonly description: string;
  /** Seconds after which failures are forgotten. */
  readonly resetPeriod: number;
  readonly actions: readonly { readonly type: number; readonly delay: number }[];
  /** Milliseconds that Windows waits for the agent before it goes down. */
  readonly preshutdown: number;
}

/** @throws EpmError EPM_ARGUMENT when the path cannot be quoted safely */
export function serviceCommandLine(executable: string): string {
  if (executable.includes('"') || !/^[A-Za-z]:\\/.test(executable)) {
    throw new EpmError('EPM_ARGUMENT', `"${executable}" is not an absolute path on a local drive.`, {
      hint: 'Install EPM below Program Files and run the verb from there.',
    });
  }
  // Without the quotes Windows would run what lies at the first space of the path.
  return `"${executable}" agent --service`;
}

/** epm.exe of a registered command line; undefined when it is not one of ours, an unquoted one among them. */
export function programOfCommandLine(commandLine: string): string | undefined {
  return /^"([A-Za-z]:\\[^"]+\\epm\.exe)" agent --service$/i.exec(commandLine)?.[1];
}

/** @param executable absolute path of epm.exe. @throws EpmError EPM_ARGUMENT */
export function servicePlan(executable: string): ServicePlan {
  const restart = (seconds: number): { type: number; delay: number } => ({
    type: SC_ACTION_RESTART,
    delay: seconds * 1000,
  });
  return {
    commandLine: serviceCommandLine(executable),
    account: 'LocalSystem',
    description: 'Decides which programs standard users may run with administrator rights, starts them and records it.',
    resetPeriod: 24 * 60 * 60,
    // Growing, so that an agent that ends again and again does not keep the machine busy; the last one repeats.
    actions: [restart(1), restart(10), restart(60), restart(600)],
    // As long as a stop may take; otherwise ten seconds (SERVICE_PRESHUTDOWN_INFO, Microsoft Learn).
    preshutdown: 30_000,
  };
}

/** Rights of services (winsvc.h): query configuration and status, list dependants, interrogate, READ_CONTROL. */
const SERVICE_READ = 0x1 | 0x4 | 0x8 | 0x80 | 0x20000;
/** SERVICE_CHANGE_CONFIG, _START, _STOP, _PAUSE_CONTINUE, _USER_DEFINED_CONTROL, DELETE, WRITE_DAC, WRITE_OWNER. */
const SERVICE_CHANGE = 0x2 | 0x10 | 0x20 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000;

export const SERVICE_PROTECTION: Protection = {
  allowed: {
    'S-1-5-18': SERVICE_READ | SERVICE_CHANGE,
    'S-1-5-32-544': SERVICE_READ | SERVICE_CHANGE,
    // INTERACTIVE and SERVICE, as Windows lets them see every service.
    'S-1-5-4': SERVICE_READ,
    'S-1-5-6': SERVICE_READ,
  },
  denied: SERVICE_CHANGE,
  inherited: '',
};

const KEY_ALL = 0xf003f;
const KEY_READ = 0x20019;
/** KEY_SET_VALUE, KEY_CREATE_SUB_KEY, KEY_CREATE_LINK, DELETE, WRITE_DAC, WRITE_OWNER. */
const KEY_CHANGE = 0x2 | 0x4 | 0x20 | 0x10000 | 0x40000 | 0x80000;

/** Of the service's key, and of the key of its event log, which the service of the event log reads as Authenticated Users. */
export const KEY_PROTECTION: Protection = {
  allowed: { 'S-1-5-18': KEY_ALL, 'S-1-5-32-544': KEY_ALL, 'S-1-5-11': KEY_READ },
  denied: KEY_CHANGE,
  inherited: 'CI',
};
