/** Grants for tests, and texts that no writer of ours would make. */
import type { KeyObject } from 'node:crypto';
import { sign } from 'node:crypto';
import { encode, rfc8949EncodeOptions } from 'cborg';
import { sha256, sid } from '../../../src/model/brands.ts';
import type { GrantStatement } from '../../../src/model/grant.ts';

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
