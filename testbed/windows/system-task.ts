/**
 * A program that a real Windows runs as the system: a scheduled task is the documented way without a service of one's
 * own. The task runs a command file that keeps the output and the exit code in files.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, Program, Running } from '../test-bed.ts';

const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

export class SystemTask implements Running {
  readonly exited: Promise<Outcome>;
  readonly #name = `epm-${randomBytes(4).toString('hex')}`;
  readonly #base: string;
  #ended = false;
  #stopped = false;

  /** @param base path of the files that are made, without an extension */
  constructor(program: Program, base: string) {
    this.#base = base;
    writeFileSync(`${base}.cmd`, commandFile(program, base));
    const when = ['/sc', 'once', '/st', '00:00', '/f'];
    tasks('/create', '/tn', this.#name, '/ru', 'SYSTEM', ...when, '/tr', `${base}.cmd`);
    tasks('/run', '/tn', this.#name);
    this.exited = this.#wait();
    this.exited.catch(() => undefined);
  }

  get ended(): boolean {
    return this.#ended;
  }

  output(): string {
    return text(`${this.#base}.out`);
  }

  errors(): string {
    return text(`${this.#base}.err`);
  }

  async stop(): Promise<Outcome> {
    // Ends every process of the task.
    if (!this.#ended) spawnSync('schtasks.exe', ['/end', '/tn', this.#name], { windowsHide: true });
    this.#stopped = true;
    return this.exited;
  }

  async #wait(): Promise<Outcome> {
    try {
      while (!existsSync(`${this.#base}.code`) && !this.#stopped) await sleep(100);
    } finally {
      this.#ended = true;
      tasks('/delete', '/tn', this.#name, '/f');
    }
    const code = Number(text(`${this.#base}.code`)) >>> 0;
    return { exitCode: code, output: this.output(), errors: this.errors() };
  }
}

function commandFile(program: Program, base: string): string {
  const words = [program.program, ...(program.arguments ?? [])];
  if (words.some((word) => /["%\r\n]/.test(word))) throw new Error('These arguments do not pass through a task.');
  const settings = Object.entries(program.environment ?? {}).map(([name, value]) => `set "${name}=${value}"\r\n`);
  const line = words.map((word) => `"${word}"`).join(' ');
  return [
    '@echo off\r\nchcp 65001 >nul\r\n',
    ...settings,
    `cd /d "${program.directory ?? 'C:\\'}"\r\n`,
    `${line} <nul >"${base}.out" 2>"${base}.err"\r\n`,
    // Renamed when it is whole, so that nobody reads half a code.
    `echo %errorlevel%>"${base}.part"\r\nmove /y "${base}.part" "${base}.code" >nul\r\n`,
  ].join('');
}

function tasks(...words: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync('schtasks.exe', words, { encoding: 'utf8', windowsHide: true });
  if (status !== 0) throw new Error(`schtasks.exe ${words[0] ?? ''} ended with ${status}: ${stderr}${stdout}`);
}
