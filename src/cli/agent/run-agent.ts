/** Runs the agent: what it needs is opened, it is served by its pipes, and everything is closed in the end. */
import { openJournalFolder } from '../../audit/file-storage.ts';
import { type Agent, createAgent, type StopReason } from '../../agent/index.ts';
import { EventLog, withEvents } from '../../agent/event-entries.ts';
import type { Log, PipeKind } from '../../agent/ports.ts';
import { DigestWorker } from '../../facts/digest-worker.ts';
import { MAX_MESSAGE, PIPE_NAMES } from '../../ipc/protocol.ts';
import { servePipe } from '../../ipc/server.ts';
import { defined } from '../../model/defined.ts';
import type { EpmError } from '../../model/errors.ts';
import { toErrorReport } from '../../model/errors.ts';
import {
  BrokerPool,
  createPipeServer,
  createEventEntries,
  createProtectedCopies,
  createProfileKeeper,
  enterService,
  type EventLoop,
  hardenProcess,
  loadDlls,
  machineFolders,
  onSessionLeft,
  openAgentState,
  openLog,
  prepareDataFolder,
  programFolder,
  readRecordedVersion,
  removeDataFolder,
  requireSafeInstallation,
  type RunningService,
  startEventLoop,
  type WindowsDlls,
} from '../../windows/index.ts';
import type { Io } from '../io.ts';
import { VERSION } from '../version.ts';
import { agentPorts, CLOCK } from './agent-ports.ts';
import { requireNoDowngrade } from './version-order.ts';

/** Why the agent is to stop: an error, with which it cannot go on; a reason; undefined: it was asked to. */
type Why = EpmError | StopReason | undefined;

interface Stop {
  /** Settles when somebody asks the agent to stop. */
  readonly asked: Promise<Why>;
  ask(why?: Why): void;
}

/**
 * Runs the agent until it is stopped: by Ctrl+C in a console, by the service control manager as a service.
 * @throws EpmError EPM_PLATFORM, EPM_NATIVE_MISSING, EPM_INSTALLATION_UNSAFE, EPM_DOWNGRADE, EPM_DATA_FOLDER, EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE,
 * EPM_WINDOWS_API when the pipe cannot be served
 */
export async function runAgent(io: Io, asService: boolean): Promise<void> {
  const dlls = loadDlls();
  requireSafeInstallation(dlls, programFolder());
  requireNoDowngrade(readRecordedVersion(dlls.advapi32));
  const stop = stopSignal();
  const hardening = hardenProcess(dlls.native);
  const events = startEventLoop(dlls.native, (error) => stop.ask(error));
  const interrupted = io.onInterrupt(() => stop.ask());
  let service: RunningService | undefined;
  let failed = true;
  try {
    if (asService) service = enterService(dlls.native, events, (reason) => stop.ask(reason));
    let removed: Agent['journalHead'] | undefined;
    do removed = await serve(dlls, events, service, stop, io, hardening, removed);
    while (removed !== undefined);
    failed = false;
  } finally {
    interrupted();
    await events.stop();
    service?.stopped(failed);
  }
}

/**
 * @param removedJournal end of the journal that was removed before, for the first record of the new one
 * @returns end of the journal that was removed with the agent's data; undefined when the agent was asked to stop
 */
async function serve(
  dlls: WindowsDlls,
  events: EventLoop,
  service: RunningService | undefined,
  stop: Stop,
  io: Io,
  hardening: ReturnType<typeof hardenProcess>,
  removedJournal: Agent['journalHead'] | undefined,
): Promise<Agent['journalHead'] | undefined> {
  const folders = machineFolders(dlls.advapi32);
  const data = prepareDataFolder(dlls, folders.programData);
  const file = openLog(data.logFolder, () => CLOCK.now());
  const eventLog = new EventLog(createEventEntries(dlls), CLOCK);
  const log = withEvents(file, eventLog);
  const worker = new DigestWorker();
  const brokers = new BrokerPool(dlls.native);
  const copies = createProtectedCopies(dlls, data.copyFolder, log);
  const profiles = createProfileKeeper(dlls, {
    systemRoot: folders.systemRoot,
    state: openAgentState(data.profileState),
    clock: CLOCK,
    log,
  });
  let expire: () => void = () => undefined;
  const expired = new Promise<'expired'>((resolve) => (expire = () => resolve('expired')));
  let agent: Agent;
  try {
    if (hardening.refused.length > 0) {
      log.write('warning', 'hardeningRefused', { mitigations: hardening.refused.join(', ') });
    }
    if (data.movedAside !== undefined) log.write('warning', 'foreignDataFolder', { movedTo: data.movedAside });
    const journal = openJournalFolder(data.auditFolder);
    agent = await createAgent(
      agentPorts(dlls, { events, folders, data, journal, copies, profiles, worker, brokers, log, eventLog }),
      {
        version: VERSION,
        processId: process.pid,
        dataExpired: () => expire(),
        unhealthy: (error) => stop.ask(error),
        ...defined({ removedJournal }),
      },
    ).catch((error: unknown) => {
      journal.close();
      throw error;
    });
    const end = await serveAgent(dlls, events, service, { stop, expired }, io, agent, log);
    // Their accounts are derived from the secret that goes with the data.
    if (end !== 'stopped') await profiles.removeAll();
    if (end !== 'expired') return undefined;
  } catch (error) {
    const { code, message } = toErrorReport(error);
    log.write('error', 'agentFailed', { code, message });
    throw error;
  } finally {
    copies.close();
    profiles.close();
    await brokers.close();
    await worker.dispose();
    file.close();
  }
  removeDataFolder(data);
  return agent.journalHead;
}

async function serveAgent(
  dlls: WindowsDlls,
  events: EventLoop,
  service: RunningService | undefined,
  until: { readonly stop: Stop; readonly expired: Promise<'expired'> },
  io: Io,
  agent: Agent,
  log: Log,
): Promise<'expired' | 'removal' | 'stopped'> {
  let reason: StopReason | undefined;
  try {
    const listen = (kind: PipeKind): (() => void) => {
      const pipe = createPipeServer(dlls.native, events, {
        kind,
        name: PIPE_NAMES[kind],
        maxMessage: MAX_MESSAGE,
        troubled: (win32) => log.write('warning', 'pipeTroubled', { pipe: kind, win32 }),
        over: (error) => until.stop.ask(error),
      });
      return servePipe(pipe, agent, log);
    };
    // That of users comes last: whoever finds it finds the other one too.
    const stopServing = [
      listen('administration'),
      onSessionLeft(events, (session, loss) => agent.sessionLeft(session, loss)),
    ];
    try {
      stopServing.push(listen('user'));
      service?.running();
      if (service === undefined) io.out(`EPM agent ${VERSION} is running. Ctrl+C ends it.\n`);
      const end = await Promise.race([until.stop.asked, until.expired]);
      if (end === 'expired') return end;
      service?.stopping();
      if (typeof end === 'object') throw end;
      reason = end;
      return end === 'removal' ? end : 'stopped';
    } finally {
      for (const stop of stopServing) stop();
    }
  } finally {
    await agent.stop(reason);
  }
}

function stopSignal(): Stop {
  let settle: (why: Why) => void = () => undefined;
  const asked = new Promise<Why>((resolve) => (settle = resolve));
  return { asked, ask: (why) => settle(why) };
}
