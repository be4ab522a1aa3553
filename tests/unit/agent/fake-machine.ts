/**
 * A machine in memory: every port of the agent, with the state a test wants to look at. Facts of files are gathered by
 * the real code from real bytes; only Windows itself is missing.
 */
import type {
  ConsentAnswer,
  ConsentNotice,
  ConsentQuestion,
  MessageOutcome,
} from '../../../src/agent/consent/consent-window.ts';
import { MemoryJournal, MemorySeal } from '../audit/memory-journal.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../src/engine/default-windows-folders.ts';
import { createHash, randomBytes } from 'node:crypto';
import type { AgentPorts } from '../../../src/agent/index.ts';
import { EventLog } from '../../../src/agent/event-entries.ts';
import type {
  AccountRequest,
  AccountToken,
  LogonOrder,
  LogonRefusal,
  LogonToken,
  StartedFacts,
  Caller,
  EntryStore,
  FileOpener,
  LogonKind,
  HostProgram,
  OpenHost,
  ProcessVitals,
  PolicySourceReading,
  LoadedProfile,
  KeptProfile,
  ProfileRequest,
  ProtectedCopy,
  OutputPiece,
  NewLibrary,
  NewProcess,
  ProgramOutput,
  StartRequest,
  StateStore,
  TokenFacts,
  Unwatched,
  WantedFacts,
} from '../../../src/agent/ports.ts';
import type { Senders, SendResult } from '../../../src/agent/notifications/sender.ts';
import { type Broker, BrokerError } from '../../../src/agent/live-channel/ports.ts';
import type { MachineState } from '../../../src/agent/prerequisites.ts';
import { gatherFacts } from '../../../src/facts/gather.ts';
import type { Judges } from '../../../src/facts/signature-facts.ts';
import { fileHash, sha256, type Sid, sid } from '../../../src/model/brands.ts';
import { defined } from '../../../src/model/defined.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import type { FileFacts, FileId } from '../../../src/model/file-facts.ts';
import type { PolicyDocument, PolicyScope } from '../../../src/model/policy.ts';
import { PRIVILEGES, privilegeRow } from '../../../src/model/privileges.ts';
import { namesOf } from '../../../src/model/rule-action.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { MemoryOptions } from './launch/memory-options.ts';
import { buildProgram } from '../facts/pe-builder.ts';

export const ALICE = sid('S-1-5-21-1-2-3-1001');
export const BOB = sid('S-1-5-21-1-2-3-1002');
export const SETUP = 'C:\\Tools\\setup.exe';
export const INSTALLER = 'C:\\Windows\\System32\\msiexec.exe';
export const WINDOWS_POWERSHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
export const POWERSHELL = 'C:\\Program Files\\PowerShell\\7\\pwsh.exe';
export const PROFILE = 'C:\\Users\\EPM.alice';
export const COPIES = 'C:\\ProgramData\\EPM\\Cache';

