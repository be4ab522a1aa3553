/**
 * What the agent needs from outside, named for the need. `windows/` implements these with Win32, tests with
 * recorded facts. Every method that fails throws an EpmError; none answers with an empty success.
 */
import type { Sid } from '../model/brands.ts';
import type { EpmError } from '../model/errors.ts';
import type { FileFacts, FileId } from '../model/file-facts.ts';
import type { PolicyDocument, PolicyScope } from '../model/policy.ts';
import type { TokenFactory } from '../model/audit-record.ts';
import type { MachineFolders } from '../model/request.ts';
import type { WindowsEvent } from '../model/windows-events.ts';

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  /**
   * Minutes by which what the clock of the device shows is ahead of UTC, summer time included.
   * @param time milliseconds since 1970, UTC
   */
  zoneOffset(time: number): number;
}

/** Time since the machine was started, which no change of the clock touches. */
export interface BootClock {
  /** Differs for every start of the machine. */
  readonly session: string;
  /** Milliseconds since then, sleep included. */
  uptime(): number;
}

/** What the process of the agent uses. */
export interface ProcessVitals {
  /** Bytes of memory that are its own alone. */
  readonly privateBytes: number;
  readonly workingSet: number;
  readonly handles: number;
  readonly threads: number;
  /** Milliseconds by which tasks came late since this was read last. */
  readonly loopDelay: { readonly mean: number; readonly max: number };
}

export interface Vitals {
  /** @throws EpmError EPM_WINDOWS_API */
  read(): ProcessVitals;
  /** Tells the watch outside of the event loop that it goes on. When it is not told for minutes, it ends the process. */
  feed(): void;
  /** Ends that watch. */
  release(): void;
}

/** A small value of the agent's own that outlives it. */
export interface StateStore {
  /** Undefined when nothing was written yet. @throws EpmError EPM_DATA_FOLDER when it cannot be read */
  read(): unknown;
  /** @throws EpmError EPM_DATA_FOLDER */
  write(value: object): void;
}

/** Values of the agent's own that outlive it, one for each key of letters, digits, `-` and `_`. */
export interface EntryStore {
  /** @returns undefined as the value of what is there and cannot be read. @throws EpmError EPM_DATA_FOLDER */
  read(): ReadonlyMap<string, unknown>;
  /** @throws EpmError EPM_DATA_FOLDER */
  write(key: string, value: object): void;
  /** What is not there is removed already. @throws EpmError EPM_DATA_FOLDER */
  remove(key: string): void;
}

export interface Random {
  /** `length` bytes of a cryptographic generator. */
  bytes(length: number): Uint8Array;
}

/** Facts of a token as Windows reports them. `null`: the system did not give the fact. */
export interface TokenFacts {
  readonly user: Sid;
  readonly groups: readonly { readonly sid: string; readonly attributes: number }[];
  readonly privileges: readonly { readonly name: string; readonly attributes: number }[];
  /** Last sub-authority of the integrity label; 0x2000 medium, 0x3000 high. */
  readonly integrity: number | null;
  readonly session: number;
  readonly type: 'primary' | 'impersonation';
  readonly elevated: boolean | null;
  readonly elevationType: number | null;
  /** LUID of the logon session, 16 hexadecimal digits. Wine keeps none: null there. */
  readonly authenticationId: string | null;
  readonly logonSid: string;
  readonly owner: string;
  readonly primaryGroup: string;
  readonly defaultDacl: string;
  readonly appContainer: boolean | null;
  readonly restricted: boolean | null;
  readonly virtualizationEnabled: boolean | null;
  /** TOKEN_MANDATORY_POLICY flags. Wine has none: null there. */
  readonly mandatoryPolicy: number | null;
  readonly source: string | null;
  /** `NAME=value`. Wine has none: null there. */
  readonly securityAttributes: readonly string[] | null;
}

/**
 * What a client reached the agent by: the pipe that everybody at the machine may open, or the one for administrators.
 */
export type PipeKind = 'user' | 'administration';

/** The client of one connection, known from its token only. */
export interface Caller {
  readonly pipe: PipeKind;
  readonly token: TokenFacts;
  /** SECURITY_IMPERSONATION_LEVEL: 0 anonymous, 1 identification, 2 impersonation, 3 delegation. */
  readonly impersonationLevel: number;
  /** For the audit only: process ids are reused and can be spoofed. */
  readonly processId: number;
}

