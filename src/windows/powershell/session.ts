/** Questions to a PowerShell session: a script of ours, and data that is never part of its text. */
import { displayText } from '../../text/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { PowerShellProgram } from './executable.ts';
import { killTree } from './process-tree.ts';
import { processOf, Shell, type ShellOptions } from './shell.ts';

export interface PowerShellSession {
  /**
   * Runs a script and returns what it makes of the input.
   * @param script a constant of this program; its parameter `$InputData` is the input, what it returns is the result
   * @param input anything JSON can carry, up to 32 MiB of it
   * @returns the result as JSON carries it: one object or value, `null` for nothing
   * @throws EpmError EPM_POWERSHELL_UNAVAILABLE, EPM_POWERSHELL_FAILED, EPM_POWERSHELL_TIMEOUT; after any but an
   * error of the script itself the session has ended
   */
  invoke(script: string, input: unknown): Promise<unknown>;
  /** Ends PowerShell and everything it started. */
  dispose(): Promise<void>;
}

/** `system` is for ending the process. */
type SessionOptions = ShellOptions & PowerShellProgram;

/** Characters. */
const MAX_INPUT = 32 * 1024 * 1024;
/** Characters that PowerShell may write in answer to one question. */
const MAX_OUTPUT = 8 * 1024 * 1024;
/** How many levels of an answer ConvertTo-Json writes out. */
const DEPTH = 8;

/**
 * Before the first question. Modules are loaded by their full path only: the search path of modules begins with a
 * folder of the user. Where these modules are not, their commands are built in.
 */
const PREPARE = `
$env:PSModulePath = [IO.Path]::Combine($PSHOME, 'Modules')
foreach ($name in 'Microsoft.PowerShell.Utility', 'Microsoft.PowerShell.Management', 'CimCmdlets') {
  $file = [IO.Path]::Combine($PSHOME, 'Modules', $name, "$name.psd1")
  if ([IO.File]::Exists($file)) { Import-Module -Name $file -ErrorAction Stop }
}
$global:PSModuleAutoLoadingPreference = 'None'
$global:ProgressPreference = 'SilentlyContinue'
'ready'`;

/** Starts PowerShell. A failure to start is told by the first question. */
export function openPowerShell(options: SessionOptions): PowerShellSession {
  return new Session(options);
}

class Session implements PowerShellSession {
  readonly #shell: Shell;
  readonly #options: SessionOptions;
  readonly #closed: Promise<void>;
  #ready: Promise<unknown> | undefined;
  #written = 0;
  #end: EpmError | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#shell = new Shell(options);
    const child = processOf(this.#shell);
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', (cause) => {
        const shown = displayText(options.executable);
        this.#end ??= new EpmError('EPM_POWERSHELL_UNAVAILABLE', `"${shown}" cannot be started.`, { cause });
        resolve();
      });
      child.once('exit', (code) => {
        const message = `PowerShell ended unasked, with exit code ${code ?? 'unknown'}.`;
        this.#end ??= new EpmError('EPM_POWERSHELL_FAILED', message);
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: string | Uint8Array) => {
        this.#written += chunk.length;
        if (this.#written > MAX_OUTPUT) this.#abort('EPM_POWERSHELL_FAILED', 'PowerShell wrote more than is read.');
      });
    }
  }

  async invoke(script: string, input: unknown): Promise<unknown> {
    this.#ready ??= this.#ask(PREPARE, null);
    await this.#ready;
    return this.#ask(script, input);
  }

  async dispose(): Promise<void> {
    this.#abort('EPM_POWERSHELL_FAILED', 'The session has been ended.');
    await this.#closed;
  }

  async #ask(script: string, input: unknown): Promise<unknown> {
    const data = JSON.stringify(input);
    if (data.length > MAX_INPUT) throw new EpmError('EPM_POWERSHELL_FAILED', 'The question to PowerShell is too long.');
    this.#check();
    this.#written = 0;
    const ended = this.#closed.then((): never => {
      throw this.#end ?? new EpmError('EPM_POWERSHELL_FAILED', 'PowerShell ended.');
    });
    const asked = this.#shell.invoke(command(script, data)).catch((cause: unknown): never => {
      this.#check();
      throw new EpmError('EPM_POWERSHELL_FAILED', 'The question to PowerShell failed.', { cause });
    });
    const result = await Promise.race([asked, ended]);
    // The library keeps every question and its answer.
    this.#shell.history.length = 0;
    this.#check();
    if (result.stdout === undefined) {
      const seconds = this.#options.timeout / 1000;
      throw this.#abort('EPM_POWERSHELL_TIMEOUT', `PowerShell gave no answer within ${seconds} seconds.`);
    }
    return readAnswer(result.stdout.toString('latin1'), result.stderr?.toString('utf8') ?? '');
  }

  /** @throws why the session has ended */
  #check(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  #abort(code: 'EPM_POWERSHELL_FAILED' | 'EPM_POWERSHELL_TIMEOUT', message: string): EpmError {
    const first = this.#end === undefined;
    this.#end ??= new EpmError(code, message);
    const child = processOf(this.#shell);
    if (first && child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      killTree(child.pid, this.#options.system);
      // Should the system's own tool have failed, at least PowerShell itself ends.
      child.kill('SIGKILL');
    }
    return this.#end;
  }
}

/**
 * One line, in which all that differs is base64: no text of ours or of others is read as code, and no code page of a
 * console can change it. The answer comes back the same way, on a line of its own, whatever stood before it.
 */
function command(script: string, data: string): string {
  const frame = `
param($Script, $Data)
$ErrorActionPreference = 'Stop'
$text = { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($args[0])) }
try {
  $parameter = ConvertFrom-Json -InputObject (& $text $Data)
  $value = & ([scriptblock]::Create('param($InputData)' + "\`n" + (& $text $Script))) $parameter
  $answer = @{ value = $value }
} catch {
  $answer = @{ error = [string]$_.Exception.Message }
}
$json = ConvertTo-Json -InputObject $answer -Compress -Depth ${DEPTH}
[Console]::Out.Write("\`nEPM:" + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($json)) + "\`n")`;
  const code = `[scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${base64(frame)}')))`;
  return `& (${code}) '${base64(script)}' '${base64(data)}'`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function readAnswer(output: string, errors: string): unknown {
  // The last such line is ours, whatever a script wrote before.
  const line = [...output.matchAll(/^EPM:([A-Za-z0-9+/]+={0,2})$/gm)].at(-1)?.[1];
  const answer = line === undefined ? undefined : parse(Buffer.from(line, 'base64').toString('utf8'));
  if (answer !== undefined && 'value' in answer) return answer.value;
  const said = typeof answer?.error === 'string' ? answer.error : (errors.split('\n')[0] ?? '');
  throw new EpmError('EPM_POWERSHELL_FAILED', `PowerShell answered with an error: ${displayText(said.trim(), 500)}`);
}

function parse(text: string): { readonly value?: unknown; readonly error?: unknown } | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}