/** The smallest thing that passes for a Windows program. */
export function program(mark: string = 'program'): Uint8Array {
  return buildProgram({ mark });
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function token(overrides: Partial<TokenFacts> = {}): TokenFacts {
  return {
    user: ALICE,
    groups: [
      { sid: 'S-1-1-0', attributes: 7 },
      { sid: 'S-1-5-32-545', attributes: 7 },
      { sid: 'S-1-5-4', attributes: 7 },
      { sid: 'S-1-5-5-0-4711', attributes: 0xc0000007 },
    ],
    privileges: [{ name: 'SeChangeNotifyPrivilege', attributes: 3 }],
    integrity: 0x2000,
    session: 1,
    type: 'impersonation',
    elevated: false,
    elevationType: 1,
    authenticationId: '0000000000012345',
    logonSid: 'S-1-5-5-0-4711',
    owner: ALICE,
    primaryGroup: 'S-1-5-32-545',
    defaultDacl: `D:(A;;GA;;;${ALICE})`,
    appContainer: false,
    restricted: false,
    virtualizationEnabled: false,
    mandatoryPolicy: 3,
    source: 'User32  ',
    securityAttributes: [],
    ...overrides,
  };
}

export function caller(overrides: Partial<TokenFacts> = {}, more: Partial<Caller> = {}): Caller {
  return { pipe: 'user', token: token(overrides), impersonationLevel: 1, processId: 4242, ...more };
}

/** An administrator with high integrity, on the pipe of administration. */
export function administrator(overrides: Partial<TokenFacts> = {}, more: Partial<Caller> = {}): Caller {
  const groups = [
    { sid: 'S-1-5-32-544', attributes: 15 },
    { sid: 'S-1-5-4', attributes: 7 },
  ];
  const token = { user: BOB, integrity: 0x3000, elevated: true, groups, ...overrides };
  return caller(token, { pipe: 'administration', ...more });
}

/** What differs in a token from the one that was asked for. */
export type TokenOverrides = Partial<TokenFacts> | ((good: TokenFacts) => Partial<TokenFacts>);

/** The token a good factory makes for a request. */
export function accountToken(
  request: AccountRequest,
  logon: LogonKind = 'interactive',
  factory: AccountToken['factory'] = 'virtualAccount',
): TokenFacts {
  return {
    user: request.accountSid,
    groups: [
      { sid: request.logonSid, attributes: 0xc0000007 },
      ...(request.isAdministrator ? [{ sid: 'S-1-5-32-544', attributes: 0xf }] : []),
      { sid: request.groupSid, attributes: 7 },
      { sid: 'S-1-1-0', attributes: 7 },
      { sid: logon === 'interactive' ? 'S-1-5-4' : 'S-1-5-6', attributes: 7 },
      { sid: 'S-1-5-11', attributes: 7 },
      { sid: request.isAdministrator ? 'S-1-16-12288' : 'S-1-16-8192', attributes: 0x60 },
    ],
    privileges: namesOf(PRIVILEGES)
      .filter((name) => privilegeRow(name).of === 'administrators' && !request.removePrivileges.includes(name))
      .map((name) => ({ name, attributes: privilegeRow(name).isEnabled === true ? 3 : 0 })),
    integrity: request.isAdministrator ? 0x3000 : 0x2000,
    session: request.session,
    type: 'primary',
    elevated: request.isAdministrator,
    elevationType: logon === 'interactive' && request.isAdministrator ? 2 : 1,
    authenticationId: '0000000000099999',
    logonSid: request.logonSid,
    owner: request.ownerSid,
    // Wine takes the primary group for the owner.
    primaryGroup: factory === 'testBed' ? request.ownerSid : request.groupSid,
    defaultDacl: request.defaultDacl,
    appContainer: false,
    restricted: false,
    virtualizationEnabled: false,
    mandatoryPolicy: 3,
    source: { testBed: 'EPMBed  ', windowsLogon: 'EPM     ', virtualAccount: 'Advapi  ' }[factory],
    securityAttributes: [`EPM://request=${request.requestId}`],
  };
}

/** A machine that meets every prerequisite. */
export const SOUND_MACHINE: MachineState = {
  build: { number: 22631, revision: 4000 },
  installationType: 'client',
  architecture: 'x64',
  userAccountControl: true,
  administratorProtection: false,
  join: 'entra',
  interactiveLogon: 'allowed',
  alwaysInstallElevated: [],
  multiSession: false,
  eventLog: true,
};

/** What Windows answers for the security that it was given. */
const ownerAndDacl = (sddl: string): string => sddl.replace(/G:SY/, '').replace(/S:.*$/, '');

/** What a program writes, as a test has it. */
export class FakeOutput implements ProgramOutput {
  isStopped = false;
  /** Pieces that were asked for. */
  asked = 0;
  #pieces: OutputPiece[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  write(text: string, stream: OutputPiece['stream'] = 'stdout'): void {
    this.#pieces.push({ stream, bytes: Buffer.from(text) });
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async next(): Promise<OutputPiece | undefined> {
    this.asked += 1;
    while (this.#pieces.length === 0 && !this.#isEnded && !this.isStopped) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.isStopped ? undefined : this.#pieces.shift();
  }

  stop(): void {
    this.isStopped = true;
    this.#wake();
  }
}

export class FakeProcess {
  readonly processId = 777;
  readonly starterProcessId = 1;
  readonly startTime = 1_700_000_000_500;
  readonly request: StartRequest;
  readonly image: FileId & { readonly path: string };
  readonly tokenFacts: TokenFacts;
  readonly exited: Promise<{ exitCode: number; time: number }>;
  readonly treeEmpty: Promise<void>;
  /** Settled by `unwatch`. */
  readonly unwatched: Promise<Unwatched>;
  inJob = true;
  session = 1;
  overrides: FakeMachine['processOverrides'] = {};
  security: StartedFacts['security'];
  resumed = false;
  released = false;
  /** As on Windows, only of a process that was started with streams. */
  readonly output?: FakeOutput;
  terminatedWith: number | undefined;
  #exit!: (end: { exitCode: number; time: number }) => void;
  #empty!: () => void;
  #unwatch!: (why: Unwatched) => void;

  constructor(request: StartRequest, image: FileId & { readonly path: string }, tokenFacts: TokenFacts) {
    this.request = request;
    this.image = image;
    this.tokenFacts = tokenFacts;
    if (request.streams !== undefined) this.output = new FakeOutput();
    const process = ownerAndDacl(request.processSddl);
    this.security = {
      process,
      thread: process,
      job: 'O:SYD:P(A;;RC;;;OW)(A;;GA;;;SY)',
      token: ownerAndDacl(request.tokenSddl),
    };
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    this.treeEmpty = new Promise((resolve) => (this.#empty = resolve));
    this.unwatched = new Promise((resolve) => (this.#unwatch = resolve));
  }

  facts(): StartedFacts {
    const { activeProcessLimit } = this.request;
    const good: StartedFacts = {
      image: this.image,
      token: this.tokenFacts,
      parentProcessId: this.starterProcessId,
      session: this.session,
      inJob: this.inJob,
      job: { limitFlags: activeProcessLimit === 0 ? 0x2000 : 0x2008, activeProcessLimit },
      security: this.security,
    };
    return { ...good, ...(typeof this.overrides === 'function' ? this.overrides(good) : this.overrides) };
  }

  resume(): void {
    this.resumed = true;
  }

  terminate(exitCode: number): void {
    this.terminatedWith ??= exitCode;
    this.output?.end();
    this.exit(exitCode);
  }

  exit(exitCode: number): void {
    this.exitFirst(exitCode);
    this.#empty();
  }

  /** Ends, while something that it started runs on. */
  exitFirst(exitCode: number): void {
    this.#exit({ exitCode, time: 1_700_000_001_000 });
  }

  /** Says that the tree was ended because it could not be watched any more. */
  unwatch(why: Unwatched): void {
    this.#unwatch(why);
    this.exit(0xc000_0022);
  }

  release(): void {
    this.released = true;
  }
}

/** A process that an elevated program starts. */
export class FakeChild {
  readonly processId: number;
  /** Settles with what became of it. */
  readonly judged: Promise<'ran' | 'ended'>;
  readonly process: NewProcess;

  constructor(process: Omit<NewProcess, 'run' | 'end'>) {
    this.processId = process.processId;
    let settle!: (what: 'ran' | 'ended') => void;
    this.judged = new Promise((resolve) => (settle = resolve));
    this.process = { ...process, run: () => settle('ran'), end: () => settle('ended') };
  }
}

/** A library that a process of an elevated program loads. */
export class FakeLibrary {
  /** Settles with what became of the process. */
  readonly judged: Promise<'ran' | 'ended'>;
  readonly library: NewLibrary;

  constructor(processId: number, image: NewLibrary['image']) {
    let settle!: (what: 'ran' | 'ended') => void;
    this.judged = new Promise((resolve) => (settle = resolve));
    this.library = { processId, image, run: () => settle('ran'), end: () => settle('ended') };
  }
}

export interface FakeFile {
  bytes: Uint8Array;
  /** What the machine knows about who may write it. */
  writableByUsers: boolean | undefined;
  id: FileId;
  /** Users who may not read and execute it. */
  closedTo?: readonly Sid[];
  /** Name the handle reports, when it differs from the one that was opened. */
  finalPath?: string;
  known?: Partial<FileFacts>;
  /** Runs after the facts were gathered, before they are given. */
  afterFacts?: () => Promise<void>;
}

interface KnownUser {
  readonly sid: Sid;
  readonly password: string;
}

/** A desktop that can be put before the person. */
interface FakeShownDesktop {
  readonly seconds: number;
  isShown: boolean;
  /** False: somebody has put another one there. */
  isHeld: boolean;
}

/** Settings and behaviour of the machine that tests change. */
export class FakeMachine {
  now = 1_700_000_000_000;
  monotonic = 1_000;
  /** Folders in which programs may start. */
  readonly folders = new Set<string>();
  readonly desktopRequests: { readonly session: number; readonly sddl: string }[] = [];
  /** Desktops that can be put before the person, in their order, and what putting one there fails with. */
  readonly shownDesktops: FakeShownDesktop[] = [];
  showFault: EpmError | undefined;
  /** What Windows says of a desktop's security; undefined: what was asked for. */
  desktopSecurity: string | null | undefined;
  /** Which start of the machine this is, and milliseconds since; the monotonic clock unless set. */
  session = 'first';
  uptime: number | undefined;
  /** Minutes by which its clock is ahead of UTC. */
  zoneOffset = 0;
  /** What the agent keeps beside its journal. */
  state: unknown;
  policies: PolicyDocument[] = [];
  /** Of the reading as a whole. */
  policyFault: EpmError | undefined;
  /** Sources that carry a digest, which their policies fit. */
  whole = new Set<Sid | 'device'>();
  /** Of the source of the device alone, and of the sources of users. */
  deviceFault: EpmError | undefined;
  readonly userFaults = new Map<Sid, EpmError>();
  /** What the machine's own places for users hold. */
  machinePlaces: readonly PolicySourceReading[] = [];
  files = new Map<string, FakeFile>();
  /** Whom the machine believes about signatures. */
  judges: Judges & { readonly now?: () => number } = {};
  opened: string[] = [];
  openHandles = 0;
  /** Paths of the protected copies there are. */
  readonly copies = new Map<string, FakeFile>();
  copiesMade = 0;
  /** Libraries that were opened to be judged. */
  readonly librariesOpened: string[] = [];
  /** Of making a copy, of what lies beside it, and of the folder of copies. */
  copyFault: EpmError | undefined;
  neighboursFault: EpmError | undefined;
  neighboursCopied = 0;
  copyFolderFault: EpmError | undefined;
  copiesSwept = 0;
  copyFolderLooks = 0;
  /** Programs that run packages and scripts, by their paths; and what opening one fails with. */
  readonly hosts = new Map<HostProgram, string>([
    ['windowsInstaller', INSTALLER],
    ['windowsPowerShell', WINDOWS_POWERSHELL],
    ['powerShell', POWERSHELL],
  ]);
  hostFault: EpmError | undefined;
  /** Whether another installation runs. */
  isInstalling = false;
  tokenOverrides: TokenOverrides = {};
  processTokenOverrides: TokenOverrides = {};
  imageOverrides: Partial<FileId & { path: string }> = {};
  securityOverrides: Partial<StartedFacts['security']> = {};
  inJob = true;
  logon: LogonKind = 'interactive';
  /** Of the last token. */
  factory: AccountToken['factory'] = 'virtualAccount';
  processOverrides: Partial<StartedFacts> | ((good: StartedFacts) => Partial<StartedFacts>) = {};
  accountFactory: 'virtualAccount' | 'testBed' = 'virtualAccount';
  accountEnvironment: string[] = [
    'USERPROFILE=C:\\Users\\another',
    'USERNAME=alice_x',
    'USERDOMAIN=EPM',
    'NUMBER_OF_PROCESSORS=4',
  ];
  accountRequests: AccountRequest[] = [];
  /** Kinds of logon that Windows refuses. */
  refusedLogons: readonly LogonKind[] = [];
  administratorProtection: boolean | null = false;
  readonly localGroups = new Map<string, readonly string[]>();
  /** How often names and rights were swept; accounts that have a name, one entry for each tree. */
  accountsSwept = 0;
  domainFault: EpmError | undefined;
  namedAccounts: Sid[] = [];
  readonly profileRequests: ProfileRequest[] = [];
  /** Of loading a profile. */
  profileFault: EpmError | undefined;
  profilesSwept = 0;
  keptProfiles: readonly KeptProfile[] = [];
  /** Trees that have a profile loaded. */
  profilesLoaded = 0;
  processes: FakeProcess[] = [];
  readonly journal = new MemoryJournal();
  journalSeal = new MemorySeal();
  /** What the agent keeps about its journal, and entries of the event log, newest first; undefined: there is none. */
  journalState: unknown;
  /** When the agent ended itself, and what its process uses. */
  healthState: unknown;
  readonly launchOptions = new MemoryOptions();
  vitals: ProcessVitals = {
    privateBytes: 60_000_000,
    workingSet: 80_000_000,
    handles: 300,
    threads: 14,
    loopDelay: { mean: 1, max: 4 },
  };
  /** Entries of the Windows event log. */
  entries: { readonly id: number; readonly facts: readonly string[] }[] = [];
  /** Signs of life that the outside watch got. */
  feedings = 0;
  eventLog: string[] | undefined = [];
  /** Long forms of folders, by what rules write. */
  readonly longPaths = new Map<string, string>();
  log: { level: string; event: string; data: object }[] = [];
  build: { isWine: boolean; isTestBuild: boolean } = { isWine: false, isTestBuild: false };
  changed: (() => void) | undefined;
  machineState: MachineState = SOUND_MACHINE;
  machineStateReads = 0;
  watching = false;
  /** Accounts that Windows knows by a name, in upper case. */
  readonly known = new Map<string, KnownUser>([
    ['CONTOSO\\ALICE', { sid: ALICE, password: 'alice: correct horse' }],
    ['CONTOSO\\BOB', { sid: BOB, password: 'bob: battery staple' }],
  ]);
  /** Bytes of each logon that Windows was asked for, as they were then, and the buffer they were in. */
  logonsAsked: { readonly then: string; readonly buffer: Uint8Array; readonly account: AccountRequest | undefined }[] =
    [];
  namesAsked: string[] = [];
  logonOverrides: Partial<LogonToken> = {};
  logonRefusal: LogonRefusal | undefined;
  authenticationState: unknown;
  budgetState: unknown;
  /** Where a broker of policy is asked for. */
  broker: Broker = { connect: () => Promise.reject(new BrokerError('unreachable')) };
  /** What is kept of approvals. */
  readonly requests = new MemoryEntries();
  readonly grants = new MemoryEntries();
  readonly approvalState: Record<string, unknown> = {};
  /** Messages to receivers, what they were told, and what carries them. */
  readonly outbox = new MemoryEntries();
  senders: Senders = NO_SENDERS;
  readonly secrets = new MemoryEntries();
  readonly principalNames = new Map<Sid, string>();
  primaryUserName: string | undefined;
  /** What the consent window was given, and how the person answers. */
  readonly questions: ConsentQuestion[] = [];
  readonly notices: ConsentNotice[] = [];
  /** What was told to whom without being asked for, and what came of it. */
  readonly messages: { readonly notice: ConsentNotice; readonly user: Sid }[] = [];
  answerMessage: (notice: ConsentNotice, signal: AbortSignal) => Promise<MessageOutcome> = () =>
    Promise.resolve('away');
  answerConsent: (question: ConsentQuestion, signal: AbortSignal) => Promise<ConsentAnswer> = () =>
    Promise.resolve({ choice: 'no', reason: 'consentDeclined' });
  readonly #accounts = new Map<string, AccountRequest>();
  #children = 0;

  /** Adds a program and a device policy with one rule for it by hash, unless the rule says otherwise. */
  withRule(rule: Partial<RuleInput> = {}, path: string = SETUP): this {
    const file = this.addFile(path);
    this.addPolicy([
      { name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash: hashOf(file.bytes), ...rule },
    ]);
    return this;
  }

  addFile(path: string, bytes: Uint8Array = program()): FakeFile {
    const number = (this.files.size + 1).toString(16).padStart(32, '0');
    const id = { volume: '00000000000000aa', file: number };
    const file: FakeFile = { bytes, id, writableByUsers: false };
    this.files.set(path.toUpperCase(), file);
    return file;
  }

  addPolicy(
    rules: RuleInput[],
    settings: SettingsInput = { enabled: true },
    id: string = `policy${this.policies.length}`,
  ): void {
    this.policies = [...this.policies, { id, scope: { kind: 'device' }, settings, rules, rejected: [] }];
  }

  get process(): FakeProcess {
    const process = this.processes.at(-1);
    if (process === undefined) throw new Error('No process was started.');
    return process;
  }

  /** The journal as records. */
  records(): AuditRecord[] {
    return this.journal
      .content()
      .toString('ascii')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditRecord);
  }

  events(): string[] {
    return this.records().map(({ event }) => event);
  }

  ports(): AgentPorts {
    return {
      clock: { now: () => this.now, monotonic: () => this.monotonic, zoneOffset: () => this.zoneOffset },
      boot: { session: this.session, uptime: () => this.uptime ?? this.monotonic },
      random: { bytes: (length) => randomBytes(length) },
      machine: {
        name: 'PC-1',
        secret: Buffer.alloc(32, 7),
        folders: DEFAULT_WINDOWS_FOLDERS,
        longPath: (folder) => this.longPaths.get(folder.toUpperCase()),
        isWine: this.build.isWine,
        isTestBuild: this.build.isTestBuild,
        consoleCodePage: 437,
        administratorProtection: () => this.administratorProtection,
        localGroupMembers: (group) => this.localGroups.get(group),
        profileFolder: (user) => (user === ALICE ? 'C:\\Users\\alice' : undefined),
        accountName: (user) => (user === ALICE ? 'CONTOSO\\alice' : undefined),
        userPrincipalName: (user) => this.principalNames.get(user),
        primaryUserName: () => this.primaryUserName,
      },
      opener: { open: (path, who) => this.#open(path, who) },
      hosts: { open: (host) => this.#openHost(host) },
      installer: { isBusy: () => this.isInstalling },
      copies: {
        check: () => {
          this.copyFolderLooks += 1;
          if (this.copyFolderFault !== undefined) throw this.copyFolderFault;
        },
        sweep: () => {
          this.copiesSwept += 1;
          this.copies.clear();
        },
      },
      logons: {
        accountSid: (_requester, name) => {
          this.namesAsked.push(name);
          return Promise.resolve(this.known.get(name.toUpperCase())?.sid);
        },
        logOn: (_requester, order, account) => Promise.resolve(this.#logOn(order, account)),
      },
      budgetState: {
        read: () => this.budgetState,
        write: (value) => {
          this.budgetState = structuredClone(value);
        },
      },
      broker: () => Promise.resolve(this.broker),
      approvals: {
        requests: this.requests,
        grants: this.grants,
        clock: memoryState(this.approvalState, 'clock'),
        device: memoryState(this.approvalState, 'device'),
      },
      notifications: {
        outbox: this.outbox,
        state: memoryState(this.approvalState, 'notifications'),
        senders: this.senders,
        later: (milliseconds, action) => {
          const timer = setTimeout(action, milliseconds).unref();
          return () => clearTimeout(timer);
        },
      },
      // Not the secret itself, so that a test sees whether it is kept in the clear.
      secrets: {
        store: this.secrets,
        protection: { protect: inverted, unprotect: inverted },
      },
      authenticationState: {
        read: () => this.authenticationState,
        write: (value) => {
          this.authenticationState = structuredClone(value);
        },
      },
      folders: {
        openFolder: (path) => {
          if (!this.folders.has(path)) throw new EpmError('EPM_FILE_PLACE_REFUSED', 'The folder is not accepted.');
          this.openHandles += 1;
          return { path, close: once(() => (this.openHandles -= 1)) };
        },
      },
      desktops: {
        make: ({ session, sddl }) => {
          this.desktopRequests.push({ session, sddl });
          this.openHandles += 1;
          const security = this.desktopSecurity === undefined ? ownerAndDacl(sddl) : this.desktopSecurity;
          return Promise.resolve({
            name: 'winsta0\\EPM-1',
            security,
            close: once(() => (this.openHandles -= 1)),
          });
        },
        makeShown: (request, seconds) => this.#makeShown(request, seconds),
      },
      accounts: {
        domain: () => {
          if (this.domainFault !== undefined) throw this.domainFault;
          return { name: 'EPM', sid: sid('S-1-5-107') };
        },
        create: (request) => this.#createAccount(request),
        sweep: () => void (this.accountsSwept += 1),
      },
      profiles: {
        load: (request) => this.#loadProfile(request),
        sweep: (isUnused) => {
          this.profilesSwept += 1;
          this.keptProfiles = this.keptProfiles.filter((profile) => !isUnused(profile));
          return Promise.resolve();
        },
      },
      starter: { start: (request) => this.#start(request) },
      policies: {
        read: () =>
          this.policyFault === undefined ? Promise.resolve(this.#readings()) : Promise.reject(this.policyFault),
        readDigested: () => Promise.resolve(this.#readings().filter(carriesDigest)),
        isLoaded: (user) =>
          this.#readings().some(
            ({ scope, place }) => scope.kind === 'user' && scope.sid === user && place === undefined,
          ),
        watch: (changed) => {
          this.changed = changed;
          this.watching = true;
          return () => {
            this.watching = false;
          };
        },
      },
      journal: this.journal,
      journalSeal: this.journalSeal,
      journalState: {
        read: () => this.journalState,
        write: (value) => {
          this.journalState = structuredClone(value);
        },
      },
      eventLog: {
        isAvailable: () => this.eventLog !== undefined,
        write: (text) => void this.eventLog?.unshift(text),
        read: () => this.eventLog ?? [],
      },
      state: {
        read: () => this.state,
        write: (value) => {
          this.state = value;
        },
      },
      log: { write: (level, event, data) => void this.log.push({ level, event, data }) },
      events: new EventLog(
        { isAvailable: () => true, write: (event, facts) => void this.entries.push({ id: event.id, facts }) },
        { monotonic: () => this.monotonic },
      ),
      consent: {
        ask: (question, _who, signal) => {
          this.questions.push(question);
          return this.answerConsent(question, signal);
        },
        tell: (notice) => {
          this.notices.push(notice);
          return Promise.resolve();
        },
      },
      messages: {
        show: (notice, user, signal) => {
          this.messages.push({ notice, user });
          return this.answerMessage(notice, signal);
        },
      },
      launch: { options: this.launchOptions, launcher: 'C:\\Program Files\\EPM\\epmlaunch.exe' },
      healthState: {
        read: () => this.healthState,
        write: (value) => void (this.healthState = value),
      },
      vitals: { read: () => this.vitals, feed: () => void (this.feedings += 1), release: () => undefined },
      machineState: () => {
        this.machineStateReads += 1;
        return this.machineState;
      },
    };
  }

  /**
   * Has the program that was started last, or a child of it, start a process.
   * @param path of a file that {@link addFile} has added; another one is one that cannot be judged
   * @param line what follows the program name on its command line; null: the command line cannot be read
   */
  startChild(path: string, line: string | null = '', parent: { readonly processId: number } = this.process): FakeChild {
    const { judge } = this.process.request;
    if (judge === undefined) throw new Error('The tree may start no process.');
    const file = this.files.get(path.toUpperCase());
    this.#children += 1;
    if (file !== undefined) this.openHandles += 1;
    const image =
      file === undefined
        ? { path, fault: new EpmError('EPM_FILE_PLACE_REFUSED', 'It lies on another computer.') }
        : {
            path: file.finalPath ?? path,
            id: file.id,
            writableByUsers: file.writableByUsers,
            facts: (wanted: WantedFacts) => this.#facts(file.finalPath ?? path, file, file.bytes, wanted),
            close: once(() => (this.openHandles -= 1)),
          };
    const child = new FakeChild({
      processId: 10_000 + this.#children,
      parentProcessId: parent.processId,
      commandLine: line === null ? undefined : `"${path}" ${line}`.trim(),
      image,
    });
    judge.child(child.process);
    return child;
  }

  /** A process of the running tree is about to load a library. */
  loadLibrary(path: string, process: { readonly processId: number } = this.process): FakeLibrary {
    const { judge } = this.process.request;
    if (judge?.library === undefined) throw new Error('The tree may load any library.');
    const file = this.files.get(path.toUpperCase()) ?? this.copies.get(path.toUpperCase());
    this.openHandles += 1;
    const close = once(() => (this.openHandles -= 1));
    const finalPath = file?.finalPath ?? path;
    const library = new FakeLibrary(process.processId, {
      file: file === undefined ? undefined : { path: finalPath, id: file.id },
      close,
      open: () => {
        this.librariesOpened.push(path);
        if (file === undefined) {
          close();
          return { path: undefined, fault: new EpmError('EPM_FILE_PLACE_REFUSED', 'It lies on another computer.') };
        }
        const { id, writableByUsers, bytes } = file;
        const facts = (wanted: WantedFacts): Promise<FileFacts> => this.#facts(finalPath, file, bytes, wanted);
        return { path: finalPath, id, writableByUsers, facts, close };
      },
    });
    judge.library(library.library);
    return library;
  }

  /** Compares the password of the buffer with that of the account that the buffer names, as Windows does. */
  #logOn({ buffer }: LogonOrder, account: AccountRequest | undefined): LogonToken | LogonRefusal {
    const bytes = Buffer.from(buffer);
    this.logonsAsked.push({ then: bytes.toString('base64'), buffer, account });
    if (this.logonRefusal !== undefined) return this.logonRefusal;
    const text = (at: number): string => {
      const place = Number(bytes.readBigUInt64LE(at + 8));
      return bytes.toString('utf16le', place, place + bytes.readUInt16LE(at));
    };
    const user = this.known.get((text(8) === '' ? text(24) : `${text(8)}\\${text(24)}`).toUpperCase());
    if (user?.password !== text(40)) return 'wrongCredential';
    const factory = this.build.isTestBuild && this.build.isWine ? 'testBed' : 'windowsLogon';
    this.factory = factory;
    const facts =
      account === undefined
        ? token({ user: user.sid, type: 'primary', authenticationId: '0000000000088888' })
        : {
            ...this.#token(account, this.tokenOverrides),
            ...(user.sid === account.accountSid ? {} : { user: user.sid }),
          };
    if (account !== undefined) this.#accounts.set(account.requestId, account);
    this.openHandles += 1;
    return {
      factory,
      logon: 'interactive',
      release: () => undefined,
      authenticationPackage: 'Negotiate',
      logonType: 2,
      facts: () => facts,
      environment: () => this.accountEnvironment,
      close: once(() => (this.openHandles -= 1)),
      ...this.logonOverrides,
    };
  }

  #makeShown({ session, sddl }: { readonly session: number; readonly sddl: string }, seconds: number) {
    this.desktopRequests.push({ session, sddl });
    const shown: FakeShownDesktop = { seconds, isShown: false, isHeld: true };
    this.shownDesktops.push(shown);
    this.openHandles += 1;
    return Promise.resolve({
      name: `winsta0\\EPM-${this.shownDesktops.length}`,
      security: this.desktopSecurity === undefined ? ownerAndDacl(sddl) : this.desktopSecurity,
      show: () => {
        if (this.showFault !== undefined) return Promise.reject(this.showFault);
        shown.isShown = true;
        return Promise.resolve();
      },
      isHeld: () => shown.isHeld,
      close: once(() => {
        shown.isShown = false;
        this.openHandles -= 1;
      }),
    });
  }

  #readings(): PolicySourceReading[] {
    const of = (user: Sid | undefined): PolicyDocument[] =>
      this.policies.filter(({ scope }) => (scope.kind === 'user' ? scope.sid : undefined) === user);
    const users = new Set([
      ...this.policies.flatMap(({ scope }) => (scope.kind === 'user' ? [scope.sid] : [])),
      ...this.userFaults.keys(),
    ]);
    const reading = (
      scope: PolicyScope,
      fault: EpmError | undefined,
      policies: PolicyDocument[],
    ): PolicySourceReading => {
      if (fault !== undefined) return { scope, fault };
      return {
        scope,
        policies,
        ...(this.whole.has(scope.kind === 'user' ? scope.sid : 'device') ? { isWhole: true } : {}),
      };
    };
    return [
      reading({ kind: 'device' }, this.deviceFault, of(undefined)),
      ...this.machinePlaces,
      ...[...users].map((user) => reading({ kind: 'user', sid: user }, this.userFaults.get(user), of(user))),
    ];
  }

  async #open(path: string, { token: { user } }: Caller): ReturnType<FileOpener['open']> {
    this.opened.push(path);
    const file = this.files.get(path.toUpperCase());
    if (file?.closedTo?.includes(user) === true) return 'notYours';
    if (file === undefined) throw new EpmError('EPM_FILE_NOT_FOUND', 'The file does not exist.');
    this.openHandles += 1;
    const finalPath = file.finalPath ?? path;
    const { writableByUsers } = file;
    /** Facts of the bytes that there are now, or were when they were copied. */
    const facts = (bytes: Uint8Array, wanted: WantedFacts): Promise<FileFacts> =>
      this.#facts(finalPath, file, bytes, wanted);
    return Promise.resolve({
      path: finalPath,
      id: file.id,
      writableByUsers,
      facts: (wanted: WantedFacts) => facts(file.bytes, wanted),
      copy: () => this.#copy(finalPath, file, facts),
      close: once(() => (this.openHandles -= 1)),
    });
  }

  async #facts(path: string, file: FakeFile, bytes: Uint8Array, wanted: WantedFacts): Promise<FileFacts> {
    const gathered = await gatherFacts({
      path,
      source: memorySource(bytes),
      ...wanted,
      ...this.judges,
      known: { id: file.id, linkCount: 1, ...defined({ writableByUsers: file.writableByUsers }), ...file.known },
    });
    await file.afterFacts?.();
    return gathered;
  }

  #copy(
    path: string,
    file: FakeFile,
    facts: (bytes: Uint8Array, wanted: WantedFacts) => Promise<FileFacts>,
  ): Promise<ProtectedCopy> {
    if (this.copyFault !== undefined) return Promise.reject(this.copyFault);
    this.copiesMade += 1;
    const number = this.copiesMade.toString(16).padStart(20, '0');
    const copyPath = `${COPIES}\\${number}\\${path.slice(path.lastIndexOf('\\') + 1)}`;
    const bytes = Uint8Array.from(file.bytes);
    const id = { volume: '00000000000000aa', file: `c${number}`.padStart(32, '0') };
    this.copies.set(copyPath.toUpperCase(), { bytes, id, writableByUsers: false });
    this.openHandles += 1;
    return Promise.resolve({
      path: copyPath,
      id,
      facts: (wanted) => facts(bytes, wanted),
      addNeighbours: () => this.#copyNeighbours(path, copyPath),
      remove: once(() => {
        this.openHandles -= 1;
        const folder = copyPath.slice(0, copyPath.lastIndexOf('\\')).toUpperCase();
        for (const each of [...this.copies.keys()]) if (each.startsWith(folder)) this.copies.delete(each);
      }),
    });
  }

  /** Every file of the folder is copied; what reading it gives is that of the copy. */
  #copyNeighbours(path: string, copyPath: string): Promise<void> {
    if (this.neighboursFault !== undefined) return Promise.reject(this.neighboursFault);
    const [folder, target] = [path, copyPath].map((each) => each.slice(0, each.lastIndexOf('\\') + 1).toUpperCase());
    for (const [place, file] of this.files) {
      if (!place.startsWith(folder ?? '') || place === path.toUpperCase()) continue;
      this.neighboursCopied += 1;
      const number = `d${this.neighboursCopied.toString(16)}`;
      this.copies.set(`${target}${place.slice(folder?.length)}`, {
        ...file,
        bytes: Uint8Array.from(file.bytes),
        id: { ...file.id, file: number.padStart(32, '0') },
        writableByUsers: false,
      });
    }
    return Promise.resolve();
  }

  #openHost(host: HostProgram): OpenHost | undefined {
    if (this.hostFault !== undefined) throw this.hostFault;
    const path = this.hosts.get(host);
    if (path === undefined) return undefined;
    this.openHandles += 1;
    return { path, id: hostId(path), close: once(() => (this.openHandles -= 1)) };
  }

  #createAccount(request: AccountRequest) {
    this.accountRequests.push(request);
    this.#accounts.set(request.requestId, request);
    const logon = request.logons.find((kind) => !this.refusedLogons.includes(kind));
    if (logon === undefined) {
      const data = { step: 'LogonUserExExW', win32: 1385 };
      return Promise.reject(new EpmError('EPM_ACCOUNT_UNAVAILABLE', 'The account could not be logged on.', { data }));
    }
    this.logon = logon;
    this.factory = this.accountFactory;
    this.openHandles += 1;
    this.namedAccounts.push(request.accountSid);
    return Promise.resolve({
      factory: this.accountFactory,
      logon,
      release: once(() => void this.namedAccounts.splice(this.namedAccounts.indexOf(request.accountSid), 1)),
      facts: () => this.#token(request, this.tokenOverrides),
      environment: () => this.accountEnvironment,
      close: once(() => (this.openHandles -= 1)),
    });
  }

  #token(request: AccountRequest, overrides: TokenOverrides): TokenFacts {
    const good = accountToken(request, this.logon, this.factory);
    return { ...good, ...(typeof overrides === 'function' ? overrides(good) : overrides) };
  }

  #loadProfile(request: ProfileRequest): Promise<LoadedProfile> {
    if (this.profileFault !== undefined) return Promise.reject(this.profileFault);
    this.profileRequests.push(request);
    this.openHandles += 1;
    this.profilesLoaded += 1;
    const release = once(() => {
      this.openHandles -= 1;
      this.profilesLoaded -= 1;
    });
    return Promise.resolve({
      folder: PROFILE,
      temporary: `${PROFILE}\\AppData\\Local\\Temp`,
      release: () => Promise.resolve(release()),
    });
  }

  #start(request: StartRequest) {
    const mark = request.token.facts().securityAttributes?.[0] ?? '';
    const account = this.#accounts.get(mark.slice('EPM://request='.length)) ?? [...this.#accounts.values()].at(-1);
    const path = request.path.toUpperCase();
    const host = [...this.hosts.values()].find((each) => each.toUpperCase() === path);
    const id = host === undefined ? (this.files.get(path) ?? this.copies.get(path))?.id : hostId(host);
    if (account === undefined || id === undefined) throw new EpmError('EPM_START_FAILED', 'Nothing to start.');
    this.openHandles += 1;
    const process = new FakeProcess(
      request,
      { ...id, path: request.path, ...this.imageOverrides },
      this.#token(account, this.processTokenOverrides),
    );
    process.inJob = this.inJob;
    process.session = account.session;
    process.overrides = this.processOverrides;
    process.security = { ...process.security, ...this.securityOverrides };
    const release = process.release.bind(process);
    process.release = once(() => {
      this.openHandles -= 1;
      release();
    });
    this.processes.push(process);
    return Promise.resolve(process);
  }
}

