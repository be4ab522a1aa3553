/**
 * Starting one elevated program. Up to `resume` every step can fail and leaves nothing behind; nothing runs before its
 * record is on the disk.
 */
import { splitPath } from '../facts/gather.ts';
import { defined } from '../model/defined.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { processSecurity, tokenSecurity } from './account.ts';
import { describeAttempt, describeRun, ruleOf, type Attempt } from './audit-entries.ts';
import type { AuditTrail } from './audit-trail.ts';
import { activeProcessLimit } from './children/limits.ts';
import type { GateOrder } from './children/library-gate.ts';
import type { ChildrenPorts } from './children/children-ports.ts';
import { TreeChildren } from './children/tree-children.ts';
import type { VerifiedCaller } from './caller.ts';
import type { RunDetails } from './contract.ts';
import { buildEnvironment, workingDirectory } from './environment.ts';
import { makeOwnDesktop } from './own-desktop.ts';
import type { Permission } from './permission.ts';
import type { Launch } from './program-host/launch.ts';
import { type AccountPorts, loadProgramProfile, makeProgramAccount, programEnvironment } from './program-account.ts';
import type {
  DesktopMaker,
  HeldFolder,
  LoadedProfile,
  Log,
  OwnDesktop,
  ProcessStarter,
  ProtectedCopy,
  StartedProcess,
  StartRequest,
} from './ports.ts';
import { releaseProfile } from './profile.ts';
import { verifyProcess } from './verify-process.ts';
import { verifyToken, type TokenExpectation } from './verify-token.ts';

export interface RunPorts extends AccountPorts, ChildrenPorts {
  readonly starter: ProcessStarter;
  readonly desktops: DesktopMaker;
  readonly trail: AuditTrail;
  readonly log: Log;
}

interface RunOrder {
  readonly attempt: Attempt;
  readonly decision: Permission;
  /** The image that starts, which the caller keeps open and locked. */
  readonly launch: Launch;
  /** What runs in place of the file; undefined: nobody but administrators may change the file or its neighbours. */
  readonly copy: ProtectedCopy | undefined;
  /** What lies beside the file was copied too. */
  readonly hasNeighbours: boolean;
  readonly facts: FileFacts;
  /** Undefined: the program has its console. */
  readonly streams: StartRequest['streams'];
  /** Gives what was sent for the authentication that the decision asks for; undefined: it asks for none. */
  readonly credential: (() => Uint8Array) | undefined;
  /** Of the request; undefined: the program starts in the system folder. */
  readonly folder: HeldFolder | undefined;
  /** Throws when the request was cancelled meanwhile. */
  checkCancelled(): void;
  /**
   * Counts the start by the grant that permits it. To be called once, before the record of the start.
   * @returns gives it back where nothing ran; undefined: it is by no grant
   * @throws EpmError EPM_GRANT_REFUSED, EPM_DATA_FOLDER
   */
  useGrant(): (() => void) | undefined;
}

/** A program that runs. */
export interface StartedRun {
  readonly process: StartedProcess;
  readonly run: RunDetails;
  /** What runs, to be removed when the tree is empty; undefined: it runs where the file lies. */
  readonly copy: ProtectedCopy | undefined;
  /** What is closed when the tree is empty. */
  readonly held: readonly { close(): void }[];
  /** Of its account, to be released when the tree is empty. */
  readonly profile: LoadedProfile;
  /** What it starts; undefined: it may start nothing. */
  readonly children: TreeChildren | undefined;
  /** Who asked for it. */
  readonly caller: VerifiedCaller;
}

/** STATUS_ACCESS_DENIED ([MS-ERREF] 2.3.1): the exit code of a program that was ended before its first instruction. */
const ENDED_BEFORE_START = 0xc000_0022;

/**
 * @returns a program that runs
 * @throws EpmError those of authenticating; EPM_ACCOUNT_UNAVAILABLE, EPM_TOKEN_REFUSED, EPM_WINE_REFUSED, EPM_PROFILE_UNAVAILABLE,
 *   EPM_ARGUMENTS_INVALID, EPM_START_FAILED, EPM_IMAGE_CHANGED, EPM_AUDIT_WRITE, EPM_REQUEST_CANCELLED, EPM_GRANT_REFUSED,
 *   EPM_DATA_FOLDER; then nothing runs
 */
