/** Grants and requests for tests, and texts that no writer of ours would make. */
import { createHash, type KeyObject, sign } from 'node:crypto';
import { encode, rfc8949EncodeOptions } from 'cborg';
import { sha256, sid } from '../../../src/model/brands.ts';
import type { GrantStatement } from '../../../src/model/grant.ts';
import type { StatedRequest } from '../../../src/model/support-request.ts';
import { deviceIdOf } from '../../../src/requests/request-text.ts';

export const DAY = 86_400_000;

/** The common case: one user of a domain, one device, no arguments, no reason. */
export const GRANT: GrantStatement = {
  id: '0123456789abcdef',
  requestId: 'AAECAwQFBgcICQoLDA0ODw',
  device: { kind: 'device', id: '3f2504e0-4f89-11d3-9a0c-0305e82c3301' },
  requester: sid('S-1-5-21-3623811015-3361044348-30300820-1013'),
  sha256: sha256('ab'.repeat(32)),
  fileName: 'VPN-Client.exe',
  arguments: [],
  from: 1_893_456_000_000,
  until: 1_893_456_000_000 + DAY,
};

/** Any value in the one form of CBOR. */
export const cbor = (value: unknown): Buffer => Buffer.from(encode(value, rfc8949EncodeOptions));

/** Parts of a text; each can be replaced by what no writer would put there. */
export interface Parts {
  readonly prefix: string;
  readonly headers: Uint8Array;
  readonly content: Uint8Array;
  readonly signature?: Uint8Array;
}

/** Puts a text together, with a signature that fits the parts unless another one is given. */
export function textOf({ prefix, headers, content, signature }: Parts, key: KeyObject): string {
  const toSign = cbor(['Signature1', headers, Buffer.from(prefix), content]);
  return wrap(prefix, cbor([headers, new Map(), content, signature ?? sign(null, toSign, key)]));
}

export const wrap = (prefix: string, bytes: Uint8Array): string => prefix + Buffer.from(bytes).toString('base64url');

/** Bytes of a text behind its prefix. */
export const bytesOf = (text: string): Buffer => Buffer.from(text.slice(text.indexOf('.') + 1), 'base64url');

/** A device's key, and what it says of a request of one of its users. */
export function requestOf(publicKey: string, more: Partial<StatedRequest> = {}): StatedRequest {
  return {
    id: GRANT.requestId,
    requestedByUserId: sid('S-1-5-21-3623811015-3361044348-30300820-1013'),
    requestedByUserPrincipalName: 'CONTOSO\\ada',
    requestedOnDeviceId: deviceIdOf(publicKey),
    deviceName: 'LAPTOP-17',
    requestCreatedDateTime: '2030-01-01T00:00:00.123Z',
    requestLastModifiedDateTime: '2030-01-01T08:30:00.456Z',
    requestExpiryDateTime: '2030-01-08T00:00:00.000Z',
    requestJustification: 'The printer of room 4 needs its driver.',
    applicationDetail: {
      fileHash: sha256('ab'.repeat(32)),
      fileName: 'setup.exe',
      filePath: 'C:\\Users\\ada\\Downloads\\setup.exe',
      fileDescription: 'Printer setup',
      publisherName: 'Example Ltd',
      publisherTrusted: true,
      certificateChain: [
        certificate('Example Ltd', 900),
        certificate('Example CA', 1200),
        certificate('Example Root', 1400),
      ],
      productName: 'Printer',
      productInternalName: 'setup',
      productVersion: '1.2.3.4',
    },
    arguments: ['/quiet', 'C:\\Temp\\a b.inf'],
    fromInternet: true,
    timesAsked: 3,
    rule: { policyId: 'office', scope: 'device', name: 'Printers', type: 'supportApproved' },
    ...more,
  };
}

/** @param size of its DER, bytes */
export function certificate(subject: string, size: number) {
  const der = createHash('sha512').update(subject).digest();
  const bytes = Buffer.alloc(size, der);
  return {
    sha256: sha256(createHash('sha256').update(bytes).digest('hex')),
    subject: `CN=${subject},O=Example`,
    notBefore: -1_000,
    notAfter: 1_924_992_000_000,
    der: bytes.toString('base64'),
  };
}
