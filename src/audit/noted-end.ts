/** Records of which somebody knows from outside the journal that they were there. */
import type { AuditRecord } from '../model/audit-record.ts';
import type { ChainHead, EndFault, FoundFault, RecordCheck } from './chain.ts';

/**
 * A journal that ends before a record that is known.
 * @param isClosed its last record is that of an agent that was stopped
 * @param known number of that record
 * @param who begins the sentence
 */
export function endFault(head: ChainHead, isClosed: boolean, known: number, who: string): EndFault {
  const state = isClosed ? 'older' : 'cut';
  return { state, message: `The records end with number ${head.records}. ${who} after record ${known}.` };
}

/** A head that was noted with its number: the record must be there and have the hash. */
export class NotedHead implements RecordCheck {
  readonly #noted: ChainHead;
  #isFound = false;

  constructor(noted: ChainHead) {
    this.#noted = noted;
  }

  take({ sequence, recordHash, previousHash }: AuditRecord): FoundFault | undefined {
    const { records, headHash } = this.#noted;
    if (sequence !== records && sequence !== records + 1) return undefined;
    this.#isFound = true;
    if ((sequence === records ? recordHash : previousHash) === headHash) return undefined;
    return { reason: 'keyHead', message: `it does not fit the hash that was noted of record ${records}.` };
  }

  end(head: ChainHead, isClosed: boolean): EndFault | undefined {
    const { records } = this.#noted;
    if (head.records < records) return endFault(head, isClosed, records, 'A head was noted');
    if (this.#isFound) return undefined;
    return { state: 'gap', message: `Record ${records}, which was noted, is not there any more.` };
  }
}
