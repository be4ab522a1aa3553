/** How long the module takes to import, over a session that is there already. */
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { projectRoot } from '../../testbed/machine.ts';
import { localPowerShell, localPowerShellEnvironment, whyNoPowerShell } from '../../testbed/powershell.ts';
import { type BenchResult, summary } from './result.ts';

const SAMPLES = 9;
const WARM_UPS = 2;

/**
 * Each sample is a new process: the module is imported into a session that has just run a first command, and the engine's own
 * clock measures the import. What the engine compiles for the first time is part of it, as for a person.
 * @throws Error when there is no PowerShell here
 */
export function run(): Promise<readonly BenchResult[]> {
  const shell = localPowerShell();
  if (shell === undefined) return Promise.reject(new Error(whyNoPowerShell()));
  const manifest = path.join(projectRoot, 'module', 'EPM.psd1').replaceAll("'", "''");
  const script = `$null = Get-Command Out-Default
    $watch = [System.Diagnostics.Stopwatch]::StartNew(); Import-Module '${manifest}'; $watch.Elapsed.TotalMilliseconds`;
  const samples: number[] = [];
  for (let index = 0; index < WARM_UPS + SAMPLES; index += 1) {
    const result = spawnSync(shell, ['-NoProfile', '-NonInteractive', '-Command', script], {
      env: localPowerShellEnvironment(),
      encoding: 'utf8',
      timeout: 60_000,
    });
    const milliseconds = Number(result.stdout.trim());
    if (result.status !== 0 || !(milliseconds > 0))
      return Promise.reject(new Error(`the import failed: ${result.stderr}`));
    if (index >= WARM_UPS) samples.push(milliseconds);
  }
  const { p50, p99, max } = summary(samples);
  const method = 'Import-Module in a fresh process, after one command; median of the samples.';
  return Promise.resolve([
    { id: 'module.import', value: p50, unit: 'ms', p50, p99, max, samples: samples.length, method },
  ]);
}
