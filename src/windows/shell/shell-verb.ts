/**
 * The verb "Run with elevated access" in the context menu of files. "SystemFileAssociations" holds verbs of an extension
 * whatever program people have chosen for it (Microsoft Learn, "Verbs and File Associations").
 */
import { win32 as paths } from 'node:path';
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey, writeKey } from '../registry/key.ts';
import { removeTree, setValue } from '../registry/write.ts';

/** What may be elevated. */
const EXTENSIONS = ['.exe', '.msi', '.ps1'];
const VERB = 'EPM.RunElevated';
const TITLE = 'Run with elevated access';

const keyOf = (extension: string): string => `SOFTWARE\\Classes\\SystemFileAssociations\\${extension}\\shell\\${VERB}`;

/** Keys and values of one extension. @param executable absolute path of epm.exe, which has the icon */
function entriesOf(extension: string, executable: string): readonly (readonly [string, readonly RegistryValue[]])[] {
  const launcher = paths.join(paths.dirname(executable), 'epmlaunch.exe');
  return [
    [
      keyOf(extension),
      [
        { name: 'MUIVerb', type: 'REG_SZ', data: TITLE },
        { name: 'Icon', type: 'REG_SZ', data: `"${executable}",0` },
        // One file at a time.
        { name: 'MultiSelectModel', type: 'REG_SZ', data: 'Single' },
      ],
    ],
    // No file name has a quotation mark.
    [`${keyOf(extension)}\\command`, [{ name: '', type: 'REG_SZ', data: `"${launcher}" --elevate "%1"` }]],
  ];
}

/**
 * Puts the verb into the menus, or gives it its values again.
 * @param executable absolute path of epm.exe
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API
 */
export function registerShellVerb(advapi32: Advapi32, executable: string): void {
  for (const [name, values] of EXTENSIONS.flatMap((extension) => entriesOf(extension, executable))) {
    writeKey(advapi32, 'HKLM', name, (key) => {
      for (const value of values) setValue(advapi32, 'HKLM', name, key, value);
    });
  }
}

/** What of the verb is not as it must be; undefined: nothing. @throws EpmError EPM_WINDOWS_API */
export function shellVerbFault(advapi32: Advapi32, executable: string): string | undefined {
  for (const extension of EXTENSIONS) {
    for (const [name, values] of entriesOf(extension, executable)) {
      const found = readKey(advapi32, 'HKLM', name, (key) => values.map((value) => key.value(value.name)));
      if (found === undefined) return `it is not there for ${extension} files`;
      const isRight = values.every(({ type, data }, at) => found[at]?.type === type && found[at].data === data);
      if (!isRight) return `it is another one for ${extension} files`;
    }
  }
  return undefined;
}

/** Takes the verb out of the menus. @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API */
export function removeShellVerb(advapi32: Advapi32): void {
  for (const extension of EXTENSIONS) {
    const isThere = readKey(advapi32, 'HKLM', keyOf(extension), () => true) === true;
    if (isThere) removeTree(advapi32, 'HKLM', keyOf(extension));
  }
}
