import { checkInstallationFacts, loadDlls } from '../../windows/index.ts';
import { ownExecutable, registeredExecutable } from '../agent/installed-service.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { describeChecks } from '../output/describe-checks.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('check how the agent is installed: its service, folders, registry keys and event log')
    .addOption(jsonOption())
    .action((options: { json?: true }) => end(check(io, options.json === true)));
};

/**
 * @returns 1 when something is not as it must be
 * @throws EpmError EPM_PLATFORM, EPM_NATIVE_MISSING, EPM_ARGUMENT
 */
function check(io: Io, asJson: boolean): ExitCode {
  const dlls = loadDlls();
  const checks = checkInstallationFacts(dlls, registeredOrOwn(dlls));
  io.out(asJson ? json({ checks }) : describeChecks(checks, 'check'));
  return checks.some(({ state }) => state === 'failed') ? EXIT.negative : EXIT.done;
}

/** The program of the service where it is EPM's, else this one: the service is to run it. */
export function registeredOrOwn(dlls: ReturnType<typeof loadDlls>): string {
  try {
    return registeredExecutable(dlls) ?? ownExecutable();
  } catch {
    return ownExecutable();
  }
}
