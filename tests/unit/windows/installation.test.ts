import { describe, expect, it } from 'vitest';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { checkInstallation } from '../../../src/windows/service/installation.ts';
import { fromSddl } from './sddl.ts';

const USER = 'S-1-5-21-1000000001-1000000002-1000000003-1001';
const READ_ONLY = 'O:BAD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1200a9;;;AC)';
const FOLDER = 'C:\\Program Files\\EPM';

/** An installation as a copy by an administrator makes it. */
const SOUND: Readonly<Record<string, string>> = {
  'C:\\': 'O:SYD:PAI(A;;LC;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;;FA;;;SY)(A;;FA;;;BA)(A;OICI;0x1200a9;;;BU)',
  'C:\\Program Files': `${READ_ONLY}(A;OICIIO;GA;;;CO)`,
  [FOLDER]: READ_ONLY,
  [`${FOLDER}\\epm.exe`]: READ_ONLY,
  [`${FOLDER}\\epmnative.dll`]: READ_ONLY,
  [`${FOLDER}\\EPM`]: READ_ONLY,
  [`${FOLDER}\\EPM\\EPM.psm1`]: READ_ONLY,
};

function check(changed: Readonly<Record<string, string | undefined>> = {}, links: readonly string[] = []): void {
  const all = { ...SOUND, ...changed };
  checkInstallation(FOLDER, {
    security: (path) => (all[path] === undefined ? undefined : parseDescriptor(fromSddl(all[path]))),
    kind: (path) => (links.includes(path) ? 'other' : /\.\w+$/.test(path) ? 'file' : 'folder'),
    names: (folder) =>
      Object.keys(all)
        .filter((path) => path.startsWith(`${folder}\\`) && !path.slice(folder.length + 1).includes('\\'))
        .map((path) => path.slice(folder.length + 1)),
  });
}

describe('AC-72 the folder that the service runs from', () => {
  it('is taken as an administrator makes it', () => {
    expect(() => check()).not.toThrow();
  });

  it.each([
    ['the program belongs to a person', `${FOLDER}\\epm.exe`, `O:${USER}D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)`],
    ['the program can be written', `${FOLDER}\\epm.exe`, `${READ_ONLY}(A;;0x1301bf;;;AU)`],
    ['a library can be written', `${FOLDER}\\epmnative.dll`, `${READ_ONLY}(A;;0x2;;;BU)`],
    ['files can be put beside the program', FOLDER, `${READ_ONLY}(A;;0x2;;;BU)`],
    ['a part of the module can be written', `${FOLDER}\\EPM\\EPM.psm1`, `${READ_ONLY}(A;;FA;;;${USER})`],
    ['files can be put into the module', `${FOLDER}\\EPM`, `${READ_ONLY}(A;;0x4;;;WD)`],
    ['a folder above can be replaced', 'C:\\Program Files', `${READ_ONLY}(A;;DTSD;;;AU)`],
    ['permissions cannot be read', `${FOLDER}\\epm.exe`, undefined],
  ])('is refused when %s', (_name, path, sddl) => {
    expect(() => check({ [path]: sddl })).toThrow(
      expect.objectContaining({ code: 'EPM_INSTALLATION_UNSAFE', data: { path } }),
    );
  });

  it.each([FOLDER, `${FOLDER}\\EPM`, 'C:\\Program Files'])('is refused when %s is a link', (path) => {
    expect(() => check({}, [path])).toThrow(expect.objectContaining({ code: 'EPM_INSTALLATION_UNSAFE' }));
  });
});
