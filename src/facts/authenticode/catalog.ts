/** Catalogs: one signature for many files, kept beside them as a list of their digests. */
import type { DigestAlgorithm } from '../../model/file-facts.ts';
import { DIGEST_LENGTH } from '../certificate/algorithms.ts';
import { oid, TAG, type DerElement } from '../der/reader.ts';
import type { Turns } from '../turns.ts';
import { INDIRECT_DATA, openMessage, readIndirectData, signerParts, type AuthenticodeSignature } from './signature.ts';
import { readSignedData } from './signed-data.ts';

/** szOID_CTL and szOID_CATALOG_LIST of wincrypt.h and mscat.h. */
const TRUST_LIST = oid('1.3.6.1.4.1.311.10.1');
const CATALOG_LIST = oid('1.3.6.1.4.1.311.12.1.1');
const MAX_MEMBERS = 200_000;
const MAX_ATTRIBUTES = 64;
const ATTRIBUTE_STEPS = 64;

interface Catalog {
  /** The signature of the catalog; `digestAlgorithm` is the strongest that its members are listed by. */
  readonly signature: AuthenticodeSignature;
  /** Whether a file with this Authenticode digest is listed. */
  lists(digest: Uint8Array): boolean;
}

/**
 * @param message the catalog file: PKCS#7 whose content is a certificate trust list of files
 * @throws MalformedContent; what `turns` throws
 */
export async function readCatalog(message: Uint8Array, turns: Turns): Promise<Catalog> {
  const { signedData, parts } = await openCatalog(message, turns);
  const { digests, algorithms } = await readMembers(signedData.content, turns);
  const lists = (digest: Uint8Array): boolean => digests.has(Buffer.from(digest).toString('hex'));
  return {
    signature: {
      origin: 'catalog',
      digestAlgorithm: strongest(algorithms),
      digest: new Uint8Array(),
      ...parts,
      covers: lists,
    },
    lists,
  };
}

/**
 * Who signed a catalog, without a look at the files that it lists, of which there may be many thousand.
 * @throws MalformedContent; what `turns` throws
 */
export async function readCatalogSigner(
  message: Uint8Array,
  turns: Turns,
): Promise<Pick<AuthenticodeSignature, 'leaf' | 'certificates'>> {
  return (await openCatalog(message, turns)).parts;
}

async function openCatalog(message: Uint8Array, turns: Turns) {
  const contentInfo = await openMessage(message, turns);
  const signedData = await readSignedData(contentInfo, turns);
  if (signedData.contentType !== TRUST_LIST || signedData.content.tag !== TAG.sequence) {
    throw contentInfo.fail('It is not a catalog.');
  }
  return { signedData, parts: signerParts(signedData, contentInfo) };
}

/** CertificateTrustList, [MS-CAESO] 4.4.5.4.1: usage, identifier, number, times, algorithm, then the members. */
async function readMembers(
  content: DerElement,
  turns: Turns,
): Promise<{ digests: ReadonlySet<string>; algorithms: ReadonlySet<DigestAlgorithm> }> {
  const reader = content.open();
  reader.optional(TAG.integer);
  const usage = reader.sequence();
  // A trust list for another use would list certificates.
  if (usage.objectId() !== CATALOG_LIST) throw content.fail('It is a trust list, but not a catalog.');
  usage.end();
  reader.optional(TAG.octetString);
  reader.optional(TAG.integer);
  while (reader.tag === TAG.utcTime || reader.tag === TAG.generalizedTime) reader.any();
  reader.next(TAG.sequence);
  const digests = new Set<string>();
  const algorithms = new Set<DigestAlgorithm>();
  const members = reader.optional(TAG.sequence)?.open();
  for (let count = 0; members?.more === true; count += 1) {
    if (count === MAX_MEMBERS) throw members.fail('A catalog lists too many files.');
    const member = members.sequence();
    member.next(TAG.octetString);
    const attributes = readMember(member.next(TAG.set), digests, algorithms);
    const turn = turns.take(attributes * ATTRIBUTE_STEPS);
    if (turn !== undefined) await turn;
  }
  return { digests, algorithms };
}

/**
 * The identifier of a member is its digest as text or as bytes; the attribute says the same and by which algorithm.
 * @returns how many attributes it has, and one for itself
 */
function readMember(attributes: DerElement, digests: Set<string>, algorithms: Set<DigestAlgorithm>): number {
  const reader = attributes.open();
  let count = 0;
  for (; reader.more; count += 1) {
    if (count === MAX_ATTRIBUTES) throw attributes.fail('A file of a catalog has too many attributes.');
    const attribute = reader.sequence();
    if (attribute.objectId() !== INDIRECT_DATA) continue;
    const { algorithm, digest } = readIndirectData(attribute.set().sequence());
    if (algorithm === undefined) continue;
    digests.add(Buffer.from(digest).toString('hex'));
    algorithms.add(algorithm);
  }
  return count + 1;
}

function strongest(algorithms: ReadonlySet<DigestAlgorithm>): DigestAlgorithm | undefined {
  return [...algorithms].sort((left, right) => DIGEST_LENGTH[right] - DIGEST_LENGTH[left])[0];
}
