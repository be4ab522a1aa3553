/** What the verbs that change the registration of the agent share. */
import { win32 as paths } from 'node:path';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { programOfCommandLine, readService, SERVICE_NAME, type WindowsDlls } from '../../windows/index.ts';
import { askAgentBy } from './connect.ts';

/** This program. @throws EpmError EPM_ARGUMENT when it is not epm.exe, but Node that runs its source */
export function ownExecutable(): string {
  if (/\\epm\.exe$/i.test(process.execPath)) return process.execPath;
  throw new EpmError('EPM_ARGUMENT', `"${process.execPath}" is not epm.exe.`, {
    hint: 'Run the verb from the installed epm.exe.',
  });
}

/** The epm.exe that the service runs; undefined when none is registered. @throws EpmError EPM_SERVICE_UNVERIFIED when it is another program */
export function registeredExecutable({ native }: WindowsDlls): string | undefined {
  const facts = readService(native, SERVICE_NAME);
  if (facts === undefined) return undefined;
  const program = programOfCommandLine(facts.commandLine);
  if (program !== undefined) return program;
  throw new EpmError('EPM_SERVICE_UNVERIFIED', `The service runs "${facts.commandLine}", which is not EPM's.`, {
    data: { check: 'serviceProgram' },
    hint: 'Find out who changed it; then run epm agent repair.',
  });
}

export function sameFolder(left: string, right: string): boolean {
  return paths.normalize(left).toLowerCase() === paths.normalize(right).toLowerCase();
}

/**
 * Elevated programs end with the agent, so whoever stops it has to want that.
 * @throws EpmError EPM_PROGRAMS_RUNNING
 */
export async function requireNothingRuns(dlls: WindowsDlls, force: boolean): Promise<void> {
  if (force) return;
  const running = await runningPrograms(dlls);
  if (running === 0) return;
  const programs = running === 1 ? 'One elevated program runs' : `${running} elevated programs run`;
  throw new EpmError('EPM_PROGRAMS_RUNNING', `${programs} and would end with the agent.`, { data: { running } });
}

/** None when no agent answers: then none of its programs is left either. */
async function runningPrograms(dlls: WindowsDlls): Promise<number> {
  try {
    return (await askAgentBy(dlls, 'status', {})).running;
  } catch (error) {
    if (isEpmError(error) && error.code === 'EPM_AGENT_UNREACHABLE') return 0;
    throw error;
  }
}
