/** The composition of the agent: every port gets its adapter here, and nothing is decided. */
import { randomBytes } from 'node:crypto';
import type { EventLog } from '../../agent/event-entries.ts';
import { openSealFile } from '../../audit/seal-file.ts';
import type { AgentPorts } from '../../agent/index.ts';
import { eventLogSender } from '../../agent/notifications/event-log-sender.ts';
import type { Clock, JournalStorage, Log, ProfileKeeper } from '../../agent/ports.ts';
import type { DigestWorker } from '../../facts/digest-worker.ts';
import {
  type BrokerPool,
  createAccountFactory,
  createAnchorLog,
  createConsentWindow,
  createBootClock,
  createConfirmation,
  createDesktopMaker,
  createFileOpener,
  createFolderOpener,
  createHostPrograms,
  createImageOptions,
  createMachine,
  createMachineTrust,
  createMessageWindow,
  createPolicySource,
  createProcessStarter,
  createUserLogons,
  createVitals,
  createWindowsInstaller,
  createEventEntries,
  createSecretProtection,
  createZoneOffset,
  holdOutputFolder,
  type EventLoop,
  installationSecret,
  nativeFile,
  type machineFolders,
  openAgentState,
  openEntryFolder,
  type prepareDataFolder,
  type ProtectedCopies,
  readMachineState,
  type WindowsDlls,
} from '../../windows/index.ts';

export const CLOCK: Pick<Clock, 'now' | 'monotonic'> = { now: () => Date.now(), monotonic: () => performance.now() };

/** What the agent's ports are made of; the caller closes it. */
interface AgentParts {
  readonly events: EventLoop;
  readonly folders: ReturnType<typeof machineFolders>;
  readonly data: ReturnType<typeof prepareDataFolder>;
  readonly journal: JournalStorage;
  readonly copies: ProtectedCopies;
  readonly profiles: ProfileKeeper;
  readonly worker: DigestWorker;
  readonly brokers: BrokerPool;
  readonly log: Log;
  readonly eventLog: EventLog;
}

/**
 * @param dlls what every adapter calls
 * @throws EpmError EPM_DATA_FOLDER, EPM_WINDOWS_API
 */
export function agentPorts(
  dlls: WindowsDlls,
  { events, folders, data, journal, copies, profiles, worker, brokers, log, eventLog }: AgentParts,
): AgentPorts {
  const opener = createFileOpener(dlls, { worker, copies, trust: createMachineTrust(dlls) });
  const starter = createProcessStarter(dlls.native, events, opener, brokers);
  const random = { bytes: (length: number) => randomBytes(length) };
  const machine = createMachine(dlls, folders, installationSecret(data));
  const desktops = createDesktopMaker(dlls.native);
  const accounts = createAccountFactory(dlls, folders.systemRoot, openAgentState(data.accounts));
  return {
    clock: { ...CLOCK, zoneOffset: createZoneOffset(dlls) },
    boot: createBootClock(dlls.advapi32),
    random,
    machine,
    opener,
    hosts: createHostPrograms(dlls, folders),
    installer: createWindowsInstaller(dlls),
    copies,
    folders: createFolderOpener(dlls),
    desktops,
    accounts,
    profiles,
    starter,
    policies: createPolicySource(dlls, events, createConfirmation(dlls, folders)),
    journal,
    state: openAgentState(data.state),
    approvals: {
      requests: openEntryFolder(data.requestFolder),
      grants: openEntryFolder(data.grantFolder),
      clock: openAgentState(data.clockState),
      device: openAgentState(data.deviceState),
    },
    notifications: {
      outbox: openEntryFolder(data.outboxFolder),
      state: openAgentState(data.notificationState),
      // Loaded when the first message of their kind is sent.
      senders: {
        webhook: async () => (await import('../../network/webhook.ts')).webhookSender(),
        mail: async () => (await import('../../network/mail.ts')).mailSender(),
        folder: async () =>
          (await import('../../network/folder.ts')).folderSender((path) => holdOutputFolder(dlls, path)),
        eventLog: async () => eventLogSender(createEventEntries(dlls)),
      },
      later: (milliseconds, action) => {
        const timer = setTimeout(action, milliseconds).unref();
        return () => clearTimeout(timer);
      },
    },
    secrets: {
      store: openEntryFolder(data.secretFolder),
      protection: createSecretProtection(dlls, machine.secret),
    },
    journalState: openAgentState(data.journalState),
    journalSeal: openSealFile(data.journalSeal),
    healthState: openAgentState(data.healthState),
    vitals: createVitals(dlls.native),
    logons: createUserLogons(dlls.native),
    authenticationState: openAgentState(data.authenticationState),
    budgetState: openAgentState(data.budgetState),
    consent: createConsentWindow({ dlls, starter, accounts, desktops, machine, random, clock: CLOCK, log }),
    messages: createMessageWindow({ dlls, starter, log }),
    // No agent without a broker in its policy reads what the connection is made of.
    broker: async () => (await import('../../network/mqtt.ts')).mqttBroker,
    launch: { options: createImageOptions(dlls.advapi32), launcher: nativeFile('epmlaunch.exe') },
    eventLog: createAnchorLog(dlls),
    events: eventLog,
    log,
    machineState: () => readMachineState(dlls),
  };
}
