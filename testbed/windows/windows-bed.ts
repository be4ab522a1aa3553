/** The test bed on a real Windows: local accounts made for the bed, the machine's own registry and Program Files. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { powerShellIn } from '../powershell.ts';
import { LONGEST, RunningProgram, within } from '../running-program.ts';
import { SystemTask } from './system-task.ts';
import { programsIn, type BedPrograms, type Outcome, type Program, type Running, type TestBed } from '../test-bed.ts';
import { patient } from '../../tooling/patience.mjs';

const POLICY_KEY = /^\[(HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM)/im;

/** Accounts can be made, and programs run as others, by an elevated administrator only. */
export function whyNotElevated(): string | undefined {
  const elevated = spawnSync('net.exe', ['session'], { windowsHide: true }).status === 0;
  return elevated ? undefined : 'run from an elevated prompt: local accounts are made for the tests';
}

interface Account {
  readonly name: string;
  readonly passwordFile: string;
}

export class WindowsBed implements TestBed {
  readonly kind = 'windows';
  readonly programs: BedPrograms;
  readonly #machine: Machine;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'epm-bed-'));
  readonly #accounts = new Map<'standardUser' | 'otherUser', Account>();
  readonly #started: (RunningProgram | SystemTask)[] = [];
  readonly #made = new Set<string>();
  readonly #keys = new Set<string>();
  #count = 0;

  private constructor(machine: Machine) {
    this.#machine = machine;
    this.programs = programsIn((name) => path.join(machine.testPrograms, name));
  }

