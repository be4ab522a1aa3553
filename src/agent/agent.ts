/** The agent: its use cases, wired to the ports they need. */
import { type CompiledPolicy, decide, decideBeforeFile } from '../engine/index.ts';
import { checkRequestPath } from '../facts/request-path.ts';
import { sid, type Sid } from '../model/brands.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import { defined } from '../model/defined.ts';
import { EpmError, isFileError, toErrorReport } from '../model/errors.ts';
import type { ElevationRequest, Trigger } from '../model/request.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import { Tickets } from '../requests/tickets.ts';
import type { AuditTrail } from './audit-trail.ts';
import { Approvals, type ApprovalStores } from './approvals/approvals.ts';
import { decideRequest, importGrant, listGrants, listRequests } from './approvals/administer.ts';
import { Notifications, type NotificationPorts } from './notifications/notifications.ts';
import { administerSecrets, type SecretProtection, Secrets } from './secrets.ts';
import { ImportLimit } from './approvals/import-limit.ts';
import { UserMessages } from './approvals/user-messages.ts';
import { AuthenticationAttempts } from './authentication-attempts.ts';
import { queryAudit } from './audit-query.ts';
import { userRequest, verifyCaller, type VerifiedCaller } from './caller.ts';
import { checkArguments } from './command-line.ts';
import { sweepAccounts } from './account-sweep.ts';
import { askWindow, MAX_QUESTIONS, type WindowAnswer } from './consent/ask-window.ts';
import { type ConsentWindow, consentWords, type MessageWindow } from './consent/consent-window.ts';
import { CopyFolderHealth } from './copy-folder.ts';
import type {
  AuditEnd,
  AuditQuery,
  DecideRequest,
  DecideResult,
  ElevateRequest,
  ElevateResult,
  ElevationsReport,
  GrantsQuery,
  GrantsReport,
  ImportGrantRequest,
  ImportGrantResult,
  LaunchRequest,
  LaunchResult,
  PolicyQuery,
  PolicyReport,
  RoleReport,
  SealResult,
  SecretsReport,
  SecretsRequest,
  StatusReport,
  StopRequest,
  StopResult,
  SupportRequestsQuery,
  SupportRequestsReport,
  TestNotificationRequest,
  TestNotificationResult,
  TestRequest,
  TestResult,
} from './contract.ts';
import { elevate, type ElevationOrder, type ElevationPorts } from './elevate.ts';
import { listElevations, stopElevation } from './elevations.ts';
import { type ElevationContext, type RequestContext, untilNobodyWaits } from './elevation-context.ts';
import type { EventLog } from './event-entries.ts';
import { Health } from './health.ts';
import { deviceSettings, enablement } from './enablement.ts';
import { answerDetected, asksForElevation } from './launch/answer-detected.ts';
import { answerLaunch, type LaunchContext, NOT_MANAGED } from './launch/answer-launch.ts';
import { answerVerb } from './launch/answer-verb.ts';
import type { WindowOrder } from './launch/ask-in-window.ts';
import type { ImageOptions } from './launch/image-options.ts';
import { Interception } from './launch/interception.ts';
import { JournalKeeper } from './journal-keeper.ts';
import { PolicyLifecycle } from './policy-lifecycle.ts';
import type { MachineState } from './prerequisites.ts';
import { readFacts } from './read-facts.ts';
import { beforeFileResult, notYourFile, overBudgetResult, testResult } from './test-result.ts';
import { isPermission } from './permission.ts';
import { policyReport, RULES_PER_ANSWER } from './policy-report.ts';
import type {
  AccountFactory,
  AnchorLog,
  BootClock,
  Caller,
  Clock,
  CopyFolder,
  DesktopMaker,
  EntryStore,
  FolderOpener,
  FileOpener,
  HostPrograms,
  JournalStorage,
  Log,
  Machine,
  PolicySource,
  ProcessStarter,
  ProfileKeeper,
  Random,
  SealStore,
  RefusedClient,
  StateStore,
  Vitals,
  UserLogons,
  WindowsInstaller,
} from './ports.ts';
import { LiveChannel } from './live-channel/live-channel.ts';
import type { Broker } from './live-channel/ports.ts';
import { type SessionLoss, Sessions } from './presence.ts';
import { sweepProfiles } from './profile.ts';
import { ElevationBudgets } from './elevation-budgets.ts';
import { Refusals } from './refusals.ts';
import { Retention } from './retention.ts';
import { type CallerRights, callerRights, requireRight, roleReport } from './roles.ts';
import { RunningPrograms } from './running.ts';
import { RequestLoad } from './request-load.ts';
import { unconfirmedPolicies } from './unconfirmed.ts';
import { UnusedProfiles } from './unused-profiles.ts';
import { Watchdog } from './watchdog.ts';
import { statusReport, type Counters } from './status.ts';

