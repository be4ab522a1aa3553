import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('have the agent read the delivered policy now (administrators)')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => end(await reload(io, options.json === true)));
};

/**
 * @returns 1 when the delivered policy cannot be used
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR
 */
async function reload(io: Io, asJson: boolean): Promise<ExitCode> {
  const report = await askAgent('reload', {});
  const { digest, since, fault } = report;
  if (asJson) io.out(json(report));
  else {
    io.out(`Policy ${digest.slice(0, 16)} is in force since ${since}.\n`);
    if (fault !== undefined) io.out(`The delivered policy cannot be used (${fault.code}): ${shown(fault.message)}\n`);
  }
  return fault === undefined ? EXIT.done : EXIT.negative;
}
