/** The page of the first hour on a device: its policy delivered, and its installer elevated by the packed agent. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSetup } from '../../testbed/installers.ts';
import { describeWindows, identitySid, type Identity } from '../bed/index.ts';
import { type Commands, expectPrinted, followOnAnySystem, stepsOf } from '../first-hour.ts';
import type { AgentUnderTest } from './agent-under-test.ts';
import { ModuleUnderTest } from './module-under-test.ts';

const SETUP = 'C:\\Program Files\\Setups\\setup.exe';
const INSTALLED = 'C:\\Program Files\\Field Setup\\setup.txt';

describeWindows('the first hour on a device', ['epm', 'powerShell', 'installerTools'], (bed) => {
  const installer = makeSetupOnce();
  let agent: AgentUnderTest;
  let module: ModuleUnderTest;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-first-hour-'));
    writeFileSync(path.join(folder, 'setup.exe'), installer());
    await followOnAnySystem(folder);
    module = new ModuleUnderTest(bed());
    agent = module.agent;
    await agent.start();
    bed().putFile(SETUP, installer());
    bed().putFile('C:\\Program Files\\Policies\\policy.json', readFileSync(path.join(folder, 'policy.json')));
  });
  afterAll(async () => {
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The blocks of the page that need Windows, in order. */
  const blocks = (): readonly Commands[] =>
    stepsOf(installer()).filter((step): step is Commands => step.kind === 'powershell');

  async function follow(block: Commands | undefined, as: Identity): Promise<void> {
    let printed = '';
    for (const words of block?.lines ?? []) {
      const { exitCode, output, errors } = await agent.verb(words, as);
      expect({ words, exitCode, errors }).toEqual({ words, exitCode: 0, errors: '' });
      printed += output;
    }
    expectPrinted(printed, block?.prints ?? '');
  }

  it('is as the page says: delivered, elevated and recorded', async () => {
    const [deliver, elevate, audit, ...more] = blocks();
    expect(more).toEqual([]);
    await follow(deliver, 'administrator');
    await agent.untilRules(1);
    await follow(elevate, 'standardUser');
    expect(bed().readFile(INSTALLED).toString()).toBe('set up');
    await follow(audit, 'administrator');
    const records = (await agent.records()).filter(({ filePath }) => filePath === SETUP);
    expect(records.find(({ event }) => event === 'elevationStarting')).toMatchObject({
      userSid: identitySid.standardUser,
      hash: createHash('sha256').update(installer()).digest('hex'),
      rule: { name: 'Setup' },
    });
    expect(records.at(-1)).toMatchObject({ event: 'elevationEnded' });
  });

  it('delivers the same policy by the .reg file that the page made', async () => {
    await bed().importRegistry(readFileSync(path.join(folder, 'policy.reg')).subarray(2).toString('utf16le'));
    await follow(
      {
        kind: 'powershell',
        lines: [['policy', 'compare', 'C:\\Program Files\\Policies\\policy.json', 'device']],
        prints: 'The policies are the same.',
      },
      'administrator',
    );
  });

  it('goes the same way from PowerShell', async () => {
    rmSync(bed().hostPath(INSTALLED));
    const deliver = `Import-EPMPolicy 'C:\\Program Files\\Policies\\policy.json' -Confirm:$false | ForEach-Object PolicyId`;
    expect(await module.lines(deliver, 'administrator')).toEqual(['first-hour']);
    const elevate = `Invoke-EPMElevation -FilePath '${SETUP}' -ArgumentList '/S' -Wait | ForEach-Object { "$($_.Outcome) $($_.Rule)" }`;
    expect(await module.lines(elevate)).toEqual(['finished Setup']);
    expect(bed().readFile(INSTALLED).toString()).toBe('set up');
    const audit = `Get-EPMAudit -Newest 2 | ForEach-Object Event | Sort-Object`;
    expect(await module.lines(audit, 'administrator')).toEqual(['elevationEnded', 'elevationStarting']);
  });

  it('denies the installer in a folder that the rule does not name', async () => {
    const copy = 'C:\\Users\\Public\\Downloads\\setup.exe';
    bed().putFile(copy, installer());
    const { exitCode, output } = await agent.verb(['elevate', copy, '--wait', '--', '/S']);
    expect([exitCode, output]).toEqual([1, expect.stringContaining('no rule allows it')]);
  });
});

/** Two builds of one source may differ in their bytes; made when first asked for, since its tools may be missing. */
function makeSetupOnce(): () => Buffer {
  let made: Buffer | undefined;
  return () => (made ??= makeSetup(64));
}
