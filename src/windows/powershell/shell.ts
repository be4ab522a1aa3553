/** node-powershell, with the parts of it changed that a service cannot leave as they are. */
import type { ChildProcess } from 'node:child_process';
import { PowerShell } from 'node-powershell';
import { sessionEnvironment } from './environment.ts';

export interface ShellOptions {
  /** Full path. */
  readonly executable: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export class Shell extends PowerShell {
  constructor({ executable, timeout }: ShellOptions) {
    super({
      executable,
      executableOptions: { '-NoProfile': true, '-NonInteractive': true },
      spawnOptions: { env: sessionEnvironment(process.env), windowsHide: true },
      invocationTimeout: timeout,
      throwOnInvocationError: false,
    });
  }

  // The library would take a variable of the environment (NODE_POWERSHELL) before the program that is asked for.
  protected override setExecutable({ executable }: { executable?: string }): string {
    return executable ?? '';
  }

  // Marks end with a line feed alone on every system: the library looks for them at fixed distances from the end of
  // what it has read, and with CRLF it can miss one and wait for ever.
  protected override writeToOutput(mark: string): string {
    return `[Console]::Out.Write("${mark}\`n")`;
  }

  protected override writeToError(mark: string): string {
    return `[Console]::Error.Write("${mark}\`n")`;
  }
}

/** Parts of a shell that its declarations hide. */
interface ShellInternals {
  readonly process: ChildProcess;
  readonly exitPromise: Promise<void>;
  readonly debuggers: Readonly<Record<string, { enabled: boolean }>>;
}

/** The process behind a shell. Nobody but the session uses it. */
export function processOf(shell: Shell): ChildProcess {
  const { process: child, exitPromise, debuggers } = shell as unknown as ShellInternals;
  // With DEBUG in the environment the library would write everything it does to standard output.
  for (const one of Object.values(debuggers)) one.enabled = false;
  // A program that cannot be started is told by its `error` event; the promise must not end the whole process.
  exitPromise.catch(() => undefined);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => undefined);
  return child;
}
