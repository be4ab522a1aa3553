/**
 * Checkpoints: records in which the device signs how far the journal is, with its own key (Ed25519). Whoever has copies of the
 * files and knows the device needs no secret to see that the device wrote them.
 */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';
import type { ChainHead, EndFault, FoundFault, RecordCheck } from './chain.ts';

/** Records after which there is one at the latest. */
export const CHECKPOINT_RECORDS = 1024;

/** The device's key. */
export interface DeviceSigner {
  /** GUID in lower case. */
  readonly id: string;
  /** 32 bytes in base64. */
  readonly publicKey: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** What a checkpoint signs. */
function statement(deviceId: string, { records, headHash }: ChainHead): Uint8Array {
  return Buffer.from(`EPM journal checkpoint\n${deviceId}\n${records}\n${headHash}\n`, 'ascii');
}

/** The record that signs the head before it. */
export function checkpointEntry(head: ChainHead, { id, publicKey, sign }: DeviceSigner): AuditEntry {
  const signature = Buffer.from(sign(statement(id, head))).toString('base64');
  return { event: 'journalCheckpoint', deviceId: id, deviceKey: publicKey, signature };
}

/** Whom checkpoints must be of. */
interface ExpectedDevice {
  /** Whether a key is that of the device. @param publicKey base64, from the journal */
  isOwnKey(publicKey: string): boolean;
  /** @param publicKey one that {@link isOwnKey} took */
  isSigned(bytes: Uint8Array, signature: Uint8Array, publicKey: string): boolean;
}

export class CheckpointCheck implements RecordCheck {
  readonly #device: ExpectedDevice;
  /** Records since the last checkpoint; undefined: there was none yet. */
  #since: number | undefined;
  /** Sequence number of the last record that a checkpoint signs; undefined: none does. */
  signed: number | undefined;

  constructor(device: ExpectedDevice) {
    this.#device = device;
  }

  take(record: AuditRecord, sealed: () => string | undefined): FoundFault | undefined {
    if (record.event !== 'journalCheckpoint') {
      if (this.#since !== undefined) this.#since += 1;
      if ((this.#since ?? 0) <= CHECKPOINT_RECORDS) return undefined;
      return {
        reason: 'checkpointMissing',
        message: 'the device should have signed the records before it, and did not.',
      };
    }
    this.#since = 0;
    const head = { records: record.sequence - 1, headHash: record.previousHash };
    const { deviceKey = '', deviceId = '', signature = '' } = record;
    if (sealed() === undefined) return undefined;
    const isRight =
      this.#device.isOwnKey(deviceKey) &&
      this.#device.isSigned(statement(deviceId, head), Buffer.from(signature, 'base64'), deviceKey);
    if (!isRight) return { reason: 'checkpoint', message: 'the device has not signed it.' };
    this.signed = head.records;
    return undefined;
  }

  end(head: ChainHead): EndFault | undefined {
    if (this.signed !== undefined || head.records === 0) return undefined;
    return { state: 'unsealed', message: 'The device has signed nothing in this journal.' };
  }
}
