/** Small files to sign, and the changes that a stranger makes to signed ones. */
import { createHash } from 'node:crypto';

const HEADERS = 0x400;
const OPTIONAL_HEADER = 0x40 + 24;
/** PE32+ optional header: CheckSum, and the certificate table as data directory 4. */
export const CHECKSUM_FIELD = OPTIONAL_HEADER + 64;
export const CERTIFICATE_DIRECTORY = OPTIONAL_HEADER + 112 + 4 * 8;

/** A console program for x64 that ends at once with exit code 0; `text` lies in its data section. */
export function program(text: string): Buffer {
  const data = Buffer.from(text.padEnd(0x600, '.'));
  const bytes = Buffer.alloc(HEADERS + 0x200 + Math.ceil(data.length / 0x200) * 0x200);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write('PE\0\0', 0x40, 'latin1');
  bytes.writeUInt16LE(0x8664, 0x44);
  bytes.writeUInt16LE(2, 0x46);
  bytes.writeUInt16LE(240, 0x54);
  bytes.writeUInt16LE(0x0022, 0x56);
  bytes.writeUInt16LE(0x20b, OPTIONAL_HEADER);
  bytes.writeUInt32LE(0x200, OPTIONAL_HEADER + 4);
  bytes.writeUInt32LE(0x1000, OPTIONAL_HEADER + 16);
  bytes.writeUInt32LE(0x1000, OPTIONAL_HEADER + 20);
  bytes.writeBigUInt64LE(0x140000000n, OPTIONAL_HEADER + 24);
  bytes.writeUInt32LE(0x1000, OPTIONAL_HEADER + 32);
  bytes.writeUInt32LE(0x200, OPTIONAL_HEADER + 36);
  bytes.writeUInt16LE(6, OPTIONAL_HEADER + 40);
  bytes.writeUInt16LE(6, OPTIONAL_HEADER + 48);
  bytes.writeUInt32LE(0x3000, OPTIONAL_HEADER + 56);
  bytes.writeUInt32LE(HEADERS, OPTIONAL_HEADER + 60);
  bytes.writeUInt16LE(3, OPTIONAL_HEADER + 68);
  bytes.writeUInt16LE(0x100, OPTIONAL_HEADER + 70);
  for (const offset of [72, 88]) bytes.writeBigUInt64LE(0x100000n, OPTIONAL_HEADER + offset);
  for (const offset of [80, 96]) bytes.writeBigUInt64LE(0x1000n, OPTIONAL_HEADER + offset);
  bytes.writeUInt32LE(16, OPTIONAL_HEADER + 108);
  section(bytes, 0, '.text', 0x1000, HEADERS, 0x200, 0x60000020);
  section(bytes, 1, '.data', 0x2000, HEADERS + 0x200, bytes.length - HEADERS - 0x200, 0xc0000040);
  // xor eax, eax; ret
  bytes.set([0x31, 0xc0, 0xc3], HEADERS);
  data.copy(bytes, HEADERS + 0x200);
  return bytes;
}

function section(
  bytes: Buffer,
  index: number,
  name: string,
  address: number,
  offset: number,
  size: number,
  characteristics: number,
): void {
  const at = OPTIONAL_HEADER + 240 + index * 40;
  bytes.write(name, at, 'latin1');
  bytes.writeUInt32LE(size, at + 8);
  bytes.writeUInt32LE(address, at + 12);
  bytes.writeUInt32LE(size, at + 16);
  bytes.writeUInt32LE(offset, at + 20);
  bytes.writeUInt32LE(characteristics, at + 36);
}

/** Offset and size of the certificate table of a {@link program}. */
export function certificateTable(bytes: Buffer): { readonly offset: number; readonly size: number } {
  return {
    offset: bytes.readUInt32LE(CERTIFICATE_DIRECTORY),
    size: bytes.readUInt32LE(CERTIFICATE_DIRECTORY + 4),
  };
}

/** The PKCS#7 message of a signed {@link program}, with the padding of the table. */
export function messageOf(bytes: Buffer): Buffer {
  const { offset } = certificateTable(bytes);
  return bytes.subarray(offset + 8, offset + bytes.readUInt32LE(offset));
}

/** The program with another message in its certificate table. */
export function withMessage(bytes: Buffer, message: Uint8Array): Buffer {
  const { offset } = certificateTable(bytes);
  const size = Math.ceil((8 + message.length) / 8) * 8;
  const table = Buffer.alloc(size);
  table.writeUInt32LE(size, 0);
  table.writeUInt16LE(0x0200, 4);
  table.writeUInt16LE(0x0002, 6);
  Buffer.from(message).copy(table, 8);
  const result = Buffer.concat([bytes.subarray(0, offset), table]);
  result.writeUInt32LE(size, CERTIFICATE_DIRECTORY + 4);
  return result;
}

/** One byte made another. */
export function flip(bytes: Uint8Array, offset: number): Buffer {
  const result = Buffer.from(bytes);
  result.writeUInt8((result.readUInt8(offset) ^ 0x01) & 0xff, offset);
  return result;
}

/** Bytes hidden behind the message inside of the certificate table, which no digest covers (CVE-2013-3900). */
export function padded(bytes: Buffer, more: Uint8Array): Buffer {
  const { offset, size } = certificateTable(bytes);
  const padding = Buffer.alloc(Math.ceil(more.length / 8) * 8);
  padding.set(more);
  const result = Buffer.concat([bytes.subarray(0, offset + size), padding]);
  result.writeUInt32LE(size + padding.length, offset);
  result.writeUInt32LE(size + padding.length, CERTIFICATE_DIRECTORY + 4);
  return result;
}

/** The digest that Authenticode signs of a {@link program} whose length is a multiple of eight. */
export function imageDigest(bytes: Buffer, algorithm: string): Buffer {
  const { offset, size } = certificateTable(bytes);
  return createHash(algorithm)
    .update(bytes.subarray(0, CHECKSUM_FIELD))
    .update(bytes.subarray(CHECKSUM_FIELD + 4, CERTIFICATE_DIRECTORY))
    .update(bytes.subarray(CERTIFICATE_DIRECTORY + 8, size === 0 ? bytes.length : offset))
    .digest();
}
