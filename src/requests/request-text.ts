/**
 * A support request as the text that travels to an approver, wherever that is (decision G3). The device signs it with a key
 * of its own, and its identifier is the digest of that key: so nobody but the device makes a request in its name, and a
 * grant for a request that somebody else made up counts on no device.
 */
import { createHash, type KeyObject } from 'node:crypto';
import type { RuleReference } from '../model/decision.ts';
import { defined } from '../model/defined.ts';
import { ELEVATION_TYPES, isNameOf } from '../model/rule-action.ts';
import {
  APPLICATION_DETAIL_FIELDS,
  type StatedApplication,
  type StatedRequest,
  SUPPORT_REQUEST_FIELDS,
  type SupportRequestFieldRow,
  type SupportRequestKind,
  type SupportRequestValue,
} from '../model/support-request.ts';
import { publicKeyText, verifyingKey } from './ed25519.ts';
import { MAX_SIGNED_TEXT, readSignedText, textError, type TextForm, writeSignedText } from './signed-text.ts';
import { StatementForm, type ValueCodec } from './statement.ts';
import type { CborMap } from './strict-cbor.ts';
import { TEXT_KINDS } from './text-kinds.ts';
import { anyText, digest, fixedBytes, flag, guid, guidText, sid, text, texts, wholeNumber } from './values.ts';

export const REQUEST_PREFIX = TEXT_KINDS.request.prefix;
const KEY_BYTES = 32;

const FORM: TextForm = {
  prefix: REQUEST_PREFIX,
  name: 'The request',
  code: 'EPM_REQUEST_TEXT_INVALID',
  keyIdBytes: KEY_BYTES,
};

/** Milliseconds: the end of the year 9999. */
const LAST_TIME = 253_402_300_799_999;
/** Certificates of a chain; Windows itself follows fewer. */
const MAX_CHAIN = 16;

type Chain = SupportRequestValue<'chain'>;
const anyTime = wholeNumber(-LAST_TIME, LAST_TIME);

const CERTIFICATE = new StatementForm<Chain[number]>(
  {
    sha256: { label: 1, kind: 'digest' },
    subject: { label: 2, kind: 'text' },
    notBefore: { label: 3, kind: 'time', optional: true },
    notAfter: { label: 4, kind: 'time', optional: true },
    der: { label: 5, kind: 'der', optional: true },
  },
  {
    digest,
    text: anyText(MAX_SIGNED_TEXT),
    time: anyTime,
    der: {
      write: (value: string) => Buffer.from(value, 'base64'),
      read: (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : undefined),
    },
  },
);

const SCOPES = ['device', 'user'] as const;

/** Kinds that the members of a text have; an approver's answer is none of them. */
type StatedKind = Exclude<SupportRequestKind, 'application' | 'grantId' | 'state' | 'ders'>;

const CODECS = {
  requestId: fixedBytes(16, 'base64url'),
  deviceId: guid,
  sid,
  digest,
  flag,
  texts,
  text: text(MAX_SIGNED_TEXT),
  path: text(MAX_SIGNED_TEXT),
  count: wholeNumber(1, 2 ** 32 - 1),
  time: {
    write: (value) => Date.parse(value),
    read: (value) => {
      const found = wholeNumber(0, LAST_TIME).read(value);
      return found === undefined ? undefined : new Date(found).toISOString();
    },
  },
  rule: {
    write: ({ policyId, scope, name, type }) => [policyId, SCOPES.indexOf(scope), name, type],
    read: readRule,
  },
  chain: {
    write: (certificates) => certificates.map((certificate) => CERTIFICATE.write(FORM, certificate)),
    read: readChain,
  },
} as const satisfies { readonly [K in StatedKind]: ValueCodec<SupportRequestValue<K>> };

const APPLICATION = new StatementForm<StatedApplication>(APPLICATION_DETAIL_FIELDS, CODECS);
const STATEMENT = new StatementForm<StatedRequest>(SUPPORT_REQUEST_FIELDS, {
  ...CODECS,
  application: {
    write: (value: StatedApplication) => APPLICATION.write(FORM, value),
    read: (value) => (value instanceof Map ? APPLICATION.read(FORM, value as CborMap) : undefined),
  },
});

/** A request whose signature fits the device that it names. */
interface ReadRequest {
  readonly request: StatedRequest;
  /** Of the device, Ed25519 in base64. */
  readonly publicKey: string;
}

/** @param publicKey Ed25519 in base64 @returns the identifier of the device that has the key, a GUID in lower case */
export function deviceIdOf(publicKey: string): string {
  return guidText(createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest().subarray(0, 16));
}