/** A file that can be started: what runs is compared with both. */
export interface StartableFile {
  readonly path: string;
  readonly id: FileId;
}

/** The image of a process, locked against change until closed. */
export interface LockedImage extends StartableFile {
  /** People without administrator rights may change it or what lies beside it; undefined: not known. */
  readonly writableByUsers: boolean | undefined;
  /**
   * All facts, gathered through the one handle.
   * @throws EpmError EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
   */
  facts(wanted: WantedFacts): Promise<FileFacts>;
  close(): void;
}

/** A file opened once and locked against change until closed. */
export interface LockedFile extends LockedImage {
  /**
   * Copies the file to where only the system may write.
   * @throws EpmError EPM_COPY_FAILED, EPM_FILE_TOO_LARGE, EPM_FILE_UNREADABLE, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
   */
  copy(limits: CopyLimits): Promise<ProtectedCopy>;
}

/** A copy that only the system may write, locked against change until removed. */
export interface ProtectedCopy extends StartableFile {
  /**
   * What the bytes say is read from the copy; the rest, the path among it, is of the file that was copied.
   * @throws EpmError as {@link LockedFile.facts}, and EPM_COPY_FAILED when the copy is not what was written
   */
  facts(wanted: WantedFacts): Promise<FileFacts>;
  /**
   * Copies what lies beside the file, for a program that needs it. Nothing of it is trusted: the caller judges what is
   * loaded or started from there. To be called once.
   * @throws EpmError EPM_COPY_FAILED, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED, EPM_WINDOWS_API; the copy is of no use then
   */
  addNeighbours(limits: Pick<WantedFacts, 'signal'>): Promise<void>;
  /** Unlocks and removes it. What cannot be removed because it still runs is tried again. */
  remove(): void;
}

/** The folder of protected copies. */
export interface CopyFolder {
  /** Makes it when it is missing. @throws EpmError EPM_COPY_FAILED when others than the system can change it */
  check(): void;
  /** Removes what an earlier agent left. @throws EpmError EPM_COPY_FAILED */
  sweep(): void;
}

export type CopyLimits = Pick<WantedFacts, 'maximumSize' | 'signal'>;

export interface WantedFacts {
  /** Digests besides SHA-256 that some rule asks for. */
  readonly digests: readonly ('sha384' | 'sha512')[];
  /** The file is one that Windows loads into a program, whatever it is called: only its digest and signatures are of use. */
  readonly isLibrary?: boolean;
  /** Bytes; a larger file is refused before it is read. */
  readonly maximumSize?: number;
  /** Called with the bytes that are read and how many there will be. */
  readonly onProgress?: (bytes: number, total: number) => void;
  /** Aborted when nobody waits for the facts any more. */
  readonly signal?: AbortSignal;
}

export interface FileOpener {
  /**
   * Opens the file of a request for reading, sharing nothing but reading, and refuses reparse points.
   * @param caller whose own rights to the file are asked
   * @returns `notYours`: the caller may not read and execute the file, or may not know whether there is one
   * @throws EpmError EPM_FILE_NAME_REFUSED, EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_PLACE_REFUSED
   */
  open(path: string, caller: Caller): Promise<LockedFile | 'notYours'>;
}

/** Programs of the machine that run files which are no programs themselves. */
export type HostProgram = 'windowsInstaller' | 'windowsPowerShell' | 'powerShell';

/** A program of the machine that is open and locked against change until closed. */
export interface OpenHost extends StartableFile {
  close(): void;
}

export interface HostPrograms {
  /**
   * Opens a program where Windows, or the installer of PowerShell, keeps it, and nowhere else.
   * @returns undefined: there is none
   * @throws EpmError EPM_HOST_UNUSABLE when it is another file, or users could change it
   */
  open(host: HostProgram): OpenHost | undefined;
}

/** Windows Installer, which carries out one installation at a time. */
export interface WindowsInstaller {
  /** Whether an installation runs now. Not known counts as no: it then says so itself. */
  isBusy(): boolean;
}

/** A folder that is open, and stays what and where it is until it is closed. */
export interface HeldFolder {
  /** Final path. */
  readonly path: string;
  close(): void;
}

