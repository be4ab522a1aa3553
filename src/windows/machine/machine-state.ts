/**
 * What prerequisites are judged by, as Windows itself tells it. Each fact stands alone: one that is not known is
 * null and hides no other. Where Microsoft documents what an absent value means, absence is that; elsewhere it is null.
 */
import type { MachineState } from '../../agent/prerequisites.ts';
import { isEpmError } from '../../model/errors.ts';
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import type { HealthDlls } from '../dll/load.ts';
import { isEventSourceRegistered } from '../log/event-source.ts';
import { readKey, type Root } from '../registry/key.ts';
import { loadedUserHives } from '../registry/user-hives.ts';
import { joinState } from './join-state.ts';
import { interactiveLogon } from './logon-right.ts';

const WINDOWS_NT = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
const SYSTEM_POLICIES = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System';
const CONTROL = 'SYSTEM\\CurrentControlSet\\Control';
/** Policy "Always install with elevated privileges", the same below HKLM and below a user's hive. */
const INSTALLER = 'Software\\Policies\\Microsoft\\Windows\\Installer';

/** Values of PROCESSOR_ARCHITECTURE; Windows writes that of its kernel, whatever the asking process is. */
const ARCHITECTURES: Readonly<Record<string, MachineState['architecture']>> = {
  AMD64: 'x64',
  ARM64: 'arm64',
  X86: 'x86',
};
const INSTALLATION_TYPES: Readonly<Record<string, MachineState['installationType']>> = {
  CLIENT: 'client',
  SERVER: 'server',
  'SERVER CORE': 'server',
};
/** EditionID of Windows 10 and 11 Enterprise multi-session. */
const MULTI_SESSION_EDITION = 'SERVERRDSH';

interface MachineStateDlls {
  readonly advapi32: Advapi32;
  readonly native: Pick<EpmNative, 'epm_is_wine'>;
  health(): HealthDlls;
}

/** Reads every fact now. Never throws because of a fact that is not known. */
export function readMachineState(dlls: MachineStateDlls): MachineState {
  const { advapi32, native } = dlls;
  return {
    build: fact(() => build(advapi32)),
    installationType: fact(() => named(INSTALLATION_TYPES, text(advapi32, WINDOWS_NT, 'InstallationType'))),
    architecture: fact(() =>
      named(ARCHITECTURES, text(advapi32, `${CONTROL}\\Session Manager\\Environment`, 'PROCESSOR_ARCHITECTURE')),
    ),
    // Both absent values mean what Windows ships with: on, and "legacy Admin Approval Mode" (1).
    userAccountControl: fact(() => flag(advapi32, 'HKLM', SYSTEM_POLICIES, 'EnableLUA', 1, (value) => value !== 0)),
    administratorProtection: administratorProtection(advapi32),
    join: fact(() => joinState(advapi32, dlls.health().netapi32)),
    // Wine keeps no user rights and answers that nobody has one.
    interactiveLogon: native.epm_is_wine() === 1 ? null : fact(() => interactiveLogon(dlls.health().lsa)),
    alwaysInstallElevated: fact(() => alwaysInstallElevated(advapi32)),
    multiSession: fact(() => multiSession(advapi32)),
    // Wine has no event log, and says that it wrote what it is given.
    eventLog: native.epm_is_wine() === 1 ? null : fact(() => isEventSourceRegistered(advapi32)),
  };
}

/** Null: Windows does not tell. */
export function administratorProtection(advapi32: Advapi32): boolean | null {
  return fact(() => flag(advapi32, 'HKLM', SYSTEM_POLICIES, 'TypeOfAdminApprovalMode', 0, (value) => value === 2));
}

function fact<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (isEpmError(error)) return null;
    throw error;
  }
}

function build(advapi32: Advapi32): MachineState['build'] {
  const number = text(advapi32, WINDOWS_NT, 'CurrentBuildNumber');
  const revision = value(advapi32, 'HKLM', WINDOWS_NT, 'UBR');
  if (number === null || !/^\d{1,6}$/.test(number) || revision?.type !== 'REG_DWORD') return null;
  return { number: Number(number), revision: revision.data };
}

/** @throws EpmError EPM_WINDOWS_API when one hive cannot be read: without it the list would not be whole */
function alwaysInstallElevated(advapi32: Advapi32): readonly string[] | null {
  const places: readonly (readonly [string, Root, string])[] = [
    ['HKLM', 'HKLM', INSTALLER],
    ...loadedUserHives(advapi32).map((hive) => [hive, 'HKU', `${hive}\\${INSTALLER}`] as const),
  ];
  const found: string[] = [];
  for (const [name, root, key] of places) {
    const on = flag(advapi32, root, key, 'AlwaysInstallElevated', 0, (number) => number === 1);
    if (on === null) return null;
    if (on) found.push(name);
  }
  return found;
}

/** An edition for several sessions, or the role of a terminal server (TSAppCompat 1 while TSEnabled is not 0). */
function multiSession(advapi32: Advapi32): boolean | null {
  const edition = text(advapi32, WINDOWS_NT, 'EditionID');
  if (edition?.toUpperCase() === MULTI_SESSION_EDITION) return true;
  const key = `${CONTROL}\\Terminal Server`;
  const enabled = flag(advapi32, 'HKLM', key, 'TSEnabled', 1, (number) => number !== 0);
  const shared = flag(advapi32, 'HKLM', key, 'TSAppCompat', 0, (number) => number === 1);
  if (edition === null || enabled === null || shared === null) return null;
  return shared && enabled;
}

/** Judges a number; null when the value has another type. @param absent what an absent key or value means */
function flag(
  advapi32: Advapi32,
  root: Root,
  key: string,
  name: string,
  absent: number,
  judge: (number: number) => boolean,
): boolean | null {
  const found = value(advapi32, root, key, name);
  if (found === undefined) return judge(absent);
  return found.type === 'REG_DWORD' ? judge(found.data) : null;
}

function text(advapi32: Advapi32, key: string, name: string): string | null {
  const found = value(advapi32, 'HKLM', key, name);
  return found?.type === 'REG_SZ' || found?.type === 'REG_EXPAND_SZ' ? found.data : null;
}

function value(advapi32: Advapi32, root: Root, key: string, name: string): RegistryValue | undefined {
  return readKey(advapi32, root, key, (opened) => opened.value(name));
}

function named<T>(names: Readonly<Record<string, T>>, found: string | null): T | null {
  return (found === null ? undefined : names[found.toUpperCase()]) ?? null;
}
