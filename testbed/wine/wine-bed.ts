/** The test bed in a fresh Wine prefix. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine, Wine } from '../machine.ts';
import { powerShellIn, whyNoPowerShell, windowsPowerShell } from '../powershell.ts';
import { LONGEST, RunningProgram, within } from '../running-program.ts';
import { programsIn, type BedPrograms, type Outcome, type Program, type Running, type TestBed } from '../test-bed.ts';
import { openDisplay, type Display } from './display.ts';
import { processesOf } from './processes.ts';
import { patient } from '../../tooling/patience.mjs';

/** Folders of C:\Windows that no test writes into: copies share their files with the template. */
const SHARED = new Set(['system32', 'syswow64', 'winsxs', 'fonts', 'resources', 'globalization', 'inf']);

/** Folder inside the prefix for scripts and outputs of the bed itself. */
const FOLDER = 'C:\\epm-bed';

export class WineBed implements TestBed {
  readonly kind = 'wine';
  readonly programs: BedPrograms;
  readonly prefix: string;
  readonly #machine: Machine;
  readonly #wine: Wine;
  readonly #started: RunningProgram[] = [];
  #count = 0;
  #display: Display | undefined;

  constructor(machine: Machine) {
    if (machine.wine === null) throw new Error('There is no Wine here.');
    this.#machine = machine;
    this.#wine = machine.wine;
    this.prefix = mkdtempSync(path.join(machine.beds, `bed-${process.pid}-`));
    copyPrefix(machine.wine.template, this.prefix);
    mkdirSync(this.hostPath(FOLDER), { recursive: true });
    this.programs = programsIn((name) => this.windowsPath(path.join(machine.testPrograms, name)));
  }

  passwordOf(): undefined {
    return undefined;
  }

  hostPath(windowsPath: string): string {
    const match = /^([A-Za-z]):[\\/](.*)$/.exec(windowsPath);
    const drive = match?.[1]?.toLowerCase();
    const rest = (match?.[2] ?? '').split(/[\\/]/).join('/');
    if (drive === 'c') return path.join(this.prefix, 'drive_c', rest);
    if (drive === 'z') return `/${rest}`;
    throw new Error(`"${windowsPath}" is not a path on C: or Z:`);
  }

  windowsPath(hostPath: string): string {
    const drive = path.join(this.prefix, 'drive_c');
    const absolute = path.resolve(hostPath);
    const inside = absolute === drive || absolute.startsWith(`${drive}/`);
    return (inside ? `C:${absolute.slice(drive.length) || '/'}` : `Z:${absolute}`).replaceAll('/', '\\');
  }

  /** What everybody may do is all that Wine keeps of permissions: as the mode of the file. */
  letUsersWrite(windowsPath: string): Promise<void> {
    const file = this.hostPath(windowsPath);
    chmodSync(file, statSync(file).mode | 0o022);
    return Promise.resolve();
  }

  putFile(windowsPath: string, content: string | Uint8Array): void {
    const file = this.hostPath(windowsPath);
    mkdirSync(path.dirname(file), { recursive: true });
    // Never into a file that is shared with the template.
    rmSync(file, { force: true });
    writeFileSync(file, content);
  }

  readFile(windowsPath: string): Buffer {
    return readFileSync(this.hostPath(windowsPath));
  }

  fileExists(windowsPath: string): boolean {
    return existsSync(this.hostPath(windowsPath));
  }

