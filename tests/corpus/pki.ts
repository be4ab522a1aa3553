/** Keys and certificates of the corpus, written here so that each can be wrong in exactly one way. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import * as der from './der.ts';

export const OID = {
  commonName: '2.5.4.3',
  organisation: '2.5.4.10',
  country: '2.5.4.6',
  sha1Rsa: '1.2.840.113549.1.1.5',
  sha256Rsa: '1.2.840.113549.1.1.11',
  sha256Ecdsa: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectKeyIdentifier: '2.5.29.14',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  lifetimeSigning: '1.3.6.1.4.1.311.10.3.13',
} as const;

/** A certificate and the key it is for. */
export interface Identity {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly name: der.Node;
  readonly serial: number;
}

export interface CertificateWish {
  readonly commonName: string;
  /** Absent: self-signed. */
  readonly issuer?: Identity;
  /** Certificate authority; a number is its path length constraint. */
  readonly authority?: boolean | number;
  /** `false`: no basic constraints extension at all. */
  readonly basicConstraints?: false;
  readonly usages?: readonly string[] | undefined;
  /** `false`: no key usage extension at all; bits of RFC 5280 4.2.1.3 as one octet. */
  readonly keyUsage?: number | false;
  readonly from?: number;
  readonly until?: number;
  readonly serial?: number;
  readonly digest?: 'sha1' | 'sha256';
  readonly kind?: 'rsa' | 'ec';
  /** Key of another identity in place of a new one. */
  readonly keyOf?: Identity;
  /** Further extensions: object identifier, critical, DER. */
  readonly extensions?: readonly (readonly [string, boolean, der.Node])[];
}

export const VALID_FROM = Date.UTC(2020, 0, 1);
export const VALID_UNTIL = Date.UTC(2049, 0, 1);
/** The clock of every check of the corpus. */
export const CORPUS_NOW = Date.UTC(2026, 5, 1);

export const DIGITAL_SIGNATURE = 0x80;
export const CERTIFICATE_SIGN = 0x06;

export function distinguishedName(commonName: string): der.Node {
  const part = (type: string, value: der.Node) => der.setOf(der.sequence(der.objectId(type), value));
  return der.sequence(
    part(OID.country, der.printable('DE')),
    part(OID.organisation, der.utf8('EPM Tests')),
    part(OID.commonName, der.utf8(commonName)),
  );
}

export function makeCertificate(wish: CertificateWish): Identity {
  const { authority = false, digest = 'sha256', issuer } = wish;
  const pair = wish.keyOf ?? newKey(wish.kind ?? 'rsa');
  const key = 'privateKey' in pair ? pair.privateKey : pair.key;
  const name = distinguishedName(wish.commonName);
  const serial = wish.serial ?? serialFor(wish);
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  const signer = issuer?.key ?? key;
  const algorithm = signatureAlgorithm(signer, digest);
  const tbs = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(serial),
    algorithm,
    issuer?.name ?? name,
    der.sequence(der.anyTime(wish.from ?? VALID_FROM), der.anyTime(wish.until ?? VALID_UNTIL)),
    name,
    der.raw(spki),
    der.explicit(3, der.sequence(...extensions(wish, authority, spki))),
  );
  const signature = sign(digest, der.encode(tbs), signer);
  const certificate = der.encode(der.sequence(tbs, algorithm, der.bits(signature)));
  return { der: certificate, key, publicKey: pair.publicKey, name, serial };
}

function extensions(wish: CertificateWish, authority: boolean | number, spki: Uint8Array): der.Node[] {
  const keyUsage = wish.keyUsage ?? (authority === false ? DIGITAL_SIGNATURE : CERTIFICATE_SIGN);
  const constraints = authority === false ? [] : [der.truth(true)];
  if (typeof authority === 'number') constraints.push(der.integer(authority));
  const result: der.Node[] = [];
  if (wish.basicConstraints !== false) {
    result.push(extension(OID.basicConstraints, true, der.sequence(...constraints)));
  }
  if (keyUsage !== false) result.push(extension(OID.keyUsage, true, der.bits(Buffer.from([keyUsage]), 1)));
  if (wish.usages !== undefined) {
    const critical = wish.usages.length === 1 && wish.usages[0] === OID.timeStamping;
    result.push(extension(OID.extendedKeyUsage, critical, der.sequence(...wish.usages.map(der.objectId))));
  }
  const identifier = createHash('sha1').update(spki).digest();
  result.push(extension(OID.subjectKeyIdentifier, false, der.octets(identifier)));
  return [...result, ...(wish.extensions ?? []).map(([id, critical, value]) => extension(id, critical, value))];
}

function extension(id: string, critical: boolean, value: der.Node): der.Node {
  return der.sequence(der.objectId(id), ...(critical ? [der.truth(true)] : []), der.octets(der.encode(value)));
}

/** AlgorithmIdentifier of a signature by `key`. */
export function signatureAlgorithm(key: KeyObject, digest: 'sha1' | 'sha256'): der.Node {
  if (key.asymmetricKeyType === 'ec') return der.sequence(der.objectId(OID.sha256Ecdsa));
  return der.sequence(der.objectId(digest === 'sha1' ? OID.sha1Rsa : OID.sha256Rsa), der.nothing());
}

function newKey(kind: 'rsa' | 'ec'): { publicKey: KeyObject; privateKey: KeyObject } {
  return kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** The same wish always gets the same serial number, 31 bits. */
function serialFor(wish: CertificateWish): number {
  const text = `${wish.commonName} ${wish.from} ${wish.until} ${wish.usages?.join(' ')}`;
  return createHash('sha256').update(text).digest().readUInt32BE() >>> 1;
}

export function pem(...identities: readonly Identity[]): string {
  return identities
    .map(({ der: bytes }) => {
      const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
      return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
    })
    .join('');
}

export function keyPem({ key }: Identity): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