export interface FolderOpener {
  /**
   * Opens the folder in which a program is to start.
   * @param caller who must be allowed to list and enter it, and besides whom only administrators may change it
   * @throws EpmError EPM_FILE_NAME_REFUSED, EPM_FILE_PLACE_REFUSED, EPM_FILE_UNREADABLE
   */
  openFolder(path: string, caller: Caller): HeldFolder;
}

/** A desktop in the session of a user that only the system and one account can use. */
export interface OwnDesktop {
  /** With its window station. */
  readonly name: string;
  /** Owner and DACL as SDDL, read back. Wine keeps none: null there. */
  readonly security: string | null;
  /** It is gone with the last process on it. */
  close(): void;
}

/** One that can be put before the person. */
export interface ShownDesktop extends OwnDesktop {
  /** Puts it before the person, in the place of their own. @throws EpmError EPM_START_FAILED; then it is not */
  show(): Promise<void>;
  /** False once its time is over, or another desktop was put before the person. */
  isHeld(): boolean;
  /** The person has their own desktop again, as soon as Windows lets it. */
  close(): void;
}

interface DesktopRequest {
  readonly session: number;
  readonly sddl: string;
}

export interface DesktopMaker {
  /** One that nobody sees. @throws EpmError EPM_START_FAILED, EPM_NATIVE_MISSING */
  make(request: DesktopRequest): Promise<OwnDesktop>;
  /** @param seconds for which it is shown at most, whatever becomes of the agent. @throws as `make` */
  makeShown(request: DesktopRequest, seconds: number): Promise<ShownDesktop>;
}

/** How an account is logged on. */
export type LogonKind = 'interactive' | 'service';

/** Where the names of isolated accounts stand. */
export interface AccountDomain {
  readonly name: string;
  readonly sid: Sid;
}

/** What the core wants the token of one elevation to be. */
export interface AccountRequest {
  readonly domainName: string;
  readonly domainSid: Sid;
  readonly accountName: string;
  readonly accountSid: Sid;
  readonly groupName: string;
  readonly groupSid: Sid;
  readonly logonSid: string;
  readonly session: number;
  /** Kinds of logon to try, in this order. */
  readonly logons: readonly LogonKind[];
  readonly removePrivileges: readonly string[];
  readonly defaultDacl: string;
  readonly ownerSid: Sid;
  readonly requestId: string;
  /** A full administrator; false: without administrator rights, and with medium integrity. */
  readonly isAdministrator: boolean;
}

export interface AccountToken {
  readonly factory: TokenFactory;
  readonly logon: LogonKind;
  facts(): TokenFacts;
  /** `NAME=value` entries of the environment Windows makes for the account. */
  environment(): readonly string[];
  close(): void;
  /**
   * Called when no program runs with the token any more: the account gives its names back, unless other programs run
   * under it. Calling it again does nothing.
   * @throws EpmError EPM_ACCOUNT_UNAVAILABLE when Windows keeps a name; it is removed at the next start of the agent
   */
  release(): void;
}

/** What a person is logged on with. */
export interface LogonOrder {
  /** Number of the authentication package; undefined: the one that Windows chooses for names and passwords. */
  readonly authenticationPackage: number | undefined;
  /** As LsaLogonUser takes it, packed. The caller overwrites it after the call. */
  readonly buffer: Uint8Array;
}

/** The token of a logon that Windows accepted. */
export interface LogonToken extends AccountToken {
  /** Name of the package that authenticated. */
  readonly authenticationPackage: string;
  /** SECURITY_LOGON_TYPE that Windows keeps for the logon session. Wine keeps none: null there. */
  readonly logonType: number | null;
}

/** Why Windows refused a logon. */
export type LogonRefusal =
  | 'wrongCredential'
  | 'accountDisabled'
  | 'accountExpired'
  | 'accountLocked'
  | 'passwordExpired'
  | 'notAllowedHere'
  | 'noLogonServer'
  | 'refusedPackage'
  /** The credential is good and somebody else's. */
  | 'otherUser'
  | 'refusedByWindows';

