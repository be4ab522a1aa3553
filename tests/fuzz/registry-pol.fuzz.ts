/** Any bytes as Registry.pol: read or refused with a code, and what is read survives being written. */
import { readRegistryPol } from '../../src/policy/formats/registry-pol.ts';
import { fuzzFormat } from './policy-format.ts';

function record(key: string, name: string, type: number, data: Uint8Array): Buffer {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32LE(type, 0);
  numbers.write(';', 4, 'utf16le');
  numbers.writeUInt32LE(data.length, 6);
  numbers.write(';', 10, 'utf16le');
  return Buffer.concat([utf16(`[${key}\0;${name}\0;`), numbers, data, utf16(']')]);
}

const HEADER = Buffer.from('5052656701000000', 'hex');
const KEY = 'Software\\Policies\\EPM';
const RULE = Buffer.from('{"type":"deny","fileName":"x.exe"}\0', 'utf16le');

export const corpus: readonly Uint8Array[] = [
  HEADER,
  Buffer.concat([
    HEADER,
    record(KEY, 'EnableEPM', 4, Buffer.from([1, 0, 0, 0])),
    record(`${KEY}\\Rules`, 'r', 1, RULE),
  ]),
  Buffer.concat([
    HEADER,
    record(`${KEY}\\Rules`, 'r', 1, RULE),
    record(`${KEY}\\Rules`, '**Del.r', 1, Buffer.alloc(2)),
    record(`${KEY}\\Rules`, '**soft.s', 1, RULE),
    record(KEY, '**DeleteKeys', 1, Buffer.from('Rules;Grants\0', 'utf16le')),
  ]),
  Buffer.concat([
    HEADER,
    record(KEY, '', 0, Buffer.alloc(0)),
    record('Software\\Other', '**DelVals.', 1, Buffer.alloc(0)),
  ]),
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  fuzzFormat(bytes, 'registry-pol', readRegistryPol);
}
