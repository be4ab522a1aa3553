import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_SCRIPT_SIZE } from '../../../src/facts/content.ts';
import { DEFAULT_MAXIMUM_SIZE, gatherFacts, splitPath } from '../../../src/facts/gather.ts';
import { gatherNodeFile } from '../../../src/facts/node-file.ts';
import { memorySource, program } from '../agent/fake-machine.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-facts-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');

describe('facts from bytes', () => {
  it('have every digest that was asked for, over the whole content', async () => {
    const bytes = Buffer.concat([program(), Buffer.alloc(5 * 1024 * 1024, 'x')]);
    const facts = await gatherFacts({
      path: 'C:\\Tools\\a.exe',
      source: memorySource(bytes),
      digests: ['sha512', 'sha384', 'sha512'],
    });
    expect(facts).toMatchObject({
      path: 'C:\\Tools\\a.exe',
      folder: 'C:\\Tools',
      name: 'a.exe',
      type: 'exe',
      refusal: undefined,
      size: bytes.length,
      sha256: digest('sha256', bytes),
      sha384: digest('sha384', bytes),
      sha512: digest('sha512', bytes),
      signatures: [],
    });
    expect(await gatherFacts({ path: 'C:\\a.exe', source: memorySource(bytes) })).not.toHaveProperty('sha512');
  });

  it('do not depend on how many bytes a read gives', async () => {
    const bytes = Buffer.concat([program(), Buffer.alloc(1000, 'y')]);
    const source = {
      size: bytes.length,
      read: (offset: number, length: number) => bytes.subarray(offset, offset + (length > 512 ? 7 : length)),
    };
    expect((await gatherFacts({ path: 'C:\\a.exe', source })).sha256).toBe(digest('sha256', bytes));
  });

  it('keep a refusal that is known before the content is looked at', async () => {
    const refusal = { reason: 'networkFile', message: 'It lies on a share.' } as const;
    const facts = await gatherFacts({ path: 'C:\\a.exe', source: memorySource(program()), known: { refusal } });
    expect(facts).toMatchObject({ type: undefined, refusal, sha256: digest('sha256', program()) });
    // Also before one that the content gives.
    const broken = await gatherFacts({
      path: 'C:\\a.exe',
      source: memorySource(program().subarray(0, 200)),
      known: { refusal },
    });
    expect(broken).toMatchObject({ type: undefined, refusal });
  });

  it.each([
    ['a.exe', DEFAULT_MAXIMUM_SIZE],
    ['a.txt', DEFAULT_MAXIMUM_SIZE],
    ['a.ps1', MAX_SCRIPT_SIZE],
  ])('AC-98 %s over %i bytes is refused without a read', async (name, limit) => {
    const source = { size: limit + 1, read: () => expect.unreachable() };
    await expect(gatherFacts({ path: `C:\\${name}`, source })).rejects.toMatchObject({
      code: 'EPM_FILE_TOO_LARGE',
      data: { limit },
    });
  });

  it('a file that ends early is unreadable', async () => {
    const source = {
      size: 1024 * 1024,
      read: (offset: number, length: number) => program().subarray(offset, offset + length),
    };
    await expect(gatherFacts({ path: 'C:\\a.exe', source })).rejects.toMatchObject({ code: 'EPM_FILE_UNREADABLE' });
  });

  it('leave room for other work while a large file is hashed', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const bytes = new Uint8Array(1024 * 1024);
    await gatherFacts({
      path: 'C:\\a.exe',
      source: { size: 64 * 1024 * 1024, read: (_offset, length) => bytes.subarray(0, length) },
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('paths', () => {
  it.each([
    ['C:\\a.exe', 'C:\\', 'a.exe'],
    ['C:\\Tools\\a.exe', 'C:\\Tools', 'a.exe'],
    ['/tools/a.exe', '/tools', 'a.exe'],
    ['/a.exe', '/', 'a.exe'],
    ['/tools/we\\ird.exe', '/tools', 'we\\ird.exe'],
  ])('%s', (given, expectedFolder, name) => {
    expect(splitPath(given)).toEqual({ folder: expectedFolder, name });
  });
});

describe('files on this system', () => {
  it('are read as they are', async () => {
    const file = path.join(folder, 'tool.exe');
    fs.writeFileSync(file, program());
    expect(await gatherNodeFile(file, { digests: ['sha384'] })).toMatchObject({
      path: file,
      folder,
      name: 'tool.exe',
      type: 'exe',
      linkCount: 1,
      sha256: digest('sha256', program()),
      sha384: digest('sha384', program()),
    });
  });

  it('that are missing or folders say so', async () => {
    await expect(gatherNodeFile(path.join(folder, 'missing.exe'))).rejects.toMatchObject({
      code: 'EPM_FILE_NOT_FOUND',
    });
    await expect(gatherNodeFile(folder)).rejects.toMatchObject({ code: 'EPM_FILE_UNREADABLE' });
  });
});
