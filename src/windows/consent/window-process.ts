/** The process of one consent window: started, spoken to, and ended. */
import type { AccountToken, ProcessStarter, StartedProcess } from '../../agent/ports.ts';
import type { VerifiedCaller } from '../../agent/caller.ts';
import { type WindowEvent, WindowFrames } from '../../agent/consent/messages.ts';
import { EpmError } from '../../model/errors.ts';

/** What the window needs of the environment; the rest could tell Windows to load something into it. */
const ENVIRONMENT = new Set(
  'ALLUSERSPROFILE APPDATA COMPUTERNAME HOMEDRIVE HOMEPATH LOCALAPPDATA NUMBER_OF_PROCESSORS OS PROGRAMDATA PROGRAMFILES PUBLIC SYSTEMDRIVE SYSTEMROOT TEMP TMP USERDOMAIN USERNAME USERPROFILE WINDIR'.split(
    ' ',
  ),
);
/** SYNCHRONIZE, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_QUERY_INFORMATION, PROCESS_VM_READ, PROCESS_TERMINATE (winnt.h). */
const FOR_THE_PERSON = '0x101411';
const ENDED = 1;

interface WindowStart {
  readonly starter: ProcessStarter;
  /** Path of epmprompt.exe, already checked. */
  readonly program: string;
  /** System32. */
  readonly systemFolder: string;
  /** Environment variables of the test bed, which the window may have too. */
  readonly more: readonly string[];
  readonly token: AccountToken;
  readonly who: VerifiedCaller;
  readonly frame: Uint8Array;
}

export class WindowProcess {
  readonly #process: StartedProcess;
  readonly #frames = new WindowFrames();
  #waiting: WindowEvent[] = [];

  private constructor(process: StartedProcess) {
    this.#process = process;
  }

  /**
   * The window may start nothing, ends with the agent, and is closed to everything of the person but what ends it or reads it.
   * @throws EpmError EPM_START_FAILED when it does not start, or not as the person
   */
  static async start({ starter, program, systemFolder, more, token, who, frame }: WindowStart): Promise<WindowProcess> {
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

  /** What the window tells next; undefined when it is gone. */
  async next(): Promise<WindowEvent | undefined> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) return event;
      const piece = await this.#process.output?.next();
      if (piece === undefined) return undefined;
      // What it writes to the other stream is nobody's business.
      if (piece.stream === 'stdout') this.#waiting = [...this.#frames.take(piece.bytes)];
    }
  }

  /** Closes the window, if it is still there. */
  async end(): Promise<void> {
    try {
      this.#process.terminate(ENDED);
      await this.#process.treeEmpty;
    } finally {
      this.#process.release();
    }
  }
}

function isNeeded(entry: string, more: readonly string[]): boolean {
  const name = entry.slice(0, entry.indexOf('=')).toUpperCase();
  return ENVIRONMENT.has(name) || more.includes(name);
}
