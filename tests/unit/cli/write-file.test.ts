/** Files that verbs write are whole or not there, whatever fails while they are written. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileFacts } from '../../../src/model/file-facts.ts';
import { run } from '../../../src/cli/program.ts';
import { exportCertificates } from '../../../src/cli/output/export-certificates.ts';
import { writeOutputs } from '../../../src/cli/output/write-file.ts';
import { isWindows } from '../../../testbed/machine.ts';
import { epm, captureOutput } from './captured.ts';
import { oddName } from '../../../src/cli/output/write-file.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../src/cli/main.ts');
const WRITE_FILE = pathToFileURL(path.resolve(import.meta.dirname, '../../../src/cli/output/write-file.ts')).href;
const OLD = 'what was there before';
const POLICY = {
  version: 1,
  rules: Array.from({ length: 200 }, (_, index) => ({
    name: `Rule ${index}`,
    type: 'deny',
    fileName: `f${index}.exe`,
  })),
};

let folder: string;
const at = (name: string): string => path.join(folder, name);
const put = (name: string, content: string | object): string => {
  fs.writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
};
const read = (name: string): string => fs.readFileSync(at(name), 'utf8');

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'epm-write-'));
  put('policy.json', POLICY);
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe.skipIf(isWindows)('a disk that takes no more', () => {
  /** Runs a verb that may write files of 8 KiB only. */
  function limited(...values: string[]) {
    const limit = `ulimit -f 8; exec "$@"`;
    return spawnSync('bash', ['-c', limit, 'bash', process.execPath, MAIN, ...values], { encoding: 'utf8' });
  }

  it.each([
    ['out.json', ['policy', 'convert', 'policy.json', '--to', 'json', '--out', 'out.json']],
    ['out.json', ['policy', 'convert', 'policy.json', '--to', 'json', '--out', 'other.json', '--report', 'out.json']],
    ['out.json', ['policy', 'lint', 'policy.json', '--sarif', 'out.json']],
    ['out.json', ['policy', 'test', 'cases.json', '--policy', 'policy.json', '--junit', 'out.json']],
  ])('leaves %s as it was: epm %j', (name, values) => {
    const cases = Array.from({ length: 200 }, (_, index) => ({
      name: `Case ${index}`,
      file: { path: `C:\\f${index}.exe` },
      expect: { outcome: 'elevate' },
    }));
    put('cases.json', { version: 1, cases });
    put(name, OLD);
    const before = fs.readdirSync(folder);
    const words = values.map((value) => (value.includes('.json') ? at(value) : value));
    const result = limited(...words);
    expect(result.stderr).toContain('EPM_FILE_UNWRITABLE');
    expect(result.stderr).toContain('does not fit there (EFBIG)');
    expect(result.status).toBe(3);
    expect(read(name)).toBe(OLD);
    expect(fs.readdirSync(folder)).toEqual(before);
  });
});

