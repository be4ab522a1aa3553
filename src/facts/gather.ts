/** Facts of a file from its bytes, in one pass over the content. */
import { nameRefusal } from '../engine/refused-name.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ByteSource } from './byte-source.ts';
import { type RequestedDigest, type Content, MAX_SCRIPT_SIZE, readContent } from './content.ts';
import type { DigestWorker } from './digest-worker.ts';
import { displayText } from '../text/display.ts';
import { limitSource, type ReadingLimits } from './reading-limits.ts';
import { type Judgement, judgeSignatures, type Judges } from './signature-facts.ts';

/** Facts that do not come from the content but from the handle or from Windows. */
type HandleFacts = Partial<
  Omit<FileFacts, 'path' | 'folder' | 'name' | 'type' | 'size' | 'sha256' | 'sha384' | 'sha512'>
>;

export interface GatherOptions extends ReadingLimits, Judges {
  /** Digests besides SHA-256 that some rule asks for. */
  readonly digests?: readonly RequestedDigest[] | undefined;
  /** The file is one that Windows loads into a program, whatever it is called. Such facts elevate nothing. */
  readonly isLibrary?: boolean | undefined;
  /** Bytes; a larger file is refused before it is read. Default {@link DEFAULT_MAXIMUM_SIZE}. */
  readonly maximumSize?: number | undefined;
  /** Called with the bytes that are done and how many there will be. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** Runs the reading in a turn of the one who asks; the time spent waiting for it counts against no limit of reading. */
  readonly turn?: (<T>(read: () => Promise<T>) => Promise<T>) | undefined;
  /** A second thread for the digests of large files. */
  readonly worker?: DigestWorker | undefined;
  /** Milliseconds since 1970, for the validity of certificates; default the system's clock. */
  readonly now?: (() => number) | undefined;
}

export interface GatherInput extends GatherOptions {
  /** Final path from the handle; becomes `FileFacts.path` as it is. */
  readonly path: string;
  readonly source: ByteSource;
  /** Facts to include. A `refusal` given here comes before one found in the content. */
  readonly known?: HandleFacts;
}

/** Bytes. Larger files are refused before they are read, so that nobody can keep the agent busy with one. */
export const DEFAULT_MAXIMUM_SIZE = 4 * 1024 ** 3;

/**
 * Gathers facts from an open file. Only the bytes that are read here are what the digest stands for: the caller keeps
 * the file locked until the program runs. Content that breaks its format is refused in the facts (`malformed`).
 * @throws EpmError EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED, EPM_AGENT_BUSY
 */
export async function gatherFacts(input: GatherInput): Promise<FileFacts> {
  const content = await gatherContent(input);
  return assembleFacts(input, content, await judgeSignatures(content, input, (input.now ?? Date.now)()));
}

/** The part of {@link gatherFacts} that reads: the same bytes always give the same answer. */
export async function gatherContent(input: GatherInput): Promise<Content> {
  checkSize(input);
  const read = (): Promise<Content> => readLimited(input);
  return input.turn === undefined ? read() : input.turn(read);
}

async function readLimited(input: GatherInput): Promise<Content> {
  const { path, digests = [], isLibrary = false, trust, worker, onProgress } = input;
  const limited = limitSource(input.source, path, input);
  try {
    return await readContent(limited.source, {
      path,
      name: splitPath(path).name,
      digests,
      isLibrary,
      forCatalogs: trust !== undefined,
      worker,
      onProgress,
    });
  } finally {
    limited.end();
  }
}

export function assembleFacts(
  { path, source, known = {} }: Pick<GatherInput, 'path' | 'source' | 'known'>,
  content: Content,
  judgement: Pick<Judgement, 'signatures' | 'refusal'>,
): FileFacts {
  const names = splitPath(path);
  const refusal = known.refusal ?? nameRefusal(names) ?? content.refusal ?? judgement.refusal;
  return {
    ...content.described,
    signatures: judgement.signatures,
    ...known,
    path,
    ...names,
    type: refusal === undefined ? content.type : undefined,
    refusal,
    size: source.size,
    ...content.digests,
  };
}

/** Splits a Windows or POSIX path at its last separator; the root of a drive keeps its backslash. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const isWindows = /^[A-Za-z]:\\/.test(path) || path.startsWith('\\\\');
  const at = isWindows ? path.lastIndexOf('\\') : path.lastIndexOf('/');
  const name = path.slice(at + 1);
  const folder = path.slice(0, Math.max(at, 0));
  if (isWindows && /^[A-Za-z]:$/.test(folder)) return { folder: `${folder}\\`, name };
  return { folder: !isWindows && folder === '' ? '/' : folder, name };
}

/** @throws EpmError EPM_FILE_TOO_LARGE */
export function checkSize({
  path,
  source: { size },
  maximumSize = DEFAULT_MAXIMUM_SIZE,
}: Pick<GatherInput, 'path' | 'source' | 'maximumSize'>): void {
  const limit = /\.ps1$/i.test(path) ? Math.min(MAX_SCRIPT_SIZE, maximumSize) : maximumSize;
  if (size > limit) {
    throw new EpmError(
      'EPM_FILE_TOO_LARGE',
      `The file "${displayText(path)}" has ${size} bytes; the limit for its type is ${limit}.`,
      {
        hint: 'Elevate the program itself, not an archive that carries it, or raise the limit by policy.',
        data: { size, limit },
      },
    );
  }
}
