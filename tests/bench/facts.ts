/** Facts of signed programs: beside hashing the same file alone, from the cache, and the memory they take. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FactsCache } from '../../src/facts/cache.ts';
import { DigestWorker } from '../../src/facts/digest-worker.ts';
import { gatherNodeFile } from '../../src/facts/node-file.ts';
import type { FileFacts } from '../../src/model/file-facts.ts';
import { makeIdentities } from '../corpus/identities.ts';
import { keyPem, pem } from '../corpus/pki.ts';
import { buildProgram } from '../unit/facts/pe-builder.ts';
import { summary, type BenchResult } from './result.ts';

const MEGABYTE = 1_000_000;
const ROUNDS = 40;
const SMALL_ROUNDS = 400;
const CACHED_ROUNDS = 20_000;

export async function run(): Promise<readonly BenchResult[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-bench-facts-'));
  try {
    const signer = makeSigner(folder);
    const large = signer.program('large.exe', 100 * MEGABYTE);
    const small = signer.program('small.exe', 1 * MEGABYTE);
    return [
      ...(await measureLarge(large, signer.roots)),
      await measureSmall(small, signer.roots),
      await measureCached(small, signer.roots),
      measureMemory(
        [20, 50, 500].map((size) => ({ size, file: signer.program(`${size}.exe`, size * MEGABYTE) })),
        signer.rootsFile,
      ),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureLarge(file: string, roots: readonly Uint8Array[]): Promise<readonly BenchResult[]> {
  const first: number[] = [];
  const both: number[] = [];
  const alone: number[] = [];
  const oneThread: number[] = [];
  const worker = new DigestWorker();
  try {
    for (let round = 0; round < 5; round += 1) {
      const fresh = new DigestWorker();
      first.push(await timeOf(() => checkedFacts(file, roots, fresh)));
      await fresh.dispose();
    }
    await checkedFacts(file, roots, worker);
    for (let round = 0; round < ROUNDS; round += 1) {
      alone.push(await timeOf(() => hashAlone(file)));
      both.push(await timeOf(() => checkedFacts(file, roots, worker)));
      oneThread.push(await timeOf(() => checkedFacts(file, roots)));
    }
  } finally {
    await worker.dispose();
  }
  const base = summary(alone);
  const { p50, p99, max } = summary(both.map((time, round) => time / (alone[round] ?? Number.NaN)));
  const text = (times: readonly number[]): string => `${summary(times).p50.toFixed(0)} ms`;
  return [
    {
      id: 'facts.exe.100mb',
      value: summary(both).p50 / base.p50,
      unit: 'ratio',
      p50,
      p99,
      max,
      samples: ROUNDS,
      method: `all facts of a signed program over hashing it alone (SHA-256, same reads), in turn; p50 ${text(both)} against ${text(alone)}; on one thread ${text(oneThread)}, with the thread started for it ${text(first)}`,
    },
  ];
}

async function measureSmall(file: string, roots: readonly Uint8Array[]): Promise<BenchResult> {
  const times: number[] = [];
  const alone: number[] = [];
  const twice: number[] = [];
  for (let round = 0; round < SMALL_ROUNDS; round += 1) {
    alone.push(await timeOf(() => hashAlone(file)));
    times.push(await timeOf(() => checkedFacts(file, roots)));
    twice.push(await timeOf(() => hashAlone(file, 2)));
  }
  const { p50, p99, max } = summary(times);
  const text = (of: readonly number[]): string => `${summary(of).p50.toFixed(2)} ms`;
  return {
    id: 'facts.exe.1mb',
    value: p50,
    unit: 'ms',
    p50,
    p99,
    max,
    samples: SMALL_ROUNDS,
    method: `all facts of a signed program with its chain verified; hashing it alone takes ${text(alone)}, by the two digests that a signature needs ${text(twice)}`,
  };
}

async function measureCached(file: string, roots: readonly Uint8Array[]): Promise<BenchResult> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const cache = new FactsCache();
    const locked = {
      path: 'C:\\Tools\\small.exe',
      roots,
      source: {
        size,
        async read(offset: number, length: number) {
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        },
      },
      identity: () => ({ id: { volume: '0'.repeat(16), file: '1'.repeat(32) }, size, changeTime: 1n, usn: 1n }),
    };
    requireGood(await cache.facts(locked));
    const times: number[] = [];
    for (let round = 0; round < CACHED_ROUNDS; round += 1) {
      times.push((await timeOf(() => cache.facts(locked))) * 1_000);
    }
    const { p50, p99, max } = summary(times.slice(CACHED_ROUNDS / 10));
    return {
      id: 'facts.cached',
      value: p99,
      unit: 'µs',
      p50,
      p99,
      max,
      samples: times.length * 0.9,
      method: 'facts of a signed program that was read before; value is p99, after a tenth of the rounds to warm up',
    };
  } finally {
    await handle.close();
  }
}

/** Largest resident memory of a process that does nothing but gather the facts of one file. */
function measureMemory(
  files: readonly { readonly size: number; readonly file: string }[],
  rootsFile: string,
): BenchResult {
  const peaks = files.map(({ file }) => {
    const script = path.join(import.meta.dirname, 'facts', 'peak-memory.ts');
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, file, rootsFile], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout);
  });
  return {
    id: 'facts.memory',
    value: (peaks.at(-1) ?? Number.NaN) - (peaks[0] ?? Number.NaN),
    unit: 'MB',
    samples: peaks.length,
    method: `peak resident memory, the largest program less the smallest that has a second thread: ${files.map(({ size }, at) => `${size} MB ${(peaks[at] ?? Number.NaN).toFixed(0)}`).join(', ')}; below 16 MiB there is no second thread, and some 20 MB less`,
  };
}

