/** Binary form of a SID ([MS-DTYP] 2.4.2.2). */
import { type Sid, sid as toSid } from './brands.ts';

/** Bytes before the parts: revision, count of parts, authority. */
const HEAD = 8;
const MAX_PARTS = 15;

export function sidBytes(sid: string): Buffer {
  const [, revision = 1, authority = 0, ...parts] = sid.split('-').map(Number);
  const bytes = Buffer.alloc(HEAD + 4 * parts.length);
  bytes.writeUInt8(revision, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(authority, 2, 6);
  parts.forEach((part, index) => bytes.writeUInt32LE(part, HEAD + 4 * index));
  return bytes;
}

/** @returns undefined for what is no SID, or more than one */
export function sidOfBytes(bytes: Uint8Array): Sid | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view[1] ?? 0;
  if (view[0] !== 1 || count < 1 || count > MAX_PARTS || view.length !== HEAD + 4 * count) return undefined;
  const authority = view.readUIntBE(2, 6);
  const parts = Array.from({ length: count }, (_, index) => view.readUInt32LE(HEAD + 4 * index));
  const first = authority < 2 ** 32 ? String(authority) : `0x${authority.toString(16).padStart(12, '0')}`;
  return toSid(`S-1-${[first, ...parts].join('-')}`);
}
