/** A program from anywhere is either refused with the place of the fault, or described within the file's own bounds. */
import { MalformedContent } from '../../src/facts/malformed.ts';
import type { Turns } from '../../src/facts/turns.ts';
import { inspectExecutable, MAX_VERSION_RESOURCES } from '../../src/facts/pe/index.ts';
import { MAX_CERTIFICATE_TABLE } from '../../src/facts/pe/certificate-table.ts';
import { MAX_MANIFEST } from '../../src/facts/pe/manifest.ts';
import {
  buildProgram,
  certificateEntry,
  derSequence,
  directoryOffset,
  OPTIONAL_OFFSET,
  PE_OFFSET,
  sectionOffset,
  versionResource,
  withCertificateTable,
} from '../unit/facts/pe-builder.ts';
import type { Choices } from './random.ts';

/** Headers, directories and what lies beside them. */
const MOST_READ = MAX_CERTIFICATE_TABLE + MAX_VERSION_RESOURCES + MAX_MANIFEST + 64 * 1024;
const MOST_READS = 2_000;

const MANIFEST =
  '<assembly xmlns="urn:schemas-microsoft-com:asm.v1"><trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security>' +
  '<requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges></security>' +
  '</trustInfo></assembly>';
const texts = { CompanyName: 'Contoso', ProductName: 'Tool', FileVersion: '1.2.3.4', OriginalFilename: 'tool.exe' };
const version = versionResource({ version: [1, 2, 3, 4], tables: { '040904b0': texts, '040704b0': texts } });
const resources = [
  { type: 16, language: 0x407, data: version },
  { type: 16, language: 0x409, data: version },
  { type: 24, data: Buffer.from(MANIFEST) },
];
const entry = certificateEntry(derSequence(100));

export const corpus: readonly Buffer[] = [
  buildProgram(),
  buildProgram({ machine: 'x86', resources, overlay: Buffer.from('overlay') }),
  buildProgram({ machine: 'arm64', resources }),
  withCertificateTable(buildProgram({ resources }), [entry]),
  withCertificateTable(buildProgram({ machine: 'x86', overlay: Buffer.from('overlay') }), [entry, entry]),
];

/** Where the fields that lead somewhere lie, for x64; other programs have other fields there. */
const FIELDS: readonly number[] = [
  0x3c,
  ...[4, 6, 20, 22].map((at) => PE_OFFSET + at),
  ...[0, 32, 36, 60, 64, 68, 92, 108].map((at) => OPTIONAL_OFFSET + at),
  ...[2, 4].flatMap((index) => [directoryOffset(index), directoryOffset(index) + 4]),
  ...[2, 4].flatMap((index) => [directoryOffset(index, 'x86'), directoryOffset(index, 'x86') + 4]),
  ...[0, 1].flatMap((index) => [8, 12, 16, 20].map((at) => sectionOffset(index) + at)),
  ...[0, 1].flatMap((index) => [8, 12, 16, 20].map((at) => sectionOffset(index, 'x86') + at)),
];
const INTERESTING = [0, 1, 2, 7, 8, 0x10, 0x80, 0x200, 0x400, 0x1000, 0x2000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** A program of the corpus with one to six changes, most of them to a field that leads somewhere. */
export function mutateProgram(choices: Choices): Buffer {
  let bytes = Buffer.from(choices.of(corpus));
  for (let changes = 1 + choices.below(6); changes > 0; changes -= 1) {
    const at = placeOf(bytes, choices);
    choices.of([
      () => bytes.writeUInt8(choices.below(256), at),
      () => bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << choices.below(8)), at),
      () => writeNumber(bytes, at, choices.of(INTERESTING), choices),
      () => writeNumber(bytes, at, choices.below(bytes.length + 16), choices),
      () => writeNumber(bytes, at, numberAt(bytes, at) + choices.below(65) - 32, choices),
      () => void bytes.copy(bytes, at, placeOf(bytes, choices), bytes.length),
      () =>
        void choices
          .of(corpus)
          .subarray(at, at + choices.below(256))
          .copy(bytes, at),
      () => {
        if (choices.chance(0.2)) bytes = bytes.subarray(0, Math.max(4, at));
      },
      () => {
        if (choices.chance(0.2)) bytes = Buffer.concat([bytes, Buffer.alloc(choices.below(64), choices.below(2))]);
      },
    ])();
  }
  return bytes;
}

function placeOf(bytes: Buffer, choices: Choices): number {
  const structures: (() => number)[] = [
    () => choices.of(FIELDS),
    // Resource directories and version blocks, behind the code.
    () => 1024 + choices.below(256),
    () => 1024 + choices.below(2048),
    // Certificate table and overlay.
    () => bytes.length - 1 - choices.below(256),
    () => choices.below(bytes.length),
  ];
  return Math.min(Math.max(choices.of(structures)(), 0), bytes.length - 1);
}

function numberAt(bytes: Buffer, at: number): number {
  return at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0;
}

function writeNumber(bytes: Buffer, at: number, value: number, choices: Choices): void {
  if (choices.chance(0.5) && at + 4 <= bytes.length) bytes.writeUInt32LE(value >>> 0, at);
  else if (at + 2 <= bytes.length) bytes.writeUInt16LE(value & 0xffff, at);
}

/** @returns whether the program was described; else it was refused as it should be */
export async function fuzz(bytes: Uint8Array, turns: Turns): Promise<boolean> {
  let reads = 0;
  let total = 0;
  const source = {
    size: bytes.length,
    read(offset: number, length: number): Uint8Array {
      if (offset < 0 || length <= 0 || offset + length > bytes.length) throw new Error('A read outside of the file.');
      reads += 1;
      total += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  try {
    check(bytes, await inspectExecutable(source, turns));
    return true;
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
    if (!/, (?:offset|address) 0x[0-9a-f]+$/.test(error.place)) throw new Error('A refusal without a place.');
    return false;
  } finally {
    if (reads > MOST_READS || total > Math.min(MOST_READ, 300 * bytes.length)) throw new Error('Too much was read.');
  }
}

function check(bytes: Uint8Array, { facts, content }: Awaited<ReturnType<typeof inspectExecutable>>): void {
  if (content.coverage.kind !== 'ranges') throw new Error('A program is digested by ranges.');
  let end = 0;
  let covered = 0;
  for (const range of content.coverage.ranges) {
    if (range.start < end || range.end < range.start || range.end > bytes.length) throw new Error('A range is wrong.');
    covered += range.end - range.start;
    end = range.end;
  }
  if ((end + (content.coverage.zeros ?? 0)) % 8 !== 0) throw new Error('What is digested is not aligned.');
  const table = bytes.length - end;
  const signed = content.signatures.reduce((sum, { length }) => sum + 8 + Math.ceil(length / 8) * 8, 0);
  if (table > signed + 8) throw new Error('Something hides in the certificate table.');
  if (content.signatures.length === 0 && table > 0) throw new Error('The end of the file is not covered.');
  if (bytes.length - covered - table > 12) throw new Error('More than checksum and directory entry is not covered.');
  for (const { language, texts: table } of facts.executable?.versionTexts ?? []) {
    if (!/^[0-9a-f]{8}$/i.test(language)) throw new Error('A language is wrong.');
    if (Object.values(table).some((text) => !text.isWellFormed() || text.includes('\0'))) {
      throw new Error('A text is wrong.');
    }
  }
  if (facts.fixedVersion?.some((part) => part < 0 || part > 65535)) throw new Error('A version is wrong.');
}
