/**
 * Headers and section table of a program ("PE Format", learn.microsoft.com/windows/win32/debug/pe-format).
 *
 * Written by hand, because the libraries for it (pe-library, resedit) take the whole file into memory and believe its
 * offsets; these bytes are hostile. Where readers of the format differ from the Windows loader, the file is refused:
 * what is described here is then what runs.
 */
import type { ByteSource } from '../byte-source.ts';
import { type Piece, readPiece } from './bytes.ts';

interface Section {
  /** Of the first byte in memory, relative to the image. */
  readonly address: number;
  /** Bytes in memory, whole units of the section alignment. */
  readonly extent: number;
  /** Bytes in the file: from `rawOffset`, `rawSize` of them. */
  readonly rawOffset: number;
  readonly rawSize: number;
}

export interface ImageHeaders {
  /** See {@link ExecutableFacts}. */
  readonly machine: string;
  readonly subsystem: string;
  /** File offset of OptionalHeader.CheckSum, four bytes no signature covers. */
  readonly checksumOffset: number;
  /** File offset of the certificate table's directory entry, eight bytes no signature covers. */
  readonly securityEntryOffset: number | undefined;
  /** File offset, not an address, unlike every other directory. */
  readonly certificateTable: { readonly offset: number; readonly size: number } | undefined;
  /** Address of the resource directory. */
  readonly resourceAddress: number | undefined;
  readonly sizeOfHeaders: number;
  readonly sections: readonly Section[];
}

/** The Windows loader's own limit as the format documents it ("Section Table"). */
const MAX_SECTIONS = 96;
/** Bytes. The fixed part and sixteen directories take 240. */
const MAX_OPTIONAL_HEADER = 1024;

const DOS_HEADER = 0x40;
const SIGNATURE_AND_COFF = 24;
const SECTION_HEADER = 40;
const DIRECTORY = 8;
const MAX_DIRECTORIES = 16;
const RESOURCE_DIRECTORY = 2;
const SECURITY_DIRECTORY = 4;
/** Bytes. Sections start at whole sectors; the loader drops the rest of another offset, other readers do not. */
const SECTOR = 512;
/** Bytes. With a smaller section alignment the file is mapped as it is, headers and all. */
const PAGE = 4096;

const PE32 = 0x10b;
const PE32_PLUS = 0x20b;
/** Processors whose programs start on Windows today, and the optional header each one takes. */
const MACHINES: ReadonlyMap<number, { readonly name: string; readonly magic: number }> = new Map([
  [0x014c, { name: 'x86', magic: PE32 }],
  [0x8664, { name: 'x64', magic: PE32_PLUS }],
  [0xaa64, { name: 'arm64', magic: PE32_PLUS }],
]);
/** IMAGE_SUBSYSTEM values. */
const SUBSYSTEMS: ReadonlyMap<number, string> = new Map([
  [0, 'unknown'],
  [1, 'native'],
  [2, 'windows'],
  [3, 'console'],
  [5, 'os2'],
  [7, 'posix'],
  [8, 'nativeWindows'],
  [9, 'windowsCe'],
  [10, 'efiApplication'],
  [11, 'efiBootServiceDriver'],
  [12, 'efiRuntimeDriver'],
  [13, 'efiRom'],
  [14, 'xbox'],
  [16, 'windowsBootApplication'],
]);

