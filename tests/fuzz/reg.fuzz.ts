/** Any bytes as a .reg file: read or refused with a code, and what is read survives being written. */
import { readRegFile } from '../../src/policy/formats/reg/reg-file.ts';
import { fuzzFormat } from './policy-format.ts';

const KEY = 'HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM';
const HEADER = 'Windows Registry Editor Version 5.00\r\n\r\n';
const DENY = '{\\"type\\":\\"deny\\",\\"fileName\\":\\"x.exe\\"}';

export const corpus: readonly string[] = [
  `${HEADER}[-${KEY}]\r\n[${KEY}]\r\n"EnableEPM"=dword:00000001\r\n@=-\r\n\r\n[${KEY}\\Rules]\r\n"r"="${DENY}"\r\n`,
  `${HEADER}; c\r\n[${KEY}\\Rules]\r\n"r"=hex(1):7b,00,22,00,\\\r\n  7d,00,00,00\r\n"s"=hex(7):61,00,00,00,00,00\r\n`,
  `${HEADER}[HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software\\Policies\\EPM]\r\n"q"=hex(b):01,00,00,00,00,00,00,00\r\n`,
  `REGEDIT4\r\n[HKLM\\Software\\Policies\\EPM\\Rules]\r\n"r"=hex(2):61,00\r\n"t"="${DENY}"\r\n`,
  `${HEADER}[HKCU\\Software\\Policies\\EPM]\r\n"a"="b\r\nc"\r\n[-HKLM\\Software]\r\n`,
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  fuzzFormat(bytes, 'reg', readRegFile);
}
