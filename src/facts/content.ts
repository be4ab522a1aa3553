/** What the bytes of a file say, and what was signed of them: everything but the judgement of its signatures. */
import { fileHash, sha256 } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { DigestAlgorithm, FileFacts, FileRefusal, FileType } from '../model/file-facts.ts';
import { type AuthenticodeSignature, readSignatures, requireSubject } from './authenticode/index.ts';
import type { ByteSource } from './byte-source.ts';
import { digestInTurns } from './certificate/algorithms.ts';
import type { DigestWorker } from './digest-worker.ts';
import { beginSha256, type DigestJob, digestFile, wholeFile } from './digest.ts';
import { displayText } from '../text/display.ts';
import { fileTypeOf, libraryTypeOf } from './file-type.ts';
import { holdBeginning } from './held-source.ts';
import { MalformedContent } from './malformed.ts';
import { inspectInstaller } from './msi/index.ts';
import { inspectExecutable } from './pe/index.ts';
import { inspectScript } from './script/index.ts';
import type { SignedContent } from './signed-content.ts';
import type { CatalogHashes } from './trust.ts';
import { Turns } from './turns.ts';

/** Digests of the whole file that a rule can ask for besides SHA-256. */
export type RequestedDigest = 'sha384' | 'sha512';

interface ContentOptions {
  /** Path of the file, for messages. */
  readonly path: string;
  /** File name with extension. */
  readonly name: string;
  readonly digests: readonly RequestedDigest[];
  /** The file is one that Windows loads into a program, whatever it is called. */
  readonly isLibrary: boolean;
  /** Also compute what a catalog would name the file by. */
  readonly forCatalogs: boolean;
  readonly worker?: DigestWorker | undefined;
  /** Called with the bytes that are done and how many there will be. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/** A signature of the file, and the digest that the file really has by the algorithm it names. */
export interface ContentSignature {
  readonly signature: AuthenticodeSignature;
  readonly digest: Uint8Array | undefined;
}

export interface Content {
  readonly type: FileType | undefined;
  readonly refusal: FileRefusal | undefined;
  /** Facts of the headers, resources or the database. */
  readonly described: Partial<FileFacts>;
  readonly digests: Pick<FileFacts, 'sha256' | 'sha384' | 'sha512'>;
  readonly signatures: readonly ContentSignature[];
  /** What catalogs list the file by; present when it was asked for and the file carries no signature. */
  readonly catalogHashes?: CatalogHashes;
}

/** Bytes. PowerShell reads a script whole into memory. */
export const MAX_SCRIPT_SIZE = 16 * 1024 ** 2;

const CATALOG_HASH_ALGORITHMS = ['sha256', 'sha1'] as const;

/** What the headers gave, before the content streams by. */
interface Inspected {
  readonly described: Partial<FileFacts>;
  readonly content: SignedContent | undefined;
  readonly signatures: readonly AuthenticodeSignature[];
  readonly refusal: FileRefusal | undefined;
}

const NOT_INSPECTED: Inspected = { described: {}, content: undefined, signatures: [], refusal: undefined };

/**
 * Reads a file once, from its first to its last byte; only its bounded headers are read before that. An installer
 * database is read once more for each digest its signatures name, because its streams are digested in the order of
 * their names, not in that of the file.
 * @throws EpmError EPM_FILE_UNREADABLE, and what the source throws
 */
export async function readContent(file: ByteSource, options: ContentOptions): Promise<Content> {
  const source = await holdBeginning(file);
  const { type, refusal } = await (options.isLibrary ? libraryTypeOf(source) : fileTypeOf(options.name, source));
  const turns = new Turns(source);
  if (type === 'ps1') return readScript(source, options, turns);
  const begun = beginSha256(source);
  const inspected = type === undefined ? NOT_INSPECTED : await inspect(type, source, turns);
  const { content, signatures } = inspected;
  const own = content?.coverage.kind === 'own' ? content.coverage : undefined;
  const signed = new Set(signatures.flatMap(({ digestAlgorithm }) => digestAlgorithm ?? []));
  const needsCatalogHashes = options.forCatalogs && content?.signatures.length === 0;

  const whole = wholeDigests(options.digests);
  const jobs: DigestJob[] = whole.map((algorithm) => ({ algorithm, ranges: wholeFile(source.size) }));
  const { ranges, zeros = 0 } =
    content?.coverage.kind === 'ranges' ? content.coverage : { ranges: wholeFile(source.size) };
  const covered = needsCatalogHashes ? CATALOG_HASH_ALGORITHMS : own === undefined ? [...signed] : [];
  jobs.push(...covered.map((algorithm): DigestJob => ({ algorithm, ranges, zeros })));
  const total = source.size * (1 + (own === undefined ? 0 : signed.size));
  const results = await digestFile(source, jobs, {
    path: options.path,
    worker: options.worker,
    begun,
    onProgress: options.onProgress === undefined ? undefined : (bytes) => options.onProgress?.(bytes, total),
  });
  const digests = namedDigests(whole, results);

  const contentDigests = new Map<DigestAlgorithm, Uint8Array>();
  covered.forEach((algorithm, at) => contentDigests.set(algorithm, results[whole.length + at] ?? new Uint8Array()));
  let malformed = inspected.refusal;
  if (own !== undefined) {
    let done = source.size;
    for (const algorithm of signed) {
      const digest = await orRefusal(() => own.digest(algorithm));
      if ('refusal' in digest) malformed ??= digest.refusal;
      else contentDigests.set(algorithm, digest.value);
      options.onProgress?.((done += source.size), total);
    }
  }
  const refused = refusal ?? malformed;
  const catalogHashes = needsCatalogHashes ? catalogHashesOf((algorithm) => contentDigests.get(algorithm)) : undefined;
  return {
    type: refused === undefined ? type : undefined,
    refusal: refused,
    described: inspected.described,
    digests,
    signatures: withDigests(signatures, contentDigests),
    ...defined({ catalogHashes }),
  };
}

/** A script is small enough to be held: it is read once and everything is computed from memory. */
async function readScript(source: ByteSource, options: ContentOptions, turns: Turns): Promise<Content> {
  const bytes = await readWhole(source, options.path);
  options.onProgress?.(bytes.length, bytes.length);
  const whole = wholeDigests(options.digests);
  const digestsOf = async (algorithms: readonly DigestAlgorithm[]): Promise<readonly Uint8Array[]> => {
    const results: Uint8Array[] = [];
    for (const algorithm of algorithms) results.push(await digestInTurns(algorithm, bytes, turns));
    return results;
  };
  const digests = namedDigests(whole, await digestsOf(whole));
  const inspected = await orRefusal(async () => {
    const { facts, content } = await inspectScript(bytes, turns);
    const signatures = await signaturesOf(content, 'ps1', turns);
    const signed = new Map<DigestAlgorithm, Uint8Array>();
    for (const { digestAlgorithm } of signatures) {
      if (digestAlgorithm === undefined || signed.has(digestAlgorithm)) continue;
      signed.set(digestAlgorithm, await digestScript(bytes, content, digestAlgorithm, turns));
    }
    return { facts, signatures: withDigests(signatures, signed), unsigned: content.signatures.length === 0 };
  });
  if ('refusal' in inspected) return withoutFacts(inspected.refusal, digests);
  const { facts, signatures, unsigned } = inspected.value;
  const listed = options.forCatalogs && unsigned ? await digestsOf(CATALOG_HASH_ALGORITHMS) : undefined;
  return {
    type: 'ps1',
    refusal: undefined,
    described: facts,
    digests,
    signatures,
    ...(listed === undefined
      ? {}
      : { catalogHashes: catalogHashesOf((algorithm) => listed[CATALOG_HASH_ALGORITHMS.indexOf(algorithm)]) }),
  };
}

function catalogHashesOf(digestOf: (algorithm: 'sha256' | 'sha1') => Uint8Array | undefined): CatalogHashes {
  return { sha256: digestOf('sha256') ?? new Uint8Array(), sha1: digestOf('sha1') ?? new Uint8Array() };
}

async function digestScript(
  bytes: Uint8Array,
  content: SignedContent,
  algorithm: DigestAlgorithm,
  turns: Turns,
): Promise<Uint8Array> {
  if (content.coverage.kind === 'own') return content.coverage.digest(algorithm);
  return digestInTurns(algorithm, bytes, turns);
}

async function readWhole(source: ByteSource, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.size);
  for (let offset = 0; offset < bytes.length;) {
    const chunk = await source.read(offset, bytes.length - offset);
    if (chunk.length === 0) {
      const at = `byte ${offset} of ${source.size}`;
      throw new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(path)}" ended at ${at} while it was read.`);
    }
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** A signature that cannot be read refuses the file, it never makes it an unsigned one (AC-41). */
async function inspect(type: 'exe' | 'msi', source: ByteSource, turns: Turns): Promise<Inspected> {
  const headers = await orRefusal(() =>
    type === 'exe' ? inspectExecutable(source, turns) : inspectInstaller(source, turns),
  );
  if ('refusal' in headers) return { ...NOT_INSPECTED, refusal: headers.refusal };
  const { facts, content } = headers.value;
  const read = await orRefusal(() => signaturesOf(content, type, turns));
  return 'refusal' in read
    ? { described: facts, content, signatures: [], refusal: read.refusal }
    : { described: facts, content, signatures: read.value, refusal: undefined };
}

async function signaturesOf(
  content: SignedContent,
  type: FileType,
  turns: Turns,
): Promise<readonly AuthenticodeSignature[]> {
  const signatures = await readSignatures(content.signatures, turns);
  requireSubject(signatures, type);
  return signatures;
}

async function orRefusal<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value: T } | { readonly refusal: FileRefusal }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof MalformedContent) return { refusal: error.toRefusal() };
    throw error;
  }
}

