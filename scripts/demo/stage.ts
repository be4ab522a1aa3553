/** Where the demo plays: a device with EPM on it, people at their prompts, and what is printed of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity, TestBed } from '../../testbed/test-bed.ts';
import { REQUESTERS_ENVIRONMENT } from './probe-report.ts';

/** Characters of a line above which only its beginning is shown. */
const LONG_LINE = 160;
/** Variable with the passphrase of the approver's key. */
export const PASSPHRASE_VARIABLE = 'KEY_PASSPHRASE';

export class Stage {
  readonly device: TestBed;
  /** Folder of the installation. */
  readonly install: string;
  /** The approver's folder, on this system. */
  readonly desk = mkdtempSync(path.join(tmpdir(), 'epm-demo-'));
  readonly #program: string;
  #failures = 0;

  /** @param program the command line for this system, of which the approver has a copy */
  constructor(device: TestBed, program: string) {
    this.device = device;
    this.install = device.installEpm();
    this.#program = program;
  }

  /** Steps that did not do what they should. */
  get failures(): number {
    return this.#failures;
  }

  dispose(): void {
    rmSync(this.desk, { recursive: true, force: true });
  }

  /** Runs a verb of epm.exe as an administrator and gives what it printed. */
  async verb(values: readonly string[], { isShown = true }: { readonly isShown?: boolean } = {}): Promise<string> {
    print(`C:\\> epm.exe ${values.join(' ')}`);
    const program = `${this.install}\\epm.exe`;
    const outcome = await this.device.run({ program, arguments: values, as: 'administrator' });
    if (isShown) printBlock(`${outcome.output}${outcome.errors}`.replaceAll('\r', '').trim());
    this.expectTrue(outcome.exitCode === 0);
    return outcome.output;
  }

  /**
   * Runs a command in the PowerShell of somebody, prints it with its output and gives what it printed.
   * @param typed what is shown of the command, where it holds a long text
   */
  async prompt(
    command: string,
    expected: RegExp,
    { as = 'standardUser', typed = command }: { readonly as?: Identity; readonly typed?: string } = {},
  ): Promise<string> {
    print(`PS ${as}> ${typed}`);
    const outcome = await this.device.powerShell(`Import-Module '${this.install}\\EPM\\EPM.psd1'\n${command}\n`, {
      as,
      environment: REQUESTERS_ENVIRONMENT,
    });
    printBlock(`${outcome.output}${outcome.errors}`.replaceAll('\r', '').replace(/^\s*\n|\s+$/g, ''));
    this.expectTrue(expected.test(outcome.output + outcome.errors));
    return outcome.output;
  }

  /** Runs a verb on the approver's own system, prints it with what it says and gives its standard output. */
  approver(words: readonly string[], expected: RegExp): string {
    print(`desk$ epm ${words.join(' ')}`);
    const { stdout, stderr } = spawnSync(process.execPath, [this.#program, ...words], {
      cwd: this.desk,
      encoding: 'utf8',
      env: { ...process.env, [PASSPHRASE_VARIABLE]: 'correct horse battery staple' },
    });
    printBlock(`${stderr}${stdout}`.trim());
    this.expectTrue(expected.test(stdout));
    return stdout;
  }

  expectTrue(holds: boolean): void {
    if (holds) return;
    this.#failures += 1;
    print('   ✗ this is not what the demo expects');
  }
}

export function heading(text: string): void {
  print(`\n── ${text} ${'─'.repeat(Math.max(0, 100 - text.length))}`);
}

/** Lines of what somebody sees. Of a long one, such as a signed text, the beginning. */
export function printBlock(text: string): void {
  for (const line of text.split('\n')) {
    print(`   ${line.length > LONG_LINE ? `${line.slice(0, LONG_LINE)}…` : line}`);
  }
}

export function print(line: string): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}
