/** Who timestamped a signature: their chains end at roots of their own, which the machine is asked about too. */
import { openMessage } from '../../facts/authenticode/signature.ts';
import {
  findSigner,
  readSignedData,
  readSignerInfo,
  type SignedData,
  type SignerInfo,
} from '../../facts/authenticode/signed-data.ts';
import type { Certificate } from '../../facts/certificate/certificate.ts';
import { oid } from '../../facts/der/reader.ts';
import { MalformedContent } from '../../facts/malformed.ts';
import { Turns } from '../../facts/turns.ts';

/** szOID_RFC3161_counterSign of wincrypt.h, and id-aa-timeStampToken of RFC 3161 appendix A. */
const TOKENS = [oid('1.3.6.1.4.1.311.3.3.1'), oid('1.2.840.113549.1.9.16.2.14')];
/** PKCS#9 countersignature. */
const COUNTERSIGNATURE = oid('1.2.840.113549.1.9.6');
/** Timestamps of one signature that are looked at; tools put in one. */
const MAX_TIMESTAMPS = 3;

interface TimestampAuthority {
  /** DER of the certificate that made the timestamp. */
  readonly leaf: Uint8Array;
  /** DER of what is carried with it. */
  readonly certificates: readonly Uint8Array[];
}

/** @param message DER of the PKCS#7 message of the signature; what cannot be read in it names nobody */
export async function timestampAuthorities(message: Uint8Array): Promise<readonly TimestampAuthority[]> {
  const turns = new Turns({});
  const signature = await unlessMalformed(async () => readSignedData(await openMessage(message, turns), turns));
  if (signature === undefined) return [];
  const { unsignedAttributes } = signature.signer;
  const readers = [
    ...TOKENS.flatMap((type) => unsignedAttributes.get(type) ?? []).map(
      (token) => async () => ofToken(await readSignedData(token, turns), signature.certificates),
    ),
    ...(unsignedAttributes.get(COUNTERSIGNATURE) ?? []).map(
      (value) => async () => authority(readSignerInfo(value), signature.certificates),
    ),
  ];
  const found: TimestampAuthority[] = [];
  for (const read of readers.slice(0, MAX_TIMESTAMPS)) {
    const one = await unlessMalformed(read);
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** A token without certificates of its own is made by one that the signature carries. */
function ofToken(
  { signer, certificates }: SignedData,
  besides: readonly Certificate[],
): TimestampAuthority | undefined {
  const all = [...certificates, ...besides];
  return authority(signer, findSigner(signer, certificates) === undefined ? all : certificates, all);
}

function authority(
  signer: SignerInfo,
  certificates: readonly Certificate[],
  carried = certificates,
): TimestampAuthority | undefined {
  const found = findSigner(signer, certificates);
  return found && { leaf: found.der, certificates: carried.map(({ der }) => der) };
}

async function unlessMalformed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof MalformedContent) return undefined;
    throw error;
  }
}
