/** Signed messages of RFC 5652 as Authenticode uses them, made here to be wrong in ways that no signing tool offers. */
import { constants, createHash, sign, type KeyObject } from 'node:crypto';
import * as der from './der.ts';
import { signatureAlgorithm, type Identity } from './pki.ts';

export const CMS = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  countersignature: '1.2.840.113549.1.9.6',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.47',
  timestampToken: '1.3.6.1.4.1.311.3.3.1',
  nestedSignature: '1.3.6.1.4.1.311.2.4.1',
  indirectData: '1.3.6.1.4.1.311.2.1.4',
  imageData: '1.3.6.1.4.1.311.2.1.15',
  sipInfo: '1.3.6.1.4.1.311.2.1.30',
  trustList: '1.3.6.1.4.1.311.10.1',
  catalogList: '1.3.6.1.4.1.311.12.1.1',
  catalogMember: '1.3.6.1.4.1.311.12.1.2',
  catalogMember2: '1.3.6.1.4.1.311.12.1.3',
} as const;

export const DIGEST = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
export type Digest = keyof typeof DIGEST;

export interface MessageWish {
  readonly contentType: string;
  readonly content: der.Node;
  /** PKCS#7 takes the digest of the content without its outer tag and length, CMS of the octets inside. */
  readonly signer: Identity;
  readonly certificates: readonly Identity[];
  readonly digest?: Digest;
  readonly pss?: boolean;
  /** Name the signer by its key identifier in place of issuer and serial number. */
  readonly byKey?: boolean;
  /** In place of the usual content type and message digest attributes. */
  readonly attributes?: readonly der.Node[];
  readonly signedAttributes?: readonly der.Node[];
  readonly unsignedAttributes?: readonly der.Node[];
}

export const attribute = (type: string, ...values: readonly der.Node[]): der.Node =>
  der.sequence(der.objectId(type), der.setOf(...values));

const digestAlgorithm = (digest: Digest): der.Node => der.sequence(der.objectId(DIGEST[digest]), der.nothing());

export const hash = (digest: Digest, bytes: Uint8Array): Buffer => createHash(digest).update(bytes).digest();

export function makeMessage(wish: MessageWish): Buffer {
  const { digest = 'sha256', contentType } = wish;
  const contentBytes = contentOctets(wish.content);
  const usual = [
    attribute(CMS.contentType, der.objectId(contentType)),
    attribute(CMS.messageDigest, der.octets(hash(digest, contentBytes))),
  ];
  const attributes = [...(wish.attributes ?? usual), ...(wish.signedAttributes ?? [])];
  const info = signerInfo(wish.signer, digest, attributes, wish.unsignedAttributes ?? [], wish);
  const certificates = wish.certificates.map((certificate) => der.raw(certificate.der));
  return der.encode(
    der.sequence(
      der.objectId(CMS.signedData),
      der.explicit(
        0,
        der.sequence(
          der.integer(1),
          der.setOf(digestAlgorithm(digest)),
          der.sequence(der.objectId(contentType), der.explicit(0, wish.content)),
          der.implicit(0, der.setOf(...certificates)),
          der.setOf(info),
        ),
      ),
    ),
  );
}

function contentOctets(content: der.Node): Uint8Array {
  return content.value instanceof Uint8Array ? content.value : Buffer.concat(content.value.map(der.encode));
}

export function signerInfo(
  signer: Identity,
  digest: Digest,
  signed: readonly der.Node[],
  unsigned: readonly der.Node[] = [],
  { pss = false, byKey = false }: Pick<MessageWish, 'pss' | 'byKey'> = {},
): der.Node {
  const attributes = der.setOf(...signed);
  const [, , , issuer] = der.inside(der.inside(der.parse(signer.der))[0]!);
  return der.sequence(
    der.integer(byKey ? 3 : 1),
    byKey ? der.implicit(0, der.octets(keyIdentifier(signer))) : der.sequence(issuer!, der.integer(signer.serial)),
    digestAlgorithm(digest),
    der.implicit(0, attributes),
    pss ? pssAlgorithm(digest) : signerAlgorithm(signer.key),
    der.octets(signBytes(der.encode(attributes), signer.key, digest, pss)),
    ...(unsigned.length === 0 ? [] : [der.implicit(1, der.setOf(...unsigned))]),
  );
}

function keyIdentifier({ publicKey }: Identity): Buffer {
  return hash('sha1', publicKey.export({ type: 'spki', format: 'der' }));
}

function signerAlgorithm(key: KeyObject): der.Node {
  if (key.asymmetricKeyType === 'ec') return signatureAlgorithm(key, 'sha256');
  return der.sequence(der.objectId('1.2.840.113549.1.1.1'), der.nothing());
}

/** RSASSA-PSS-params, RFC 4055, with the salt as long as the digest. */
function pssAlgorithm(digest: Digest): der.Node {
  const inner = digestAlgorithm(digest);
  return der.sequence(
    der.objectId('1.2.840.113549.1.1.10'),
    der.sequence(
      der.explicit(0, inner),
      der.explicit(1, der.sequence(der.objectId('1.2.840.113549.1.1.8'), inner)),
      der.explicit(2, der.integer(hash(digest, Buffer.alloc(0)).length)),
    ),
  );
}

