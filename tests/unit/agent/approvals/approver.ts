/** Somebody who approves, with a key that policy lists or not. */
import type { KeyObject } from 'node:crypto';
import type { ApproverKey } from '../../../../src/model/approver-key.ts';
import type { PolicyApprovals } from '../../../../src/model/policy.ts';
import type { GrantStatement } from '../../../../src/model/grant.ts';
import { defined } from '../../../../src/model/defined.ts';
import { newSigningKey, publicKeyText } from '../../../../src/requests/ed25519.ts';
import { writeGrantText } from '../../../../src/requests/grants/grant-text.ts';
import { writeRevocationText } from '../../../../src/requests/grants/revocation-text.ts';
import { readRequestText } from '../../../../src/requests/request-text.ts';

export const SUPPORT_SID = 'S-1-5-21-9-9-9-5001';
const HOUR = 60 * 60_000;

export class Approver {
  readonly key: ApproverKey;
  readonly #private: KeyObject = newSigningKey();
  #grants = 0;

  constructor(more: Partial<ApproverKey> = {}) {
    this.key = {
      name: 'Support desk',
      publicKey: publicKeyText(this.#private),
      approver: SUPPORT_SID,
      rights: { anyUser: false, deviceGroups: [] },
      limits: {},
      ...more,
    };
  }

  /** Signs what a request asks for, as `epm approve` does. @param now milliseconds since 1970, UTC */
  approve(text: string, now: number, more: Partial<GrantStatement> = {}): string {
    const { request } = readRequestText(text);
    this.#grants += 1;
    const from = Math.floor(now / 1000) * 1000;
    const statement: GrantStatement = {
      id: this.#grants.toString(16).padStart(16, '0'),
      requestId: request.id,
      device: { kind: 'device', id: request.requestedOnDeviceId },
      requester: request.requestedByUserId,
      sha256: request.applicationDetail.fileHash,
      fileName: request.applicationDetail.fileName,
      arguments: request.arguments,
      from,
      until: from + 24 * HOUR,
      ...more,
    };
    return writeGrantText(statement, this.#private);
  }

  /** Signs what takes a grant, or all that answers a request, back on one device. */
  revoke(
    { of, device, reason }: { readonly of: string; readonly device: string; readonly reason?: string },
    now: number,
  ): string {
    const time = Math.floor(now / 1000) * 1000;
    const statement = { of, device: { kind: 'device', id: device }, time, ...defined({ reason }) } as const;
    return writeRevocationText(statement, this.#private);
  }
}

export function approvalPolicy(keys: readonly Approver[], more: Partial<PolicyApprovals> = {}): PolicyApprovals {
  return { approverKeys: keys.map(({ key }) => key), revocations: [], roles: [], notifications: [], ...more };
}
