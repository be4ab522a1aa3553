/** Facts of a file from its bytes, in one pass over the content. */
import { createHash } from 'node:crypto';
import { fileHash, sha256 } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ByteSource } from './byte-source.ts';
import { displayText } from './display.ts';
import { fileTypeOf, TextScan } from './file-type.ts';

/** Facts that do not come from the content but from the handle or from Windows. */
export type HandleFacts = Partial<
  Omit<FileFacts, 'path' | 'folder' | 'name' | 'type' | 'size' | 'sha256' | 'sha384' | 'sha512'>
>;

export interface GatherInput {
  /** Final path from the handle; becomes `FileFacts.path` as it is. */
  readonly path: string;
  readonly source: ByteSource;
  /** Digests besides SHA-256 that some rule asks for. */
  readonly digests?: readonly ('sha384' | 'sha512')[];
  /** Facts to include. A `refusal` given here comes before one found in the content. */
  readonly known?: HandleFacts;
}

/** Bytes. Larger files are refused before they are read, so that nobody can keep the agent busy with one. */
export const MAX_FILE_SIZE = 4 * 1024 ** 3;
/** Bytes. PowerShell reads a script whole into memory. */
export const MAX_SCRIPT_SIZE = 16 * 1024 ** 2;

const CHUNK = 1024 * 1024;
/** Chunks hashed before other work of the process gets its turn. */
const CHUNKS_PER_TURN = 4;

/**
 * Gathers facts from an open file. Only the bytes that are read here are what the digest stands for: the caller keeps
 * the file locked until the program runs.
 * @throws EpmError EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE
 */
export async function gatherFacts(input: GatherInput): Promise<FileFacts> {
  const { path, source, known = {} } = input;
  const { folder, name } = splitPath(path);
  checkSize(path, name, source.size);
  const { type, refusal } = await fileTypeOf(name, source);
  const scan = type === 'ps1' ? new TextScan() : undefined;
  const digests = await digest(path, source, input.digests ?? [], scan);
  const found =
    scan?.isText === false
      ? { reason: 'typeMismatch' as const, message: 'The file has the extension .ps1, but its content is not text.' }
      : refusal;
  const refused = known.refusal ?? found;
  return {
    signatures: [],
    ...known,
    path,
    folder,
    name,
    type: refused === undefined ? type : undefined,
    refusal: refused,
    size: source.size,
    ...digests,
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

function checkSize(path: string, name: string, size: number): void {
  const limit = /\.ps1$/i.test(name) ? MAX_SCRIPT_SIZE : MAX_FILE_SIZE;
  if (size > limit) {
    throw new EpmError(
      'EPM_FILE_TOO_LARGE',
      `The file "${displayText(path)}" has ${size} bytes; the limit for its type is ${limit}.`,
      {
        hint: 'Elevate the program itself, not an archive that carries it.',
        data: { size, limit },
      },
    );
  }
}

async function digest(
  path: string,
  source: ByteSource,
  more: readonly ('sha384' | 'sha512')[],
  scan: TextScan | undefined,
): Promise<Pick<FileFacts, 'sha256' | 'sha384' | 'sha512'>> {
  const first = createHash('sha256');
  const others = [...new Set(more)].map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  let chunks = 0;
  for (let offset = 0; offset < source.size;) {
    const chunk = await source.read(offset, Math.min(CHUNK, source.size - offset));
    if (chunk.length === 0) {
      throw new EpmError(
        'EPM_FILE_UNREADABLE',
        `The file "${displayText(path)}" ended at byte ${offset} of ${source.size} while it was read.`,
      );
    }
    first.update(chunk);
    for (const { hash } of others) hash.update(chunk);
    scan?.push(chunk);
    offset += chunk.length;
    if (++chunks % CHUNKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const result: { -readonly [K in 'sha256' | 'sha384' | 'sha512']?: FileFacts[K] } = {};
  for (const { algorithm, hash } of others) result[algorithm] = fileHash(hash.digest('hex'));
  return { ...result, sha256: sha256(first.digest('hex')) };
}
