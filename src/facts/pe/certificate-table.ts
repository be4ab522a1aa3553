/**
 * The attribute certificate table ("PE Format", "The Attribute Certificate Table"), read so strictly that nothing a
 * signature does not cover can hide in it or behind it (AC-41, CVE-2013-3900): Windows itself accepts padding with
 * content unless `EnableCertPaddingCheck` is set.
 */
import type { ByteSource } from '../byte-source.ts';
import type { SignedContent } from '../signed-content.ts';
import { type Piece, readPiece } from './bytes.ts';
import { placeOf } from '../read-exactly.ts';
import { MalformedContent } from '../malformed.ts';
import type { ImageHeaders } from './headers.ts';

/**
 * Bytes. A signature with page hashes holds 36 bytes for each 4 KiB of the program, so that this suffices for 900 MB;
 * one without needs some ten thousand.
 */
export const MAX_CERTIFICATE_TABLE = 8 * 1024 ** 2;
/** One is the rule; further signatures are nested in the first, tables with two come from tools before Windows 8. */
const MAX_CERTIFICATES = 16;

const STRUCTURE = 'certificate table';
/** Length, revision and type in front of each WIN_CERTIFICATE. */
const ENTRY_HEADER = 8;
const ALIGNMENT = 8;
const WIN_CERT_REVISION_2_0 = 0x0200;
const WIN_CERT_TYPE_PKCS_SIGNED_DATA = 0x0002;
/** DER: the tag of a constructed SEQUENCE, and the bit of a length in more than one byte. */
const SEQUENCE = 0x30;
const LONG_LENGTH = 0x80;

/**
 * @returns DER of each PKCS#7 message in order; empty: there is no table
 * @throws MalformedContent, EpmError EPM_FILE_UNREADABLE
 */
export async function readCertificateTable(source: ByteSource, headers: ImageHeaders): Promise<readonly Uint8Array[]> {
  if (headers.certificateTable === undefined) return [];
  const { offset, size } = headers.certificateTable;
  checkPlace(source.size, headers, offset, size);
  const table = await readPiece(source, offset, size, STRUCTURE);
  const messages: Uint8Array[] = [];
  for (let at = 0; at < table.length;) {
    if (messages.length === MAX_CERTIFICATES) {
      throw table.malformed(at, `There are more than ${MAX_CERTIFICATES} certificate entries.`);
    }
    const message = readEntry(table, at);
    messages.push(message);
    at += roundUp(ENTRY_HEADER + message.length);
  }
  return messages;
}

/**
 * What the Authenticode digest covers: everything but the checksum, the table's directory entry and the table. The
 * documented order is by section; it gives the same bytes wherever sections neither overlap nor leave gaps, and where
 * they do, this one covers more.
 *
 * A table starts at a multiple of eight. So a signer aligns the file before it digests it, and Windows digests a file
 * without a table as if that had been done, to look for it in catalogs (compared with Windows by libwdi's cathash).
 */
export function authenticodeCoverage(size: number, headers: ImageHeaders): SignedContent['coverage'] {
  const { checksumOffset, securityEntryOffset, certificateTable } = headers;
  const end = certificateTable?.offset ?? size;
  const afterChecksum = checksumOffset + 4;
  const ranges =
    securityEntryOffset === undefined
      ? [{ start: afterChecksum, end }]
      : [
          { start: afterChecksum, end: securityEntryOffset },
          { start: securityEntryOffset + 8, end },
        ];
  return { kind: 'ranges', ranges: [{ start: 0, end: checksumOffset }, ...ranges], zeros: roundUp(end) - end };
}

function checkPlace(fileSize: number, headers: ImageHeaders, offset: number, size: number): void {
  const fault = (problem: string): MalformedContent => new MalformedContent(placeOf(STRUCTURE, offset), problem);
  if (offset % ALIGNMENT !== 0) throw fault('The table does not start at a multiple of 8.');
  if (offset + size > fileSize) throw fault('The table ends outside of the file.');
  if (offset + size < fileSize) throw fault('Data that no signature covers follows the table.');
  const end = Math.max(headers.sizeOfHeaders, ...headers.sections.map((each) => lastByte(each)));
  if (offset < end) throw fault('The table lies inside of the program.');
  if (size > MAX_CERTIFICATE_TABLE) throw fault(`The table has more than ${MAX_CERTIFICATE_TABLE} bytes.`);
}

function lastByte({ rawOffset, rawSize }: { readonly rawOffset: number; readonly rawSize: number }): number {
  return rawSize === 0 ? 0 : rawOffset + rawSize;
}

function readEntry(table: Piece, at: number): Uint8Array {
  const length = table.u32(at);
  if (table.u16(at + 4) !== WIN_CERT_REVISION_2_0) throw table.malformed(at + 4, 'The entry is not of revision 2.0.');
  if (table.u16(at + 6) !== WIN_CERT_TYPE_PKCS_SIGNED_DATA) {
    throw table.malformed(at + 6, 'The entry holds something else than a PKCS#7 message.');
  }
  const end = at + roundUp(length);
  if (end > table.length) throw table.malformed(at, 'The entry ends outside of the table.');
  const start = at + ENTRY_HEADER;
  const messageEnd = start + derLength(table, start);
  // Signing tools write the length with or without the padding, so both are taken; more padding is not.
  if (messageEnd > at + length || roundUp(messageEnd - at) !== end - at) {
    throw table.malformed(at, 'The length of the entry is not that of its PKCS#7 message.');
  }
  if (table.bytes.subarray(messageEnd, end).some((byte) => byte !== 0)) {
    throw table.malformed(messageEnd, 'The padding behind the PKCS#7 message has content.');
  }
  // A copy, for it is kept longer than what else was read with it.
  return table.bytes.slice(start, messageEnd);
}

/** Bytes of the DER element at `at`, its header included. */
function derLength(table: Piece, at: number): number {
  if (table.u8(at) !== SEQUENCE) throw table.malformed(at, 'The entry does not hold a DER sequence.');
  const first = table.u8(at + 1);
  if (first < LONG_LENGTH) return 2 + first;
  const count = first - LONG_LENGTH;
  if (count === 0 || count > 4) throw table.malformed(at + 1, 'The length of the DER sequence is not definite.');
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + table.u8(at + 2 + index);
  return 2 + count + length;
}

function roundUp(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