  async run(program: Program): Promise<Outcome> {
    return within(this.#launch(program), program.timeout ?? patient(LONGEST), program.program);
  }

  start(program: Program): Promise<Running> {
    return Promise.resolve(this.#launch(program));
  }

  async powerShell(text: string, options: Omit<Program, 'program' | 'arguments'> = {}): Promise<Outcome> {
    const shell = powerShellIn(this);
    const script = `${FOLDER}\\${this.#next()}.ps1`;
    // With the mark, every PowerShell reads it as UTF-8.
    this.putFile(script, `\uFEFF${text}\n`);
    return this.run({
      ...shell,
      ...options,
      environment: { ...shell.environment, ...options.environment },
      arguments: ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', script],
    });
  }

  async importRegistry(text: string): Promise<void> {
    const header = 'Windows Registry Editor Version 5.00';
    const whole = text.startsWith(header) ? text : `${header}\n\n${text}`;
    const file = `${FOLDER}\\${this.#next()}.reg`;
    this.putFile(file, Buffer.from(`\uFEFF${whole.replaceAll(/\r?\n/g, '\r\n')}\r\n`, 'utf16le'));
    await this.#tool('reg.exe', 'import', file);
  }

  async setRegistry(key: string, name: string, type: string, data: string): Promise<void> {
    await this.#tool('reg.exe', 'add', key, '/v', name, '/t', type, '/d', data, '/f');
  }

  async deleteRegistry(key: string, name?: string): Promise<void> {
    await this.#tool('reg.exe', 'delete', key, ...(name === undefined ? [] : ['/v', name]), '/f');
  }

  installEpm(edition: 'production' | 'testBed' = 'testBed'): string {
    const folder = 'C:\\Program Files\\EPM';
    const source = this.#machine.epm[edition];
    const target = makeFolder(this.hostPath(folder));
    for (const name of readdirSync(source)) {
      const [from, to] = [path.join(source, name), path.join(target, name)];
      if (name !== 'epm.exe' || !link(from, to)) cpSync(from, to, { recursive: true, preserveTimestamps: true });
    }
    return folder;
  }

  provideWindowsPowerShell(): void {
    const folder = makeFolder(this.hostPath('C:\\windows\\system32\\WindowsPowerShell\\v1.0'));
    const program = windowsPowerShell();
    if (program === undefined) throw new Error(whyNoPowerShell());
    // The folder is the bed's own, the files in it are shared with the template: they are replaced, never written.
    rmSync(folder, { recursive: true });
    execFileSync('cp', ['-a', '--reflink=auto', path.dirname(program), folder]);
    renameSync(path.join(folder, path.basename(program)), path.join(folder, 'powershell.exe'));
  }

  async provideScreen(size?: string): Promise<void> {
    if (this.#count > 0) throw new Error('Wine looks for a screen when its first program starts, which has started.');
    this.#display ??= await openDisplay(size);
  }

  /** Name of the screen for programs outside of Wine; undefined without one. */
  get display(): string | undefined {
    return this.#display?.name;
  }

  /** Installs a font of this machine. The folder is shared with the template, and gets a file of its own here. */
  putFont(hostFile: string): void {
    this.putFile(`C:\\windows\\Fonts\\${path.basename(hostFile)}`, readFileSync(hostFile));
  }

  leftovers(): readonly string[] {
    return processesOf(this.prefix)
      .filter((entry) => !entry.own)
      .map((entry) => entry.commandLine);
  }

  async dispose(): Promise<void> {
    const forgotten = this.#started.filter((program) => !program.ended);
    // A program that ends on its own a moment after its launcher is not a leftover.
    if (forgotten.length === 0) await this.#until(() => this.leftovers().length === 0, patient(5_000));
    else await Promise.all(forgotten.map((program) => program.stop()));
    await this.#until(() => this.leftovers().length === 0, patient(5_000));
    // A loader that is still one waits for the process that began to create it and was ended meanwhile: Wine forgets it. It
    // has not run an instruction of its program, and Windows knows no such state.
    const left = processesOf(this.prefix).filter(({ own, isLoader }) => !own && !isLoader);
    await within(this.#outside('wineserver', '-k'), patient(LONGEST), 'wineserver');
    await this.#until(() => processesOf(this.prefix).length === 0, patient(10_000));
    for (const entry of processesOf(this.prefix)) kill(entry.pid);
    await this.#display?.close();
    rmSync(this.prefix, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    if (left.length > 0)
      throw new Error(`Programs were left running in Wine: ${left.map(({ commandLine }) => commandLine).join(' | ')}`);
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #launch(program: Program): RunningProgram {
    const base = `${FOLDER}\\${this.#next()}`;
    const [input, output, errors, environment, stop] = ['in', 'out', 'err', 'env', 'stop'].map(
      (end) => `${base}.${end}`,
    ) as [string, string, string, string, string];
    this.putFile(input, program.keys ?? program.input ?? '');
    const lines = Object.entries(program.environment ?? {}).map(([name, value]) => `${name}=${value}\n`);
    this.putFile(environment, lines.join(''));
    const words = [
      ...['run', '--as', program.as ?? 'standardUser', '--env-file', environment],
      ...[program.keys === undefined ? '--stdin' : '--keys-file', input, '--stdout', output, '--stderr', errors],
      ...['--stop-file', stop],
      ...(program.console === true ? ['--console'] : []),
      ...(program.errorsOnScreen === true ? ['--errors-on-screen'] : []),
      ...(program.interruptFile === undefined ? [] : ['--interrupt-file', program.interruptFile]),
      ...(program.screenFile === undefined ? [] : ['--screen-file', program.screenFile]),
      ...(program.directory === undefined ? [] : ['--cwd', program.directory]),
      ...(program.session === undefined ? [] : ['--session', String(program.session)]),
      ...['--', program.program, ...(program.arguments ?? [])],
    ];
    const bed = this.windowsPath(path.join(this.#machine.testPrograms, 'epmbed.exe'));
    const command = [...this.#wine.before, 'wine', bed, ...words];
    const started = this.#spawn(command, this.hostPath(output), this.hostPath(errors), base, this.hostPath(stop));
    this.#started.push(started);
    return started;
  }

  #spawn(command: readonly string[], output: string, errors: string, base: string, stopFile?: string): RunningProgram {
    const [first, ...rest] = command;
    return new RunningProgram({
      command: first ?? '',
      arguments: rest,
      environment: {
        ...this.#wine.environment,
        WINEPREFIX: this.prefix,
        ...(this.#display === undefined ? {} : { DISPLAY: this.#display.name }),
      },
      directory: '/',
      output,
      errors,
      ...(stopFile === undefined ? {} : { stopFile }),
      launcherOutput: this.hostPath(`${base}.launch-out`),
      launcherErrors: this.hostPath(`${base}.launch-err`),
    });
  }

  /** A program of Wine itself, as the identity every program has in Wine. */
  #outside(program: string, ...words: readonly string[]): RunningProgram {
    const base = `${FOLDER}\\${this.#next()}`;
    const host = (end: string): string => this.hostPath(`${base}.${end}`);
    return this.#spawn([...this.#wine.before, program, ...words], host('launch-out'), host('launch-err'), base);
  }

  async #tool(...words: readonly string[]): Promise<void> {
    const outcome = await within(this.#outside('wine', ...words), patient(LONGEST), words.join(' '));
    if (outcome.exitCode !== 0) {
      throw new Error(`${words.join(' ')} ended with ${outcome.exitCode}: ${outcome.output}${outcome.errors}`);
    }
  }

  async #until(condition: () => boolean, milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function copyPrefix(template: string, target: string): void {
  const drive = path.join(template, 'drive_c');
  const windows = path.join(drive, 'windows');
  const copyAll = (from: string, to: string, skip: string): void => {
    for (const name of readdirSync(from)) {
      if (name === skip) continue;
      cpSync(path.join(from, name), path.join(to, name), { recursive: true, verbatimSymlinks: true });
    }
  };
  const targetWindows = makeFolder(path.join(target, 'drive_c', 'windows'));
  copyAll(template, target, 'drive_c');
  copyAll(drive, path.join(target, 'drive_c'), 'windows');
  for (const name of readdirSync(windows)) {
    const from = path.join(windows, name);
    if (SHARED.has(name.toLowerCase())) execFileSync('cp', ['-al', from, path.join(targetWindows, name)]);
    else cpSync(from, path.join(targetWindows, name), { recursive: true, verbatimSymlinks: true });
  }
  // The mark by which Wine knows that the prefix is up to date.
  copyFileSync(path.join(template, '.update-timestamp'), path.join(target, '.update-timestamp'));
}

/**
 * Gives a large file another name, which all beds share; whoever changes it in a bed removes it there first.
 * @returns false where a file system cannot
 */
function link(from: string, to: string): boolean {
  // Of an installation before. Never written into: it may be the shared file itself.
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
