/** Protected copies as the packed agent makes them: what the program sees, what is left, and what happens without space. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, programRule } from './agent-under-test.ts';
import { SETTINGS } from './policy-keys.ts';
import { onSmallDisk } from './small-disk.ts';

const PROGRAM = 'C:\\Users\\Public\\Downloads\\probe.exe';
const CACHE = 'C:\\ProgramData\\EPM\\Cache';
const MARK = '[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://example.org/probe.exe\r\n';

describeWindows('a protected copy', ['epm'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    const sha256 = agent.putProbe(PROGRAM);
    bed().putFile(`${PROGRAM}:Zone.Identifier`, MARK);
    await bed().letUsersWrite(PROGRAM);
    const rule = programRule(sha256, { filePath: 'C:\\Users\\Public\\Downloads' });
    await agent.apply({ id: 'tests', settings: SETTINGS, rules: [rule] });
  });
  afterAll(() => agent.stop());

  const copies = (): string[] => (bed().fileExists(CACHE) ? readdirSync(bed().hostPath(CACHE)) : []);

  it('has the name and the arguments of the file, a folder of its own, and is named in answer and records', async () => {
    await agent.start();
    const body = { path: PROGRAM, arguments: ['a b', '--sleep', '0'], wait: true };
    const results = [];
    for (let at = 0; at < 2; at += 1) results.push((await agent.ask('elevate', body)).body);
    const paths = results.map(({ file }) => (file as { copy: string }).copy);
    expect(new Set(paths).size).toBe(2);
    for (const [at, copy] of paths.entries()) {
      expect(copy).toMatch(/^C:\\ProgramData\\EPM\\Cache\\[0-9a-f]{20}\\probe\.exe$/);
      expect(results[at]).toMatchObject({ outcome: 'finished', exitCode: 0, file: { path: PROGRAM } });
      const report = agent.report(results[at]?.['processId']);
      expect(report?.image).toBe(copy);
      expect(report?.directory.toLowerCase()).toBe('c:\\windows\\system32');
      expect(report?.arguments).toEqual([copy, 'a b', '--sleep', '0']);
    }
    const ended = (await agent.records()).filter(({ event }) => event === 'elevationEnded');
    expect(ended).toMatchObject(paths.map((copyPath) => ({ filePath: PROGRAM, copyPath, notes: ['fromInternet'] })));
    await eventually(() => expect(copies()).toEqual([]));
    await agent.stop();
  });

  it('that an agent left when it was ended is removed by the next one', async () => {
    const running = await agent.start();
    const asked = agent.messages('elevate', { path: PROGRAM, arguments: ['--sleep', '600000'] });
    expect((await asked).at(-1)?.body).toMatchObject({ outcome: 'started' });
    const [left = ''] = copies();
    expect(bed().readFile(`${CACHE}\\${left}\\probe.exe:Zone.Identifier`).toString()).toBe(MARK);
    await running.stop();
    expect(copies()).toEqual([left]);
    await agent.stop();
    // What a crash between two steps leaves as well: an empty folder, and a file that was not finished.
    mkdirSync(bed().hostPath(`${CACHE}\\0123`));
    writeFileSync(bed().hostPath(`${CACHE}\\half.exe`), 'MZ');
    await agent.start();
    await eventually(() => expect(copies()).toEqual([]));
    await agent.stop();
  });

  it('that has no room denies the request, and nothing is left of it', async (context) => {
    await onSmallDisk(context, bed(), 'C:\\ProgramData\\EPM', async (disk) => {
      await agent.start();
      expect(await agent.ask('elevate', { path: PROGRAM })).toMatchObject({
        kind: 'error',
        body: { code: 'EPM_COPY_FAILED', data: { reason: 'diskFull' } },
      });
      expect(disk.list('Cache')).toEqual([]);
      await agent.expectAlive();
      await agent.stop();
    });
  });
});
