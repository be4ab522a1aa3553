/**
 * What Windows itself keeps in HKEY_LOCAL_MACHINE about the policy in a user's hive: the record of the Policy CSP, and
 * the list of Group Policy objects that were applied to the user. Keys that others may write confirm nothing.
 */
import type { Sid } from '../../model/brands.ts';
import type { MachineFolders } from '../../model/request.ts';
import { ADMX_APPLICATION, ADMX_CATEGORY, ADMX_SETTING_TYPE } from '../../policy/declaration/names.ts';
import { recordedPolicy } from '../../policy/formats/mdm/policy-record.ts';
import { confirmedBy } from '../../policy/registry/confirmation.ts';
import type { RegistrySnapshot } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { readKey, type RegistryDlls } from '../registry/key.ts';
import { policyOfFiles, protectedFiles, type TrustedFiles } from './group-policy-files.ts';
import { refuseForeignWriter } from './key-trust.ts';

/** Whether Windows' own records say what the hive of a user says. Never throws: what cannot be read confirms nothing. */
export type Confirms = (user: Sid, hive: RegistrySnapshot) => boolean;

const MANAGER = 'SOFTWARE\\Microsoft\\PolicyManager';
const AREA = `${ADMX_APPLICATION}~${ADMX_SETTING_TYPE}~${ADMX_CATEGORY}`;
const GROUP_POLICY = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Group Policy\\State';
/** Lists of the objects applied to a user; the second one where loopback processing adds those of the computer. */
const LISTS = ['GPO-List', 'Loopback-GPO-List'] as const;

/** Keys below HKEY_LOCAL_MACHINE whose change may confirm the hive of a user, or no longer. */
export function recordKeys(user: string): readonly string[] {
  return [`${MANAGER}\\current\\${user}\\${AREA}`, `${GROUP_POLICY}\\${user}`];
}

export function createConfirmation(dlls: WindowsDlls, folders: MachineFolders): Confirms {
  return confirmationBy(dlls, protectedFiles(dlls), folders);
}

/** @param files what is read of the disk */
export function confirmationBy(dlls: RegistryDlls, files: TrustedFiles, folders: MachineFolders): Confirms {
  return (user, hive) => {
    try {
      const records = [
        mdmRecord(dlls, user),
        policyOfFiles(files, folders, user, appliedObjects(dlls.advapi32, user)),
      ].filter((record) => record !== undefined);
      return records.length > 0 && confirmedBy(hive, records);
    } catch {
      // Whatever cannot be read may hold what a grant was narrowed by. The status says what is left out for that.
      return false;
    }
  };
}

/** @throws EpmError when a key cannot be read or others may write it */
function mdmRecord(dlls: RegistryDlls, user: Sid): ReturnType<typeof recordedPolicy> {
  const area = `${MANAGER}\\current\\${user}\\${AREA}`;
  const current = trustedTexts(dlls, area);
  return recordedPolicy(current, (provider) => {
    // An enrollment is a GUID; anything else would lead to another key.
    if (!/^\{?[0-9A-Fa-f-]{36}\}?$/.test(provider)) return new Map();
    return trustedTexts(dlls, `${MANAGER}\\providers\\${provider}\\default\\${user}\\${AREA}`);
  });
}

/** Texts of a key that lies, like each key above it up to `Microsoft`, where only administrators write. */
function trustedTexts({ advapi32, native }: RegistryDlls, name: string): ReadonlyMap<string, string> {
  const texts = readKey(advapi32, 'HKLM', name, (key) => {
    refuseForeignWriter(key);
    return key
      .values(native)
      .flatMap(({ name: valueName, data }) => (typeof data === 'string' ? [[valueName, data] as const] : []));
  });
  if (texts === undefined) return new Map();
  requireTrustedAbove(advapi32, name);
  return new Map(texts);
}

function requireTrustedAbove(advapi32: Advapi32, name: string): void {
  const steps = name.split('\\');
  for (let depth = steps.length - 1; depth > 2; depth -= 1) {
    readKey(advapi32, 'HKLM', steps.slice(0, depth).join('\\'), refuseForeignWriter);
  }
}

/**
 * Identifiers of the Group Policy objects that were applied to a user, in the order of application.
 * @throws EpmError when a key cannot be read or others may write it
 */
function appliedObjects(advapi32: Advapi32, user: Sid): readonly string[] {
  return LISTS.flatMap((list) => {
    const name = `${GROUP_POLICY}\\${user}\\${list}`;
    const numbers = readKey(advapi32, 'HKLM', name, (key) => {
      refuseForeignWriter(key);
      return key.subkeyNames();
    });
    if (numbers === undefined) return [];
    requireTrustedAbove(advapi32, name);
    return numbers
      .filter((number) => /^\d{1,5}$/.test(number))
      .sort((left, right) => Number(left) - Number(right))
      .flatMap((number) => appliedObject(advapi32, `${name}\\${number}`));
  });
}

function appliedObject(advapi32: Advapi32, name: string): readonly string[] {
  const found = readKey(advapi32, 'HKLM', name, (key) => {
    refuseForeignWriter(key);
    const isSet = (value: string): boolean => Number(key.value(value)?.data ?? 0) !== 0;
    const isFiltered = key.value('WQLFilterPass') !== undefined && !isSet('WQLFilterPass');
    const id = key.value('GPOID')?.data;
    return isSet('AccessDenied') || isSet('GPO-Disabled') || isFiltered || typeof id !== 'string' ? undefined : id;
  });
  return found === undefined ? [] : [found];
}
