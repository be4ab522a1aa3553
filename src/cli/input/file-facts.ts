/** Facts of a file for a verb: by the agent's own way on Windows, by node:fs elsewhere. */
import { resolve } from 'node:path';
import type { RequestedDigest } from '../../facts/content.ts';
import { DigestWorker } from '../../facts/digest-worker.ts';
import { gatherNodeFile } from '../../facts/node-file.ts';
import { defined } from '../../model/defined.ts';
import { isEpmError } from '../../model/errors.ts';
import type { FileFacts, FileRefusal } from '../../model/file-facts.ts';
import type { Io } from '../io.ts';
import { readRoots } from './read-roots.ts';

interface FileFactsOptions {
  /** Files with root certificates; undefined: the roots of the machine on Windows, and none elsewhere. */
  readonly roots?: readonly string[] | undefined;
  readonly digests?: readonly RequestedDigest[] | undefined;
  /** Bytes; a larger file is refused. */
  readonly maximumSize?: number;
}

/** Milliseconds before a person is told how far the reading is. */
const PATIENCE = 500;

/**
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_TOO_LARGE, EPM_FILE_TIMEOUT; EPM_ARGUMENT for
 * roots that are none; on Windows EPM_NATIVE_MISSING
 */
export async function fileFacts(
  io: Io,
  path: string,
  { roots, digests = [], maximumSize }: FileFactsOptions,
): Promise<FileFacts> {
  const trusted = roots === undefined ? undefined : await readRoots(roots);
  const progress = progressLine(io);
  const worker = new DigestWorker();
  const onProgress = (bytes: number, total: number): void => progress.update(bytes, total);
  const options = { digests, worker, onProgress, ...defined({ maximumSize }) };
  try {
    if (process.platform !== 'win32' || trusted !== undefined) {
      return await gatherNodeFile(path, { ...options, roots: trusted });
    }
    return await windowsFacts(resolve(path), options);
  } finally {
    progress.clear();
    await worker.dispose();
  }
}

interface ReadOptions {
  readonly digests: readonly RequestedDigest[];
  readonly maximumSize?: number;
  readonly worker: DigestWorker;
  readonly onProgress: (bytes: number, total: number) => void;
}

async function windowsFacts(path: string, { worker, ...wanted }: ReadOptions): Promise<FileFacts> {
  const { openOwnFile, createMachineTrust, loadDlls } = await import('../../windows/index.ts');
  const dlls = loadDlls();
  try {
    const file = openOwnFile(dlls, path, { worker, trust: createMachineTrust(dlls) });
    try {
      return await file.facts(wanted);
    } finally {
      file.close();
    }
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    // The agent would not open it there; it can still be described.
    return gatherNodeFile(path, { ...wanted, worker, known: { refusal } });
  }
}

function refusalOf(error: unknown): FileRefusal | undefined {
  if (!isEpmError(error)) return undefined;
  if (error.code === 'EPM_FILE_PLACE_REFUSED') return { reason: 'volumeRefused', message: error.message };
  if (error.code === 'EPM_FILE_NAME_REFUSED') return { reason: 'nameRefused', message: error.message };
  return undefined;
}

/** One line on standard error that says how far a long reading is; nothing unless a person looks. */
function progressLine(io: Io) {
  const start = performance.now();
  let width = 0;
  return {
    update(bytes: number, total: number): void {
      if (!io.interactive || performance.now() - start < PATIENCE) return;
      const done = Math.floor((bytes / Math.max(1, total)) * 20);
      const percent = `${Math.floor((bytes / Math.max(1, total)) * 100)} %`.padStart(5);
      const line = `Reading ${'█'.repeat(done)}${'░'.repeat(20 - done)} ${percent}`;
      io.error(`\r${line}`);
      width = line.length;
    },
    clear(): void {
      if (width > 0) io.error(`\r${' '.repeat(width)}\r`);
    },
  };
}
