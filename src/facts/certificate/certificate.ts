/** An X.509 certificate (RFC 5280) as far as signatures of files need it. */
import { createHash, type KeyObject } from 'node:crypto';
import { sha256, type Sha256 } from '../../model/brands.ts';
import { DerReader, oid, openHostile, readTime, TAG, type DerElement } from '../der/reader.ts';
import type { Turns } from '../turns.ts';
import {
  CHECK_STEPS,
  checkSignature,
  readPublicKey,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from './algorithms.ts';
import { nameText } from './name.ts';

/** Bytes. Certificates in use have one to three thousand. */
export const MAX_CERTIFICATE_SIZE = 64 * 1024;
const MAX_EXTENSIONS = 64;
const MAX_USAGES = 64;

const EXTENSION = {
  basicConstraints: oid('2.5.29.19'),
  keyUsage: oid('2.5.29.15'),
  extendedKeyUsage: oid('2.5.29.37'),
  subjectKeyIdentifier: oid('2.5.29.14'),
  nameConstraints: oid('2.5.29.30'),
};
/** Extensions that may be critical: those evaluated here, and those that restrict nothing that is asked here. */
const UNDERSTOOD = new Set([
  ...Object.values(EXTENSION),
  // Alternative names, certificate policies, authority key identifier, revocation list distribution points.
  oid('2.5.29.17'),
  oid('2.5.29.18'),
  oid('2.5.29.32'),
  oid('2.5.29.35'),
  oid('2.5.29.31'),
]);

interface Extension {
  readonly critical: boolean;
  readonly value: DerReader;
}

/** Bits of the key usage extension, RFC 5280 4.2.1.3, first octet. */
export const KEY_USAGE = { digitalSignature: 0x80, certificateSign: 0x04 } as const;

export class Certificate {
  readonly der: Uint8Array;
  readonly sha256: Sha256;
  readonly version: number;
  /** Content octets of the serial number, as they stand. */
  readonly serial: Uint8Array;
  /** Names in DER; they are compared byte by byte, as Windows does. */
  readonly issuer: DerElement;
  readonly subject: DerElement;
  /** Milliseconds since 1970, UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly algorithm: SignatureAlgorithm;
  /** Absent: the extension is not there. `pathLength` absent: not limited. */
  readonly constraints: { readonly isAuthority: boolean; readonly pathLength: number | undefined } | undefined;
  /** First octet of the key usage; absent: the extension is not there. */
  readonly keyUsage: number | undefined;
  /** Purposes in the form of `oid`; absent: not restricted. */
  readonly usages: ReadonlySet<string> | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  /** It has a critical extension that is not understood here. */
  readonly hasUnknownCritical: boolean;
  readonly hasNameConstraints: boolean;
  readonly #signed: Uint8Array;
  readonly #signature: Uint8Array;
  readonly #keyInfo: DerElement;
  #key: KeyObject | undefined | 'unread' = 'unread';
  #texts: { readonly subject: string; readonly issuer: string } | undefined;
  /** What was found out before; a certificate meets the same few authorities again. */
  readonly #signedBy = new WeakMap<Certificate, 'good' | 'bad' | 'unsupported'>();

  /**
   * @param der one certificate in DER, nothing behind it
   * @throws MalformedContent
   */
  constructor(der: Uint8Array, place = 'certificate') {
    const whole = openHostile(der, { place, limit: MAX_CERTIFICATE_SIZE });
    if (whole.tag !== TAG.sequence) throw whole.fail('It is not a certificate.');
    this.der = whole.raw;
    this.sha256 = sha256(createHash('sha256').update(whole.raw).digest('hex'));
    const outer = whole.open();
    const tbs = outer.next(TAG.sequence);
    const outerAlgorithm = outer.next(TAG.sequence);
    this.#signed = tbs.raw;
    this.#signature = outer.bits();
    outer.end();

    const reader = tbs.open();
    this.version = (reader.optional(TAG.context(0))?.open().smallInteger() ?? 0) + 1;
    this.serial = reader.next(TAG.integer).content;
    const algorithm = reader.next(TAG.sequence);
    // RFC 5280 4.1.1.2. The outer one is not signed: another would give the certificate another digest.
    if (Buffer.compare(algorithm.raw, outerAlgorithm.raw) !== 0) {
      throw outerAlgorithm.fail('It names two signature algorithms.');
    }
    this.algorithm = readSignatureAlgorithm(new DerReader(algorithm.raw, place));
    this.issuer = reader.next(TAG.sequence);
    const validity = reader.sequence();
    this.notBefore = readTime(validity);
    this.notAfter = readTime(validity);
    this.subject = reader.next(TAG.sequence);
    this.#keyInfo = reader.next(TAG.sequence);
    // issuerUniqueID and subjectUniqueID, of no use since 1999.
    for (const number of [1, 2]) reader.optional(TAG.contextPrimitive(number));
    const extensions = readExtensions(reader);
    reader.end();

    this.constraints = readConstraints(extensions.get(EXTENSION.basicConstraints));
    this.keyUsage = readKeyUsage(extensions.get(EXTENSION.keyUsage));
    this.usages = readUsages(extensions.get(EXTENSION.extendedKeyUsage));
    this.subjectKeyIdentifier = extensions.get(EXTENSION.subjectKeyIdentifier)?.value.octets();
    this.hasNameConstraints = extensions.has(EXTENSION.nameConstraints);
    this.hasUnknownCritical = [...extensions].some(([id, { critical }]) => critical && !UNDERSTOOD.has(id));
  }

  /** The public key; undefined: of a kind or size that is not taken. */
  get key(): KeyObject | undefined {
    if (this.#key === 'unread') this.#key = readPublicKey(this.#keyInfo);
    return this.#key;
  }

  /**
   * The names as a person reads them.
   * @throws MalformedContent when one of them is none
   */
  get texts(): { readonly subject: string; readonly issuer: string } {
    this.#texts ??= { subject: nameText(this.subject), issuer: nameText(this.issuer) };
    return this.#texts;
  }

  isIssuedBy(name: DerElement): boolean {
    return Buffer.compare(this.issuer.raw, name.raw) === 0;
  }

  equals(other: Certificate): boolean {
    return this.sha256 === other.sha256;
  }

  /**
   * Whether the key of `issuer` made the signature of this certificate.
   * @throws what `turns` throws
   */
  async isSignedBy(issuer: Certificate, turns: Turns): Promise<'good' | 'bad' | 'unsupported'> {
    const known = this.#signedBy.get(issuer);
    if (known !== undefined) return known;
    await turns.take(CHECK_STEPS);
    const checked = checkSignature({
      algorithm: this.algorithm,
      key: issuer.key,
      bytes: this.#signed,
      signature: this.#signature,
    });
    this.#signedBy.set(issuer, checked);
    return checked;
  }
}

function readExtensions(reader: DerReader): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  const list = reader.optional(TAG.context(3))?.open().sequence();
  while (list?.more === true) {
    const element = list.next(TAG.sequence);
    const inside = element.open();
    const id = inside.objectId();
    const critical = inside.tag === TAG.boolean && inside.boolean();
    const value = inside.next(TAG.octetString);
    inside.end();
    if (extensions.has(id)) throw element.fail('An extension is there twice.');
    if (extensions.size === MAX_EXTENSIONS) throw element.fail('There are too many extensions.');
    extensions.set(id, { critical, value: value.open() });
  }
  return extensions;
}

function readConstraints(extension: Extension | undefined): Certificate['constraints'] {
  if (extension === undefined) return undefined;
  const reader = extension.value.sequence();
  const isAuthority = reader.tag === TAG.boolean && reader.boolean();
  const pathLength = reader.more ? reader.smallInteger() : undefined;
  return { isAuthority, pathLength };
}

function readKeyUsage(extension: Extension | undefined): number | undefined {
  const bits = extension?.value.next(TAG.bitString).content;
  return bits === undefined ? undefined : (bits[1] ?? 0);
}

function readUsages(extension: Extension | undefined): ReadonlySet<string> | undefined {
  if (extension === undefined) return undefined;
  const usages = new Set<string>();
  const reader = extension.value.sequence();
  for (let count = 0; reader.more; count += 1) {
    if (count === MAX_USAGES) throw reader.fail('There are too many usages.');
    usages.add(reader.objectId());
  }
  return usages;
}
