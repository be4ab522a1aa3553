/** One PowerShell that stays for many scripts, so that engine and module are loaded once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../testbed/machine.ts';
import { CONSTRAIN, localPowerShellEnvironment, whyNoPowerShell } from '../../testbed/powershell.ts';
import { type Options, quote, shell } from './powershell.ts';
import { patient } from '../../tooling/patience.mjs';

export interface Written {
  readonly output: string;
  readonly errors: string;
}

/** Longer than any script of the tests takes, in milliseconds of a quiet machine. */
const LONGEST = 60_000;

export class Session {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'epm-session-'));
  readonly #errors = path.join(this.#folder, 'errors');
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  #output = '';
  #errorsRead = 0;
  #count = 0;
  #onOutput: () => void = () => undefined;

  /** @param options.environment added to this process's. @throws Error when there is no PowerShell */
  constructor(options: Pick<Options, 'constrained' | 'directory' | 'environment'> = {}) {
    if (shell === undefined) throw new Error(whyNoPowerShell());
    const switches = ['-NoProfile', '-NoLogo', '-NonInteractive'];
    // Errors go to a file: what a script wrote there is all in it once the script has ended.
    const errors = openSync(this.#errors, 'a');
    this.#child = spawn(shell, [...switches, '-Command', '-'], {
      cwd: options.directory ?? projectRoot,
      env: { ...localPowerShellEnvironment(), ...options.environment },
      stdio: ['pipe', 'pipe', errors],
    });
    closeSync(errors);
    if (options.constrained === true) this.#child.stdin?.write(`${CONSTRAIN}\n`);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      this.#onOutput();
    });
    this.#exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', resolve);
    });
    // Whoever waits for a script or for the end hears of it.
    this.#exited.catch(() => undefined);
  }

  /** Runs text as a script file in a scope of its own. Line ends are LF. @throws Error when PowerShell ends or hangs */
  async run(script: string): Promise<Written> {
    this.#count += 1;
    const file = path.join(this.#folder, `${this.#count}.ps1`);
    writeFileSync(file, `\uFEFF${script}\n`);
    const mark = `<end of script ${this.#count}>\n`;
    const ended = new Promise<void>((resolve) => {
      this.#onOutput = () => {
        if (this.#output.replaceAll('\r\n', '\n').endsWith(mark)) resolve();
      };
    });
    let timer: NodeJS.Timeout | undefined;
    const stopped = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#broken('did not end')), patient(LONGEST));
      void this.#exited.then((code) => reject(this.#broken(`ended with ${code}`)), reject);
    });
    this.#child.stdin?.write(`& ${quote(file)}\n${quote(mark.trimEnd())}\n`);
    try {
      await Promise.race([ended, stopped]);
    } finally {
      clearTimeout(timer);
    }
    const output = this.#output.replaceAll('\r\n', '\n').slice(0, -mark.length);
    this.#output = '';
    return { output, errors: this.#newErrors() };
  }

  /** Ends PowerShell. @throws Error when it fails, or wrote an error that belongs to no script */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patient(LONGEST));
    try {
      const code = await this.#exited;
      const errors = this.#newErrors();
      if (code !== 0 || errors !== '') throw new Error(`PowerShell ended with ${code}: ${errors}`);
    } finally {
      clearTimeout(timer);
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  #newErrors(): string {
    const all = readFileSync(this.#errors);
    const fresh = all.subarray(this.#errorsRead).toString('utf8');
    this.#errorsRead = all.length;
    return fresh.replaceAll('\r\n', '\n');
  }

  #broken(what: string): Error {
    return new Error(`PowerShell ${what}: ${this.#output}${this.#newErrors()}`);
  }
}
