/** The real PowerShell: the one that bootstrap publishes from `testbed/powershell`, or the one that EPM_PWSH names. */
import { existsSync } from 'node:fs';
import { powerShellFolders } from '../tooling/powershell-folders.mjs';
import { isWindows, machine, whyLacking } from './machine.ts';
import type { Program, TestBed } from './test-bed.ts';

const named = process.env['EPM_PWSH'];
const present = (file: string | null | undefined): string | undefined =>
  typeof file === 'string' && existsSync(file) ? file : undefined;

/** What PowerShell is told wherever it runs: plain text, and nothing sent to anybody. */
const ENVIRONMENT = {
  NO_COLOR: '1',
  POWERSHELL_TELEMETRY_OPTOUT: '1',
  POWERSHELL_UPDATECHECK: 'Off',
};

/** PowerShell that runs on this system; undefined when there is none. */
export function localPowerShell(): string | undefined {
  if (named !== undefined && (isWindows || !named.toLowerCase().endsWith('.exe'))) return named;
  return present(isWindows ? machine?.powerShell?.windows : machine?.powerShell?.linux);
}

/** For {@link localPowerShell}: without a terminal, as .NET writes control sequences to one, even into a file. */
export function localPowerShellEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...ENVIRONMENT, ...powerShellFolders(), TERM: 'dumb' };
}

/** PowerShell for Windows, by its path on this machine; undefined when there is none. */
export function windowsPowerShell(): string | undefined {
  return named?.toLowerCase().endsWith('.exe') === true ? named : present(machine?.powerShell?.windows);
}

/**
 * PowerShell as a program of a bed. It needs a console: in Wine it would end at once without one, silently and with
 * exit code 0.
 * @throws Error when there is none
 */
export function powerShellIn(bed: TestBed): Pick<Program, 'program' | 'console' | 'environment'> {
  const program = windowsPowerShell();
  if (program === undefined) throw new Error(whyNoPowerShell());
  return { program: bed.windowsPath(program), console: true, environment: ENVIRONMENT };
}

export const whyNoPowerShell = (): string =>
  whyLacking(`PowerShell for ${isWindows ? 'win' : 'linux'}-x64`, 'PowerShell is not published (npm run bootstrap)');

/** Text that puts a session into constrained language, as App Control does; all that it loads later is constrained. */
export const CONSTRAIN = "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'";
