import { describe, expect, it } from 'vitest';
import { isKnownAgain, placeFacts, writableByUsers } from '../../../src/windows/files/place.ts';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { fromSddl } from './sddl.ts';

const TI = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464';
/** An isolated account. */
const ACCOUNT = 'S-1-5-96-1-2-3';
const USER = 'S-1-5-21-1000000001-1000000002-1000000003-1001';
/** Who may do what in the folders of Windows: everybody reads, TrustedInstaller, SYSTEM and administrators change. */
const PROTECTED =
  `(A;;FA;;;${TI})(A;CIIO;GA;;;${TI})(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)` +
  '(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)(A;;0x1200a9;;;AC)(A;OICIIO;GXGR;;;AC)';
const INHERITED = '(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)';

/** Descriptors as an ordinary installation of Windows 11 has them. */
const SECURITY: Readonly<Record<string, string>> = {
  'C:\\':
    `O:${TI}D:PAI(A;;LC;;;AU)(A;OICIIO;SDGXGWGR;;;AU)(A;;FA;;;SY)(A;OICIIO;GA;;;SY)(A;OICIIO;GA;;;BA)(A;;FA;;;BA)` +
    '(A;OICI;0x1200a9;;;BU)',
  'C:\\Windows': `O:${TI}D:PAI${PROTECTED}`,
  'C:\\Windows\\System32': `O:${TI}D:PAI${PROTECTED}`,
  'C:\\Program Files': `O:${TI}D:PAI${PROTECTED}`,
  'C:\\Program Files\\App': `O:SYD:AI${INHERITED}`,
  'C:\\ProgramData':
    'O:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)',
  'C:\\ProgramData\\App': 'O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)',
  'C:\\ProgramData\\Inherits':
    'O:BAD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)',
  'C:\\Users': 'O:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;OICI;0x1200a9;;;WD)',
  'C:\\Users\\one': `O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;${USER})`,
  'C:\\Users\\one\\Downloads': `O:${USER}D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;${USER})`,
  'C:\\Users\\one\\Kept': 'O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)',
  'C:\\Users\\EPM.one': `O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;${ACCOUNT})`,
  'C:\\Users\\EPM.one\\Temp': `O:${ACCOUNT}D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;${ACCOUNT})`,
  'C:\\Users\\Public':
    'O:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1301ff;;;IU)(A;OICIIO;SDGXGWGR;;;IU)(A;OICIIO;GA;;;CO)',
  // Made by a program at the root of the drive, where authenticated users get "modify" by inheritance.
  'C:\\Tools': 'O:BAD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)',
  'C:\\Tools\\Locked': 'O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)',
};
/** What programs of that account unpack there. */
const UNPACKED = `O:${ACCOUNT}D:AI(A;ID;FA;;;SY)(A;ID;FA;;;${ACCOUNT})`;
const READ_ONLY = `O:BAD:AI${INHERITED}`;

function facts(folder: string, file: string = READ_ONLY, own?: ReadonlySet<string>) {
  const asked: string[] = [];
  const place = placeFacts(
    {
      fileSystem: 'NTFS',
      driveType: 3,
      fileSecurity: () => parseDescriptor(fromSddl(file)),
      folderSecurity(name) {
        asked.push(name);
        const text = SECURITY[name];
        return text === undefined ? undefined : parseDescriptor(fromSddl(text));
      },
    },
    `${folder.replace(/\\$/, '')}\\app.exe`,
    own,
  );
  return { place, asked, writable: writableByUsers(place) };
}