export interface UserLogons {
  /**
   * @param requester on whose behalf it is asked
   * @returns the user whom Windows knows by the name, `DOMAIN\name` or `name`; undefined: nobody
   * @throws EpmError EPM_ACCOUNT_UNAVAILABLE, EPM_AGENT_BUSY
   */
  accountSid(requester: Sid, name: string): Promise<Sid | undefined>;
  /**
   * Logs a person on interactively.
   * @param requester on whose behalf
   * @param account the token that is wanted, with administrator rights; undefined: one as at sign-in
   * @throws EpmError EPM_ACCOUNT_UNAVAILABLE when Windows was not asked, or the token cannot be made; EPM_WINE_REFUSED,
   * EPM_AGENT_BUSY
   */
  logOn(requester: Sid, order: LogonOrder, account: AccountRequest | undefined): Promise<LogonToken | LogonRefusal>;
}

export interface AccountFactory {
  /**
   * The domain of the accounts. Something else on the machine may have the first one's SID or name.
   * @throws EpmError EPM_ACCOUNT_UNAVAILABLE when none is free
   */
  domain(): AccountDomain;
  /** @throws EpmError EPM_ACCOUNT_UNAVAILABLE, EPM_WINE_REFUSED; then no name and no right is left */
  create(request: AccountRequest): Promise<AccountToken>;
  /**
   * Takes back what an earlier agent left when it was ended: names of accounts, and rights that it gave for a moment.
   * @throws EpmError EPM_ACCOUNT_UNAVAILABLE, EPM_DATA_FOLDER
   */
  sweep(): void;
}

/** Folders of the profile that a program runs with. */
export interface ProfileFolders {
  readonly folder: string;
  /** For temporary files; nobody else may read it. */
  readonly temporary: string;
}

export interface ProfileRequest {
  readonly account: Pick<AccountRequest, 'accountSid' | 'accountName'>;
  /** Of that account. */
  readonly token: AccountToken;
  /** Whose Desktop, Documents and Downloads the program may see. */
  readonly requester: Sid;
  readonly showUserFolders: boolean;
  /** The profile goes when the last tree that uses it is empty; of an account that starts one program only. */
  readonly deleteAfterUse: boolean;
}

/** A profile that is loaded for one tree. */
export interface LoadedProfile extends ProfileFolders {
  /** The tree is empty. The last tree of the account unloads the profile. Never fails. */
  release(): Promise<void>;
}

/** A profile that stays when nothing uses it. */
export interface KeptProfile {
  readonly account: Sid;
  /** Whose elevations had it. */
  readonly requester: Sid;
  /** When it was used last, in milliseconds since 1970, UTC. */
  readonly used: number;
}

export interface ProfileKeeper {
  /** Loads the profile of an account, which is made at the first time. @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINE_REFUSED */
  load(request: ProfileRequest): Promise<LoadedProfile>;
  /**
   * Unloads and removes what an earlier agent left, and profiles that are not in use and of no use any more. Never fails:
   * what cannot be done is logged.
   */
  sweep(isUnused: (profile: KeptProfile) => boolean): Promise<void>;
}

/** An image that cannot be judged: it is gone, on another computer, being changed, or refused for its place. */
export interface UnusableImage {
  /** As Windows names it; undefined: not known. */
  readonly path: string | undefined;
  readonly fault: EpmError;
}

/** What a judge is asked about. One of `run` and `end` counts: the first that is called. Neither throws. */
interface Answerable {
  readonly processId: number;
  run(): void;
  /** Ends the process with 0xC0000022 (STATUS_ACCESS_DENIED), before the next instruction of it. */
  end(): void;
}

/** A process that a program of a tree has created, and that has not run an instruction yet. */
export interface NewProcess extends Answerable {
  /** What Windows mapped, by the handle that Windows gave. Whoever judges closes it. */
  readonly image: LockedImage | UnusableImage;
  readonly parentProcessId: number;
  /** As its creator wrote it; undefined: it cannot be read. */
  readonly commandLine: string | undefined;
}

/** A library that a process of a tree is about to load; it has not run an instruction yet. */
export interface NewLibrary extends Answerable {
  /** What Windows mapped, by the handle that Windows gave. Whoever judges closes it. */
  readonly image: MappedImage;
}

