/** A journal in memory that is sealed and signed, and what verifies it. */
import type { KeyObject } from 'node:crypto';
import type { ChainHead, RecordCheck, Verification } from '../../../src/audit/chain.ts';
import { CheckpointCheck, type DeviceSigner } from '../../../src/audit/checkpoint.ts';
import { headOf } from '../../../src/audit/chain.ts';
import { Journal } from '../../../src/audit/journal.ts';
import { SealCheck } from '../../../src/audit/seal-check.ts';
import { Sealer } from '../../../src/audit/sealer.ts';
import { readVerificationKeys, writeVerificationKey } from '../../../src/audit/verification-key.ts';
import { type JournalFile, verifyFiles } from '../../../src/audit/verify.ts';
import { isSignedBy, newSigningKey, publicKeyText, signBytes, verifyingKey } from '../../../src/requests/ed25519.ts';
import { deviceIdOf } from '../../../src/requests/request-text.ts';
import { entry } from './entry.ts';
import { MemoryJournal, MemorySeal } from './memory-journal.ts';

export const DEVICE: KeyObject = newSigningKey();

export class SealedJournal {
  disk = new MemoryJournal();
  seal = new MemorySeal();
  now = 1_800_000_000_000;
  /** Heads that somebody noted. */
  readonly keys: string[] = [];
  #seeds = 0;

  open(): Promise<Journal> {
    return Journal.open(this.disk, {
      deviceName: 'PC-1',
      now: () => this.now,
      sealer: new Sealer(this.seal),
      signer: () => signerOf(DEVICE),
    });
  }

  /** Begins with a new key. @returns the text that verifies it */
  begin(journal: Journal): string {
    this.#seeds += 1;
    const seed = Buffer.alloc(32, this.#seeds);
    const record = journal.sealFrom(entry('journalSealed'), seed);
    const text = writeVerificationKey(headOf(record), seed);
    this.keys.push(text);
    return text;
  }

  get files(): readonly JournalFile[] {
    const { disk } = this;
    const closed = disk.closed().map((named) => ({ named, bytes: [disk.segments.get(named) ?? Buffer.alloc(0)] }));
    return [...closed, { named: undefined, bytes: [disk.open] }];
  }

  /** With all keys, or those given. */
  verify(keys: readonly string[] = this.keys, more: readonly RecordCheck[] = []): Promise<Verification> {
    const check = new SealCheck(readVerificationKeys(keys.join('\n')));
    return verifyFiles(this.files, undefined, [check, ...more]);
  }

  copy(): SealedJournal {
    const copy = new SealedJournal();
    copy.disk = this.disk.copy();
    if (this.seal.bytes !== undefined) copy.seal.bytes = Uint8Array.from(this.seal.bytes);
    copy.keys.push(...this.keys);
    copy.now = this.now;
    return copy;
  }
}

/** @param count records behind the one that begins sealing; the second day is in a segment of its own */
export async function sealedJournal(count: number): Promise<SealedJournal> {
  const sealed = new SealedJournal();
  const journal = await sealed.open();
  journal.append(entry('agentStarted'));
  sealed.begin(journal);
  appendSome(journal, count);
  return sealed;
}

export function appendSome(journal: Journal, count: number): ChainHead {
  for (let number = 1; number <= count; number += 1)
    journal.append(entry('elevationDenied', { reason: `number ${number}` }));
  return journal.head;
}

export function signerOf(key: KeyObject): DeviceSigner {
  const publicKey = publicKeyText(key);
  return { id: deviceIdOf(publicKey), publicKey, sign: (bytes) => signBytes(bytes, key) };
}

export function checkpointsOf(key: KeyObject): CheckpointCheck {
  return new CheckpointCheck({
    isOwnKey: (publicKey) => publicKey === publicKeyText(key),
    isSigned: (bytes, signature, publicKey) => {
      const verifying = verifyingKey(publicKey);
      return verifying !== undefined && isSignedBy(bytes, signature, verifying);
    },
  });
}