describe('the place of a file', () => {
  it('of the account itself counts as closed for it, and as open for everybody else', () => {
    const folder = 'C:\\Users\\EPM.one\\Temp';
    expect(facts(folder, UNPACKED, new Set([ACCOUNT])).writable).toBe(false);
    expect(facts(folder, UNPACKED).writable).toBe(true);
    expect(facts(folder, UNPACKED, new Set([USER])).writable).toBe(true);
    // What others may write is not made better by it.
    expect(facts('C:\\Users\\one\\Downloads', UNPACKED, new Set([ACCOUNT])).writable).toBe(true);
  });

  it.each([
    ['C:\\Windows\\System32', false],
    ['C:\\Windows', false],
    ['C:\\Program Files\\App', false],
    // Its parent lets users add files, which does not change what lies in it.
    ['C:\\ProgramData\\App', false],
    ['C:\\ProgramData\\Inherits', true],
    ['C:\\ProgramData', true],
    // Users may add folders there, such as `app.exe.local`.
    ['C:\\', true],
    ['C:\\Users\\one\\Downloads', true],
    ['C:\\Users\\Public', true],
    ['C:\\Tools', true],
  ])('AC-24 %s: users may write there: %s', (folder, expected) => {
    expect(facts(folder).place).toEqual({
      fileSystem: 'NTFS',
      volumeKind: 'fixed',
      fileWritableByUsers: false,
      folderWritableByUsers: expected,
    });
    expect(facts(folder).writable).toBe(expected);
  });

  it.each(['C:\\Users\\one\\Kept', 'C:\\Tools\\Locked'])(
    "AC-24 %s is protected, but a folder above can be put in another's place",
    (folder) => {
      expect(facts(folder).place.folderWritableByUsers).toBe(true);
    },
  );

  it('asks every folder up to the root of the drive', () => {
    expect(facts('C:\\Windows\\System32').asked).toEqual(['C:\\Windows\\System32', 'C:\\Windows', 'C:\\']);
  });

  it.each([
    [`O:${USER}D:AI${INHERITED}`, true],
    [`O:BAD:AI(A;;0x1301bf;;;${USER})${INHERITED}`, true],
    [`O:${TI}D:PAI(A;;FA;;;${TI})(A;;0x1200a9;;;SY)(A;;0x1200a9;;;BA)(A;;0x1200a9;;;BU)(A;;0x1200a9;;;AC)`, false],
  ])('AC-28 a file with the descriptor %s can be written by users: %s', (file, expected) => {
    const { place, writable } = facts('C:\\Program Files\\App', file);
    expect(place).toMatchObject({ fileWritableByUsers: expected, folderWritableByUsers: false });
    expect(writable).toBe(expected);
  });

  it('is not known where part of it is not, unless the rest is enough', () => {
    expect(facts('C:\\Program Files\\Unknown').place).not.toHaveProperty('folderWritableByUsers');
    expect(facts('C:\\Program Files\\Unknown').writable).toBeUndefined();
    expect(facts('C:\\Program Files\\Unknown', `O:${USER}D:P`).writable).toBe(true);
  });

  it.each([
    [2, 'removable'],
    [3, 'fixed'],
    [4, 'network'],
    [5, 'optical'],
    [6, 'ramDisk'],
    [0, 'unknown'],
    [1, 'unknown'],
  ])('names the kind of volume %i: %s', (driveType, expected) => {
    const none = (): undefined => undefined;
    const place = placeFacts(
      { fileSystem: 'ReFS', driveType, fileSecurity: none, folderSecurity: none },
      'D:\\app.exe',
    );
    expect(place).toEqual({ fileSystem: 'ReFS', volumeKind: expected });
  });

  it('fails on a descriptor that is cut off', () => {
    const source = {
      fileSystem: 'NTFS',
      driveType: 3,
      fileSecurity: () => parseDescriptor(fromSddl(READ_ONLY).slice(0, 30)),
      folderSecurity: () => undefined,
    };
    expect(() => placeFacts(source, 'C:\\app.exe')).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
  });
});

it('AC-14 facts are kept of files on the volume of Windows that users cannot write, and of no others', () => {
  const kept = [true, false].flatMap((onSystemVolume) =>
    [false, true, undefined].map((writable) => isKnownAgain({ onSystemVolume, writable })),
  );
  expect(kept).toEqual([true, false, false, false, false, false]);
});
