/** What a journal is compared with: keys, the device, and heads that somebody noted. */
import { CheckpointCheck } from '../../audit/checkpoint.ts';
import type { ChainHead, RecordCheck, Refutation, Verification } from '../../audit/chain.ts';
import { NotedHead } from '../../audit/noted-end.ts';
import { SealCheck } from '../../audit/seal-check.ts';
import { MAX_KEY_FILE, readVerificationKeys } from '../../audit/verification-key.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import { EpmError } from '../../model/errors.ts';
import { isSignedBy, verifyingKey } from '../../requests/ed25519.ts';
import { deviceIdOf } from '../../requests/request-text.ts';
import { InvalidArgumentError } from 'commander';
import { readBytes } from './read-file.ts';

export interface ProofOptions {
  readonly key?: string;
  readonly deviceKey?: string;
  readonly head?: NotedText;
}

/** A head as it is given: the hash, with its number or without. */
interface NotedText {
  readonly records: number | undefined;
  readonly headHash: string;
}

/** What was proved besides the chain. */
export interface MoreProved {
  /** Records whose seals were compared; absent: no key was given, or it seals none of them. */
  readonly sealed?: { readonly first: number; readonly last: number };
  /** The journal has seals. */
  readonly hasSeals: boolean;
  /** Sequence number of the last record that a checkpoint of the device signs; absent: nobody asked, or none does. */
  readonly signedRecords?: number;
  /** Sequence number of the record that `--head` names. */
  readonly notedRecord?: number;
}

/** Everything that a journal is compared with. */
export class AuditProof {
  readonly checks: readonly RecordCheck[];
  readonly #seals: SealCheck | undefined;
  readonly #checkpoints: CheckpointCheck | undefined;
  readonly #noted: NotedText | undefined;
  #notedRecord: number | undefined;
  #hasSeals = false;

  private constructor(
    seals: SealCheck | undefined,
    checkpoints: CheckpointCheck | undefined,
    noted: NotedText | undefined,
  ) {
    this.#seals = seals;
    this.#checkpoints = checkpoints;
    this.#noted = noted;
    const head = noted?.records === undefined ? undefined : new NotedHead(noted as ChainHead);
    this.checks = [seals, checkpoints, head].filter((check) => check !== undefined);
  }

  /** @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_VERIFICATION_KEY_INVALID */
  static async from({ key, deviceKey, head }: ProofOptions): Promise<AuditProof> {
    const seals = key === undefined ? undefined : new SealCheck(readVerificationKeys(await readKeyFile(key)));
    const checkpoints = deviceKey === undefined ? undefined : new CheckpointCheck(deviceOf(deviceKey));
    return new AuditProof(seals, checkpoints, head);
  }

  see({ sequence, previousHash, recordHash, seal }: AuditRecord): void {
    this.#hasSeals ||= seal !== undefined;
    const hash = this.#noted?.headHash;
    if (hash === undefined) return;
    // The record before the first one that is there: it was removed by its age, and the chain begins behind it.
    if (this.#notedRecord === undefined && previousHash === hash) this.#notedRecord = sequence - 1;
    if (recordHash === hash) this.#notedRecord = sequence;
  }

  judge(verification: Verification): Verification {
    if (this.#noted === undefined || !verification.ok || this.#notedRecord !== undefined) return verification;
    const { records } = verification;
    const message = 'No record has the hash that --head gives: the journal was cut before it, or is another one.';
    return { ok: false, state: 'replaced', records, record: records + 1, reason: 'head', message } satisfies Refutation;
  }

  get more(): MoreProved {
    const { first, last } = this.#seals?.span ?? {};
    const signedRecords = this.#checkpoints?.signed;
    return {
      hasSeals: this.#hasSeals,
      ...(first === undefined || last === undefined ? {} : { sealed: { first, last } }),
      ...(signedRecords === undefined ? {} : { signedRecords }),
      ...(this.#notedRecord === undefined ? {} : { notedRecord: this.#notedRecord }),
    };
  }
}

/** For the value of an option. @throws InvalidArgumentError */
export function notedHead(text: string): NotedText {
  const [, number, hash] = /^(?:(\d{1,15}):)?([0-9a-f]{64})$/i.exec(text) ?? [];
  if (hash === undefined)
    throw new InvalidArgumentError('The 64 hexadecimal digits of a hash are expected, with or without NUMBER: before.');
  return { records: number === undefined ? undefined : Number(number), headHash: hash.toLowerCase() };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** For the value of an option: a key of a device, or the identifier, which is a digest of it. @throws InvalidArgumentError */
export function deviceKey(text: string): string {
  if (GUID.test(text)) return text.toLowerCase();
  if (verifyingKey(text) !== undefined) return text;
  throw new InvalidArgumentError('The key of a device in base64 (44 characters), or its identifier, is expected.');
}

function deviceOf(given: string): ConstructorParameters<typeof CheckpointCheck>[0] {
  return {
    isOwnKey: (key) => (GUID.test(given) ? deviceIdOf(key) === given : key === given),
    isSigned: (bytes, signature, key) => {
      const verifying = verifyingKey(key);
      return verifying !== undefined && isSignedBy(bytes, signature, verifying);
    },
  };
}

async function readKeyFile(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length > MAX_KEY_FILE)
    throw new EpmError(
      'EPM_VERIFICATION_KEY_INVALID',
      `The file of keys has ${bytes.length} bytes; at most ${MAX_KEY_FILE} are read.`,
    );
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
}
