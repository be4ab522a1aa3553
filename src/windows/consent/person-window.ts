/** The consent window as the person whom it asks, on their desktop. */
import type { VerifiedCaller } from '../../agent/caller.ts';
import { WindowProcess } from '../../agent/consent/window-process.ts';
import type { AccountToken, ProcessStarter } from '../../agent/ports.ts';
import { EpmError } from '../../model/errors.ts';

/** What the window needs of the environment; the rest could tell Windows to load something into it. */
const ENVIRONMENT = new Set(
  'ALLUSERSPROFILE APPDATA COMPUTERNAME HOMEDRIVE HOMEPATH LOCALAPPDATA NUMBER_OF_PROCESSORS OS PROGRAMDATA PROGRAMFILES PUBLIC SYSTEMDRIVE SYSTEMROOT TEMP TMP USERDOMAIN USERNAME USERPROFILE WINDIR'.split(
    ' ',
  ),
);
/** SYNCHRONIZE, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_QUERY_INFORMATION, PROCESS_VM_READ, PROCESS_TERMINATE (winnt.h). */
const FOR_THE_PERSON = '0x101411';

interface WindowStart {
  readonly starter: ProcessStarter;
  /** Path of epmprompt.exe, already checked. */
  readonly program: string;
  /** System32. */
  readonly systemFolder: string;
  /** Environment variables of the test bed, which the window may have too. */
  readonly more: readonly string[];
  readonly token: AccountToken;
  /** Who it is shown to, and in which session. */
  readonly who: Pick<VerifiedCaller, 'sid' | 'session'>;
  readonly frame: Uint8Array;
}

/**
 * The window may start nothing, ends with the agent, and is closed to everything of the person but what ends it or reads it.
 * @throws EpmError EPM_START_FAILED when it does not start, or not as the person
 */
export async function startPersonWindow(start: WindowStart): Promise<WindowProcess> {
  const { starter, program, systemFolder, more, token, who, frame } = start;
  const process = await starter.start({
    token,
    path: program,
    commandLine: `"${program}"`,
    environment: token.environment().filter((entry) => isNeeded(entry, more)),
    directory: systemFolder,
    processSddl: `O:SYG:SYD:P(A;;GA;;;SY)(A;;${FOR_THE_PERSON};;;${who.sid})`,
    tokenSddl: `O:SYG:SYD:P(A;;GA;;;SY)(A;;GRGX;;;${who.sid})`,
    activeProcessLimit: 1,
    killWithAgent: true,
    console: 'hidden',
    streams: { input: frame },
  });
  const window = new WindowProcess(process);
  try {
    const { image, token: its, session } = process.facts();
    if (its.user !== who.sid || session !== who.session || image.path.toUpperCase() !== program.toUpperCase()) {
      throw new EpmError('EPM_START_FAILED', 'What Windows started is not the consent window of the person.');
    }
    process.resume();
    return window;
  } catch (error) {
    await window.end();
    throw error;
  }
}

function isNeeded(entry: string, more: readonly string[]): boolean {
  const name = entry.slice(0, entry.indexOf('=')).toUpperCase();
  return ENVIRONMENT.has(name) || more.includes(name);
}
