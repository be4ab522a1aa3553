/** Bytes in place of the keys of a journal: what verifies it, as somebody kept it, and what seals it, as the disk has it. */
import { createHash } from 'node:crypto';
import { Journal } from '../../src/audit/journal.ts';
import { KEPT_BYTES, Sealer } from '../../src/audit/sealer.ts';
import { readVerificationKeys, writeVerificationKey } from '../../src/audit/verification-key.ts';
import { verifyJournal } from '../../src/audit/verify.ts';
import { isEpmError } from '../../src/model/errors.ts';
import { entry } from '../unit/audit/entry.ts';
import { MemorySeal } from '../unit/audit/memory-journal.ts';
import { sealedJournal } from '../unit/audit/sealed.ts';

const PREFIX = 'EPM-SEAL-1-';
const CHECK_BYTES = 4;
/** Where the digest of a kept key is: behind the mark, two numbers and two keys. */
const KEPT_CHECK_AT = 8 + 16 + 64;
const HEAD = { records: 4711, headHash: 'ab'.repeat(32) };
const [ONE, TWO] = [1, 2].map((seed) => writeVerificationKey(HEAD, Buffer.alloc(32, seed)));
const sealed = await sealedJournal(4);

export const texts: readonly Uint8Array[] = [
  `${ONE ?? ''}\n`,
  `\ufeff# kept away from the device\r\n\r\n${ONE ?? ''}\r\n  ${TWO ?? ''}`,
].map((text) => Buffer.from(text));

export const kept: readonly Uint8Array[] = [sealed.seal.bytes ?? Buffer.alloc(0), Buffer.alloc(KEPT_BYTES)];

/** @returns whether keys were read; with the check of errors mended, so that what is behind it is reached as well */
export function fuzzText(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('utf8');
  return [text, mendedText(bytes)].map(readsText).includes(true);
}

function readsText(text: string): boolean {
  try {
    const keys = readVerificationKeys(text);
    // No second form: what was read is what would be written.
    for (const { head, seed } of keys)
      if (!text.includes(writeVerificationKey(head, seed))) throw new Error('Another form was read as a key.');
    return true;
  } catch (error) {
    if (!isEpmError(error) || error.code !== 'EPM_VERIFICATION_KEY_INVALID') throw error;
    if (error.message.includes(PREFIX)) throw new Error('The message has a part of the key.', { cause: error });
    return false;
  }
}

function mendedText(bytes: Uint8Array): string {
  const key = Buffer.alloc(Buffer.from((ONE ?? '').slice(PREFIX.length), 'base64url').length);
  Buffer.from(Buffer.from(bytes).toString('latin1', PREFIX.length), 'base64url').copy(key);
  const end = key.length - CHECK_BYTES;
  createHash('sha256').update(key.subarray(0, end)).digest().copy(key, end, 0, CHECK_BYTES);
  return PREFIX + key.toString('base64url');
}

/** The agent starts with any kept key, and goes on. @returns whether it seals */
export async function fuzzKept(bytes: Uint8Array): Promise<boolean> {
  const isSealing = await opens(bytes);
  return (await opens(mendedKept(bytes))) || isSealing;
}

async function opens(bytes: Uint8Array): Promise<boolean> {
  const seal = new MemorySeal();
  seal.bytes = bytes;
  const disk = sealed.disk.copy();
  const journal = await Journal.open(disk, { deviceName: 'PC-1', now: () => sealed.now, sealer: new Sealer(seal) });
  const { seal: mark } = journal.append(entry('agentStopped'));
  if ((mark === undefined) !== (journal.sealedSince === undefined))
    throw new Error('It does not say whether it seals.');
  const isOwn = kept[0] !== undefined && Buffer.from(kept[0]).equals(bytes.subarray(0, KEPT_BYTES));
  if (isOwn && journal.sealFinding !== undefined) throw new Error('Its own key is not taken.');
  const verified = await verifyJournal([disk.content()]);
  if (!verified.ok) throw new Error(`The chain is ${verified.state}.`);
  return mark !== undefined;
}

function mendedKept(bytes: Uint8Array): Uint8Array {
  const all = Buffer.alloc(KEPT_BYTES);
  Buffer.from(bytes).copy(all);
  createHash('sha256').update(all.subarray(0, KEPT_CHECK_AT)).digest().copy(all, KEPT_CHECK_AT);
  return all;
}
