/** How long the module takes to import, over a session that is there already. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../testbed/machine.ts';
import { localPowerShell, localPowerShellEnvironment, whyNoPowerShell } from '../../testbed/powershell.ts';
import { writeInstalledModule } from '../installed-module.ts';
import { type BenchResult, summary } from './result.ts';

const SAMPLES = 9;
const WARM_UPS = 2;

/**
 * Each sample is a new process: the module is imported into a session that has just run a first command, and the engine's own
 * clock measures the import. What the engine compiles for the first time is part of it, as for a person.
 * @throws Error when there is no PowerShell here
 */
export function run(): Promise<readonly BenchResult[]> {
  return Promise.resolve().then(measure);
}

function measure(): readonly BenchResult[] {
  const shell = localPowerShell();
  if (shell === undefined) throw new Error(whyNoPowerShell());
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-bench-module-'));
  try {
    writeInstalledModule(path.join(folder, 'EPM'));
    const installed: number[] = [];
    const sources: number[] = [];
    for (let index = 0; index < WARM_UPS + SAMPLES; index += 1) {
      const one = timeOf(shell, path.join(folder, 'EPM'));
      const other = timeOf(shell, path.join(projectRoot, 'module'));
      if (index < WARM_UPS) continue;
      installed.push(one);
      sources.push(other);
    }
    const { p50, p99, max } = summary(installed);
    const method = `Import-Module of the installed module in a fresh process, after one command; median of the samples; its sources, which are many files, take ${summary(sources).p50.toFixed(0)} ms`;
    return [{ id: 'module.import', value: p50, unit: 'ms', p50, p99, max, samples: installed.length, method }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of one import. @throws Error when it fails */
function timeOf(shell: string, module: string): number {
  const manifest = path.join(module, 'EPM.psd1').replaceAll("'", "''");
  const script = `$null = Get-Command Out-Default
    $watch = [System.Diagnostics.Stopwatch]::StartNew(); Import-Module '${manifest}'; $watch.Elapsed.TotalMilliseconds`;
  const result = spawnSync(shell, ['-NoProfile', '-NonInteractive', '-Command', script], {
    env: localPowerShellEnvironment(),
    encoding: 'utf8',
    timeout: 60_000,
  });
  const milliseconds = Number(result.stdout.trim());
  if (result.status !== 0 || !(milliseconds > 0)) throw new Error(`the import failed: ${result.stderr}`);
  return milliseconds;
}