const hostId = (path: string): FileId => ({
  volume: '00000000000000aa',
  file: Buffer.from(path).toString('hex').padEnd(32, '0').slice(-32),
});

/** Entries of the agent in memory, as they come back from a disk. */
/** Whoever reads them takes nothing. */
const NO_SENDERS: Senders = {
  webhook: () => Promise.resolve(notReached),
  mail: () => Promise.resolve(notReached),
  folder: () => Promise.resolve(notReached),
  eventLog: () => Promise.resolve(notReached),
};

function notReached(): Promise<SendResult> {
  return Promise.resolve({ outcome: 'failed', fault: 'unreachable' });
}

function inverted(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0xff);
}

export class MemoryEntries implements EntryStore {
  readonly entries = new Map<string, string>();
  fault: EpmError | undefined;

  read(): ReadonlyMap<string, unknown> {
    this.#orFail();
    return new Map([...this.entries].map(([key, text]) => [key, parsed(text)]));
  }

  write(key: string, value: object): void {
    this.#orFail();
    this.entries.set(key, JSON.stringify(value));
  }

  remove(key: string): void {
    this.#orFail();
    this.entries.delete(key);
  }

  #orFail(): void {
    if (this.fault !== undefined) throw this.fault;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memoryState(values: Record<string, unknown>, name: string): StateStore {
  return { read: () => values[name], write: (value) => void (values[name] = structuredClone(value)) };
}

export function memorySource(bytes: Uint8Array) {
  return { size: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) };
}

