/** Attacks on what runs: other bytes than were checked, libraries beside the program, and the folder of copies itself. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeWindows, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest, programRule } from '../windows/agent-under-test.ts';
import { HiddenWriter, withExitCode } from '../windows/exit-code.ts';

const DOWNLOADS = 'C:\\Users\\Public\\Downloads';
const EXIT = `${DOWNLOADS}\\exit.exe`;
const NEIGHBOUR = `${DOWNLOADS}\\neighbour.exe`;
const INSTALLED = 'C:\\Program Files\\Installed\\neighbour.exe';
const CACHE = 'C:\\ProgramData\\EPM\\Cache';
const GOOD = 7;
const EVIL = 66;
/** STATUS_DLL_NOT_FOUND, ntstatus.h. */
const DLL_NOT_FOUND = 0xc0000135;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describeWindows('a program that users may write', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  let good: Buffer;

  beforeAll(async () => {
    agent = new AgentUnderTest(bed());
    good = withExitCode(bed().readFile(bed().programs.exit), GOOD);
    const neighbour = bed().readFile(bed().programs.neighbour);
    bed().putFile(EXIT, good);
    bed().putFile(NEIGHBOUR, neighbour);
    bed().putFile(INSTALLED, neighbour);
    for (const file of [EXIT, NEIGHBOUR, DOWNLOADS]) await bed().letUsersWrite(file);
    // By the hash alone, as people write them.
    const byHash = (name: string, bytes: Uint8Array) =>
      programRule(sha256(bytes), { name, fileName: name, filePath: undefined });
    await agent.apply({
      id: 'tests',
      settings: { enabled: true },
      rules: [byHash('exit.exe', good), byHash('neighbour.exe', neighbour)],
    });
    await agent.start();
  });

  const run = async (path: string) => (await agent.ask('elevate', { path, wait: true })).body;
  const copies = (): string[] => readdirSync(bed().hostPath(CACHE));

  it('AC-14 AC-15 never runs bytes that were changed between the check and the start', async (context) => {
    if (bed().kind !== 'wine') context.skip('only the system below Wine writes past its locks');
    const writer = new HiddenWriter(bed().hostPath(EXIT), good);
    const seen = { ran: 0, denied: 0 };
    let racing = true;
    const race = (async () => {
      for (let at = 0; racing; at += 1) {
        writer.write(at % 2 === 0 ? EVIL : GOOD);
        await new Promise((resolve) => setTimeout(resolve, at % 7));
      }
    })();
    try {
      for (let at = 0; at < 60; at += 1) {
        const result = await run(EXIT);
        if (result['outcome'] === 'denied') seen.denied += 1;
        else {
          expect(result).toMatchObject({ outcome: 'finished', exitCode: GOOD });
          seen.ran += 1;
        }
      }
    } finally {
      racing = false;
      await race;
      writer.write(GOOD);
      writer.close();
    }
    // Both kinds of bytes were met, so the writer did get in between.
    expect(seen.ran).toBeGreaterThan(0);
    expect(seen.denied).toBeGreaterThan(0);
  });

  it('AC-29 does not load a library that somebody put beside it, and says what is missing', async () => {
    bed().putFile(`${DOWNLOADS}\\epmbeside.dll`, withExitCode(bed().readFile(bed().programs.beside), EVIL));
    expect(await run(NEIGHBOUR)).toMatchObject({
      outcome: 'finished',
      exitCode: DLL_NOT_FOUND,
      exitReason: 'neighboursMissing',
    });
  });

  it('AC-29 does not read what lies beside it under its own name', async () => {
    for (const name of ['exit.exe.local', 'exit.exe.manifest', 'exit.exe.config', 'exit.ini']) {
      bed().putFile(`${DOWNLOADS}\\${name}`, 'planted');
    }
    const messages = await agent.messages('elevate', { path: EXIT, wait: true });
    const copy = (messages[0]?.body['file'] as { copy: string }).copy;
    expect(copy.startsWith(`${CACHE}\\`)).toBe(true);
    expect(messages.at(-1)?.body).toMatchObject({ outcome: 'finished', exitCode: GOOD });
  });

  it('runs where it lies, with its libraries, when only administrators may write there', async () => {
    bed().putFile(
      'C:\\Program Files\\Installed\\epmbeside.dll',
      withExitCode(bed().readFile(bed().programs.beside), 42),
    );
    const result = await run(INSTALLED);
    expect(result).toMatchObject({ outcome: 'finished', exitCode: 42, file: { path: INSTALLED } });
    expect(result['file']).not.toHaveProperty('copy');
    expect(result).not.toHaveProperty('exitReason');
  });

  /** What somebody makes of the folder of copies. Each is undone by the next test's agent, or by an administrator. */
  const PREPARED: Readonly<Record<string, (folder: string) => void>> = {
    'is a file': (folder) => writeFileSync(folder, 'planted'),
    'lets everybody write': (folder) => {
      mkdirSync(folder);
      chmodSync(folder, 0o777);
    },
    'leads elsewhere': (folder) => {
      const elsewhere = `${folder}-elsewhere`;
      mkdirSync(elsewhere, { recursive: true });
      symlinkSync(elsewhere, folder);
    },
  };

  afterEach(async () => {
    const folder = bed().hostPath(CACHE);
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}-elsewhere`, { recursive: true, force: true });
    await eventually(async () => expect((await agent.ask('status')).body).toMatchObject({ state: 'running' }));
  });

  it.each(Object.keys(PREPARED))('AC-27 is not copied into a folder that %s', async (what) => {
    const folder = bed().hostPath(CACHE);
    rmSync(folder, { recursive: true, force: true });
    PREPARED[what]?.(folder);
    expect(await agent.ask('elevate', { path: EXIT })).toMatchObject({
      kind: 'error',
      body: { code: 'EPM_COPY_FAILED', data: { reason: 'folderRefused' } },
    });
    // The status looks at the folder every ten seconds at most.
    await eventually(async () =>
      expect((await agent.ask('status')).body).toMatchObject({
        state: 'degraded',
        warnings: expect.arrayContaining([
          expect.objectContaining({ code: 'copyFolderUnusable', data: { errorCode: 'EPM_COPY_FAILED' } }),
        ]) as unknown,
      }),
    );
    // What needs no copy is elevated on.
    expect(await run(INSTALLED)).toMatchObject({ outcome: 'finished' });
    const records = await agent.records();
    expect(records.findLast(({ errorCode }) => errorCode === 'EPM_COPY_FAILED')).toMatchObject({
      event: 'elevationDenied',
      filePath: EXIT,
    });
  });

  windowsOnly('AC-27 keeps its folder from administrators that only read and start', 'Wine keeps no DACL', async () => {
    await run(EXIT);
    const listed = await bed().powerShell(`(Get-Acl -LiteralPath '${CACHE}').Sddl`, { as: 'system' });
    expect(listed.output.trim()).toBe('O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BA)');
  });

  it('is removed when it has ended', async () => {
    expect(await run(EXIT)).toMatchObject({ outcome: 'finished', exitCode: GOOD });
    await eventually(() => expect(copies()).toEqual([]));
  });
});
