import { createHash, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { beginSha256, digestFile, type DigestJob, wholeFile } from '../../../src/facts/digest.ts';
import { DigestWorker, SLOT_SIZE } from '../../../src/facts/digest-worker.ts';
import type { ByteSource } from '../../../src/facts/byte-source.ts';
import type { DigestAlgorithm } from '../../../src/model/file-facts.ts';

/** Over the size from which the second thread is used, and no multiple of a buffer. */
const LARGE = 40 * SLOT_SIZE + 12_345;
const content = randomBytes(LARGE);
const path = 'C:\\a.exe';

const workers: DigestWorker[] = [];
function newWorker(): DigestWorker {
  const worker = new DigestWorker();
  workers.push(worker);
  return worker;
}
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.dispose()));
});

const memory = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});

/** Gives what a slow or odd file system gives: fewer bytes than asked for, later, into memory of the caller. */
function grudging(bytes: Uint8Array): ByteSource {
  return {
    ...memory(bytes),
    async readInto(target, offset) {
      await new Promise((resolve) => setImmediate(resolve));
      const length = Math.min(target.length, 700_001, bytes.length - offset);
      target.set(bytes.subarray(offset, offset + length));
      return length;
    },
  };
}

const expected = (bytes: Uint8Array, { algorithm, ranges, zeros = 0 }: DigestJob): string => {
  const hash = createHash(algorithm);
  for (const { start, end } of ranges) hash.update(bytes.subarray(start, end));
  return hash.update(new Uint8Array(zeros)).digest('hex');
};
const hex = (digests: readonly Uint8Array[]): string[] => digests.map((each) => Buffer.from(each).toString('hex'));

/** As a signed program has it: two fields left out in the first buffer, and the table at the end. */
const signedRanges = [
  { start: 0, end: 216 },
  { start: 220, end: 280 },
  { start: 288, end: LARGE - 9_000 },
];
const acrossBuffers = [
  { start: 5, end: 5 },
  { start: SLOT_SIZE - 1, end: SLOT_SIZE + 1 },
  { start: 3 * SLOT_SIZE, end: 7 * SLOT_SIZE },
  { start: LARGE - 1, end: LARGE },
];

