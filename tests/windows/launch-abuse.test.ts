/**
 * What a standard user may try around a program that starts by the launcher. Wine does not look at the options that put the
 * launcher in its place: epmstart.exe plays that part.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, type Outcome } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest, type Json, programRule } from './agent-under-test.ts';
import { withExitCode } from './exit-code.ts';

const DOWNLOADS = 'C:\\Users\\Public\\Downloads';
const NEIGHBOUR = `${DOWNLOADS}\\neighbour.exe`;
const FOLDER = 'C:\\Program Files\\Launched';
const AGAIN = `${FOLDER}\\again.exe`;
const ASKED = `${FOLDER}\\asked.exe`;
const GO = 'C:\\Users\\Public\\go.txt';
const EVIL = 66;
const DLL_NOT_FOUND = 0xc000_0135;
const ACCESS_DENIED = 0xc000_0022;
/** ERROR_CANCELLED of winerror.h. */
const CANCELLED = 1223 % 256;
const SHOWN = 'wait:EpmPrompt';

describeWindows('a program that starts by the launcher', ['epm', 'screen'], (bed) => {
  let agent: AgentUnderTest;

  beforeAll(async () => {
    await bed().provideScreen();
    agent = new AgentUnderTest(bed());
    const neighbour = bed().readFile(bed().programs.neighbour);
    bed().putFile(NEIGHBOUR, neighbour);
    for (const each of [NEIGHBOUR, DOWNLOADS]) await bed().letUsersWrite(each);
    const probe = (path: string, more: Json): Json => {
      const fileName = path.slice(FOLDER.length + 1);
      return programRule(agent.putProbe(path, fileName), { name: fileName, fileName, filePath: FOLDER, ...more });
    };
    await agent.apply({
      id: 'tests',
      settings: { enabled: true },
      rules: [
        {
          name: 'neighbour',
          type: 'automatic',
          fileName: 'neighbour.exe',
          fileHash: createHash('sha256').update(neighbour).digest('hex'),
        },
        probe(AGAIN, { childProcesses: 'requireRule' }),
        probe(ASKED, { type: 'userConfirmed' }),
      ],
    });
    await agent.start();
  });
  afterAll(() => agent.stop());

  const start = (path: string, ...values: readonly string[]): Promise<Outcome> =>
    bed().run({ program: bed().programs.start, arguments: [path, ...values] });

  const last = async (event: string): Promise<Json | undefined> =>
    (await agent.records()).findLast((record) => record['event'] === event);

  it('AC-29 does not load a library that somebody put beside it', async () => {
    bed().putFile(`${DOWNLOADS}\\epmbeside.dll`, withExitCode(bed().readFile(bed().programs.beside), EVIL));
    // Of an exit code of Wine the last eight bits are seen here.
    expect((await start(NEIGHBOUR)).exitCode & 0xff).toBe(DLL_NOT_FOUND & 0xff);
    expect(await last('elevationEnded')).toMatchObject({
      trigger: 'launch',
      result: DLL_NOT_FOUND,
      reason: 'neighboursMissing',
    });
  });

  it('AC-30 starts itself again as long as it is itself, and not what was written over it', async () => {
    const words = ['--spawn-after', GO, AGAIN];
    bed().putFile(GO, '');
    expect((await start(AGAIN, ...words)).exitCode).toBe(0);
    const allowed = await last('elevationStarting');
    expect(agent.report(allowed?.['processId'])?.spawn).toMatchObject({ error: 0, exitCode: 0 });

    rmSync(bed().hostPath(GO));
    const before = (await agent.records()).length;
    const running = start(AGAIN, ...words);
    await eventually(async () => expect((await agent.records()).length).toBeGreaterThan(before));
    // As an update, or somebody who found a way to write there, does it while the program runs.
    agent.putProbe(AGAIN, 'another one');
    const runs = agent.probeRuns();
    bed().putFile(GO, '');
    await running;
    const refused = await last('elevationStarting');
    expect(agent.report(refused?.['processId'])?.spawn).toMatchObject({ error: 0, exitCode: ACCESS_DENIED });
    // Its own report, and none of a child.
    expect(agent.probeRuns()).toBe(runs + 1);
    expect(await last('childDenied')).toMatchObject({ filePath: AGAIN });
  });

  it('AC-86 does not start when it is another file by the time of the answer', async () => {
    const before = agent.probeRuns();
    const launcher = await bed().start({
      program: `${agent.folder}\\epmlaunch.exe`,
      arguments: ['--elevate', ASKED],
    });
    const seen = await bed().start({ program: bed().programs.window, arguments: [SHOWN, 'enabled:1', 'read'] });
    expect(await seen.exited).toMatchObject({ exitCode: 0 });
    agent.putProbe(ASKED, 'replaced');
    const person = await bed().run({
      program: bed().programs.window,
      arguments: [SHOWN, 'key:alt+c', 'gone', SHOWN, 'read', 'key:escape', 'gone'],
    });
    expect(person).toMatchObject({ exitCode: 0, errors: '' });
    expect((await launcher.exited).exitCode).toBe(CANCELLED);
    expect(agent.probeRuns()).toBe(before);
    expect((await agent.records()).at(-1)).not.toMatchObject({ event: 'elevationStarting' });
  });
});