/** What a connection offers when nothing special happens on it. */
export function context() {
  const cancel = new AbortController();
  const gone = new AbortController();
  const runs: object[] = [];
  const pieces: OutputPiece[] = [];
  const waits: string[] = [];
  return {
    cancel,
    gone,
    runs,
    pieces,
    waits,
    value: {
      cancelled: cancel.signal,
      disconnected: gone.signal,
      waiting: (reason: string) => void waits.push(reason),
      started: (run: object) => void runs.push(run),
      output: (piece: OutputPiece) => {
        pieces.push(piece);
        return Promise.resolve(true);
      },
    },
  };
}

/** File facts without a file, for tables. */
export function facts(overrides: Partial<FileFacts> = {}): FileFacts {
  return {
    path: SETUP,
    folder: 'C:\\Tools',
    name: 'setup.exe',
    type: 'exe',
    refusal: undefined,
    size: 1,
    sha256: sha256('0'.repeat(64)),
    sha512: fileHash('0'.repeat(128)),
    signatures: [],
    ...overrides,
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const item of source) result.push(item);
  return result;
}

function carriesDigest(reading: PolicySourceReading): boolean {
  return 'fault' in reading ? reading.fault.code === 'EPM_POLICY_INCOMPLETE' : reading.isWhole === true;
}