export interface AgentPorts {
  readonly clock: Clock;
  readonly boot: BootClock;
  readonly random: Random;
  readonly machine: Machine;
  readonly opener: FileOpener;
  /** Programs of the machine that run packages and scripts. */
  readonly hosts: HostPrograms;
  readonly installer: WindowsInstaller;
  /** Where the opener makes protected copies. */
  readonly copies: CopyFolder;
  readonly folders: FolderOpener;
  readonly accounts: AccountFactory;
  readonly profiles: ProfileKeeper;
  readonly starter: ProcessStarter;
  readonly desktops: DesktopMaker;
  readonly policies: PolicySource;
  readonly journal: JournalStorage;
  /** Where it is kept how long no policy has enabled EPM. */
  readonly state: StateStore;
  /** Logs people on, to authenticate them. */
  readonly logons: UserLogons;
  /** Where it is kept how often the authentication of users failed. */
  readonly authenticationState: StateStore;
  /** Where it is kept what users have used of their budgets. */
  readonly budgetState: StateStore;
  /** Where requests to support and grants are kept. */
  readonly approvals: ApprovalStores;
  /** Where messages to receivers wait, and what carries them. */
  readonly notifications: Pick<NotificationPorts, 'outbox' | 'state' | 'senders' | 'later'>;
  /** Where secrets are kept that administrators gave the agent. */
  readonly secrets: { readonly store: EntryStore; readonly protection: SecretProtection };
  /** Where it is kept how far the journal is. */
  readonly journalState: StateStore;
  /** Where the key is kept that seals the next record of the journal. */
  readonly journalSeal: SealStore;
  /** Where it is kept when the agent ended itself. */
  readonly healthState: StateStore;
  readonly vitals: Vitals;
  /** By which the launcher is started in the place of programs. */
  readonly launch: { readonly options: ImageOptions; readonly launcher: string };
  readonly consent: ConsentWindow;
  readonly messages: MessageWindow;
  /** Connects to brokers; loaded when policy names one. */
  readonly broker: () => Promise<Broker>;
  readonly eventLog: AnchorLog;
  /** Takes what is recorded to the Windows event log. */
  readonly events: Pick<EventLog, 'record'>;
  readonly log: Log;
  /** Reads what prerequisites are judged by. */
  readonly machineState: () => MachineState;
}

/** Why the agent stops, where it is not only asked to: Windows goes down, or EPM is removed from the machine. */
export type StopReason = 'shutdown' | 'removal';

interface AgentOptions {
  readonly version: string;
  readonly processId: number;
  /** What became of the journal before this one, when the agent's data was removed. */
  readonly removedJournal?: AuditTrail['head'];
  /** Called once when no policy has enabled EPM for so long that the agent's data is to be removed (decision S3). */
  readonly dataExpired?: () => void;
  /** Called once when the agent is in a state that it had better end in. */
  readonly unhealthy?: (error: EpmError) => void;
}

