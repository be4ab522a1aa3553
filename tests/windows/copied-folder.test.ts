/** An installer of several files that runs from a copy of its folder, as the packed agent makes it. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json } from './agent-under-test.ts';

const FOLDER = 'C:\\Users\\Public\\Downloads\\Several';
const PROBE = `${FOLDER}\\probe.exe`;
const CACHE = 'C:\\ProgramData\\EPM\\Cache';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describeWindows('the folder of an installer', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [] });
    await agent.start();
  });

  beforeEach(async () => {
    rmSync(bed().hostPath(FOLDER), { recursive: true, force: true });
    agent.putProbe(PROBE, PROBE);
    await bed().letUsersWrite(FOLDER);
    await bed().letUsersWrite(PROBE);
  });

  const apply = async (file: string, more: Json): Promise<void> => {
    const name = file.slice(FOLDER.length + 1);
    const fileHash = hashOf(bed().readFile(file));
    const rule = { name, type: 'automatic', fileName: name, fileHash, copyFolder: true, ...more };
    await agent.apply({ id: 'tests', settings: { enabled: true }, rules: [rule] });
    await agent.untilRules(1);
  };

  const run = async (path: string, values: readonly string[] = []): Promise<Json> =>
    (await agent.ask('elevate', { path, arguments: values, wait: true })).body;

  const copies = (): readonly string[] => (bed().fileExists(CACHE) ? readdirSync(bed().hostPath(CACHE)) : []);

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
    'a name that is not accepted': ['folderUnusable', () => writeFileSync(host('gpj\u202eexe.exe'), '')],
  };

  it.each(Object.keys(UNUSABLE))('is not copied with %s, and nothing starts', async (what) => {
    const [reason, prepare] = UNUSABLE[what] ?? ['', () => undefined];
    prepare();
    await apply(PROBE, {});
    expect(await agent.ask('elevate', { path: PROBE, wait: true })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_COPY_FAILED', data: { reason } },
    });
    expect((await agent.records()).at(-1)).toMatchObject({ event: 'elevationDenied', errorCode: 'EPM_COPY_FAILED' });
    await eventually(() => expect(copies()).toEqual([]));
    await agent.expectAlive();
  });
});
