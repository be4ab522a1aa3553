/** Where links lead, by the data of their reparse points. */
import { describe, expect, it } from 'vitest';
import { linkTarget } from '../../../src/windows/files/link-target.ts';
import { openStream } from '../../../src/windows/files/open-file.ts';

const LINK = { volume: 'C:', names: ['Users', 'Public', 'link'] };
const JUNCTION = 0xa0000003;
const SYMBOLIC = 0xa000000c;

/** REPARSE_DATA_BUFFER with the name for people first, so that offsets count. */
function reparseData(tag: number, name: string, flags?: number): Buffer {
  const shown = Buffer.from('for people\0', 'utf16le');
  const followed = Buffer.from(name, 'utf16le');
  const header = Buffer.alloc(flags === undefined ? 16 : 20);
  header.writeUInt32LE(tag);
  header.writeUInt16LE(header.length - 8 + shown.length + followed.length + 2, 4);
  header.writeUInt16LE(shown.length, 8);
  header.writeUInt16LE(followed.length, 10);
  header.writeUInt16LE(0, 12);
  header.writeUInt16LE(shown.length - 2, 14);
  if (flags !== undefined) header.writeUInt32LE(flags, 16);
  return Buffer.concat([header, shown, followed, Buffer.alloc(2)]);
}

describe('where a link leads', () => {
  it.each([
    ['a junction', reparseData(JUNCTION, '\\??\\D:\\Tools\\new'), 'D:', ['Tools', 'new']],
    ['a junction with a separator at its end', reparseData(JUNCTION, '\\??\\D:\\Tools\\'), 'D:', ['Tools']],
    ['a junction to a root', reparseData(JUNCTION, '\\??\\d:'), 'd:', []],
    [
      'a mounted volume',
      reparseData(JUNCTION, '\\??\\Volume{2eca078d-5cbc-43d3-aff8-7e8511f60d0e}\\'),
      'Volume{2eca078d-5cbc-43d3-aff8-7e8511f60d0e}',
      [],
    ],
    ['a symbolic link', reparseData(SYMBOLIC, '\\??\\C:\\Tools', 0), 'C:', ['Tools']],
    ['a relative one', reparseData(SYMBOLIC, '..\\.\\Tools', 1), 'C:', ['Users', 'Tools']],
    ['one from the root of its volume', reparseData(SYMBOLIC, '\\Tools', 1), 'C:', ['Tools']],
  ])('%s', (_kind, data, volume, names) => {
    expect(linkTarget(data, LINK)).toEqual({ volume, names });
  });

  it.each([
    ['a symbolic link to a server', reparseData(SYMBOLIC, '\\??\\UNC\\server\\share', 0)],
    ['a junction to a device', reparseData(JUNCTION, '\\Device\\Mup\\server\\share')],
    ['a junction into the object manager', reparseData(JUNCTION, '\\??\\GLOBALROOT\\RPC Control\\x')],
    ['a relative junction', reparseData(JUNCTION, 'Tools')],
    ['more steps up than there are folders', reparseData(SYMBOLIC, '..\\..\\..\\Tools', 1)],
    ['another kind of reparse point', reparseData(0xa000001d, '\\??\\C:\\Tools')],
    ['nothing', Buffer.alloc(0)],
    ['a name that ends outside of the data', reparseData(JUNCTION, '\\??\\C:\\Tools').subarray(0, 40)],
  ])('nowhere that is followed: %s', (_kind, data) => {
    expect(linkTarget(data, LINK)).toBeUndefined();
  });
});

it('a name that is too long to be handed to Windows is not cut short, and its stream counts as there', () => {
  const never = (): never => {
    throw new Error('opened');
  };
  const dlls = { ntdll: { NtCreateFile: never }, kernel32: {} } as unknown as Parameters<typeof openStream>[0];
  const path = `C:\\${'a'.repeat(200)}`.padEnd(32_760, '\\a') as Parameters<typeof openStream>[1];
  expect(openStream(dlls, path, 'Zone.Identifier')).toBe('unreadable');
});