describe('digests of a file', () => {
  const jobs: readonly DigestJob[] = [
    { algorithm: 'sha256', ranges: wholeFile(LARGE) },
    { algorithm: 'sha256', ranges: signedRanges, zeros: 7 },
    { algorithm: 'sha512', ranges: wholeFile(LARGE), zeros: 1 },
    { algorithm: 'sha1', ranges: acrossBuffers, zeros: 3 },
    { algorithm: 'md5', ranges: [] },
  ];
  const all = jobs.map((job) => expected(content, job));

  it.each([
    ['here', memory(content), false],
    ['here, read bit by bit', grudging(content), false],
    ['on two threads', memory(content), true],
    ['on two threads, read bit by bit into their memory', grudging(content), true],
  ])('are right when they are computed %s', async (_name, source, threads) => {
    const worker = threads ? newWorker() : undefined;
    const seen: number[] = [];
    expect(hex(await digestFile(source, jobs, { path, worker, onProgress: (bytes) => seen.push(bytes) }))).toEqual(all);
    expect(seen.at(-1)).toBe(LARGE);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it.each([
    ['one beside the others', jobs],
    ['with nothing that covers all of it', jobs.slice(3)],
    [
      'by an algorithm that the other thread lacks',
      [{ algorithm: 'md5', ranges: wholeFile(LARGE) }, ...jobs.slice(1, 2)],
    ],
    ['that go on behind the file', [{ algorithm: 'sha256', ranges: wholeFile(LARGE), zeros: 7 }, ...jobs.slice(1, 2)]],
  ] satisfies [string, readonly DigestJob[]][])('of a file that is held whole are right: %s', async (_name, wanted) => {
    const digests = wanted.map((job) => expected(content, job));
    const held = { ...memory(content), whole: content };
    expect(hex(await digestFile(held, wanted, { path, begun: beginSha256(held) }))).toEqual(digests);
  });

  it('of a file that is held are none when reading on fails, and nothing is left over', async () => {
    const failing: ByteSource = {
      size: LARGE,
      whole: content,
      read: () => Promise.reject(new Error('given up')),
    };
    await expect(digestFile(failing, jobs, { path, begun: beginSha256(failing) })).rejects.toThrow('given up');
  });

  it('begin before the rest only of what is held and worth a thread', async () => {
    expect(beginSha256(memory(content))).toBeUndefined();
    const small = content.subarray(0, 1000);
    expect(beginSha256({ ...memory(small), whole: small })).toBeUndefined();
    const begun = await beginSha256({ ...memory(content), whole: content });
    expect(hex([begun ?? new Uint8Array()])).toEqual([createHash('sha256').update(content).digest('hex')]);
  });

  it('are right one file after the other and at the same time, on one thread more', async () => {
    const worker = newWorker();
    for (let round = 0; round < 3; round += 1) {
      const other = content.subarray(round, round + 20 * SLOT_SIZE);
      const pair: readonly DigestJob[] = (['sha256', 'sha384'] as const).map((algorithm: DigestAlgorithm) => ({
        algorithm,
        ranges: wholeFile(other.length),
      }));
      const results = await Promise.all([
        digestFile(grudging(content), jobs, { path, worker }),
        digestFile(grudging(other), pair, { path, worker }),
      ]);
      expect(results.map(hex)).toEqual([all, pair.map((job) => expected(other, job))]);
    }
  });

  it('read each byte once and in order', async () => {
    let position = 0;
    const source: ByteSource = {
      ...memory(content),
      read(offset, length) {
        expect(offset).toBe(position);
        position += length;
        return content.subarray(offset, offset + length);
      },
    };
    await digestFile(source, jobs, { path, worker: newWorker() });
    expect(position).toBe(LARGE);
  });

  it.each([false, true])('of a file that ends early or cannot be read are none, thread: %s', async (threads) => {
    const worker = threads ? newWorker() : undefined;
    const pair = jobs.slice(0, 2);
    const short: ByteSource = { ...memory(content.subarray(0, 30 * SLOT_SIZE)), size: LARGE };
    await expect(digestFile(short, pair, { path, worker })).rejects.toMatchObject({ code: 'EPM_FILE_UNREADABLE' });
    const broken: ByteSource = {
      ...memory(content),
      read: (offset, length) =>
        offset > 20 * SLOT_SIZE
          ? Promise.reject(new Error('The disk is gone.'))
          : content.subarray(offset, offset + length),
    };
    await expect(digestFile(broken, pair, { path, worker })).rejects.toThrow('The disk is gone.');
    // What went wrong with one file is over with it.
    expect(hex(await digestFile(memory(content), pair, { path, worker }))).toEqual(all.slice(0, 2));
  });

  it('AC-14 are not changed by a read of a file that was given up, which ends later', async () => {
    const worker = newWorker();
    const pair = jobs.slice(0, 2);
    let late: Uint8Array | undefined;
    const hanging: ByteSource = {
      ...memory(content),
      readInto(target, offset) {
        if (offset > 0) {
          late = target;
          return Promise.reject(new Error('given up'));
        }
        target.set(content.subarray(0, target.length));
        return Promise.resolve(target.length);
      },
    };
    await expect(digestFile(hanging, pair, { path, worker })).rejects.toThrow('given up');
    const scribbling: ByteSource = {
      ...grudging(content),
      async readInto(target, offset) {
        const read = await (grudging(content).readInto?.(target, offset) ?? 0);
        late?.fill(0x5a);
        return read;
      },
    };
    expect(late).toBeDefined();
    expect(hex(await digestFile(scribbling, pair, { path, worker }))).toEqual(all.slice(0, 2));
  });

  it('are computed without the thread once it is disposed of', async () => {
    const worker = newWorker();
    const pair = jobs.slice(0, 2);
    const first = digestFile(grudging(content), pair, { path, worker });
    await worker.dispose();
    await expect(first).rejects.toMatchObject({ code: 'EPM_INTERNAL' });
    expect(hex(await digestFile(memory(content), pair, { path, worker }))).toEqual(all.slice(0, 2));
  });

  it('are refused over ranges that no right parser gives', async () => {
    for (const ranges of [
      [{ start: 10, end: 5 }],
      [{ start: 0, end: LARGE + 1 }],
      [
        { start: 0, end: 10 },
        { start: 9, end: 20 },
      ],
    ]) {
      await expect(digestFile(memory(content), [{ algorithm: 'sha256', ranges }], { path })).rejects.toMatchObject({
        code: 'EPM_INTERNAL',
      });
    }
  });
});
