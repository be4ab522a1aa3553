/** The adapters an executable composes: Windows as the agent and the command line need it. */
export { createProtectedCopies, type ProtectedCopies } from './copies/protected-copies.ts';
export { createConsentWindow } from './consent/consent-window.ts';
export { createMessageWindow } from './consent/message-window.ts';
export { promptForCredential } from './credentials/credential-prompt.ts';
export { isTestBuild, loadDlls, type WindowsDlls } from './dll/load.ts';
export { startEventLoop, type EventLoop } from './events/event-loop.ts';
export { createFileOpener, openOwnFile } from './files/file-opener.ts';
export { holdOutputFolder } from './files/output-folder.ts';
export { createFolderOpener } from './files/working-directory.ts';
export { createAnchorLog } from './log/anchor-log.ts';
export { createEventEntries } from './log/event-entries.ts';
export { registerEventSource, removeEventSource } from './log/event-source.ts';
export { openLog } from './log/file-log.ts';
export { openAgentState } from './machine/agent-state.ts';
export { accountSid } from './machine/accounts.ts';
export { createBootClock } from './machine/boot-clock.ts';
export { createZoneOffset } from './machine/time-zone.ts';
export { dataFolderOf, installationSecret, prepareDataFolder, removeDataFolder } from './machine/data-folder.ts';
export { openEntryFolder } from './machine/entry-folder.ts';
export { machineFolders } from './machine/folders.ts';
export { codePageTable } from './machine/code-page.ts';
export { createMachine } from './machine/machine.ts';
export { makePrivateFolder } from './machine/private-folder.ts';
export { createSecretProtection } from './machine/secret-protection.ts';
export { readMachineState } from './machine/machine-state.ts';
export { connectPipe } from './pipes/pipe-client.ts';
export { nativeFile, programFolder } from './native-files.ts';
export { createPipeServer } from './pipes/pipe-server.ts';
export { createConfirmation } from './policy-source/confirmation.ts';
export { createPolicySource } from './policy-source/policy-source.ts';
export { createImageOptions } from './image-options/image-options.ts';
export { createHostPrograms } from './processes/host-programs.ts';
export { recorders, type RequesterDesktop, whoAsks } from './probes/index.ts';
export { createDesktopMaker } from './processes/desktop-maker.ts';
export { BrokerPool } from './processes/broker-pool.ts';
export { createProcessStarter } from './processes/process-starter.ts';
export { createVitals } from './processes/vitals.ts';
export { createWindowsInstaller } from './processes/windows-installer.ts';
export { createProfileKeeper } from './profiles/profile-keeper.ts';
export { markedProfiles } from './profiles/profile-list.ts';
export { hardenProcess } from './processes/harden.ts';
export { readTree } from './registry/snapshot.ts';
export { isUserHive } from './registry/user-hives.ts';
export { removeTree, replaceTree } from './registry/write.ts';
export { requireSafeInstallation } from './service/installation.ts';
export { enterService, type RunningService } from './service/running-service.ts';
export {
  checkInstallationFacts,
  mendInstallation,
  messageFile,
  removeLaunchOptions,
  protectProgramFolder,
} from './service/installation-checks.ts';
export { keepFileToOwner } from './security/protect.ts';
export { readRecordedVersion, recordVersion } from './service/recorded-version.ts';
export {
  configureService,
  registerService,
  removeService,
  startService,
  stopService,
} from './service/service-manager.ts';
export { readService } from './service/service-facts.ts';
export { programOfCommandLine, SERVICE_DISPLAY_NAME, SERVICE_NAME } from './service/service-plan.ts';
export { onSessionLeft } from './service/session-changes.ts';
export { replaceFiles, type Replacement } from './service/replace-files.ts';
export { isAdministrator } from './tokens/membership.ts';
export { runTemporaryService } from './service/temporary-service.ts';
export { createAccountFactory } from './tokens/account-factory.ts';
export { createUserLogons } from './tokens/user-logons.ts';
export { registerShellVerb, removeShellVerb } from './shell/shell-verb.ts';
export { registerStartMenu, removeStartMenu } from './shell/start-menu.ts';
export { createMachineTrust, createSignatureTrust } from './trust/signature-trust.ts';
export { createTrustQueue } from './trust/trust-queue.ts';
