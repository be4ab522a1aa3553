/** The agent as its service composes it, over DLLs that can be told to fail; for scripts that run inside Windows. */
import { createAgent, type Agent } from '../../src/agent/index.ts';
import { EventLog, withEvents } from '../../src/agent/event-entries.ts';
import type { Caller, Connection } from '../../src/agent/ports.ts';
import { openJournalFolder } from '../../src/audit/file-storage.ts';
import { verifyJournal } from '../../src/audit/verify.ts';
import { agentPorts, CLOCK } from '../../src/cli/agent/agent-ports.ts';
import { DigestWorker } from '../../src/facts/digest-worker.ts';
import { MAX_MESSAGE, PIPE_NAMES } from '../../src/ipc/protocol.ts';
import {
  BrokerPool,
  createAccountFactory,
  createConfirmation,
  createEventEntries,
  createFileOpener,
  createMachineTrust,
  createPipeServer,
  createPolicySource,
  createProfileKeeper,
  createProtectedCopies,
  type machineFolders,
  openAgentState,
  openLog,
  type prepareDataFolder,
  startEventLoop,
  type WindowsDlls,
} from '../../src/windows/index.ts';

export interface FaultAgent {
  readonly agent: Agent;
  /** Who connected first, and stays. */
  readonly caller: Caller;
  /** Forgets what is kept from one request to the next, so that every call is made again. */
  renew(): void;
  /** Removes what an earlier agent would have left. */
  sweep(): Promise<void>;
  /** Ends it. @returns whether the journal verifies, and the event of each record, with the reason where that is its broker */
  end(): Promise<{ readonly verified: boolean; readonly events: readonly string[] }>;
}

/**
 * @param real what reads the policy and serves the pipe, beside the requests
 * @param dlls what everything else calls
 */
export async function startFaultAgent(
  real: WindowsDlls,
  dlls: WindowsDlls,
  folders: ReturnType<typeof machineFolders>,
  data: ReturnType<typeof prepareDataFolder>,
): Promise<FaultAgent> {
  const stop = (error: Error): never => {
    throw error;
  };
  const events = startEventLoop(real.native, stop);
  const file = openLog(data.logFolder, () => CLOCK.now());
  const eventLog = new EventLog(createEventEntries(real), CLOCK);
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
  const journal = openJournalFolder(data.auditFolder);
  const trust = createMachineTrust(dlls);
  const newOpener = () => createFileOpener(dlls, { worker, copies, trust });
  const newAccounts = () => createAccountFactory(dlls, folders.systemRoot, openAgentState(data.accounts));
  let opener = newOpener();
  let accounts = newAccounts();
  const parts = { events, folders, data, journal, copies, profiles, worker, brokers, log, eventLog };
  const agent = await createAgent(
    {
      ...agentPorts(dlls, parts),
      // Reads the policy again when a hive is loaded, beside the request.
      policies: createPolicySource(real, events, createConfirmation(real, folders)),
      opener: { open: (path, caller) => opener.open(path, caller) },
      accounts: {
        domain: () => accounts.domain(),
        create: (request) => accounts.create(request),
        sweep: () => accounts.sweep(),
      },
    },
    { version: 'faults', processId: process.pid },
  );
  const pipe = createPipeServer(real.native, events, {
    kind: 'user',
    name: PIPE_NAMES.user,
    maxMessage: MAX_MESSAGE,
    troubled: () => undefined,
    over: stop,
  });
  let stopListening = (): void => undefined;
  const client = await new Promise<Connection>((resolve) => {
    stopListening = pipe.listen({ connection: resolve, refused: () => undefined });
    process.stdout.write('ready\n');
  });

  return {
    agent,
    caller: client.caller,
    renew() {
      opener = newOpener();
      accounts = newAccounts();
      // Each start writes down all its names.
      accounts.sweep();
    },
    async sweep() {
      await profiles.removeAll();
      newAccounts().sweep();
      copies.sweep();
    },
    async end() {
      const records: string[] = [];
      const verified = await verifyJournal(
        journal.read(),
        ({ event, reason }) => void records.push(reason === 'brokerGone' ? `${event} ${reason}` : event),
      );
      stopListening();
      client.close();
      await agent.stop();
      copies.close();
      profiles.close();
      await brokers.close();
      await worker.dispose();
      file.close();
      await events.stop();
      return { verified: verified.ok, events: records };
    },
  };
}
