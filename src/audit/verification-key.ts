/**
 * The text that verifies a sealed journal, shown once and kept by whoever verifies: where sealing began, and the key that all
 * seals follow from. The agent keeps neither.
 */
import { createHash } from 'node:crypto';
import { EpmError } from '../model/errors.ts';
import type { ChainHead } from './chain.ts';
import { SEAL_KEY_BYTES, sealKeyId } from './seal-keys.ts';

const PREFIX = 'EPM-SEAL-1-';
const HEAD_BYTES = 8 + 32;
const CHECK_BYTES = 4;
const BYTES = HEAD_BYTES + SEAL_KEY_BYTES + CHECK_BYTES;
/** Characters of a file with such texts, and how many it may have. */
export const MAX_KEY_FILE = 64 * 1024;
const MAX_KEYS = 256;

export interface VerificationKey {
  /** The record after which sealing began; its hash stands for all before it. */
  readonly head: ChainHead;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly id: string;
}

/** @returns one line of printable ASCII */
export function writeVerificationKey(head: ChainHead, seed: Uint8Array): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeBigUInt64BE(BigInt(head.records));
  bytes.write(head.headHash, 8, 'hex');
  bytes.set(seed, HEAD_BYTES);
  checkOf(bytes).copy(bytes, BYTES - CHECK_BYTES);
  return PREFIX + bytes.toString('base64url');
}

/**
 * Reads the keys of a file, one a line; empty lines and those that begin with `#` are passed over.
 * @returns in the order of their records
 * @throws EpmError EPM_VERIFICATION_KEY_INVALID; the message has nothing of the text
 */
export function readVerificationKeys(text: string): readonly VerificationKey[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0 || lines.length > MAX_KEYS)
    throw new EpmError('EPM_VERIFICATION_KEY_INVALID', `There are ${lines.length} keys; 1 to ${MAX_KEYS} are read.`);
  const keys = lines.map((line, index) => readKey(line, index + 1));
  return keys.sort((left, right) => left.head.records - right.head.records);
}

function readKey(line: string, number: number): VerificationKey {
  const bytes = Buffer.from(line.slice(PREFIX.length), 'base64url');
  const isWhole = line.startsWith(PREFIX) && PREFIX + bytes.toString('base64url') === line && bytes.length === BYTES;
  const records = isWhole ? Number(bytes.readBigUInt64BE()) : Number.NaN;
  if (!Number.isSafeInteger(records) || !checkOf(bytes).equals(bytes.subarray(BYTES - CHECK_BYTES)))
    throw new EpmError('EPM_VERIFICATION_KEY_INVALID', `Line ${number} of the keys is cut off or was changed.`);
  const seed = bytes.subarray(HEAD_BYTES, HEAD_BYTES + SEAL_KEY_BYTES);
  return { head: { records, headHash: bytes.toString('hex', 8, HEAD_BYTES) }, seed, id: sealKeyId(seed) };
}

/** Finds errors of copying. */
function checkOf(bytes: Buffer): Buffer {
  return createHash('sha256')
    .update(bytes.subarray(0, BYTES - CHECK_BYTES))
    .digest()
    .subarray(0, CHECK_BYTES);
}
