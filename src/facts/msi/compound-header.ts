/** Header of a compound file, [MS-CFB] 2.2. */
import { MalformedContent } from '../malformed.ts';
import { viewOf } from './bytes.ts';

export const HEADER_LENGTH = 512;
/** DIFAT entries that the header itself holds. */
const DIFAT_IN_HEADER = 109;

export interface CompoundHeader {
  readonly majorVersion: 3 | 4;
  /** Bytes, 512 or 4096. The header takes one sector of this size, whatever its own length. */
  readonly sectorSize: number;
  readonly fatSectorCount: number;
  readonly firstDirectorySector: number;
  readonly firstMiniFatSector: number;
  readonly firstDifatSector: number;
  /** Sector numbers of the first FAT sectors; unused ones are FREESECT. */
  readonly difat: readonly number[];
}

const PLACE = 'compound file header';
const SIGNATURE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const LITTLE_ENDIAN = 0xfffe;
const MINI_SECTOR_SHIFT = 6;
const MINI_STREAM_CUTOFF = 4096;

/**
 * @param bytes the first 512 of the file
 * @throws MalformedContent
 */
export function readCompoundHeader(bytes: Uint8Array): CompoundHeader {
  if (bytes.length < HEADER_LENGTH || !SIGNATURE.every((value, index) => bytes[index] === value)) {
    throw new MalformedContent(PLACE, 'The file is not a compound file.');
  }
  const view = viewOf(bytes);
  const require = (offset: number, value: number, size: 2 | 4): void => {
    const found = size === 2 ? view.getUint16(offset, true) : view.getUint32(offset, true);
    if (found !== value) {
      throw new MalformedContent(
        `${PLACE}, offset 0x${offset.toString(16)}`,
        'The field has a value no version knows.',
      );
    }
  };
  const majorVersion = view.getUint16(26, true);
  if (majorVersion !== 3 && majorVersion !== 4) {
    throw new MalformedContent(`${PLACE}, offset 0x1a`, 'The version of the compound file is not known.');
  }
  require(28, LITTLE_ENDIAN, 2);
  require(30, majorVersion === 3 ? 9 : 12, 2);
  require(32, MINI_SECTOR_SHIFT, 2);
  require(56, MINI_STREAM_CUTOFF, 4);
  return {
    majorVersion,
    sectorSize: majorVersion === 3 ? 512 : 4096,
    fatSectorCount: view.getUint32(44, true),
    firstDirectorySector: view.getUint32(48, true),
    firstMiniFatSector: view.getUint32(60, true),
    firstDifatSector: view.getUint32(68, true),
    difat: Array.from({ length: DIFAT_IN_HEADER }, (_, index) => view.getUint32(76 + index * 4, true)),
  };
}
