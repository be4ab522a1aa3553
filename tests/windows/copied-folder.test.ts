/** An installer of several files that runs from a copy of its folder, as the packed agent makes it. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSeveralFilesSetup } from '../../testbed/installers.ts';
import { describeWindows, machine, windowsOnly } from '../bed/index.ts';
import { osslsigncodeVersion } from '../corpus/osslsigncode.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';
import { withExitCode } from './exit-code.ts';
import { TestPublisher } from './test-publisher.ts';

const FOLDER = 'C:\\Users\\Public\\Downloads\\Several';
const SETUP = `${FOLDER}\\setup.exe`;
const PROBE = `${FOLDER}\\probe.exe`;
const CACHE = 'C:\\ProgramData\\EPM\\Cache';
const INSTALLED = 'C:\\Program Files\\Several Setup';
const CODES = 'C:\\ProgramData\\Several Setup\\codes.ini';
const LOADED = 'C:\\ProgramData\\epm-loaded';
const ENDED = 0xc000_0022;
/** A mark of the web. */
const MARK = '[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://example.org/several.zip\r\n';
const GOOD = 42;
const EVIL = 66;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describeWindows('the folder of an installer', ['epm', 'installerTools'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [] });
    await agent.start();
  });

  beforeEach(async () => {
    for (const folder of [FOLDER, INSTALLED, 'C:\\ProgramData\\Several Setup', LOADED]) {
      rmSync(bed().hostPath(folder), { recursive: true, force: true });
    }
    agent.putProbe(PROBE, PROBE);
    await bed().letUsersWrite(FOLDER);
    await bed().letUsersWrite(PROBE);
  });

  const library = (code: number): Buffer => withExitCode(bed().readFile(bed().programs.beside), code);

  const apply = async (file: string, more: Json): Promise<void> => {
    const name = file.slice(FOLDER.length + 1);
    const fileHash = hashOf(bed().readFile(file));
    const rule = { name, type: 'automatic', fileName: name, fileHash, copyFolder: true, ...more };
    await agent.apply({ id: 'tests', settings: { enabled: true, revocationUnknown: 'accept' }, rules: [rule] });
    await agent.untilRules(1);
  };

  const run = async (path: string, values: readonly string[] = []): Promise<Json> =>
    (await agent.ask('elevate', { path, arguments: values, wait: true })).body;

  const copies = (): readonly string[] => (bed().fileExists(CACHE) ? readdirSync(bed().hostPath(CACHE)) : []);

  describe.skipIf(osslsigncodeVersion() === undefined)('of NSIS', () => {
    const publisher = new TestPublisher();
    const codes = (): Json =>
      Object.fromEntries(
        [
          ...bed()
            .readFile(CODES)
            .toString('latin1')
            .matchAll(/^(\w+)=(.*)$/gm),
        ].map(([, name = '', code = '']) => [name, code.trim()]),
      );

    beforeAll(() => publisher.trustedBy(bed()));

    const put = async (): Promise<void> => {
      bed().putFile(SETUP, publisher.sign(makeSeveralFilesSetup(64)));
      bed().putFile(`${FOLDER}\\epmbeside.dll`, publisher.sign(library(GOOD)));
      bed().putFile(`${FOLDER}\\payload\\tool.txt`, 'the tool');
      await bed().letUsersWrite(SETUP);
      await apply(SETUP, { certificate: { type: 'publisher', sha256: publisher.sha256 } });
    };

    it('AC-29 installs with its library and its data, and not with a library that somebody planted', async () => {
      await put();
      expect(await run(SETUP, ['/S'])).toMatchObject({ outcome: 'finished', exitCode: 0 });
      expect(codes()).toEqual({ library: String(GOOD), end: '1' });
      expect(bed().readFile(`${INSTALLED}\\tool.txt`).toString()).toBe('the tool');
      await eventually(() => expect(copies()).toEqual([]));

      // The installer loads it by its name, when there is one.
      rmSync(bed().hostPath(CODES));
      bed().putFile(`${FOLDER}\\extra.dll`, library(EVIL));
      const planted = await run(SETUP, ['/S']);
      const { copy } = planted['file'] as { readonly copy: string };
      const extra = `${copy.slice(0, copy.lastIndexOf('\\'))}\\extra.dll`;
      expect(planted).toMatchObject({
        exitCode: ENDED,
        exitReason: 'libraryRefused',
        endedChildren: [{ path: copy, library: extra, reason: 'unsignedNeighbour' }],
      });
      expect(codes()).toEqual({ library: String(GOOD) });
      expect((await agent.records()).findLast(({ event }) => event === 'libraryDenied')).toMatchObject({
        filePath: extra,
        hash: hashOf(library(EVIL)),
        reason: 'unsignedNeighbour',
        requestId: planted['requestId'],
      });
    });

    it('AC-42 does not install with a library whose bytes were changed after it was signed', async () => {
      await put();
      const path = `${FOLDER}\\epmbeside.dll`;
      bed().putFile(path, withExitCode(bed().readFile(path), EVIL));
      expect(await run(SETUP, ['/S'])).toMatchObject({ exitCode: ENDED, exitReason: 'libraryRefused' });
      expect(bed().fileExists(LOADED)).toBe(false);
    });
  });

  it('AC-29 is copied as far as it may be, and removed', async () => {
    for (const name of [
      'data.txt',
      'below\\deep\\data.txt',
      'probe.exe.local',
      'probe.exe.manifest',
      'other.config',
      'below\\probe.exe.config',
      'below\\kept.config',
    ]) {
      bed().putFile(`${FOLDER}\\${name}`, name);
    }
    await apply(PROBE, {});
    const messages = agent.messages('elevate', { path: PROBE, arguments: ['--sleep', '600000'] });
    const started = (await messages).at(-1)?.body ?? {};
    expect(started).toMatchObject({ outcome: 'started' });
    const [name = ''] = copies();
    const copied = readdirSync(bed().hostPath(`${CACHE}\\${name}`), { recursive: true }).map(String);
    expect(copied.toSorted()).toEqual([
      'below',
      'below/deep',
      'below/deep/data.txt',
      'below/kept.config',
      'data.txt',
      'probe.exe',
    ]);
    expect(bed().readFile(`${CACHE}\\${name}\\below\\deep\\data.txt`).toString()).toBe('below\\deep\\data.txt');
    await agent.ask('stop', { requestId: started['requestId'] });
    await eventually(() => expect(copies()).toEqual([]));
  });

  it('AC-29 has no program that runs because everything may', async () => {
    agent.putProbe(`${FOLDER}\\helper.exe`, `${FOLDER}\\helper.exe`);
    await apply(PROBE, { childProcesses: 'allow' });
    const { copy } = (await run(PROBE))['file'] as { readonly copy: string };
    expect(copy.startsWith(CACHE)).toBe(true);
    const body = await run(PROBE, ['--spawn', 'helper.exe', '--exit', '7']);
    expect(body).toMatchObject({ outcome: 'finished', endedChildren: [{ reason: 'noRule' }] });
    expect((body['endedChildren'] as readonly Json[])[0]?.['path']).toMatch(/\\EPM\\Cache\\[0-9a-f]{20}\\helper\.exe$/);
  });

  const host = (name: string): string => bed().hostPath(`${FOLDER}\\${name}`);
  const UNUSABLE: Readonly<Record<string, readonly [reason: string, put: () => void]>> = {
    'a link to a folder': ['folderUnusable', () => symlinkSync('/', host('link'))],
    'more files than may be': [
      'folderTooLarge',
      () => {
        mkdirSync(host('many'));
        for (let at = 0; at < 5_001; at += 1) writeFileSync(host(`many\\${at}`), '');
      },
    ],
    'more folders in one another than may be': [
      'folderTooLarge',
      () => void mkdirSync(host(Array<string>(17).fill('d').join('\\')), { recursive: true }),
    ],
    'more bytes than may be': [
      'folderTooLarge',
      () => {
        writeFileSync(host('large.bin'), '');
        truncateSync(host('large.bin'), 2 * 1024 ** 3 + 1);
      },
    ],
    'a second name of a file that the person may not read': [
      'folderUnusable',
      () => {
        writeFileSync(`${bed().hostPath(FOLDER)}-secret`, 'secret');
        chmodSync(`${bed().hostPath(FOLDER)}-secret`, 0o600);
        linkSync(`${bed().hostPath(FOLDER)}-secret`, host('secret.txt'));
        rmSync(`${bed().hostPath(FOLDER)}-secret`);
      },
    ],
    'a name that is not accepted': ['folderUnusable', () => writeFileSync(host('gpj\u202eexe.exe'), '')],
  };

  const expectNotCopied = async (reason: string): Promise<void> => {
    expect(await agent.ask('elevate', { path: PROBE, wait: true })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_COPY_FAILED', data: { reason } },
    });
    expect((await agent.records()).at(-1)).toMatchObject({ event: 'elevationDenied', errorCode: 'EPM_COPY_FAILED' });
    await eventually(() => expect(copies()).toEqual([]));
    await agent.expectAlive();
  };

  it.each(Object.keys(UNUSABLE))('is not copied with %s, and nothing starts', async (what) => {
    const [reason, prepare] = UNUSABLE[what] ?? ['', () => undefined];
    prepare();
    await apply(PROBE, {});
    await expectNotCopied(reason);
  });

  it('AC-15 is not copied while somebody has a file of it open for writing', async () => {
    const file = `${FOLDER}\\below\\data.txt`;
    bed().putFile(file, 'half');
    await apply(PROBE, {});
    const open = `require('node:fs').openSync(process.argv[1], 'r+'); console.log('open'); setInterval(() => {}, 1000)`;
    const writer = await bed().start({
      program: bed().windowsPath(machine?.windowsNode ?? ''),
      arguments: ['-e', open, file],
    });
    await eventually(() => expect(writer.output() + writer.errors()).toContain('open'));
    await expectNotCopied('folderChanged');
    await writer.stop();
    expect(await run(PROBE)).toMatchObject({ outcome: 'finished', exitCode: 0 });
  });

  it('AC-14 is not copied while it is being changed, however long that takes', async () => {
    for (let at = 0; at < 100; at += 1) bed().putFile(`${FOLDER}\\data\\${at}`, 'data');
    await apply(PROBE, {});
    let changing = true;
    const change = (async () => {
      for (let size = 1; changing; size = (size % 1_000) + 1) {
        writeFileSync(host('data\\changing'), 'x'.repeat(size));
        await sleep(1);
      }
    })();
    try {
      await expectNotCopied('folderChanged');
    } finally {
      changing = false;
      await change;
    }
    expect(await run(PROBE)).toMatchObject({ outcome: 'finished', exitCode: 0 });
  });

  /** Runs the program until `look` has seen the folder of its copy. */
  const withCopy = async (look: (folder: string) => void): Promise<void> => {
    const started = (await agent.messages('elevate', { path: PROBE, arguments: ['--sleep', '600000'] })).at(-1)?.body;
    expect(started).toMatchObject({ outcome: 'started' });
    const [name = ''] = copies();
    look(`${CACHE}\\${name}`);
    await agent.ask('stop', { requestId: started?.['requestId'] });
    await eventually(() => expect(copies()).toEqual([]));
  };

  it('keeps the mark of the web of every file that has one', async () => {
    for (const name of ['marked.dll', 'plain.dll', 'below\\marked.txt']) bed().putFile(`${FOLDER}\\${name}`, name);
    for (const name of ['marked.dll', 'below\\marked.txt']) {
      bed().putFile(`${FOLDER}\\${name}:Zone.Identifier`, MARK);
    }
    await apply(PROBE, {});
    await withCopy((folder) => {
      for (const name of ['marked.dll', 'below\\marked.txt']) {
        expect(bed().readFile(`${folder}\\${name}`).toString()).toBe(name);
        expect(bed().readFile(`${folder}\\${name}:Zone.Identifier`).toString()).toBe(MARK);
      }
      expect(bed().fileExists(`${folder}\\plain.dll:Zone.Identifier`)).toBe(false);
    });
  });

  it('AC-27 has bytes of its own of a file that has another name elsewhere', async () => {
    const elsewhere = `${FOLDER}-elsewhere.txt`;
    bed().putFile(elsewhere, 'as it was');
    linkSync(bed().hostPath(elsewhere), host('linked.txt'));
    try {
      await apply(PROBE, {});
      await withCopy((folder) => {
        expect(statSync(bed().hostPath(`${folder}\\linked.txt`)).nlink).toBe(1);
        writeFileSync(bed().hostPath(elsewhere), 'changed');
        expect(bed().readFile(`${folder}\\linked.txt`).toString()).toBe('as it was');
      });
    } finally {
      rmSync(bed().hostPath(elsewhere));
    }
  });

  windowsOnly('is not copied with a link to a file', 'a link to a file is shown as the file', async () => {
    symlinkSync(bed().hostPath('C:\\Windows\\win.ini'), host('link.txt'), 'file');
    await apply(PROBE, {});
    await expectNotCopied('folderUnusable');
  });
});