/** A file that Windows mapped, and that is not locked yet. */
export interface MappedImage {
  /** Undefined: Windows does not say which file it is. */
  readonly file: StartableFile | undefined;
  /** Locks it and finds out more. To be called once. */
  open(): LockedImage | UnusableImage;
  /** Gives up what `open` was not called for. */
  close(): void;
}

/**
 * Answers for the processes of one tree. A judge that throws, or does not answer within minutes, has ended the process.
 */
export interface TreeJudge {
  child(process: NewProcess): void;
  /** Undefined: libraries are not stopped. */
  readonly library?: ((library: NewLibrary) => void) | undefined;
}

/**
 * Why a tree was ended that could not be watched any more: the process that watched it has gone, or a process was in its
 * job that was not stopped.
 */
export type Unwatched = 'brokerGone' | 'unseenProcess';

export interface StartRequest {
  readonly token: AccountToken;
  /** Final path of the image. */
  readonly path: string;
  readonly commandLine: string;
  readonly environment: readonly string[];
  readonly directory: string;
  /** Security of the process and its first thread. */
  readonly processSddl: string;
  /** Security of the token that the process gets. */
  readonly tokenSddl: string;
  /** 0: no limit. */
  readonly activeProcessLimit: number;
  readonly killWithAgent: boolean;
  /** Window station and desktop; undefined: those that the user sees. */
  readonly desktop?: string;
  /** The console that a console program gets: with a window, or without one. */
  readonly console: 'window' | 'hidden';
  /** The standard streams go to the agent; undefined: to the console. */
  readonly streams?: { readonly input: Uint8Array };
  /** Is asked of each further process of the tree before its first instruction; undefined: none is stopped. */
  readonly judge?: TreeJudge;
}

export type OutputStream = 'stdout' | 'stderr';

export interface OutputPiece {
  readonly stream: OutputStream;
  /** At most 32 KiB; what belongs to one character may be cut apart. */
  readonly bytes: Uint8Array;
}

/** What a program writes to its standard output and error. Nothing is read ahead of what is asked for. */
export interface ProgramOutput {
  /** The next bytes, in the order of each stream; undefined when both have ended. @throws EpmError EPM_START_FAILED */
  next(): Promise<OutputPiece | undefined>;
  /** Ends both: what was not asked for is lost, and what the program writes from now on fails. */
  stop(): void;
}

/** What Windows says of a process that was started. */
export interface StartedFacts {
  readonly image: FileId & { readonly path: string };
  readonly token: TokenFacts;
  readonly parentProcessId: number;
  readonly session: number;
  readonly inJob: boolean;
  readonly job: {
    /** JOB_OBJECT_LIMIT flags of its extended limits. Wine tells none: null there. */
    readonly limitFlags: number | null;
    readonly activeProcessLimit: number | null;
  };
  /** Owner and DACL of each object, as SDDL. */
  readonly security: {
    readonly process: string;
    /** Null once the process was resumed. */
    readonly thread: string | null;
    readonly job: string;
    readonly token: string;
  };
}

/** A process that was created suspended and has not run an instruction yet, or runs after `resume`. */
export interface StartedProcess {
  readonly processId: number;
  /** Of the process that started it on behalf of the agent, and is its parent. */
  readonly starterProcessId: number;
  readonly startTime: number;
  /** What really started, for comparison with what was checked. */
  facts(): StartedFacts;
  resume(): void;
  /** Ends the whole tree. */
  terminate(exitCode: number): void;
  /** Settles when the first process ends. */
  readonly exited: Promise<{ readonly exitCode: number; readonly time: number }>;
  /** Settles when no process of the tree is left. */
  readonly treeEmpty: Promise<void>;
  /** Settles when the tree was ended because it could not be watched any more. */
  readonly unwatched: Promise<Unwatched>;
  /** Of a process that was started with streams. */
  readonly output?: ProgramOutput;
  release(): void;
}

export interface ProcessStarter {
  /** @throws EpmError EPM_START_FAILED */
  start(request: StartRequest): Promise<StartedProcess>;
}

/**
 * What was read of one source, the device or a user: its policies (none, if it is not there), or why it cannot be used.
 * `place`: of a user, the place that the machine has for them; absent: their own hive. `isWhole`: the source carries a
 * digest, and its policies fit it. Where they do not, that is its fault, EPM_POLICY_INCOMPLETE.
 */
