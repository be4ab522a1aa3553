/** What a test may do with a Windows: a fresh Wine prefix on Linux, the machine itself on Windows. */

/** Who a program runs as. The SIDs in Wine are those of `identitySid`; on Windows they are the made accounts' own. */
export type Identity = 'standardUser' | 'otherUser' | 'administrator' | 'system';

export interface Program {
  /** Windows path. */
  readonly program: string;
  readonly arguments?: readonly string[];
  /** Default: standardUser. */
  readonly as?: Identity;
  /** Windows path; default: the caller's own. */
  readonly directory?: string;
  /** Added to the system's environment; an empty value removes the name. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard input; default: empty. */
  readonly input?: string;
  /**
   * Whether it gets a console that nobody sees, as a program that a person starts has one. In Wine others have none.
   * Default: no.
   */
  readonly console?: boolean;
  /** Typed in the console, in the place of standard input. Needs a console, as the next three; in Wine only. */
  readonly keys?: string;
  /** Windows path. When this file appears, Ctrl+C is pressed in the console. */
  readonly interruptFile?: string;
  /** Whether standard error is shown in the console, as in a terminal, instead of being caught. */
  readonly errorsOnScreen?: boolean;
  /** Windows path. What stands in the console at the end is written to this file. */
  readonly screenFile?: string;
  /** Session number for the token; Wine takes only the session it has. */
  readonly session?: number;
  /** Milliseconds until it is ended and the call fails; default: two minutes of a quiet machine. Not for `start`. */
  readonly timeout?: number;
}

export interface Outcome {
  /** Exit code as an unsigned number. */
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

export interface Running {
  /** What was written so far. */
  output(): string;
  errors(): string;
  /** Settles when the program ends by itself or is stopped. */
  readonly exited: Promise<Outcome>;
  /** Ends the program and everything it started in its job, at once. */
  stop(): Promise<Outcome>;
}

export interface BedPrograms {
  /** Writes down what it is and how it was started. */
  readonly probe: string;
  /** Writes to its standard streams what its arguments ask for. */
  readonly console: string;
  /** Reads and answers a window as a person does: testbed/native/window_user.cpp. */
  readonly window: string;
  /** Uses a command of a context menu as Explorer does: testbed/native/shell_caller.cpp. */
  readonly shell: string;
  /** Starts a program as Windows does, with the options that the registry has for its name. */
  readonly start: string;
  /** Ends with the number that stands in it as `EPM-EXIT-CODE:007`. */
  readonly exit: string;
  /** Ends with the number of the library `epmbeside.dll`, without which it does not start. */
  readonly neighbour: string;
  /** That library; the number stands in it in the same way. */
  readonly beside: string;
}

export interface TestBed {
  readonly kind: 'wine' | 'windows';
  /** Runs a program to its end. */
  run(program: Program): Promise<Outcome>;
  /** Starts a program that goes on; the bed ends it at the latest when it is disposed of. */
  start(program: Program): Promise<Running>;
  /** Name and password of an account; undefined in Wine, which has none. */
  passwordOf(identity: 'standardUser' | 'otherUser'): { readonly name: string; readonly password: string } | undefined;
  /** Runs PowerShell text as a script file. */
  powerShell(text: string, options?: Omit<Program, 'program' | 'arguments'>): Promise<Outcome>;
  /** Path on this machine of a Windows path such as `C:\Users`. */
  hostPath(windowsPath: string): string;
  /** Windows path of a path on this machine. */
  windowsPath(hostPath: string): string;
  /** Writes a file, making its folder. */
  putFile(windowsPath: string, content: string | Uint8Array): void;
  readFile(windowsPath: string): Buffer;
  fileExists(windowsPath: string): boolean;
  /** Imports the text of a `.reg` file; `Windows Registry Editor Version 5.00` is added when it is missing. */
  importRegistry(text: string): Promise<void>;
  setRegistry(key: string, name: string, type: 'REG_SZ' | 'REG_DWORD' | 'REG_MULTI_SZ', data: string): Promise<void>;
  deleteRegistry(key: string, name?: string): Promise<void>;
  /**
   * Installs an edition under `C:\Program Files\EPM` and answers that folder. Default: the edition that elevates here,
   * which is the production one on a real Windows and the test bed's in Wine.
   */
  installEpm(edition?: 'production' | 'testBed'): string;
  /**
   * Has Windows' own PowerShell where Windows keeps it. In Wine, which has an empty program in its place, the real PowerShell
   * stands in for it, a later version than the one of Windows.
   * @throws Error when there is none
   */
  provideWindowsPowerShell(): void;
  /**
   * Gives the bed a screen, which programs with windows, or with a console of their own, need. Before anything else runs.
   * @throws Error when there is none
   */
  provideScreen(): Promise<void>;
  /** Windows paths of the programs that tests start. */
  readonly programs: BedPrograms;
  /** Lets everybody change a file, or put files into a folder. */
  letUsersWrite(windowsPath: string): Promise<void>;
  /** Programs that still run though nobody waits for them: command lines. */
  leftovers(): readonly string[];
  /** Ends everything and removes what was made. @throws Error naming the programs that were left running */
  dispose(): Promise<void>;
}

/** SIDs of the identities in Wine. */
export const identitySid: Readonly<Record<Identity, string>> = {
  standardUser: 'S-1-5-21-1000000001-1000000002-1000000003-1001',
  otherUser: 'S-1-5-21-1000000001-1000000002-1000000003-1002',
  administrator: 'S-1-5-21-1000000001-1000000002-1000000003-1003',
  system: 'S-1-5-18',
};

/** The programs that tests start, by where each of them is. */
export function programsIn(place: (name: string) => string): BedPrograms {
  return {
    probe: place('epmprobe.exe'),
    console: place('epmconsole.exe'),
    shell: place('epmshelluser.exe'),
    window: place('epmwindow.exe'),
    start: place('epmstart.exe'),
    exit: place('epmexit.exe'),
    neighbour: place('epmneighbour.exe'),
    beside: place('epmbeside.dll'),
  };
}