/**
 * What does not fit is left out: first the certificates, of which digests and names stay, then what the file says of
 * itself.
 * @param key private key of the device, Ed25519
 * @throws EpmError EPM_REQUEST_TEXT_INVALID, with `data.reason`: `tooLong` when the arguments alone are too long, `member`
 *   with what cannot be stated, `device` when the request is that of another device
 */
export function writeRequestText(request: StatedRequest, key: KeyObject): string {
  const publicKey = publicKeyText(key);
  if (request.requestedOnDeviceId !== deviceIdOf(publicKey)) throw textError(FORM, 'device');
  const keyId = Buffer.from(publicKey, 'base64');
  const whole = stated(request);
  for (const shorten of SHORTENED) {
    const written = writeSignedText(FORM, STATEMENT.write(FORM, shorten(whole)), keyId, key);
    if (written !== undefined) return written;
  }
  throw textError(FORM, 'tooLong');
}

/**
 * @param text from anywhere, white space included
 * @throws EpmError EPM_REQUEST_TEXT_INVALID, with `data.reason`: one of TEXT_FAULTS
 */
export function readRequestText(text: string): ReadRequest {
  const signed = readSignedText(FORM, text);
  const request = STATEMENT.read(FORM, signed.payload);
  const publicKey = Buffer.from(signed.keyId).toString('base64');
  const verifying = verifyingKey(publicKey);
  if (verifying === undefined || !signed.isSignedBy(verifying)) throw textError(FORM, 'signature');
  if (request.requestedOnDeviceId !== deviceIdOf(publicKey)) throw textError(FORM, 'device');
  return { request, publicKey };
}

type Shorten = (request: StatedRequest) => StatedRequest;

/** From everything to what a grant needs. */
const SHORTENED: readonly Shorten[] = [
  (request) => request,
  (request) => withChain(request, (certificate, index) => (index === 0 ? certificate : withoutDer(certificate))),
  (request) => withChain(request, withoutDer),
  ({ applicationDetail, ...request }) => {
    const { fileHash, fileName, filePath, publisherName, publisherTrusted } = applicationDetail;
    return {
      ...request,
      applicationDetail: defined({ fileHash, fileName, filePath, publisherName, publisherTrusted }),
    };
  },
];

function withChain(
  request: StatedRequest,
  change: (certificate: Chain[number], index: number) => Chain[number],
): StatedRequest {
  const { certificateChain } = request.applicationDetail;
  if (certificateChain === undefined) return request;
  return {
    ...request,
    applicationDetail: { ...request.applicationDetail, certificateChain: certificateChain.map(change) },
  };
}

function withoutDer({ der: _, ...certificate }: Chain[number]): Chain[number] {
  return certificate;
}

/** The members that a text carries. What a file says of itself may be empty, or no Unicode text. */
function stated(request: StatedRequest): StatedRequest {
  const application: Record<string, unknown> = carried(APPLICATION_DETAIL_FIELDS, request.applicationDetail);
  for (const name of SELF_DESCRIPTION) {
    const value = application[name];
    if (typeof value === 'string') application[name] = value === '' ? undefined : value.toWellFormed();
  }
  return {
    ...carried(SUPPORT_REQUEST_FIELDS, request),
    applicationDetail: defined(application),
  } as StatedRequest;
}

const SELF_DESCRIPTION = ['fileDescription', 'publisherName', 'productName', 'productInternalName', 'productVersion'];

function carried(table: Readonly<Record<string, SupportRequestFieldRow>>, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => table[name]?.label !== undefined));
}

function readRule(value: unknown): RuleReference | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [policyId, scope, name, type] = value as readonly unknown[];
  const [policy, rule] = [CODECS.text.read(policyId), CODECS.text.read(name)];
  const place = typeof scope === 'number' ? SCOPES[scope] : undefined;
  if (policy === undefined || rule === undefined || place === undefined || !isNameOf(ELEVATION_TYPES, type))
    return undefined;
  return { policyId: policy, scope: place, name: rule, type };
}

function readChain(value: unknown): Chain | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHAIN) return undefined;
  const chain = value.map((each) => (each instanceof Map ? CERTIFICATE.read(FORM, each) : undefined));
  const isWhole = chain.every((each) => each !== undefined && isItsOwn(each));
  return isWhole ? (chain as Chain) : undefined;
}

/** A certificate is the one whose digest is told. */
function isItsOwn({ sha256, der }: Chain[number]): boolean {
  return der === undefined || createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex') === sha256;
}