export type PolicySourceReading = { readonly scope: PolicyScope; readonly place?: 'machine' } & (
  { readonly policies: readonly PolicyDocument[]; readonly isWhole?: true } | { readonly fault: EpmError }
);

export interface PolicySource {
  /**
   * Reads every source: the device, the place that it has for each user, and the hive of each user whose hive is loaded.
   * A document of a hive says whether something confirms it. A source that exists and cannot be
   * read whole has a fault; it is never an empty one.
   * @throws EpmError EPM_POLICY_UNREADABLE when it is not known which sources there are
   */
  read(): Promise<readonly PolicySourceReading[]>;
  /**
   * Reads those sources only that carry a digest: what they hold can be judged while changes go on. Not one that was whole
   * with the same digest, for nothing new can count there yet.
   * @throws as `read`
   */
  readDigested(): Promise<readonly PolicySourceReading[]>;
  /** Whether a user's hive is loaded: asked of one user, without reading. @throws EpmError when not known */
  isLoaded(user: Sid): boolean;
  /** Calls back after something may have changed. Returns the function that stops watching. */
  watch(changed: () => void): () => void;
}

export type { JournalStorage, SealStore } from '../audit/storage.ts';

/** A log outside of the agent's data, in which it notes the head of its journal. */
export interface AnchorLog {
  /** False where it does not exist. An entry that is only said to be written is never one. */
  isAvailable(): boolean;
  /** @throws EpmError EPM_WINDOWS_API */
  write(text: string): void;
  /** Entries, newest first; some hundred at most. @throws EpmError EPM_WINDOWS_API */
  read(): readonly string[];
}

/** The Windows event log of the agent. */
export interface EventEntries {
  /** False where it does not exist. An entry that is only said to be written is never one. */
  isAvailable(): boolean;
  /** @param insertions in the order of EVENT_FACTS. @throws EpmError EPM_WINDOWS_API */
  write(event: WindowsEvent, insertions: readonly string[]): void;
}

/** Facts of the machine that do not change while the agent runs. */
export interface Machine {
  readonly name: string;
  readonly folders: MachineFolders;
  /** Secret of this installation that account SIDs are derived from; never leaves the machine. */
  readonly secret: Uint8Array;
  readonly isWine: boolean;
  readonly isTestBuild: boolean;
  /** In which a console program writes to a new console unless it chooses another: the OEM code page. */
  readonly consoleCodePage: number;
  /** Folder of a user's profile list entry. */
  profileFolder(user: Sid): string | undefined;
  /** `DOMAIN\name` for the audit; undefined when the name is not known. */
  accountName(user: Sid): string | undefined;
  /** User principal name of a user, from what Windows keeps of their sign-in; undefined when it is not known. */
  userPrincipalName(user: Sid): string | undefined;
  /** User principal name of who joined the device; undefined: nobody did, or it is not known. */
  primaryUserName(): string | undefined;
  /** Elevation goes to an account that the system manages (Administrator Protection); null: not known. */
  administratorProtection(): boolean | null;
  /** SIDs of the members of a local group; undefined: it is none, or not known. */
  localGroupMembers(group: string): readonly string[] | undefined;
  /** Long form of an existing folder that is written with 8.3 names; undefined when there is none. */
  longPath(folder: string): string | undefined;
}

/** One client connection of the agent's pipe. */
export interface Connection {
  readonly caller: Caller;
  /** Next message of the client, or undefined when it is gone. */
  receive(): Promise<Uint8Array | undefined>;
  /** A sender of many messages waits for each, so that a slow client does not fill the memory. Never fails. */
  send(message: Uint8Array): void | Promise<void>;
  close(): void;
}

/** A client that was turned away before a request existed. */
export interface RefusedClient {
  readonly reason: 'tooLarge' | 'timeout' | 'callerUnknown' | 'busy' | 'ioError' | 'malformed';
  readonly user: string;
}

export interface PipeServer {
  listen(handlers: { connection(connection: Connection): void; refused(client: RefusedClient): void }): () => void;
}

/** Operational log for engineers. Never receives a justification, arguments or a secret. */
export interface Log {
  write(
    level: 'information' | 'warning' | 'error',
    event: string,
    data: Readonly<Record<string, string | number | boolean>>,
  ): void;
}
