/** One started process whose output goes to files: programs of Node in Wine cannot write to a pipe of this system. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { Outcome, Running } from './test-bed.ts';

export interface Command {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  /** Files of this machine that standard output and error of the started program end up in. */
  readonly output: string;
  readonly errors: string;
  /** File of this machine on which the launcher ends the program; absent: the launcher is killed. */
  readonly stopFile?: string;
  /** Where the words of the launcher itself go; a complaint there fails the call. */
  readonly launcherErrors: string;
  readonly launcherOutput: string;
}

/** Milliseconds in which a launcher has ended its program. */
const STOP_TIME = 60_000;

const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

export class RunningProgram implements Running {
  readonly exited: Promise<Outcome>;
  readonly #command: Command;
  readonly #child: ChildProcess;
  #stopped = false;

  constructor(command: Command) {
    this.#command = command;
    const output = openSync(command.launcherOutput, 'a');
    const errors = openSync(command.launcherErrors, 'a');
    this.#child = spawn(command.command, command.arguments, {
      cwd: command.directory,
      env: command.environment,
      stdio: ['ignore', output, errors],
      windowsHide: true,
    });
    closeSync(output);
    closeSync(errors);
    this.exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => {
        const complaint = text(command.launcherErrors);
        if (/^epmbed:/m.test(complaint) && !this.#stopped) {
          reject(new Error(complaint.trim()));
          return;
        }
        if (code === null && !this.#stopped) {
          reject(new Error(`the program was ended by ${signal ?? 'nobody knows what'}: ${complaint}`));
          return;
        }
        resolve({ exitCode: (code ?? 0) >>> 0, output: this.output(), errors: this.errors() });
      });
    });
    // A caller that only stops the program does not wait for this promise.
    this.exited.catch(() => undefined);
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  output(): string {
    return text(this.#command.output);
  }

  errors(): string {
    return text(this.#command.errors);
  }

  async stop(): Promise<Outcome> {
    this.#stopped = true;
    const { stopFile } = this.#command;
    if (stopFile === undefined) {
      this.#child.kill('SIGKILL');
      return this.exited;
    }
    writeFileSync(stopFile, '');
    // One that hangs before its program runs never looks.
    const hangs = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIME);
    return this.exited.finally(() => clearTimeout(hangs));
  }
}

/** What runs to its end has ended by then, in milliseconds of a quiet machine. */
export const LONGEST = 120_000;

/** Waits for the end, for so long. @throws Error with what the program wrote when it takes longer */
export async function within(running: Running, milliseconds: number, name: string): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds);
  });
  const first = await Promise.race([running.exited, late]);
  clearTimeout(timer);
  if (first !== 'late') return first;
  await running.stop();
  throw new Error(
    `${name} did not end within ${milliseconds} ms. Output: ${running.output()} Errors: ${running.errors()}`,
  );
}