export async function runElevated(order: RunOrder, ports: RunPorts): Promise<StartedRun> {
  const { attempt, decision, facts, copy, streams, folder } = order;
  const { image, commandLine, host } = order.launch;
  const { requestId, caller } = attempt;
  const { machine, log } = ports;
  const { account, token } = await makeProgramAccount(attempt, decision, order.credential, ports);
  let profile: LoadedProfile | undefined;
  let desktop: OwnDesktop | undefined;
  let isRunning = false;
  try {
    const expectation: TokenExpectation = {
      identity: decision.identity,
      account,
      factory: token.factory,
      logon: token.logon,
      requesterAuthenticationId: caller.authenticationId,
      machine,
    };
    verifyToken(token.facts(), expectation);
    order.checkCancelled();
    profile = await loadProgramProfile(decision, { account, token }, caller, ports);
    order.checkCancelled();
    if (decision.start?.ownDesktop === true) desktop = await makeOwnDesktop(account, ports);
    const { childProcesses } = decision;
    const limit = activeProcessLimit(childProcesses);
    const gate = gateOf(order);
    const children =
      childProcesses === 'deny' && gate === undefined
        ? undefined
        : new TreeChildren(attempt, childProcesses, ports, gate);
    const process = await ports.starter.start({
      token,
      path: image.path,
      commandLine,
      environment: buildEnvironment({
        account: programEnvironment(decision, token.environment(), caller),
        profile,
        folders: machine.folders,
        computerName: machine.name,
      }),
      directory: folder?.path ?? workingDirectory(machine.folders),
      processSddl: processSecurity(account.ownerSid),
      tokenSddl: tokenSecurity(account.ownerSid),
      activeProcessLimit: limit,
      killWithAgent: true,
      ...defined({ desktop: desktop?.name, streams, judge: children }),
      console: streams === undefined && desktop === undefined ? 'window' : 'hidden',
    });
    try {
      verifyProcess(process.facts(), {
        token: expectation,
        image,
        parentProcessId: process.starterProcessId,
        activeProcessLimit: limit,
      });
      const run: RunDetails = {
        requestId,
        processId: process.processId,
        startTime: new Date(process.startTime).toISOString(),
        file: { path: facts.path, sha256: facts.sha256, ...defined({ copy: copy?.path, host: host?.path }) },
        ...defined({ rule: ruleOf(decision.basis) }),
        account: { sid: account.accountSid, name: `${account.domainName}\\${account.accountName}` },
        accountFactory: token.factory,
        childProcesses,
        ...defined({ directory: folder?.path }),
        ...(desktop === undefined ? {} : { ownDesktop: true }),
        ...(streams === undefined ? {} : { codePage: machine.consoleCodePage }),
      };
      order.checkCancelled();
      const giveBack = order.useGrant();
      try {
        ports.trail.appendOrThrow({ ...describeAttempt(attempt), ...describeRun(run), event: 'elevationStarting' });
      } catch (error) {
        giveBack?.();
        throw error;
      }
      children?.begin(process.processId, image.path);
      process.resume();
      isRunning = true;
      // The account gives its names back.
      const names = { close: () => token.release() };
      const held = [folder, desktop, names].filter((each) => each !== undefined);
      return { process, run, copy, held, profile, children, caller };
    } catch (error) {
      endSuspended(process, log);
      throw error;
    }
  } catch (error) {
    await releaseProfile(profile, log);
    throw error;
  } finally {
    if (!isRunning) orLog(() => desktop?.close(), log, 'desktopCloseFailed');
    orLog(() => token.close(), log, 'tokenCloseFailed');
    if (!isRunning) orLog(() => token.release(), log, 'accountReleaseFailed');
  }
}

/** What the processes of the tree may load; undefined: anything. */
function gateOf({ decision, copy, launch, hasNeighbours }: RunOrder): GateOrder | undefined {
  const { libraryGate, basis } = decision;
  if (libraryGate === undefined || basis.kind !== 'rule') return undefined;
  return {
    ...libraryGate,
    type: basis.rule.type,
    program: launch.image,
    copied: copy !== undefined && hasNeighbours ? splitPath(copy.path).folder : undefined,
  };
}

function endSuspended(process: StartedProcess, log: Log): void {
  // Nobody waits for this process; its promises must not become unhandled rejections.
  process.exited.catch(() => undefined);
  process.treeEmpty.catch(() => undefined);
  orLog(() => process.terminate(ENDED_BEFORE_START), log, 'terminateFailed');
  // Closes the job as well, which kills the process should ending it have failed.
  orLog(() => process.release(), log, 'releaseFailed');
}

function orLog(action: () => void, log: Log, event: string): void {
  try {
    action();
  } catch {
    log.write('error', event, {});
  }
}
