/** The adapters an executable composes: Windows as the agent and the command line need it. */
export { isTestBuild, loadDlls, type WindowsDlls } from './dll/load.ts';
export { startEventLoop, type EventLoop } from './events/event-loop.ts';
export { createFileOpener } from './files/file-opener.ts';
export { openLog } from './log/file-log.ts';
export { openAgentState } from './machine/agent-state.ts';
export { createBootClock } from './machine/boot-clock.ts';
export {
  dataFolderOf,
  type DataFolder,
  installationSecret,
  prepareDataFolder,
  removeDataFolder,
} from './machine/data-folder.ts';
export { machineFolders } from './machine/folders.ts';
export { createMachine } from './machine/machine.ts';
export { readMachineState } from './machine/machine-state.ts';
export { connectPipe, type PipeClient } from './pipes/pipe-client.ts';
export { createPipeServer } from './pipes/pipe-server.ts';
export { createPolicySource } from './policy-source/policy-source.ts';
export { createProcessStarter } from './processes/process-starter.ts';
export { hardenProcess } from './processes/harden.ts';
export { readTree } from './registry/snapshot.ts';
export { replaceTree } from './registry/write.ts';
export { enterService, type RunningService } from './service/running-service.ts';
export { installService, SERVICE_DISPLAY_NAME, SERVICE_NAME, uninstallService } from './service/service-manager.ts';
export { createAccountFactory } from './tokens/account-factory.ts';
export { createMachineTrust, createSignatureTrust } from './trust/signature-trust.ts';
export { createTrustQueue } from './trust/trust-queue.ts';