/** What the channel needs. Every method that takes a caller checks by itself whether that caller is served. */
export interface Agent {
  elevate(caller: Caller, request: ElevateRequest, context: ElevationContext): Promise<ElevateResult>;
  /** Answers the launcher, which stands in the place of a program that somebody started. */
  launch(caller: Caller, request: LaunchRequest, context: LaunchContext): Promise<LaunchResult>;
  test(caller: Caller, request: TestRequest, context: RequestContext): Promise<TestResult>;
  policy(caller: Caller, query?: PolicyQuery): PolicyReport;
  /** The elevated programs that run: the caller's own, or all. */
  elevations(caller: Caller): ElevationsReport;
  /** Ends one of those that {@link elevations} lists. @throws EpmError EPM_ELEVATION_UNKNOWN */
  stopElevation(caller: Caller, request: StopRequest): Promise<StopResult>;
  /** Records the caller may see, oldest first. */
  audit(caller: Caller, query: AuditQuery): AsyncGenerator<AuditRecord, AuditEnd>;
  status(caller: Caller): StatusReport;
  /** Requests to support: the caller's own, or all. @throws EpmError EPM_SUPPORT_REQUEST_UNKNOWN, EPM_DATA_FOLDER */
  supportRequests(caller: Caller, query: SupportRequestsQuery): SupportRequestsReport;
  /** Denies a request, or takes an approval back. @throws EpmError EPM_RIGHT_MISSING, EPM_SUPPORT_REQUEST_UNKNOWN, EPM_SUPPORT_REQUEST_STATE, EPM_JUSTIFICATION_INVALID, EPM_DATA_FOLDER */
  decideRequest(caller: Caller, request: DecideRequest): DecideResult;
  /** Keeps a signed grant. @throws EpmError EPM_GRANT_INVALID, EPM_GRANT_REFUSED, EPM_GRANT_LIMIT, EPM_DATA_FOLDER */
  importGrant(caller: Caller, request: ImportGrantRequest): ImportGrantResult;
  /** Grants that the device knows: those that the caller may use, or all. @throws EpmError EPM_DATA_FOLDER */
  grants(caller: Caller, query: GrantsQuery): GrantsReport;
  /** Names of the agent's secrets; sets or removes one. @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_SECRET_UNKNOWN, EPM_SECRET_LIMIT, EPM_DATA_FOLDER */
  secrets(caller: Caller, request: SecretsRequest): SecretsReport;
  /** Sends a marked message to one receiver. @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_NOTIFICATION_UNKNOWN */
  testNotification(caller: Caller, request: TestNotificationRequest): Promise<TestNotificationResult>;
  /** What the caller may do, and why. */
  role(caller: Caller): RoleReport;
  /** Makes a new key for the journal. @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_AUDIT_WRITE */
  seal(caller: Caller): SealResult;
  /** Reads the delivered policy now. */
  reload(caller: Caller): Promise<PolicyReport>;
  /** The requests that are open; whoever serves them says so there. */
  readonly load: RequestLoad;
  /** A client that was turned away before a request existed. */
  refusedClient(client: RefusedClient): void;
  /**
   * Nobody sits at the session any more: it was locked or disconnected, or is over. Its open questions are forgotten, and what
   * has not started and needs its person does not start; where it is over, nothing does.
   */
  sessionLeft(session: number, loss: SessionLoss): void;
  /**
   * Stops watching policy, ends every elevated program, waits a limited time for their ends, records the stop and
   * closes the journal. Requests that come later fail with EPM_AGENT_UNREACHABLE.
   * @param reason for the records of the stop; the first one counts
   */
  stop(reason?: StopReason): Promise<void>;
  /** How far the journal is; also after the stop. */
  readonly journalHead: AuditTrail['head'];
}

/**
 * Starts the agent: verifies the journal, records the start, reads the policy. A bad policy does not stop it, and
 * neither does a full disk (nothing is elevated then); a broken journal does.
 * @throws EpmError EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE
 */
