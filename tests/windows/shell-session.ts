/** One PowerShell inside Windows that stays for many scripts, so that engine and module are loaded once. */
import { powerShellIn } from '../../testbed/powershell.ts';
import type { Identity, Outcome, Running, TestBed } from '../bed/index.ts';
import { patient } from '../../tooling/patience.mjs';

/** Longer than any script of the tests takes on a busy machine. */
const LONGEST = 60_000;
const PAUSE = 20;

/** Of every PowerShell: no profile of the machine, and scripts that nobody signed. */
export const SWITCHES = ['-NoProfile', '-ExecutionPolicy', 'Bypass'];

export interface ShellOptions {
  /** PowerShell text that comes before the first script. */
  readonly start: string;
  readonly as: Identity;
}

export class ShellSession {
  readonly #bed: TestBed;
  readonly #folder: string;
  readonly #running: Running;
  #ended = false;
  #count = 0;
  #outputRead = 0;
  #errorsRead = 0;

  private constructor(bed: TestBed, folder: string, running: Running) {
    this.#bed = bed;
    this.#folder = folder;
    this.#running = running;
    const ended = (): void => {
      this.#ended = true;
    };
    running.exited.then(ended, ended);
  }

  /** @param folder Windows path of a folder that is this session's own */
  static async start(bed: TestBed, folder: string, options: ShellOptions): Promise<ShellSession> {
    const loop = `${folder}\\session.ps1`;
    bed.putFile(
      loop,
      `\uFEFF${options.start}
for ($count = 1; $true; $count++) {
  while (-not (Test-Path -LiteralPath "${folder}\\$count.go")) { Start-Sleep -Milliseconds ${PAUSE} }
  Set-Location -LiteralPath 'C:\\'
  & "${folder}\\$count.ps1"
  "<end of script $count>"
}
`,
    );
    const running = await bed.start({
      ...powerShellIn(bed),
      arguments: [...SWITCHES, '-NonInteractive', '-File', loop],
      as: options.as,
    });
    return new ShellSession(bed, folder, running);
  }

  /** Runs text as a script file in a scope of its own. Line ends are LF. @throws Error when PowerShell ends or hangs */
  async run(script: string): Promise<Pick<Outcome, 'output' | 'errors'>> {
    this.#count += 1;
    const file = `${this.#folder}\\${this.#count}`;
    this.#bed.putFile(`${file}.ps1`, `\uFEFF${script}\n`);
    // Seen by PowerShell only when the script is whole.
    this.#bed.putFile(`${file}.go`, '');
    const mark = `<end of script ${this.#count}>\n`;
    const end = performance.now() + patient(LONGEST);
    for (;;) {
      // Asked first: what it wrote before its end is all there then.
      const last = this.#ended || performance.now() > end;
      const output = this.#running.output().replaceAll('\r\n', '\n').slice(this.#outputRead);
      if (output.endsWith(mark)) {
        this.#outputRead += output.length;
        return { output: output.slice(0, -mark.length), errors: this.#newErrors() };
      }
      if (last) throw new Error(`PowerShell ended or hangs: ${output}${this.#newErrors()}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  #newErrors(): string {
    const all = this.#running.errors().replaceAll('\r\n', '\n');
    const fresh = all.slice(this.#errorsRead);
    this.#errorsRead = all.length;
    return fresh;
  }
}