it('a program that is ended in the middle of writing leaves the old file', async () => {
  put('out', OLD);
  const script = `import { writeOutputs } from ${JSON.stringify(WRITE_FILE)};
    const io = { onInterrupt: () => () => undefined };
    await writeOutputs(io, [{ path: process.argv[1], content: Buffer.alloc(256 * 1024 * 1024) }]);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, at('out')]);
  let ended = false;
  const end = once(child, 'close').finally(() => (ended = true));
  while (!ended && !fs.readdirSync(folder).some((name) => name.endsWith('.tmp'))) await new Promise(setImmediate);
  child.kill('SIGKILL');
  expect(await end).toEqual([null, 'SIGKILL']);
  expect(read('out')).toBe(OLD);
});

describe('an output of several files', () => {
  const write = (paths: readonly string[], replace = true) =>
    captureOutput(async (io) => {
      await writeOutputs(
        io,
        paths.map((name) => ({ path: at(name), content: 'new' })),
        replace,
      );
      return 0;
    });

  it('changes none when the last cannot be written', async () => {
    put('a', OLD);
    fs.mkdirSync(at('folder'));
    const before = fs.readdirSync(folder);
    await expect(write(['a', 'folder'])).rejects.toMatchObject({ code: 'EPM_FILE_UNWRITABLE' });
    await expect(write(['a', 'none/b'])).rejects.toThrow(/folder that does not exist/);
    expect(read('a')).toBe(OLD);
    expect(fs.readdirSync(folder)).toEqual(before);
  });

  it('takes back the folders and files it made where nothing may be replaced', async () => {
    fs.mkdirSync(at('x/y'), { recursive: true });
    put('x/y/2.cer', OLD);
    await expect(write(['new/deep/1.cer', 'x/y/2.cer'], false)).rejects.toThrow(/there already/);
    expect(fs.readdirSync(folder).sort()).toEqual(['policy.json', 'x']);
    await write(['new/deep/1.cer', 'new/2.cer'], false);
    expect(read('new/deep/1.cer')).toBe('new');
    expect(fs.readdirSync(at('new'))).toEqual(['2.cer', 'deep']);
  });

  it('does not replace a file that appears at the last moment', async () => {
    const late: { path: string; content: Uint8Array } = { path: at('1.cer'), content: Buffer.from('new') };
    const writing = captureOutput(async (io) => {
      await writeOutputs(
        io,
        [late, ...Array.from({ length: 20 }, (_, index) => ({ path: at(`more-${index}`), content: 'new' }))],
        false,
      );
      return 0;
    });
    // The first is written beside its place; the rest of the work is still to come.
    while (!fs.readdirSync(folder).some((name) => name.endsWith('.tmp'))) await new Promise(setImmediate);
    put('1.cer', OLD);
    await expect(writing).rejects.toMatchObject({ code: 'EPM_FILE_UNWRITABLE' });
    expect(read('1.cer')).toBe(OLD);
    expect(fs.readdirSync(folder).sort()).toEqual(['1.cer', 'policy.json']);
  });

  it('stops when the person interrupts, and leaves nothing', async () => {
    put('a', OLD);
    const before = fs.readdirSync(folder);
    const verb = captureOutput(
      (io) => run(['policy', 'convert', at('policy.json'), '--to', 'json', '--out', at('a')], io),
      {
        onInterrupt(handler) {
          handler();
          return () => undefined;
        },
      },
    );
    expect(await verb).toMatchObject({ code: 3, error: expect.stringContaining('EPM_REQUEST_CANCELLED') });
    expect(read('a')).toBe(OLD);
    expect(fs.readdirSync(folder)).toEqual(before);
  });
});

describe('a file that is replaced', () => {
  const convert = (out: string, ...more: string[]) =>
    epm('policy', 'convert', at('policy.json'), '--to', 'json', '--out', at(out), ...more);

  it.skipIf(isWindows)('keeps its mode, and a new one has what the system gives', async () => {
    put('old.json', OLD);
    fs.chmodSync(at('old.json'), 0o640);
    const mask = process.umask();
    expect(await convert('old.json')).toMatchObject({ code: 0, error: '' });
    expect(await convert('new.json')).toMatchObject({ code: 0, error: '' });
    expect(fs.statSync(at('old.json')).mode & 0o777).toBe(0o640);
    expect(fs.statSync(at('new.json')).mode & 0o777).toBe(0o666 & ~mask);
    expect(read('old.json')).toBe(read('new.json'));
  });

  it.skipIf(isWindows)('is the one a link leads to', async () => {
    put('real.json', OLD);
    fs.symlinkSync('real.json', at('link.json'));
    expect(await convert('link.json')).toMatchObject({ code: 0 });
    expect(fs.lstatSync(at('link.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(read('real.json'))).toEqual(POLICY);
  });

  it.skipIf(isWindows)('is no device, and no pipe that nobody reads', async () => {
    expect(spawnSync('mkfifo', [at('pipe')]).status).toBe(0);
    for (const odd of ['/dev/null', at('pipe')]) {
      const told = await epm('policy', 'convert', at('policy.json'), '--to', 'json', '--out', odd);
      expect([told.code, told.error]).toEqual([3, expect.stringContaining('is a device or a pipe')]);
    }
  });

  it.skipIf(isWindows || process.getuid?.() !== 0)(
    'of the superuser is not where a link of somebody leads',
    async () => {
      put('secret.json', OLD);
      fs.mkdirSync(at('real'));
      fs.symlinkSync(at('secret.json'), at('trap.json'));
      fs.symlinkSync(at('real'), at('way'));
      for (const name of ['trap.json', 'way']) fs.lchownSync(at(name), 12345, 12345);
      for (const place of [at('trap.json'), path.join(at('way'), 'new.json')]) {
        const told = await epm('policy', 'convert', at('policy.json'), '--to', 'json', '--out', place);
        expect([told.code, told.error]).toEqual([3, expect.stringContaining('a link of somebody else')]);
      }
      expect(read('secret.json')).toBe(OLD);
      expect(fs.readdirSync(at('real'))).toEqual([]);
    },
  );

  it.each([
    ['NUL', 'is the name of a device'],
    ['C:\\out\\con.json', 'is the name of a device'],
    ['C:\\com¹\\a.json', 'is the name of a device'],
    ['\\\\.\\PhysicalDrive0', 'is the name of a device'],
    ['\\\\?\\GLOBALROOT\\Device\\x', 'is the name of a device'],
    ['C:\\out\\a.json:hidden', 'is a stream of a file'],
    ['a.json::$DATA', 'is a stream of a file'],
    ['C:\\out\\console.json', undefined],
    ['\\\\?\\C:\\out\\a.json', undefined],
    ['\\\\server\\share\\a.json', undefined],
  ])('on Windows is looked at by its name: %s', (name, what) => {
    expect(oddName(name, 'win32')).toBe(what);
    expect(oddName(name, 'linux')).toBeUndefined();
  });

  it('says that it is a folder', async () => {
    fs.mkdirSync(at('folder'));
    const result = await epm('policy', 'lint', at('policy.json'), '--sarif', at('folder'));
    expect(result).toMatchObject({ code: 3, error: expect.stringContaining('is a folder') });
  });

  it('is not what was read for it', async () => {
    const certificates = put('reusable.json', OLD);
    expect(await convert('reusable.json', '--certificates', certificates)).toMatchObject({ code: 3 });
    expect(read('reusable.json')).toBe(OLD);
    put('cases.json', {
      version: 1,
      policies: ['policy.json'],
      cases: [{ name: 'A', file: { path: 'C:\\a.exe' }, expect: { outcome: 'denied' } }],
    });
    const tested = await epm('policy', 'test', at('cases.json'), '--junit', at('policy.json'));
    expect(tested).toMatchObject({ code: 2, error: expect.stringContaining('EPM_ARGUMENT') });
    expect(JSON.parse(read('policy.json'))).toEqual(POLICY);
  });

  it('may be the input, unless a rule would be lost', async () => {
    expect(await convert('policy.json')).toMatchObject({ code: 0, error: '' });
    const text = JSON.stringify({ version: 1, rules: [{ name: 'Bad', type: 'automatic', fileNam: 'a.exe' }] });
    put('policy.json', text);
    const refused = await convert('policy.json');
    expect(refused).toMatchObject({ code: 3, out: '' });
    expect(refused.error).toContain('without rule "Bad"');
    expect(read('policy.json')).toBe(text);
    expect(await convert('other.json')).toMatchObject({ code: 2 });
  });
});

it('a signature without certificates in it writes none', async () => {
  const facts = { signatures: [] } as unknown as FileFacts;
  await captureOutput(async (io) => {
    expect(await exportCertificates(io, facts, at('none'))).toEqual([]);
    return 0;
  });
  expect(fs.existsSync(at('none'))).toBe(false);
});
