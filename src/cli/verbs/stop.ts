import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('end an elevated program and everything it started: one of your own, or any for administrators')
    .argument('<request>', 'its request, as epm elevations shows it')
    .addOption(jsonOption())
    .action(async (request: string, options: { json?: true }) => end(await stop(io, request, options.json === true)));
};

/**
 * @returns 1 when some of its processes are not gone yet
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_REQUEST_MALFORMED, EPM_ELEVATION_UNKNOWN
 */
async function stop(io: Io, requestId: string, asJson: boolean): Promise<ExitCode> {
  const result = await askAgent('stop', { requestId });
  const isEnded = result.outcome === 'ended';
  if (asJson) io.out(json(result));
  else io.out(isEnded ? 'Ended.\n' : 'It is being ended; some of its processes are not gone yet.\n');
  return isEnded ? EXIT.done : EXIT.negative;
}