/** Digests of the whole file, each once. */
function wholeDigests(asked: readonly RequestedDigest[]): readonly ('sha256' | RequestedDigest)[] {
  return [...new Set(['sha256' as const, ...asked])];
}

function namedDigests(
  names: readonly ('sha256' | RequestedDigest)[],
  values: readonly Uint8Array[],
): Content['digests'] {
  const hex = (name: 'sha256' | RequestedDigest): string =>
    Buffer.from(values[names.indexOf(name)] ?? []).toString('hex');
  return {
    sha256: sha256(hex('sha256')),
    ...(names.includes('sha384') ? { sha384: fileHash(hex('sha384')) } : {}),
    ...(names.includes('sha512') ? { sha512: fileHash(hex('sha512')) } : {}),
  };
}

function withDigests(
  signatures: readonly AuthenticodeSignature[],
  digests: ReadonlyMap<DigestAlgorithm, Uint8Array>,
): readonly ContentSignature[] {
  return signatures.map((signature) => ({
    signature,
    digest: signature.digestAlgorithm === undefined ? undefined : digests.get(signature.digestAlgorithm),
  }));
}

function withoutFacts(refusal: FileRefusal, digests: Content['digests']): Content {
  return { type: undefined, refusal, described: {}, digests, signatures: [] };
}
