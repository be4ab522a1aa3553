/** `epm request deny` and `epm request revoke`: the same with another decision. */
import { defined } from '../../model/defined.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { describeDeviceRequest } from '../output/describe-device-request.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';
import { askAgent } from './connect.ts';

interface DecideOptions {
  readonly reason?: string;
  readonly json?: true;
}

export function declareDecision(decision: 'deny' | 'revoke', description: string): DeclareVerb {
  return (command, io, end) => {
    command
      .description(description)
      .argument('<id>', 'the request, as epm request list shows it')
      .option('--reason <text>', 'why; the user and the audit are told')
      .addOption(jsonOption())
      .action(async (id: string, options: DecideOptions) => end(await decide(io, decision, id, options)));
  };
}

/**
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_REQUEST_MALFORMED, EPM_RIGHT_MISSING,
 * EPM_SUPPORT_REQUEST_UNKNOWN, EPM_SUPPORT_REQUEST_STATE, EPM_JUSTIFICATION_INVALID, EPM_DATA_FOLDER
 */
async function decide(
  io: Io,
  decision: 'deny' | 'revoke',
  id: string,
  { reason, json: asJson }: DecideOptions,
): Promise<ExitCode> {
  const result = await askAgent('decide-request', { id, decision, ...defined({ reason }) });
  io.out(asJson === true ? json(result) : describeDeviceRequest(result.request));
  return EXIT.done;
}