/** The way everybody hashes a file: the next megabyte when the last one is done. */
async function hashAlone(file: string, digests = 1): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const hashes = Array.from({ length: digests }, () => createHash('sha256'));
    const buffer = Buffer.allocUnsafe(1024 ** 2);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return hashes.map((hash) => hash.digest('hex')).join();
      for (const hash of hashes) hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

async function checkedFacts(file: string, roots: readonly Uint8Array[], worker?: DigestWorker): Promise<void> {
  requireGood(await gatherNodeFile(file, { roots, worker }));
}

function requireGood(facts: FileFacts): void {
  if (facts.type !== 'exe' || facts.signatures[0]?.trusted !== true) throw new Error('The program is not well signed.');
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function makeSigner(folder: string) {
  const { root, ca, leaf } = makeIdentities();
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at('signer.pem'), pem(leaf, ca));
  writeFileSync(at('signer.key'), keyPem(leaf));
  writeFileSync(at('root.pem'), pem(root));
  return {
    roots: [new Uint8Array(root.der)],
    rootsFile: at('root.pem'),
    program(name: string, size: number): string {
      const plain = at(`plain-${name}`);
      writeProgram(plain, size);
      const { status, stderr, error } = spawnSync(
        'osslsigncode',
        ['sign', '-certs', at('signer.pem'), '-key', at('signer.key'), '-h', 'sha256', '-in', plain, '-out', at(name)],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`osslsigncode: ${error?.message ?? stderr}`);
      rmSync(plain);
      return at(name);
    },
  };
}

/** A program with an overlay, as an installer that brings its files along. */
function writeProgram(file: string, size: number): void {
  const descriptor = openSync(file, 'w');
  try {
    const program = buildProgram();
    writeSync(descriptor, program);
    const block = Buffer.alloc(MEGABYTE, createHash('sha512').update('overlay').digest());
    for (let left = size - program.length; left > 0; left -= block.length) {
      writeSync(descriptor, block, 0, Math.min(left, block.length));
    }
  } finally {
    closeSync(descriptor);
  }
}
