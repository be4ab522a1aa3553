/** Runs PowerShell text in the engine of this machine. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isWindows, projectRoot } from '../../testbed/machine.ts';
import { CONSTRAIN, localPowerShell, localPowerShellEnvironment, whyNoPowerShell } from '../../testbed/powershell.ts';
import { patient } from '../../tooling/patience.mjs';
import { writeInstalledModule } from '../installed-module.ts';

export const moduleFolder = path.join(projectRoot, 'module');
export const shell = localPowerShell();

/** Why no session of this system can have prepared answers; undefined: it can. */
export const noPrepared =
  shell === undefined ? 'PowerShell is not here' : isWindows ? 'answers are prepared on Linux only' : undefined;

export interface Answer {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

export interface Options {
  readonly constrained?: boolean;
  /** Answers to questions; without it, nobody can be asked. */
  readonly input?: string;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Line ends are LF. @throws Error when there is no PowerShell or it hangs */
export function run(script: string, options: Options = {}): Answer {
  if (shell === undefined) throw new Error(whyNoPowerShell());
  const switches = ['-NoProfile', '-NoLogo', ...(options.input === undefined ? ['-NonInteractive'] : [])];
  const text = options.constrained === true ? `${CONSTRAIN}\n${script}` : script;
  const result = spawnSync(shell, [...switches, '-Command', text], {
    input: options.input ?? '',
    cwd: options.directory ?? projectRoot,
    env: { ...localPowerShellEnvironment(), ...options.environment },
    encoding: 'utf8',
    timeout: patient(60_000),
  });
  if (result.status === null) throw new Error(`PowerShell did not end: ${result.stderr}`, { cause: result.error });
  const lines = (text: string): string => text.replaceAll('\r\n', '\n');
  return { exitCode: result.status, output: lines(result.stdout), errors: lines(result.stderr) };
}

/** Runs text that imports the module first and writes one value, which comes back from JSON. */
export function value<T>(script: string, options: Options = {}): T {
  const { output, errors, exitCode } = run(
    `${importModule()}\n& {\n${script}\n} | ConvertTo-Json -Depth 6 -Compress`,
    options,
  );
  if (errors !== '') throw new Error(`PowerShell wrote errors (${exitCode}): ${errors}`);
  return JSON.parse(output) as T;
}

export const importModule = (folder = moduleFolder): string => `Import-Module '${path.join(folder, 'EPM.psd1')}'`;

/** Text of a PowerShell string constant. */
export const quote = (text: string): string => `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;

/** Added to a command: its last error as id, category and target, one a line. */
export const lastError =
  '-ErrorVariable e -ErrorAction SilentlyContinue; $e | Select-Object -Last 1 | ForEach-Object { $_.FullyQualifiedErrorId; [string]$_.CategoryInfo.Category; $_.TargetObject }';

/** A message of the agent that ends a request. */
export const result = (body: object): object => ({ kind: 'result', body });

/**
 * An installation whose epm.exe is a script that keeps the requests and gives prepared answers. It stands in for the
 * agent where only the module's own handling of answers is looked at; the real way is in tests/windows/module-elevation.ts.
 */
export class PreparedInstallation {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'epm-module-'));
  readonly #answers = path.join(this.folder, 'answers');

  constructor() {
    if (isWindows) throw new Error('The stand-in is a script for a POSIX shell.');
    writeInstalledModule(path.join(this.folder, 'EPM'));
    mkdirSync(this.#answers);
    const program = path.join(this.folder, 'epm.exe');
    const lines = ['#!/bin/sh', `cd '${this.#answers}'`, 'n=$(($(cat "./$2.count" 2>/dev/null || echo 0) + 1))'];
    lines.push('echo "$n" > "./$2.count"', 'cat > "./$2.$n.request"', 'cat "./$2.$n.answer"', '');
    writeFileSync(program, lines.join('\n'));
    chmodSync(program, 0o755);
  }

  /** The messages of the agent for the first, second … request of a channel. */
  prepare(channel: string, ...rounds: readonly (readonly object[])[]): void {
    rounds.forEach((messages, index) => {
      const text = messages.map((message) => `${escapeToAscii(JSON.stringify(message))}\n`).join('');
      writeFileSync(path.join(this.#answers, `${channel}.${index + 1}.answer`), text);
    });
  }

  /** Bodies of the requests that came on a channel; of one without a body undefined. */
  requests(channel: string): unknown[] {
    const found: unknown[] = [];
    for (;;) {
      const file = path.join(this.#answers, `${channel}.${found.length + 1}.request`);
      if (!existsSync(file)) return found;
      const text = readFileSync(file, 'ascii').trim();
      found.push(text === '' ? undefined : JSON.parse(text));
    }
  }

  /** Runs text in constrained language, the only one that goes by epm.exe. */
  run(script: string, options: Omit<Options, 'constrained'> = {}): Answer {
    const environment = { ...options.environment, OS: 'Windows_NT' };
    return run(`${importModule(path.join(this.folder, 'EPM'))}\n${script}`, {
      ...options,
      constrained: true,
      environment,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const escapeToAscii = (text: string): string =>
  text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
