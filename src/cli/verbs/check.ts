import { checkPrerequisites } from '../../agent/prerequisites.ts';
import { loadDlls, readMachineState } from '../../windows/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonOption } from '../input/options.ts';
import { describeChecks } from '../output/describe-checks.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('check whether this machine meets the prerequisites of elevation')
    .addOption(jsonOption())
    .action((options: { json?: true }) => end(check(io, options)));
};

/**
 * Says whether this machine is as elevation needs it, whether or not the agent runs.
 * @returns 1 when a prerequisite has failed
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows, EPM_NATIVE_MISSING
 */
function check(io: Io, options: { readonly json?: true }): ExitCode {
  const prerequisites = checkPrerequisites(readMachineState(loadDlls()));
  io.out(options.json === true ? json({ prerequisites }) : describeChecks(prerequisites, 'prerequisite'));
  return prerequisites.some(({ state }) => state === 'failed') ? EXIT.negative : EXIT.done;
}
