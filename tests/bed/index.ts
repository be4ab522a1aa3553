/**
 * The test bed: `describeWindows` gives a group of tests a Windows to work on, `windowsOnly` marks what only a real
 * one can show, `powerShell` runs text in the PowerShell of this system. What cannot run is skipped with its reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { isWindows, localPowerShell, projectRoot, whyNoPowerShell } from './machine.ts';
import { makeTestBed, whyNot, type Need } from './make-test-bed.ts';
import type { Outcome, TestBed } from './test-bed.ts';

export { identitySid, type Identity, type Outcome, type Program, type Running, type TestBed } from './test-bed.ts';
export { machine, projectRoot } from './machine.ts';
export { makeTestBed, type Need } from './make-test-bed.ts';

/**
 * A group of tests with one fresh bed. `tests` receives a function that answers the bed, to be called inside a test
 * or hook. Without a Windows every test of the group is skipped and names the reason. When the last test is done the
 * bed is disposed of, and programs that were left running fail the group.
 */
export function describeWindows(name: string, needs: readonly Need[], tests: (bed: () => TestBed) => void): void {
  describe(name, () => {
    const reason = whyNot(needs);
    if (reason !== undefined) {
      // The reporter reads the reason from the name.
      describe.skip(`skipped: ${reason}`, () => {
        tests(() => {
          throw new Error(reason);
        });
      });
      return;
    }
    let bed: TestBed | undefined;
    beforeAll(async () => {
      bed = await makeTestBed();
    }, 120_000);
    afterAll(async () => {
      await bed?.dispose();
    }, 60_000);
    tests(() => {
      if (bed === undefined) throw new Error('The test bed exists only inside tests and hooks.');
      return bed;
    });
  });
}

/**
 * A test that Wine would pass without enforcing what it is about, so it counts only on Windows.
 * @param reason what Wine does not enforce
 */
export function windowsOnly(name: string, reason: string, test: (context: TestContext) => unknown): void {
  if (isWindows) it(name, test);
  else it(name, (context) => context.skip(`windows-only: ${reason}`));
}

/** Why PowerShell text cannot run on this system; undefined when it can. */
export const whyNoLocalPowerShell = (): string | undefined =>
  localPowerShell() === undefined ? whyNoPowerShell() : undefined;

/**
 * Runs text as a script file in the PowerShell of this system: the host around its engine, or EPM_PWSH.
 * @param options.environment added to this process's; `undefined` removes a name. @param options.timeout milliseconds
 */
export function powerShell(
  text: string,
  options: {
    readonly environment?: Readonly<Record<string, string | undefined>>;
    readonly directory?: string;
    readonly switches?: readonly string[];
    readonly timeout?: number;
  } = {},
): Outcome {
  const program = localPowerShell();
  if (program === undefined) throw new Error(whyNoPowerShell());
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-ps-'));
  try {
    const script = path.join(folder, 'script.ps1');
    writeFileSync(script, `\uFEFF${text}\n`);
    const switches = ['-NoProfile', '-NonInteractive', ...(options.switches ?? []), '-File', script];
    const result = spawnSync(program, switches, {
      cwd: options.directory ?? projectRoot,
      env: { ...process.env, ...options.environment },
      encoding: 'utf8',
      timeout: options.timeout ?? 60_000,
      windowsHide: true,
    });
    if (result.error !== undefined) throw result.error;
    return { exitCode: result.status ?? -1, output: result.stdout, errors: result.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
