/** What the module makes of a program's output, in constrained language. tests/windows/module-output.ts has the real one. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { PreparedInstallation, result, shell } from './powershell.ts';

const SETUP = 'C:\\Tools\\tool.exe';
const run = {
  requestId: '0d9a',
  processId: 4711,
  startTime: '2026-03-01T10:00:00.000Z',
  file: { path: SETUP, sha256: 'aa11' },
  account: { sid: 'S-1-5-96-1', name: 'EPM\\user1' },
  accountFactory: 'virtualAccount',
  childProcesses: 'requireRule',
  codePage: 437,
};
const started = { kind: 'event', body: { event: 'started', ...run } };
const says = (stream: 'stdout' | 'stderr', ...lines: string[]): object => ({
  kind: 'event',
  body: { event: 'output', stream, lines },
});
const end = (exitCode: number, more: object = {}): object =>
  result({ outcome: 'finished', ...run, endTime: '2026-03-01T10:00:02.500Z', exitCode, ...more });

describe.skipIf(shell === undefined || isWindows)('the output of an elevated program in PowerShell', () => {
  let installation: PreparedInstallation;
  beforeEach(() => {
    installation = new PreparedInstallation();
  });
  afterEach(() => installation.remove());

  it('is strings in the pipeline, and the exit code that of a program', () => {
    installation.prepare('elevate', [
      started,
      says('stdout', 'one', '', ' twö '),
      says('stdout', '3'),
      end(0xc000_0005),
    ]);
    const script = `$all = @(Invoke-EPMElevation '${SETUP}' -PassOutput -ArgumentList 'a'); $all.Count; $all[0].GetType().Name
      $all -join '|'; $LASTEXITCODE`;
    expect(installation.run(script)).toEqual({
      exitCode: expect.any(Number) as number,
      errors: '',
      output: '4\nString\none|| twö |3\n-1073741819\n',
    });
    expect(installation.requests('elevate')).toEqual([
      { path: SETUP, arguments: ['a'], wait: false, output: 'stream' },
    ]);
  });

  it('is errors where it is standard error, which the preference Stop does not make an end', () => {
    installation.prepare('elevate', [started, says('stderr', 'bad', ''), says('stdout', 'good'), end(3)]);
    const script = `$ErrorActionPreference = 'Stop'
      $out = Invoke-EPMElevation '${SETUP}' -PassOutput -ErrorVariable said 2>$null
      $out; $said.Count; $said[0].Exception.Message; $said[0].FullyQualifiedErrorId; $said[0].CategoryInfo.Category; $LASTEXITCODE`;
    expect(installation.run(script).output).toBe(
      'good\n2\nbad\nEPM.Program.StandardError,Invoke-EPMElevation\nFromStdErr\n3\n',
    );
  });

  it('comes while the program runs', () => {
    const go = path.join(installation.folder, 'go');
    const line = (message: object): string => `printf '%s\\n' '${JSON.stringify(message)}'`;
    const program = [
      '#!/bin/sh',
      'cat >/dev/null',
      line(started),
      line(says('stdout', 'first')),
      `n=0; while [ ! -e '${go}' ] && [ $n -lt 600 ]; do n=$((n + 1)); sleep 0.1; done`,
      `if [ -e '${go}' ]; then ${line(says('stdout', 'second'))}; fi`,
      line(end(0)),
      '',
    ];
    const file = path.join(installation.folder, 'epm.exe');
    writeFileSync(file, program.join('\n'));
    chmodSync(file, 0o755);
    const script = `Invoke-EPMElevation '${SETUP}' -PassOutput | ForEach-Object { if ($_ -ceq 'first') { $null = New-Item -Path '${go}' }; $_ }`;
    expect(installation.run(script).output).toBe('first\nsecond\n');
  });

  it('says what is missing, and that the time was over', () => {
    const cut = { outputTruncated: true };
    const late = result({ outcome: 'timedOut', ...run, endTime: run.startTime, exitCode: 0xc000_013a });
    installation.prepare('elevate', [started, end(0, cut)], [started, late], [started, late]);
    const script = `Invoke-EPMElevation '${SETUP}' -PassOutput -WarningVariable warned 3>$null; $warned.Count
      Invoke-EPMElevation '${SETUP}' -PassOutput -TimeoutSec 5 -ErrorVariable e 2>$null; $e[0].FullyQualifiedErrorId; $LASTEXITCODE
      $r = Invoke-EPMElevation '${SETUP}' -Wait -TimeoutSec 5 -ErrorAction SilentlyContinue; $r.Outcome`;
    expect(installation.run(script).output).toBe(
      '1\nEPM.Program.TimedOut,Invoke-EPMElevation\n-1073741510\ntimedOut\n',
    );
    expect(installation.requests('elevate')[1]).toMatchObject({ output: 'stream', timeLimit: 5 });
    expect(installation.requests('elevate')[2]).toMatchObject({ wait: true, timeLimit: 5 });
  });

  it('takes lines as input, and only with the output', () => {
    installation.prepare('elevate', [started, end(0)], [started, end(0)]);
    const script = `Invoke-EPMElevation '${SETUP}' -PassOutput -InputObject 'über', '' -Encoding Utf8
      Invoke-EPMElevation '${SETUP}' -PassOutput -InputObject ''
      Invoke-EPMElevation '${SETUP}' -InputObject 'x' -ErrorVariable e 2>$null; $e[0].FullyQualifiedErrorId`;
    expect(installation.run(script).output).toBe('EPM.Argument,Invoke-EPMElevation\n');
    expect(installation.requests('elevate')).toEqual([
      { path: SETUP, arguments: [], wait: false, output: 'stream', input: 'über\n\n' },
      { path: SETUP, arguments: [], wait: false, output: 'stream', input: '\n' },
    ]);
  });
});
