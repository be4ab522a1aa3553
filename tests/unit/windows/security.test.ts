import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { zoneOf } from '../../../src/windows/files/zone.ts';
import { expandFolder } from '../../../src/windows/machine/folders.ts';
import { nativeFile } from '../../../src/windows/native-files.ts';
import { assertWindows } from '../../../src/windows/platform.ts';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { FILE_WRITE_RIGHTS, untrustedWriter } from '../../../src/windows/security/writers.ts';
import { serviceCommandLine } from '../../../src/windows/service/service-plan.ts';
import { descriptor } from './fake-registry.ts';

const WRITE_DATA = 0x2;
const INHERIT_ONLY = 0x8;

describe('security descriptors', () => {
  it('are read with owner and entries', () => {
    const parsed = parseDescriptor(
      descriptor('S-1-5-18', [
        [0, 0, 0x1f01ff, 'S-1-5-32-544'],
        [1, 0, 2, 'S-1-1-0'],
      ]),
    );
    expect(parsed).toEqual({
      owner: 'S-1-5-18',
      isProtected: false,
      dacl: [
        { kind: 'allow', inheritOnly: false, mask: 0x1f01ff, sid: 'S-1-5-32-544' },
        { kind: 'deny', inheritOnly: false, mask: 2, sid: 'S-1-1-0' },
      ],
    });
  });

  it('are refused when they are cut off anywhere', () => {
    const whole = descriptor('S-1-5-18', [[0, 0, 2, 'S-1-5-21-1-2-3-1001']]);
    for (let length = 0; length < whole.length; length += 1) {
      const read = (): unknown => parseDescriptor(whole.slice(0, length));
      expect(read, String(length)).toThrow(expect.objectContaining({ code: 'EPM_WINDOWS_API' }));
    }
  });

  it.each([
    [
      'nobody',
      descriptor('S-1-5-18', [
        [0, 0, 0x1f01ff, 'S-1-5-32-544'],
        [0, 0, 0x1200a9, 'S-1-1-0'],
      ]),
      undefined,
    ],
    ['the owner', descriptor('S-1-5-21-1-2-3-4', []), 'S-1-5-21-1-2-3-4'],
    ['everyone without a DACL', descriptor('S-1-5-18', null), 'S-1-1-0'],
    ['users', descriptor('S-1-5-18', [[0, 0, WRITE_DATA, 'S-1-5-32-545']]), 'S-1-5-32-545'],
    [
      'users, though somebody is denied',
      descriptor('S-1-5-18', [
        [1, 0, WRITE_DATA, 'S-1-1-0'],
        [0, 0, WRITE_DATA, 'S-1-5-11'],
      ]),
      'S-1-5-11',
    ],
    [
      'nobody by an entry for what lies below',
      descriptor('S-1-5-18', [[0, INHERIT_ONLY, WRITE_DATA, 'S-1-5-11']]),
      undefined,
    ],
    ['who may change the DACL', descriptor('S-1-5-18', [[0, 0, 0x40000, 'S-1-5-4']]), 'S-1-5-4'],
    ['who has everything', descriptor('S-1-5-18', [[0, 0, 0x10000000, 'S-1-5-4']]), 'S-1-5-4'],
  ])('say who may write: %s', (_who, bytes, expected) => {
    expect(untrustedWriter(parseDescriptor(bytes), FILE_WRITE_RIGHTS)).toBe(expected);
  });
});

describe('the mark of the web', () => {
  it.each([
    ['[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://x', true],
    ['[ZoneTransfer]\r\nZoneId=4', true],
    ['[ZoneTransfer]\r\n zoneid = 3 ', true],
    ['[ZoneTransfer]\r\nZoneId=2', false],
    ['[ZoneTransfer]\r\nZoneId=0', false],
    ['', true],
    ['rubbish', true],
  ])('%j', (stream, expected) => {
    expect(zoneOf(Buffer.from(stream))).toBe(expected);
  });
});

describe('AC-33 folders of the machine', () => {
  it.each([
    ['%SystemDrive%\\ProgramData', 'C:\\ProgramData'],
    ['%SYSTEMROOT%\\ServiceProfiles', 'C:\\Windows\\ServiceProfiles'],
    ['D:\\Users\\Public\\', 'D:\\Users\\Public'],
    ['%ProgramData%\\x', undefined],
    ['\\\\server\\share', undefined],
    ['relative', undefined],
    ['C:', undefined],
    ['C:\\a:b', undefined],
  ])('%j', (text, expected) => {
    expect(expandFolder(text, 'C:\\Windows')).toBe(expected);
  });
});

describe('AC-70 native files', () => {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const anyFile = path.join(here, 'security.test.ts');
  const hash = createHash('sha256').update(readFileSync(anyFile)).digest('hex');

  it('are refused when they are missing, unknown, or not the ones of the build', () => {
    const refused = expect.objectContaining({
      code: 'EPM_NATIVE_MISSING',
      hint: expect.stringMatching(/\S/) as string,
    }) as Error;
    expect(() => nativeFile('koffi.node', here, { 'koffi.node': hash })).toThrow(refused);
    expect(() => nativeFile('koffi.node', here, {})).toThrow(refused);
    expect(() => nativeFile('security.test.ts' as 'koffi.node', here, { 'security.test.ts': '0'.repeat(64) })).toThrow(
      refused,
    );
    expect(nativeFile('security.test.ts' as 'koffi.node', here, { 'security.test.ts': hash })).toBe(anyFile);
  });
});

describe('AC-99 the command line of the service', () => {
  it('is quoted', () => {
    expect(serviceCommandLine('C:\\Program Files\\EPM\\epm.exe')).toBe(
      '"C:\\Program Files\\EPM\\epm.exe" agent --service',
    );
  });
  it.each([['C:\\a" b\\epm.exe'], ['epm.exe'], ['\\\\server\\epm.exe']])('is refused for %j', (executable) => {
    expect(() => serviceCommandLine(executable)).toThrow(expect.objectContaining({ code: 'EPM_ARGUMENT' }));
  });
});

describe.skipIf(process.platform === 'win32')('elsewhere than on Windows', () => {
  it('what needs Windows says so', () => {
    expect(() => assertWindows('The agent')).toThrow(
      expect.objectContaining({ code: 'EPM_PLATFORM', message: expect.stringContaining('linux') as string }),
    );
  });
});

/** Under Administrator Protection the question alone logs on the hidden administrator account. */
it('no linked token of a caller is asked for', () => {
  const folder = fileURLToPath(new URL('../../../native/src/', import.meta.url));
  const asking = readdirSync(folder).filter((name) =>
    /LinkedToken|TOKEN_LINKED/.test(readFileSync(folder + name, 'utf8')),
  );
  // What is asked for is the full half of an account that was just logged on.
  expect(asking).toEqual(['full_token.cpp']);
});