export async function createAgent(ports: AgentPorts, options: AgentOptions): Promise<Agent> {
  const { clock, machine } = ports;
  const log = neverFailing(ports.log);
  const keeper = await JournalKeeper.open(
    {
      ...ports,
      recorded: neverFailingRecord(ports.events),
      signer: () => approvals.signer,
      reviewed: (journal) => approvals.journalRead(journal),
    },
    log,
  );
  const { trail } = keeper;
  const secrets = new Secrets(ports.secrets.store, ports.secrets.protection);
  const approvals: Approvals = new Approvals({
    ...ports,
    stores: ports.approvals,
    trail,
    log,
    changed: (request) => messages.changed(request),
    became: (change) => notifications.changed(change),
    written: () => live.requestsChanged(),
  });
  const messages = new UserMessages({
    window: ports.messages,
    clock,
    log,
    approvals,
    words: (user) => {
      const { settings } = lifecycle.current.compiled.forUser(user);
      return settings.clientState === 'enabled' && settings.notifyUser ? consentWords(settings) : undefined;
    },
  });
  const notifications = new Notifications({
    ...ports.notifications,
    clock,
    random: ports.random,
    secret: (name) => secrets.get(name),
    trail,
    log,
    requests: () => approvals.books.requests.all,
  });
  const live = new LiveChannel({ ...ports, trail, log, approvals, secret: (name) => secrets.get(name) });
  const retention = new Retention(
    {
      clock,
      boot: ports.boot,
      state: ports.state,
      log,
      hasProfile: (user) => machine.profileFolder(user) !== undefined,
    },
    () => {
      agent.expire();
      options.dataExpired?.();
    },
  );
  const interception = new Interception({ ...ports.launch, folders: machine.folders, trail, log });
  const lifecycle: PolicyLifecycle = new PolicyLifecycle({
    source: ports.policies,
    machine,
    clock,
    trail,
    log,
    read: (policy, users) => {
      const enabled = enablement(policy, users);
      retention.update(enabled);
      keeper.keepFor(enabled.now ? deviceSettings(policy).journalDays : undefined);
      interception.update(policy, enabled);
      approvals.policyChanged(policy);
      notifications.policyChanged(policy);
      live.policyChanged(policy, enabled.now);
    },
  });
  const health = new Health({ clock, log, machineState: ports.machineState });
  const load = new RequestLoad(clock);
  const watchdog = new Watchdog({ ...ports, log }, { load, journal: () => trail.takeTimes() }, (error) =>
    options.unhealthy?.(error),
  );
  const unusedProfiles = new UnusedProfiles({
    profiles: ports.profiles,
    clock,
    log,
    secret: machine.secret,
    policyFor: (user) => certainPolicy(lifecycle, ports.policies, user),
    hasProfile: (user) => machine.profileFolder(user) !== undefined,
  });
  const agent: RunningAgent = new RunningAgent(
    ports,
    options,
    log,
    keeper,
    lifecycle,
    interception,
    retention,
    health,
    watchdog,
    unusedProfiles,
    load,
    approvals,
    messages,
    notifications,
    secrets,
    live,
  );
  const build = machine.isTestBuild ? ', build for the test bed' : '';
  trail.appendBestEffort({
    event: 'agentStarted',
    message: `Agent ${options.version}${build}${removalText(options.removedJournal)}`,
    accountFactory: machine.isTestBuild ? 'testBed' : 'virtualAccount',
    processId: options.processId,
  });
  keeper.start();
  log.write('information', 'agentStarted', {
    version: options.version,
    testBuild: machine.isTestBuild,
    wine: machine.isWine,
  });
  // Logs what is not met.
  health.failed();
  agent.prepareCopies();
  sweepAccounts(ports.accounts, log);
  await sweepProfiles(ports.profiles, log);
  await lifecycle.start();
  watchdog.start();
  unusedProfiles.start();
  return agent;
}

/** The policy by which everything is known that a user may start; undefined: something of it is not there or not read. */
function certainPolicy(lifecycle: PolicyLifecycle, source: PolicySource, user: Sid): CompiledPolicy | undefined {
  const isRead = lifecycle.lastReadFor(user) !== undefined && lifecycle.faultFor(user) === undefined;
  const { compiled } = lifecycle.current;
  const isOn = compiled.forUser(user).settings.clientState === 'enabled';
  return isRead && isOn && source.isLoaded(user) ? compiled : undefined;
}

