/** Compares the seals of records with the keys that whoever verifies has kept. */
import type { AuditRecord } from '../model/audit-record.ts';
import type { ChainHead, EndFault, FoundFault, RecordCheck } from './chain.ts';
import { endFault } from './noted-end.ts';
import { SealKeys } from './seal-keys.ts';
import type { VerificationKey } from './verification-key.ts';

/** What the seals prove, besides that none is wrong. */
interface SealedSpan {
  /** Sequence number of the first record whose seal was compared, and of the last one; undefined: none was. */
  first: number | undefined;
  last: number | undefined;
}

export class SealCheck implements RecordCheck {
  readonly #keys: readonly VerificationKey[];
  readonly span: SealedSpan = { first: undefined, last: undefined };
  /** The keys behind the last record that one of them sealed. */
  #current: SealKeys | undefined;
  /** The last record begins sealing by another key. */
  #isHandedOver = false;

  /** @param keys in the order of their records */
  constructor(keys: readonly VerificationKey[]) {
    this.#keys = keys;
  }

  take(record: AuditRecord, sealed: () => string | undefined): FoundFault | undefined {
    const fault = this.#check(record, sealed);
    const key = this.#keys.find(({ head }) => head.records === record.sequence);
    if (fault !== undefined || key === undefined) return fault;
    if (key.head.headHash === record.recordHash) return undefined;
    return { reason: 'keyHead', message: 'it is not the one after which the key began to seal.' };
  }

  end(head: ChainHead, isClosed: boolean): EndFault | undefined {
    const last = this.#keys.at(-1)?.head.records ?? 0;
    if (head.records >= last) return undefined;
    return endFault(head, isClosed, last, 'The key that was given began to seal');
  }

  #check(record: AuditRecord, sealed: () => string | undefined): FoundFault | undefined {
    const { sequence } = record;
    const key = this.#keys.findLast(({ head }) => head.records < sequence);
    if (key === undefined) return undefined;
    const { seal, sealNumber } = record;
    if (seal === undefined || sealNumber === undefined)
      return { reason: 'sealMissing', message: 'it has no seal, and those before it have.' };
    const isFirst = key.head.records === sequence - 1;
    if (isFirst || this.#current === undefined) {
      // Behind records that were removed by their age, the first that is there says how far the key was.
      const number = isFirst ? 1 : sealNumber;
      if (number < 1 || number < sequence - key.head.records || !Number.isSafeInteger(number) || number > MAX_NUMBER)
        return { reason: 'seal', message: 'the number of its seal cannot be.' };
      this.#current = SealKeys.from(key.seed, number);
    }
    const fault = this.#compare(record, sealed(), this.#current);
    const handedOver = this.#isHandedOver;
    this.#isHandedOver = record.event === 'journalSealed';
    if (fault !== undefined && handedOver)
      return { reason: 'sealKey', message: 'another key seals it and what follows; give that one too.' };
    if (fault !== undefined) return fault;
    this.span.first ??= sequence;
    this.span.last = sequence;
    return undefined;
  }

  #compare({ seal, sealNumber = 0 }: AuditRecord, sealed: string | undefined, keys: SealKeys): FoundFault | undefined {
    const { number } = keys;
    const isRight = sealNumber === number && (sealed === undefined || keys.seal(sealed) === seal);
    if (isRight) keys.advance();
    else if (sealNumber > number && sealNumber - number <= MAX_LEFT_OUT && isSealedAt(keys, sealNumber, sealed, seal)) {
      const message = `${sealNumber - number} records that were sealed before it are not there.`;
      return { reason: 'sealNumber', message };
    } else return { reason: 'seal', message: 'its seal does not fit: it was not written with the key of the journal.' };
    return undefined;
  }
}

/** Seals of one key; more than any machine makes in its life. Getting to it takes seconds. */
const MAX_NUMBER = 1_000_000_000;
/** Seals that are looked for behind the one that should come. */
const MAX_LEFT_OUT = 1_000_000;

function isSealedAt(keys: SealKeys, number: number, sealed: string | undefined, seal: string | undefined): boolean {
  const ahead = keys.copy();
  while (ahead.number < number) ahead.advance();
  return sealed === undefined || ahead.seal(sealed) === seal;
}