function signBytes(bytes: Uint8Array, key: KeyObject, digest: Digest, pss: boolean): Buffer {
  if (!pss) return sign(digest, bytes, key);
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return sign(digest, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
}

/** What Authenticode signs for a program: SpcIndirectDataContent. */
export function imageContent(digest: Digest, value: Uint8Array): der.Node {
  const obsolete = der.explicit(2, { tag: 0x80, value: Buffer.alloc(0) });
  return der.sequence(
    der.sequence(der.objectId(CMS.imageData), der.sequence(der.bits(Buffer.alloc(0)), der.explicit(0, obsolete))),
    der.sequence(digestAlgorithm(digest), der.octets(value)),
  );
}

/**
 * SpcIndirectDataContent of a file that is no program, as the readers of Windows Installer and PowerShell make it.
 * @param reader class id of the reader as stored, hexadecimal
 */
export function sipContent(reader: string, digest: Digest, value: Uint8Array): der.Node {
  const zeros = Array.from({ length: 5 }, () => der.integer(0));
  return der.sequence(
    der.sequence(
      der.objectId(CMS.sipInfo),
      der.sequence(der.integer(1), der.octets(Buffer.from(reader, 'hex')), ...zeros),
    ),
    der.sequence(digestAlgorithm(digest), der.octets(value)),
  );
}

/** Class ids of the readers of packages and of scripts, as stored. */
export const READERS = {
  msi: 'f1100c0000000000c000000000000046',
  ps1: '1fcc3b60594b084eb724d2c6297ef351',
} as const;

/** Path of the only SignerInfo in a message. */
const SIGNER = (message: der.Node): readonly number[] => {
  const signedData = der.inside(der.inside(der.inside(message)[1]!)[0]!);
  return [1, 0, signedData.length - 1, 0];
};

export function signerOf(message: Uint8Array): readonly der.Node[] {
  const root = der.parsePadded(message);
  return der.inside(SIGNER(root).reduce((at, position) => der.inside(at)[position]!, root));
}

/** The signature value, which timestamps cover. */
export function signatureValue(message: Uint8Array): Uint8Array {
  return signerOf(message).find((child) => child.tag === 0x04)!.value as Uint8Array;
}

export function withUnsigned(message: Uint8Array, added: der.Node): Buffer {
  const root = der.parsePadded(message);
  const changed = der.change(root, SIGNER(root), (signer) => {
    const parts = der.inside(signer);
    const last = parts.at(-1)!;
    const kept = last.tag === 0xa1 ? der.inside(last) : [];
    const others = last.tag === 0xa1 ? parts.slice(0, -1) : parts;
    return { tag: signer.tag, value: [...others, der.implicit(1, der.setOf(...kept, added))] };
  });
  return der.encode(changed);
}

/** Another certificate put into the message, which no signature covers. */
export function withCertificates(message: Uint8Array, ...more: readonly Identity[]): Buffer {
  const added = more.map((identity) => der.raw(identity.der));
  const changed = der.change(der.parsePadded(message), [1, 0, 3], (bag) => ({
    tag: bag.tag,
    value: [...der.inside(bag), ...added],
  }));
  return der.encode(changed);
}

/** PKCS#9 countersignature of a signature value, as timestamps were before RFC 3161. */
export function countersignature(over: Uint8Array, authority: Identity, time: number, digest: Digest): der.Node {
  const info = signerInfo(authority, digest, [
    attribute(CMS.contentType, der.objectId(CMS.data)),
    attribute(CMS.signingTime, der.utcTime(time)),
    attribute(CMS.messageDigest, der.octets(hash(digest, over))),
  ]);
  return attribute(CMS.countersignature, info);
}

export interface TokenWish {
  readonly authority: Identity;
  readonly certificates?: readonly Identity[];
  readonly time: number;
  /** What the token is over. */
  readonly over: Uint8Array;
  readonly digest?: Digest;
  /** Certificate that the token says it is by; `null`: it does not say. */
  readonly named?: Identity | null;
}

/** A timestamp token of RFC 3161. */
export function timestampToken({
  authority,
  named = authority,
  certificates = [authority],
  time,
  over,
  digest = 'sha256',
}: TokenWish): Buffer {
  const info = der.sequence(
    der.integer(1),
    der.objectId('1.2.3.4'),
    der.sequence(digestAlgorithm(digest), der.octets(hash(digest, over))),
    der.integer(7),
    der.generalTime(time),
  );
  return makeMessage({
    contentType: CMS.timestampInfo,
    content: der.octets(der.encode(info)),
    signer: authority,
    certificates,
    digest,
    signedAttributes: named === null ? [] : [attribute(CMS.signingCertificate, certificateIdentifier(named))],
  });
}

/** SigningCertificateV2, RFC 5035, with the digest it takes when none is named. */
function certificateIdentifier({ der: bytes }: Identity): der.Node {
  return der.sequence(der.sequence(der.sequence(der.octets(hash('sha256', bytes)))));
}

/** Content of a catalog: a certificate trust list that names digests of programs. */
export function catalogContent(digests: readonly Uint8Array[], digest: 'sha1' | 'sha256', time: number): der.Node {
  const members = digests.map((value) => {
    const tag = digest === 'sha1' ? Buffer.from(Buffer.from(value).toString('hex').toUpperCase(), 'utf16le') : value;
    return der.sequence(der.octets(tag), der.setOf(attribute(CMS.indirectData, imageContent(digest, value))));
  });
  return der.sequence(
    der.sequence(der.objectId(CMS.catalogList)),
    der.octets(hash('sha256', Buffer.concat(digests)).subarray(0, 16)),
    der.utcTime(time),
    der.sequence(der.objectId(digest === 'sha1' ? CMS.catalogMember : CMS.catalogMember2), der.nothing()),
    der.sequence(...members),
  );
}
