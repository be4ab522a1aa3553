/** The composition of the agent: every port gets its adapter here, and nothing is decided. */
import { randomBytes } from 'node:crypto';
import { openJournalFile } from '../../audit/file-storage.ts';
import { type Agent, createAgent } from '../../agent/index.ts';
import type { Clock, Log } from '../../agent/ports.ts';
import { MAX_MESSAGE, PIPE_NAME } from '../../ipc/channels.ts';
import { servePipe } from '../../ipc/server.ts';
import type { EpmError } from '../../model/errors.ts';
import { toErrorReport } from '../../model/errors.ts';
import {
  createAccountFactory,
  createFileOpener,
  createMachine,
  createPipeServer,
  createPolicySource,
  createProcessStarter,
  enterService,
  type EventLoop,
  hardenProcess,
  installationSecret,
  loadDlls,
  machineFolders,
  openLog,
  prepareDataFolder,
  type RunningService,
  startEventLoop,
  type WindowsDlls,
} from '../../windows/index.ts';
import type { Io } from '../io.ts';
import { VERSION } from '../version.ts';

const CLOCK: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

interface Stop {
  /** Settles when somebody asks the agent to stop; with an error when it cannot go on. */
  readonly asked: Promise<EpmError | undefined>;
  ask(error?: EpmError): void;
}

/**
 * Runs the agent until it is stopped: by Ctrl+C in a console, by the service control manager as a service.
 * @throws EpmError EPM_PLATFORM, EPM_NATIVE_MISSING, EPM_DATA_FOLDER, EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE,
 * EPM_WINDOWS_API when the pipe cannot be served
 */
export async function runAgent(io: Io, asService: boolean): Promise<void> {
  const dlls = loadDlls();
  const stop = stopSignal();
  const hardening = hardenProcess(dlls.native);
  const events = startEventLoop(dlls.native, (error) => stop.ask(error));
  const interrupted = io.onInterrupt(() => stop.ask());
  let service: RunningService | undefined;
  let failed = true;
  try {
    if (asService) service = enterService(dlls.native, events, () => stop.ask());
    await serve(dlls, events, service, stop, io, hardening);
    failed = false;
  } finally {
    interrupted();
    await events.stop();
    service?.stopped(failed);
  }
}

async function serve(
  dlls: WindowsDlls,
  events: EventLoop,
  service: RunningService | undefined,
  stop: Stop,
  io: Io,
  hardening: ReturnType<typeof hardenProcess>,
): Promise<void> {
  const folders = machineFolders(dlls.advapi32);
  const data = prepareDataFolder(dlls, folders.programData);
  const log = openLog(data.logFolder, () => CLOCK.now());
  try {
    if (hardening.refused.length > 0) {
      log.write('warning', 'hardeningRefused', { mitigations: hardening.refused.join(', ') });
    }
    const journal = openJournalFile(data.journal);
    const agent = await createAgent(
      {
        clock: CLOCK,
        random: { bytes: (length) => randomBytes(length) },
        machine: createMachine(dlls, folders, installationSecret(data)),
        opener: createFileOpener(dlls),
        accounts: createAccountFactory(dlls.native),
        starter: createProcessStarter(dlls.native, events),
        policies: createPolicySource(dlls.advapi32, dlls.native, events, (error) =>
          log.write('warning', 'userPolicyNotUsed', { code: error.code, message: error.message }),
        ),
        journal,
        log,
      },
      { version: VERSION, processId: process.pid },
    ).catch((error: unknown) => {
      journal.close();
      throw error;
    });
    await serveAgent(dlls, events, service, stop, io, agent, log);
  } catch (error) {
    const { code, message } = toErrorReport(error);
    log.write('error', 'agentFailed', { code, message });
    throw error;
  } finally {
    log.close();
  }
}

async function serveAgent(
  dlls: WindowsDlls,
  events: EventLoop,
  service: RunningService | undefined,
  stop: Stop,
  io: Io,
  agent: Agent,
  log: Log,
): Promise<void> {
  try {
    const pipe = createPipeServer(dlls.native, events, { name: PIPE_NAME, maxMessage: MAX_MESSAGE });
    const stopServing = servePipe(pipe, agent, log);
    try {
      service?.running();
      if (service === undefined) io.out(`EPM agent ${VERSION} is running. Ctrl+C ends it.\n`);
      const error = await stop.asked;
      if (error !== undefined) throw error;
    } finally {
      service?.stopping();
      stopServing();
    }
  } finally {
    await agent.stop();
  }
}

function stopSignal(): Stop {
  let settle: (error: EpmError | undefined) => void = () => undefined;
  const asked = new Promise<EpmError | undefined>((resolve) => (settle = resolve));
  return { asked, ask: (error) => settle(error) };
}
