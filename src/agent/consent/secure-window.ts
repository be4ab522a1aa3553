/**
 * The consent window where the person's own programs cannot reach it (setting `secureConsent`): under an isolated account
 * without rights, on a desktop that only this account and the system can use, and that is before the person only while the
 * question is open. Like an elevated program the window is not believed to be what was asked for: token, process and
 * desktop are read back and compared, and what is not so is ended before its first instruction.
 */
import { processSecurity, tokenSecurity, windowAccountFor } from '../account.ts';
import type { VerifiedCaller } from '../caller.ts';
import { makeShownDesktop } from '../own-desktop.ts';
import type {
  AccountFactory,
  AccountRequest,
  AccountToken,
  DesktopMaker,
  Log,
  Machine,
  OpenHost,
  ProcessStarter,
  Random,
  ShownDesktop,
  StartRequest,
} from '../ports.ts';
import { verifyProcess } from '../verify-process.ts';
import { type TokenExpectation, verifyToken } from '../verify-token.ts';
import { WindowProcess } from './window-process.ts';

export interface SecureWindowPorts {
  readonly accounts: AccountFactory;
  readonly desktops: DesktopMaker;
  readonly machine: Machine;
  readonly starter: ProcessStarter;
  readonly random: Random;
  readonly log: Log;
  /** Opens epmprompt.exe, and keeps it from changing until it is closed. @throws EpmError */
  readonly openProgram: () => OpenHost;
  /** Names of variables of the test bed, which the window gets too. */
  readonly testVariables: readonly string[];
}

interface SecureWindow {
  readonly process: WindowProcess;
  readonly desktop: ShownDesktop;
  /** Puts the person's own desktop back, and ends the window. Never fails. */
  end(): Promise<void>;
}

/**
 * Starts the window. Its desktop is not before the person yet.
 * @param frame the question
 * @param seconds for which the desktop is before the person at most, whatever becomes of the agent
 * @throws EpmError EPM_ACCOUNT_UNAVAILABLE, EPM_TOKEN_REFUSED, EPM_WINE_REFUSED, EPM_START_FAILED, EPM_IMAGE_CHANGED,
 *   EPM_NATIVE_MISSING; then nothing of it is left
 */
export async function startSecureWindow(
  frame: Uint8Array,
  who: VerifiedCaller,
  seconds: number,
  ports: SecureWindowPorts,
): Promise<SecureWindow> {
  const { accounts, machine, random } = ports;
  const requestId = Buffer.from(random.bytes(16)).toString('hex');
  const account = windowAccountFor({ requestId, caller: who, machine, domain: accounts.domain() });
  const parts: Parts = {};
  const end = (): Promise<void> => endAll(parts, ports.log);
  try {
    const token = await accounts.create(account);
    parts.token = token;
    const expectation: TokenExpectation = {
      identity: 'window',
      account,
      factory: token.factory,
      logon: token.logon,
      requesterAuthenticationId: who.authenticationId,
      machine,
    };
    verifyToken(token.facts(), expectation);
    const desktop = await makeShownDesktop(account, seconds, ports);
    parts.desktop = desktop;
    const image = ports.openProgram();
    try {
      const started = await ports.starter.start(startOf(image.path, { account, token, desktop, frame }, ports));
      parts.process = new WindowProcess(started);
      verifyProcess(started.facts(), {
        token: expectation,
        image,
        parentProcessId: started.starterProcessId,
        activeProcessLimit: ONE_PROCESS,
      });
      started.resume();
      return { process: parts.process, desktop, end };
    } finally {
      image.close();
    }
  } catch (error) {
    await end();
    throw error;
  }
}

/** What there is of a window so far. */
interface Parts {
  token?: AccountToken;
  desktop?: ShownDesktop;
  process?: WindowProcess;
}

/** The window may start nothing. */
const ONE_PROCESS = 1;

interface StartTerms {
  readonly account: AccountRequest;
  readonly token: AccountToken;
  readonly desktop: ShownDesktop;
  readonly frame: Uint8Array;
}

function startOf(
  path: string,
  { account, token, desktop, frame }: StartTerms,
  { machine, testVariables }: SecureWindowPorts,
): StartRequest {
  return {
    token,
    path,
    commandLine: `"${path}"`,
    environment: environmentOf(machine, token, testVariables),
    directory: `${machine.folders.systemRoot}\\System32`,
    processSddl: processSecurity(account.ownerSid, 'ME'),
    tokenSddl: tokenSecurity(account.ownerSid),
    activeProcessLimit: ONE_PROCESS,
    killWithAgent: true,
    desktop: desktop.name,
    console: 'hidden',
    streams: { input: frame },
  };
}

/** Nothing of a profile, because none is loaded for the window. */
function environmentOf({ folders }: Machine, token: AccountToken, testVariables: readonly string[]): readonly string[] {
  const { systemRoot, systemDrive } = folders;
  const own = [`SystemDrive=${systemDrive}`, `SystemRoot=${systemRoot}`, `windir=${systemRoot}`];
  if (testVariables.length === 0) return own;
  const isGiven = (entry: string): boolean => testVariables.includes(entry.slice(0, entry.indexOf('=')).toUpperCase());
  return [...own, ...token.environment().filter(isGiven)];
}

/** The desktop first, so that nobody looks at an empty one; the name of the account when nothing runs as it any more. */
async function endAll({ desktop, process, token }: Parts, log: Log): Promise<void> {
  const steps = [() => desktop?.close(), () => process?.end(), () => token?.close(), () => token?.release()];
  for (const step of steps) {
    try {
      await step();
    } catch {
      log.write('error', 'secureWindowEndFailed', {});
    }
  }
}