/** @throws MalformedContent, EpmError EPM_FILE_UNREADABLE */
export async function readHeaders(source: ByteSource): Promise<ImageHeaders> {
  const dos = await readPiece(source, 0, DOS_HEADER, 'DOS header');
  if (dos.u16(0) !== 0x5a4d) throw dos.malformed(0, 'The file does not start as a program.');
  const start = dos.u32(0x3c);
  if (start < DOS_HEADER || start % 4 !== 0) {
    throw dos.malformed(0x3c, 'The PE header does not start behind the DOS header at a multiple of 4.');
  }
  const coff = await readPiece(source, start, SIGNATURE_AND_COFF, 'PE header');
  if (coff.u32(0) !== 0x4550) throw coff.malformed(0, 'The signature of the PE header is missing.');
  const machine = MACHINES.get(coff.u16(4));
  if (machine === undefined) {
    throw coff.malformed(4, 'The program is made for another processor than x86, x64 and ARM64.');
  }
  const sectionCount = coff.u16(6);
  if (sectionCount === 0 || sectionCount > MAX_SECTIONS) {
    throw coff.malformed(6, `The number of sections is not between 1 and ${MAX_SECTIONS}.`);
  }
  const optionalSize = coff.u16(20);
  if (optionalSize > MAX_OPTIONAL_HEADER) throw coff.malformed(20, 'The optional header is too large.');
  const optionalStart = start + SIGNATURE_AND_COFF;
  const optional = await readPiece(source, optionalStart, optionalSize, 'PE optional header');
  if (optional.u16(0) !== machine.magic) {
    throw optional.malformed(0, 'The optional header is not of the kind that the processor has.');
  }
  const { alignment, sizeOfHeaders, subsystem } = windowsFields(optional);
  const directories = directoriesOf(optional, machine.magic);
  const tableStart = optionalStart + optionalSize;
  const table = await readPiece(source, tableStart, sectionCount * SECTION_HEADER, 'PE section table');
  if (sizeOfHeaders < tableStart + table.length || sizeOfHeaders > source.size) {
    throw optional.malformed(60, 'The headers do not end between the section table and the end of the file.');
  }
  return {
    machine: machine.name,
    subsystem: SUBSYSTEMS.get(subsystem) ?? `0x${subsystem.toString(16)}`,
    checksumOffset: optionalStart + 64,
    ...directories,
    sizeOfHeaders,
    sections: sectionsOf(table, source.size, alignment),
  };
}

/** Fields that lie at the same offset in both kinds of optional header. */
function windowsFields(optional: Piece): {
  readonly alignment: number;
  readonly sizeOfHeaders: number;
  readonly subsystem: number;
} {
  const alignment = optional.u32(32);
  const fileAlignment = optional.u32(36);
  if (!isPowerOfTwo(alignment) || !isPowerOfTwo(fileAlignment) || fileAlignment > alignment) {
    throw optional.malformed(32, 'The alignments are not powers of two, or that of the file is the larger one.');
  }
  return { alignment, sizeOfHeaders: optional.u32(60), subsystem: optional.u16(68) };
}

function directoriesOf(
  optional: Piece,
  magic: number,
): Pick<ImageHeaders, 'certificateTable' | 'resourceAddress' | 'securityEntryOffset'> {
  const countAt = magic === PE32 ? 92 : 108;
  const count = optional.u32(countAt);
  const start = countAt + 4;
  if (count > MAX_DIRECTORIES || start + count * DIRECTORY > optional.length) {
    throw optional.malformed(countAt, 'There are more data directories than the optional header holds.');
  }
  const entry = (index: number): number | undefined => (index < count ? start + index * DIRECTORY : undefined);
  const resource = entry(RESOURCE_DIRECTORY);
  const security = entry(SECURITY_DIRECTORY);
  const size = security === undefined ? 0 : optional.u32(security + 4);
  return {
    resourceAddress: resource === undefined ? undefined : optional.u32(resource) || undefined,
    securityEntryOffset: security === undefined ? undefined : optional.fileOffset + security,
    // Without a size there is no table; Windows and the tools that remove signatures see it so too.
    certificateTable: security === undefined || size === 0 ? undefined : { offset: optional.u32(security), size },
  };
}

function sectionsOf(table: Piece, fileSize: number, alignment: number): readonly Section[] {
  const sections: Section[] = [];
  let nextAddress = 0;
  for (let at = 0; at < table.length; at += SECTION_HEADER) {
    const virtualSize = table.u32(at + 8);
    const address = table.u32(at + 12);
    const rawSize = table.u32(at + 16);
    const rawOffset = table.u32(at + 20);
    if (address < nextAddress || address % alignment !== 0) {
      throw table.malformed(at + 12, 'The addresses of the sections do not ascend in whole units of their alignment.');
    }
    if (rawSize > 0) {
      if (rawOffset + rawSize > fileSize) throw table.malformed(at + 16, 'A section ends outside of the file.');
      if (alignment < PAGE ? rawOffset !== address : rawOffset % SECTOR !== 0) {
        throw table.malformed(at + 20, 'A section does not start in the file where Windows would look for it.');
      }
    }
    const used = virtualSize === 0 ? rawSize : virtualSize;
    const extent = Math.ceil(used / alignment) * alignment;
    nextAddress = address + extent;
    sections.push({ address, extent, rawOffset, rawSize });
  }
  return sections;
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}