  static async create(machine: Machine): Promise<WindowsBed> {
    const bed = new WindowsBed(machine);
    // Programs of the accounts write their output here.
    await bed.#tool('icacls.exe', bed.#folder, '/grant', '*S-1-5-11:(OI)(CI)M');
    for (const identity of ['standardUser', 'otherUser'] as const) {
      const name = `epm-${randomBytes(4).toString('hex')}`;
      // Every class of character, so that any password policy is met.
      const password = `${randomBytes(18).toString('base64url')}aA1!`;
      const passwordFile = path.join(bed.#folder, `${name}.password`);
      writeFileSync(passwordFile, password);
      await bed.#tool('icacls.exe', passwordFile, '/inheritance:r', '/grant', '*S-1-5-32-544:F');
      await bed.#tool('net.exe', 'user', name, password, '/add');
      bed.#accounts.set(identity, { name, passwordFile });
    }
    return bed;
  }

  passwordOf(identity: 'standardUser' | 'otherUser'): { readonly name: string; readonly password: string } | undefined {
    const account = this.#accounts.get(identity);
    if (account === undefined) return undefined;
    return { name: `${hostname()}\\${account.name}`, password: readFileSync(account.passwordFile, 'utf8') };
  }

  hostPath(windowsPath: string): string {
    return windowsPath;
  }

  windowsPath(hostPath: string): string {
    return path.resolve(hostPath);
  }

  async letUsersWrite(windowsPath: string): Promise<void> {
    await this.#tool('icacls.exe', windowsPath, '/grant', '*S-1-5-32-545:M');
  }

  putFile(windowsPath: string, content: string | Uint8Array): void {
    mkdirSync(path.dirname(windowsPath), { recursive: true });
    if (!existsSync(windowsPath)) this.#made.add(windowsPath);
    writeFileSync(windowsPath, content);
  }

  readFile(windowsPath: string): Buffer {
    return readFileSync(windowsPath);
  }

  fileExists(windowsPath: string): boolean {
    return existsSync(windowsPath);
  }

  async run(program: Program): Promise<Outcome> {
    const running = program.as === 'system' ? this.#asSystem(program) : this.#launch(program);
    return within(running, program.timeout ?? patient(LONGEST), program.program);
  }

  start(program: Program): Promise<Running> {
    return Promise.resolve(program.as === 'system' ? this.#asSystem(program) : this.#launch(program));
  }

  async powerShell(text: string, options: Omit<Program, 'program' | 'arguments'> = {}): Promise<Outcome> {
    const shell = powerShellIn(this);
    const script = path.join(this.#folder, `${this.#next()}.ps1`);
    writeFileSync(script, `\uFEFF${text}\r\n`);
    const words = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', script];
    const environment = { ...shell.environment, ...options.environment };
    return this.run({ ...shell, ...options, environment, arguments: words });
  }

  async importRegistry(text: string): Promise<void> {
    const header = 'Windows Registry Editor Version 5.00';
    const whole = text.startsWith(header) ? text : `${header}\n\n${text}`;
    const file = path.join(this.#folder, `${this.#next()}.reg`);
    writeFileSync(file, `\uFEFF${whole.replaceAll(/\r?\n/g, '\r\n')}\r\n`, 'utf16le');
    const key = POLICY_KEY.exec(whole)?.[1];
    if (key !== undefined) this.#keys.add(key);
    await this.#tool('reg.exe', 'import', file);
  }

  async setRegistry(key: string, name: string, type: string, data: string): Promise<void> {
    if (/\\Software\\Policies\\EPM/i.test(key)) this.#keys.add(key);
    await this.#tool('reg.exe', 'add', key, '/v', name, '/t', type, '/d', data, '/f');
  }

  async deleteRegistry(key: string, name?: string): Promise<void> {
    await this.#tool('reg.exe', 'delete', key, ...(name === undefined ? [] : ['/v', name]), '/f');
  }

  installEpm(edition: 'production' | 'testBed' = 'production'): string {
    const folder = path.join(process.env['ProgramFiles'] ?? 'C:\\Program Files', 'EPM');
    if (existsSync(folder) && !this.#made.has(folder))
      throw new Error(`"${folder}" exists already; it is not touched.`);
    this.#made.add(folder);
    cpSync(this.#machine.epm[edition], folder, { recursive: true });
    return folder;
  }

  provideWindowsPowerShell(): void {
    // It is there.
  }

  provideScreen(): Promise<void> {
    // The session has one.
    return Promise.resolve();
  }

  leftovers(): readonly string[] {
    const names = [...this.#accounts.values()].map((account) => account.name);
    const list = spawnSync('tasklist.exe', ['/V', '/FO', 'CSV', '/NH'], { encoding: 'utf8', windowsHide: true }).stdout;
    return list.split(/\r?\n/).filter((line) => names.some((name) => line.includes(`\\${name}"`)));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#started.filter((program) => !program.ended).map((program) => program.stop()));
    const left = this.leftovers();
    for (const account of this.#accounts.values()) {
      spawnSync('taskkill.exe', ['/F', '/FI', `USERNAME eq ${account.name}`], { windowsHide: true });
      await this.#tool('net.exe', 'user', account.name, '/delete');
    }
    for (const key of this.#keys) spawnSync('reg.exe', ['delete', key, '/f'], { windowsHide: true });
    for (const place of [...this.#made, this.#folder]) {
      rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
    if (left.length > 0) throw new Error(`Programs were left running: ${left.join(' | ')}`);
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  #launch(program: Program): RunningProgram {
    const base = path.join(this.#folder, String(this.#next()));
    writeFileSync(`${base}.in`, program.input ?? '');
    const lines = Object.entries(program.environment ?? {}).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(`${base}.env`, lines.join(''));
    const identity = program.as ?? 'standardUser';
    const account = identity === 'standardUser' || identity === 'otherUser' ? this.#accounts.get(identity) : undefined;
    const words =
      account === undefined
        ? (program.arguments ?? [])
        : [
            ...['run', '--user', account.name, '--domain', '.', '--password-file', account.passwordFile],
            ...['--stdin', `${base}.in`, '--env-file', `${base}.env`],
            ...['--stdout', `${base}.out`, '--stderr', `${base}.err`],
            ...['--cwd', program.directory ?? 'C:\\', '--', program.program, ...(program.arguments ?? [])],
          ];
    const direct = account === undefined;
    const started = new RunningProgram({
      command: direct ? program.program : path.join(this.#machine.testPrograms, 'epmbed.exe'),
      arguments: words,
      environment: direct ? { ...process.env, ...program.environment } : process.env,
      directory: direct ? (program.directory ?? 'C:\\') : this.#folder,
      output: `${base}.out`,
      errors: `${base}.err`,
      launcherOutput: direct ? `${base}.out` : `${base}.launch-out`,
      launcherErrors: direct ? `${base}.err` : `${base}.launch-err`,
    });
    this.#started.push(started);
    return started;
  }

  #asSystem(program: Program): SystemTask {
    const task = new SystemTask(program, path.join(this.#folder, String(this.#next())));
    this.#started.push(task);
    return task;
  }

  #tool(command: string, ...words: readonly string[]): Promise<void> {
    const result = spawnSync(command, words, { encoding: 'utf8', windowsHide: true });
    // The arguments may hold a password, so they are not repeated.
    if (result.status !== 0)
      throw new Error(`${command} ended with ${result.status}: ${result.stderr}${result.stdout}`);
    return Promise.resolve();
  }
}
