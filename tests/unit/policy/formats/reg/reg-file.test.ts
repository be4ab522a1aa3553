import { describe, expect, it } from 'vitest';
import { readRegFile } from '../../../../../src/policy/formats/reg/reg-file.ts';
import { regText } from '../../../../../src/policy/formats/reg/reg-writer.ts';

const HEADER = 'Windows Registry Editor Version 5.00';
const KEY = 'HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM';
const read = (text: string) => readRegFile(Buffer.from(text));
const utf16 = (text: string) => [...Buffer.from(text, 'utf16le')].map((byte) => byte.toString(16)).join(',');
const DENY = '{\\"type\\":\\"deny\\",\\"fileName\\":\\"x.exe\\"}';

describe('a .reg file', () => {
  it('is read as regedit.exe writes it: BOM, CRLF, escapes, every kind of data', () => {
    const text = [
      HEADER,
      '; a comment',
      '',
      `[-${KEY}]`,
      `[${KEY}]`,
      '"EnableEPM"=dword:00000001 ; on',
      '"PolicyId"="a \\"b\\" \\\\ c"',
      '"SendData"=-',
      `[${KEY}\\Rules]`,
      `"r;1"="${DENY}"`,
      `"r2"=hex(1):${utf16('{"type":"deny","fileName":"y.exe"}\0').replace(/((?:[^,]+,){10})/g, '$1\\\r\n  ')}`,
      '',
    ].join('\r\n');
    const { policies, problems } = readRegFile(Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect(problems).toEqual([]);
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatchObject({
      id: 'a "b" \\ c',
      scope: { kind: 'device' },
      settings: { enabled: true },
      rules: [
        { name: 'r;1', type: 'deny', fileName: 'x.exe' },
        { name: 'r2', type: 'deny', fileName: 'y.exe' },
      ],
    });
  });

  it('REGEDIT4 holds texts in eight bits, and nothing beyond ASCII', () => {
    const bytes = [...Buffer.from('{"type":"deny","fileName":"x.exe"}\0')].map((byte) => byte.toString(16)).join(',');
    const text = `REGEDIT4\r\n\r\n[${KEY}\\Rules]\r\n"r"=hex(1):${bytes}\r\n`;
    expect(read(text).policies[0]?.rules).toMatchObject([{ name: 'r', fileName: 'x.exe' }]);
    expect(() => read(text.replace('"r"', '"é"'))).toThrow(/code page|beyond ASCII/);
  });

  it('does what it says in its order: the last value stands, deleted ones and keys are gone', () => {
    const text = `${HEADER}
[${KEY}]
"EnableEPM"=dword:0
"enableepm"=dword:1
"ReportingScope"=dword:2
"REPORTINGSCOPE"=-
[${KEY}\\Rules]
"gone"="${DENY}"
[-HKEY_LOCAL_MACHINE\\software\\policies\\epm\\rules]
[HKLM\\Software\\Policies\\EPM\\Rules]
"r"="${DENY}"
`;
    expect(read(text).policies).toMatchObject([{ settings: { enabled: true }, rules: [{ name: 'r' }] }]);
    const above = `${text}\n[-HKEY_LOCAL_MACHINE\\Software\\Policies]\n`;
    expect(read(above).policies).toEqual([]);
  });

  it('has a policy for each scope, and names keys that are not EPM’s', () => {
    const user = 'HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software\\Policies\\EPM';
    const { policies, problems } = read(`${HEADER}
[${KEY}]
"EnableEPM"=dword:1
[${user}]
"SendData"=dword:0
[HKEY_CURRENT_USER\\Software\\Policies\\EPM]
"SendData"=dword:1
[HKEY_USERS\\nobody\\Software\\Policies\\EPM]
"SendData"=dword:1
[HKEY_CURRENT_USER\\Software\\Other]
"a"="line one
line two"
@="b"
`);
    expect(policies.map(({ scope, settings }) => [scope, settings])).toEqual([
      [{ kind: 'device' }, { enabled: true }],
      [{ kind: 'user' }, { sendData: true }],
      [{ kind: 'user', sid: 'S-1-5-21-1-2-3-1001' }, { sendData: false }],
    ]);
    expect(problems.map(({ code, place }) => [code, place?.line])).toEqual([
      ['otherKey', 8],
      ['otherKey', 10],
    ]);
  });

  it('AC-76 a rule of the wrong type is rejected and still denies', () => {
    const { policies } = read(
      `${HEADER}\n[${KEY}\\Rules]\n"r"=hex(2):${utf16('{"type":"deny","fileName":"x.exe"}\0')}\n`,
    );
    expect(policies[0]?.report).toMatchObject([{ name: 'r', outcome: 'rejected', stillDenies: true }]);
  });

  it.each([
    ['another header', 'Windows Registry Editor Version 6.00\n', undefined],
    ['a line that is nothing', `${HEADER}\n[${KEY}]\nEnableEPM=1\n`, 3],
    ['a value without a key', `${HEADER}\n"a"="b"\n`, 2],
    ['a value below a deleted key', `${HEADER}\n[-${KEY}]\n"a"="b"\n`, 3],
    ['an open key', `${HEADER}\n[${KEY}\n`, 2],
    ['an unknown root', `${HEADER}\n[HKEY_NOWHERE\\a]\n`, 2],
    ['a key deeper than Windows holds', `${HEADER}\n[${KEY}${'\\a'.repeat(600)}]\n`, 2],
    ['an open text', `${HEADER}\n[${KEY}]\n"a"="b\n`, 3],
    ['a number of nine digits', `${HEADER}\n[${KEY}]\n"a"=dword:000000001\n`, 3],
    ['data of no format', `${HEADER}\n[${KEY}]\n"a"=qword:1\n`, 3],
    ['a missing byte', `${HEADER}\n[${KEY}]\n"a"=hex:1,\n`, 3],
    ['a backslash inside a line', `${HEADER}\n[${KEY}]\n"a"=hex:1,\\2\n`, 3],
    ['something behind a value', `${HEADER}\n[${KEY}]\n"a"="b" c\n`, 3],
  ])('AC-76 is refused for %s, with the line', (_, text, line) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_INVALID', ...(line === undefined ? {} : { data: { line } }) }),
    );
  });

  it('is written with what Windows would lose as bytes', () => {
    const text = regText([
      { kind: 'set', key: KEY, value: { name: '', type: 'REG_SZ', data: 'a\nb' } },
      { kind: 'set', key: KEY, value: { name: 'q', type: 'REG_QWORD', data: 1n } },
      { kind: 'set', key: KEY, value: { name: 'm', type: 'REG_MULTI_SZ', data: ['x'] } },
      { kind: 'set', key: KEY, value: { name: 'b', type: 'REG_BINARY', data: Uint8Array.of(1, 255) } },
      { kind: 'delete', key: KEY, name: 'gone' },
    ]);
    expect(text.split('\r\n')).toEqual([
      HEADER,
      '',
      `[${KEY}]`,
      '@=hex(1):61,00,0a,00,62,00,00,00',
      '"q"=hex(b):01,00,00,00,00,00,00,00',
      '"m"=hex(7):78,00,00,00,00,00',
      '"b"=hex:01,ff',
      '"gone"=-',
      '',
      '',
    ]);
  });
});