class RunningAgent implements Agent {
  readonly #ports: AgentPorts;
  readonly #options: AgentOptions;
  readonly #log: Log;
  readonly #keeper: JournalKeeper;
  readonly #trail: AuditTrail;
  readonly #lifecycle: PolicyLifecycle;
  readonly #interception: Interception;
  readonly #retention: Retention;
  readonly #health: Health;
  readonly #copyFolder: CopyFolderHealth;
  readonly #watchdog: Watchdog;
  readonly #unusedProfiles: UnusedProfiles;
  readonly load: RequestLoad;
  readonly #approvals: Approvals;
  readonly #messages: UserMessages;
  readonly #notifications: Notifications;
  readonly #secrets: Secrets;
  readonly #live: LiveChannel;
  readonly #imports: ImportLimit;
  readonly #running: RunningPrograms;
  readonly #refusals: Refusals;
  readonly #sessions = new Sessions();
  readonly #elevation: ElevationPorts;
  readonly #counters: Counters = { elevated: 0, denied: 0, failed: 0, refusedClients: 0 };
  readonly #startTime: number;
  #stopping: Promise<void> | undefined;
  #isExpired = false;

  constructor(
    ports: AgentPorts,
    options: AgentOptions,
    log: Log,
    keeper: JournalKeeper,
    lifecycle: PolicyLifecycle,
    interception: Interception,
    retention: Retention,
    health: Health,
    watchdog: Watchdog,
    unusedProfiles: UnusedProfiles,
    load: RequestLoad,
    approvals: Approvals,
    messages: UserMessages,
    notifications: Notifications,
    secrets: Secrets,
    live: LiveChannel,
  ) {
    const { clock, random, machine, opener, hosts, installer, accounts, profiles, starter, folders, desktops } = ports;
    this.#ports = ports;
    this.#options = options;
    this.#log = log;
    const { trail } = keeper;
    this.#keeper = keeper;
    this.#trail = trail;
    this.#lifecycle = lifecycle;
    this.#interception = interception;
    this.#retention = retention;
    this.#health = health;
    this.#copyFolder = new CopyFolderHealth({ copies: ports.copies, clock, log });
    this.#watchdog = watchdog;
    this.#unusedProfiles = unusedProfiles;
    this.load = load;
    this.#approvals = approvals;
    this.#messages = messages;
    this.#notifications = notifications;
    this.#secrets = secrets;
    this.#live = live;
    this.#imports = new ImportLimit(() => clock.monotonic());
    this.#startTime = clock.now();
    this.#running = new RunningPrograms(trail, log);
    this.#refusals = new Refusals(trail, () => clock.monotonic());
    this.#elevation = {
      opener,
      folders,
      desktops,
      hosts,
      installer,
      clock,
      accounts,
      logons: ports.logons,
      attempts: new AuthenticationAttempts(ports.authenticationState, () => clock.now()),
      profiles,
      starter,
      machine,
      trail,
      log,
      running: this.#running,
      counters: this.#counters,
      budgets: new ElevationBudgets({ clock, state: ports.budgetState, log }),
      approvals,
      tickets: new Tickets({
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        bytes: (length) => random.bytes(length),
      }),
      policy: () => lifecycle.current.compiled,
      launcher: ports.launch.launcher,
      stopping: () => this.#stopping !== undefined,
    };
  }

  get journalHead(): AuditTrail['head'] {
    return this.#trail.head;
  }

  async elevate(caller: Caller, request: ElevateRequest, context: ElevationContext): Promise<ElevateResult> {
    return this.#elevate(this.#verify(caller), request, 'userInitiated', context);
  }

  async launch(caller: Caller, request: LaunchRequest, context: LaunchContext): Promise<LaunchResult> {
    const verified = this.#verify(caller);
    const order = { caller: verified, request, context };
    if (request.trigger === 'verb') return this.#byWindow('userInitiated', order, answerVerb);
    const detected = (): Promise<LaunchResult> => this.#byWindow('detected', order, answerDetected);
    if (request.trigger === 'detected') return detected();
    return answerLaunch(order, {
      elevate: (start, elevationContext, read) => this.#elevate(verified, start, 'launch', elevationContext, { read }),
      detected: (facts) =>
        this.#settingsOf(verified).allowElevationDetection && asksForElevation(facts, verified)
          ? detected()
          : Promise.resolve(NOT_MANAGED),
      lift: (name) => this.#interception.lift(name),
    });
  }

  async #byWindow(trigger: Trigger, order: WindowOrder, answer: typeof answerVerb): Promise<LaunchResult> {
    const { caller } = order;
    const presence = this.#sessions.enter(caller.session);
    try {
      return await answer(order, {
        elevate: (start, elevationContext, given) =>
          this.#elevate(caller, start, trigger, elevationContext, defined({ answer: given })),
        window: this.#ports.consent,
        words: () => consentWords(this.#settingsOf(caller)),
        left: presence.left,
      });
    } finally {
      presence.end();
    }
  }

  #settingsOf({ sid: user }: VerifiedCaller): EffectiveSettings {
    return this.#lifecycle.current.compiled.forUser(user).settings;
  }

  async #elevate(
    caller: VerifiedCaller,
    request: ElevateRequest,
    trigger: Trigger,
    context: ElevationContext,
    more: Pick<ElevationOrder, 'answer' | 'read'> = {},
  ): Promise<ElevateResult> {
    const presence = this.#sessions.enter(caller.session);
    const run = (answer: WindowAnswer | undefined) =>
      this.#run(caller, request, trigger, context, { ...more, ...defined({ answer }) });
    try {
      let result = await run(more.answer);
      for (let asked = 0; result.outcome === 'asksSecurely'; asked += 1) {
        const { question } = result;
        context.waiting('consent', question.question);
        const { left } = presence;
        const window = this.#ports.consent;
        const words = consentWords(this.#settingsOf(caller));
        result = await run(
          asked < MAX_QUESTIONS
            ? await askWindow(question, { window, words, caller, context, left, secure: true })
            : { declined: 'consentUnavailable' },
        );
      }
      return result;
    } finally {
      presence.end();
    }
  }

  async #run(
    caller: VerifiedCaller,
    request: ElevateRequest,
    trigger: Trigger,
    context: ElevationContext,
    more: Pick<ElevationOrder, 'answer' | 'read'>,
  ): ReturnType<typeof elevate> {
    const presence = this.#sessions.enter(caller.session);
    try {
      await this.#lifecycle.prepareFor(caller.sid);
      const requestId = Buffer.from(this.#ports.random.bytes(16)).toString('hex');
      const order = { requestId, caller, request, trigger, context, presence, ...more };
      return await elevate(order, this.#elevation);
    } finally {
      presence.end();
    }
  }

  async test(caller: Caller, request: TestRequest, context: RequestContext): Promise<TestResult> {
    const verified = this.#verify(caller);
    const values = request.arguments ?? [];
    checkArguments(values);
    await this.#lifecycle.prepareFor(verified.sid);
    const asked = userRequest(verified, values, this.#ports.clock);
    const early = decideBeforeFile(this.#lifecycle.current.compiled, verified.requester);
    try {
      return (
        (await this.#testFile(caller, asked, request.path, untilNobodyWaits(context))) ??
        notYourFile(request.path, early)
      );
    } catch (error) {
      // What is wrong with the file, its name included, is asked last (decision P9).
      if (early === undefined || !isFileError(error)) throw error;
      return beforeFileResult(early, request.path);
    }
  }

  /** @returns undefined for a file of which nothing is told */
  async #testFile(
    caller: Caller,
    asked: ElevationRequest,
    path: string,
    signal: AbortSignal,
  ): Promise<TestResult | undefined> {
    const file = await this.#ports.opener.open(checkRequestPath(path), caller);
    if (file === 'notYours') return undefined;
    try {
      const { compiled } = this.#lifecycle.current;
      // Nothing is started, so nothing is copied.
      const facts = await readFacts({ file, copy: undefined }, compiled, asked.requester.sid, signal);
      const decision = decide(compiled, asked, facts, { trace: true });
      const result = testResult(decision, facts, asked);
      if (!isPermission(decision)) return result;
      const { sid } = asked.requester;
      const next = this.#elevation.budgets.usedUp(sid, compiled.forUser(sid).settings);
      return next === undefined ? result : overBudgetResult(result, facts, next);
    } finally {
      file.close();
    }
  }

  policy(caller: Caller, query?: PolicyQuery): PolicyReport {
    return policyReport(this.#lifecycle, this.#verify(caller).sid, query, RULES_PER_ANSWER);
  }

  audit(caller: Caller, query: AuditQuery): AsyncGenerator<AuditRecord, AuditEnd> {
    const verified = this.#verify(caller);
    return queryAudit(this.#trail, verified, this.#seesReports(verified), query);
  }

  elevations(caller: Caller): ElevationsReport {
    const verified = this.#verify(caller);
    return listElevations(this.#running, verified, this.#seesReports(verified));
  }

  stopElevation(caller: Caller, request: StopRequest): Promise<StopResult> {
    return stopElevation(this.#running, this.#verify(caller), request);
  }

  status(caller: Caller): StatusReport {
    const { sid: user, isManager } = this.#verify(caller);
    this.#approvals.settle();
    const others = [...this.#lifecycle.userFaults].filter(([other]) => isManager && other !== user);
    const unconfirmed = [...unconfirmedPolicies(this.#lifecycle.current)].filter(([of]) => isManager || of === user);
    return statusReport({
      ...this.#options,
      startTime: this.#startTime,
      policy: policyReport(this.#lifecycle, user, {}, 0),
      rules: this.#lifecycle.current.compiled.countFor(user),
      othersFaults: new Map(others),
      unconfirmed: new Map(unconfirmed),
      running: this.#running.count,
      counters: this.#counters,
      trail: this.#trail,
      keeper: this.#keeper,
      machine: this.#ports.machine,
      now: this.#ports.clock.now(),
      dataKeptFor: this.#retention.remaining,
      failedPrerequisites: this.#health.failed(),
      copyFolderFault: this.#copyFolder.fault,
      notIntercepted: this.#interception.left,
      interceptionFault: this.#interception.fault,
      healthFaults: this.#watchdog.faults,
      ends: this.#watchdog.health?.ends ?? 0,
      health: isManager ? this.#watchdog.health : undefined,
      approvals: this.#approvals,
      notifications: this.#notifications,
      brokers: this.#live.status,
      showsReceivers: isManager,
    });
  }

  supportRequests(caller: Caller, query: SupportRequestsQuery): SupportRequestsReport {
    const verified = this.#verify(caller);
    return listRequests(this.#approvals, verified, this.#rightsOf(verified), query);
  }

  decideRequest(caller: Caller, request: DecideRequest): DecideResult {
    const verified = this.#verify(caller);
    requireRight(this.#rightsOf(verified), 'requests.modify', verified.sid);
    return decideRequest(this.#approvals, verified, request, this.#ports.clock.now());
  }

  importGrant(caller: Caller, request: ImportGrantRequest): ImportGrantResult {
    const verified = this.#verify(caller);
    this.#imports.take(verified.sid);
    return importGrant(this.#approvals, verified, request, { clock: this.#ports.clock, trail: this.#trail });
  }

  grants(caller: Caller, query: GrantsQuery): GrantsReport {
    const verified = this.#verify(caller);
    return listGrants(this.#approvals, verified, this.#rightsOf(verified), query, this.#ports.clock.now());
  }

  secrets(caller: Caller, request: SecretsRequest): SecretsReport {
    const verified = this.#verifyManager(caller, 'Secrets of the agent are for administrators only.');
    return administerSecrets(this.#secrets, verified, request, { clock: this.#ports.clock, trail: this.#trail });
  }

  async testNotification(caller: Caller, { name }: TestNotificationRequest): Promise<TestNotificationResult> {
    this.#verifyManager(caller, 'Receivers of notifications are tested by administrators only.');
    return this.#notifications.test(name);
  }

  role(caller: Caller): RoleReport {
    const verified = this.#verify(caller);
    return roleReport(verified, this.#rightsOf(verified), (group) => this.#ports.machine.accountName(group));
  }

  /** Administrators ask on their own pipe; whom policy has given the right, on that of users. */
  #seesReports(caller: VerifiedCaller): boolean {
    if (caller.isManager) return true;
    return callerRights(caller, this.#approvals.roles, 'policyOnly').rights.includes('policy.viewReports');
  }

  #rightsOf(caller: VerifiedCaller): CallerRights {
    return callerRights(caller, this.#approvals.roles);
  }

  seal(caller: Caller): SealResult {
    const { sid: user, isManager } = this.#verify(caller);
    if (!isManager) throw new EpmError('EPM_NOT_ADMINISTRATOR', 'The journal is sealed by administrators only.');
    return { ...this.#keeper.seal(user), ...defined({ deviceKey: this.#approvals.signer?.publicKey }) };
  }

  async reload(caller: Caller): Promise<PolicyReport> {
    const { sid: user } = this.#verifyManager(caller, 'Policy is read anew for administrators only.');
    await this.#lifecycle.reload();
    return policyReport(this.#lifecycle, user, {}, 0);
  }

  refusedClient(client: RefusedClient): void {
    this.#counters.refusedClients += 1;
    this.#refusals.record({
      userSid: validSid(client.user),
      reason: client.reason,
      message: 'A client was turned away before it had made a request.',
    });
  }

  sessionLeft(session: number, loss: SessionLoss): void {
    this.#sessions.lose(session, loss);
    const count = this.#elevation.tickets.dropSession(session);
    if (count > 0) this.#log.write('information', 'questionsForgotten', { session, count });
  }

  prepareCopies(): void {
    this.#copyFolder.prepare();
  }

  /** The agent's data, its journal included, is going to be removed. */
  expire(): void {
    this.#isExpired = true;
  }

  stop(reason?: StopReason): Promise<void> {
    // Set before the first step runs, so that a request on its way cannot start anything behind it.
    this.#stopping ??= Promise.resolve().then(() => this.#stop(reason));
    return this.#stopping;
  }

  async #stop(reason: StopReason | undefined): Promise<void> {
    this.#lifecycle.stop();
    // A start that nobody could answer is not held up.
    this.#interception.removeAll();
    this.#retention.stop();
    this.#watchdog.stop();
    this.#unusedProfiles.stop();
    this.#approvals.stop();
    await this.#messages.stop();
    this.#notifications.stop();
    await Promise.all([this.#running.endAll(), this.#live.stop()]);
    sweepAccounts(this.#ports.accounts, this.#log);
    this.#trail.appendBestEffort({ event: 'agentStopped', reason });
    this.#keeper.stop(this.#isExpired);
    this.#log.write('information', 'agentStopped', {});
    this.#trail.close();
  }

  /** @throws EpmError EPM_NOT_ADMINISTRATOR, besides those of every caller */
  #verifyManager(caller: Caller, message: string): VerifiedCaller {
    const verified = this.#verify(caller);
    if (!verified.isManager) throw new EpmError('EPM_NOT_ADMINISTRATOR', message);
    return verified;
  }

  #verify(caller: Caller): VerifiedCaller {
    if (this.#stopping !== undefined) throw new EpmError('EPM_AGENT_UNREACHABLE', 'The agent is stopping.');
    try {
      return verifyCaller(caller, this.#ports.machine);
    } catch (error) {
      const { code, message } = toErrorReport(error);
      this.#counters.refusedClients += 1;
      this.#refusals.record({ userSid: validSid(caller.token.user), errorCode: code, message });
      throw error;
    }
  }
}

function removalText(removed: AuditTrail['head'] | undefined): string {
  if (removed === undefined) return '';
  return `; the data of EPM was removed, its journal ended with record ${removed.records}, hash ${removed.headHash}`;
}

/** The text when it is a SID, which only a client whose token could not be read lacks. */
function validSid(text: string): Sid | undefined {
  try {
    return sid(text);
  } catch {
    return undefined;
  }
}

/** The same for the event log: the record is durable already. */
function neverFailingRecord(events: AgentPorts['events']): (record: AuditRecord) => void {
  return (record) => {
    try {
      events.record(record);
    } catch {
      // The journal has it.
    }
  };
}

/** A log that fails must never change what the agent does. */
function neverFailing(log: Log): Log {
  return {
    write(level, event, data) {
      try {
        log.write(level, event, data);
      } catch {
        // There is nowhere left to say so.
      }
    },
  };
}
