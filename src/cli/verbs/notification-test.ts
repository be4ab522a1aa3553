import { SEND_FAULTS } from '../../agent/notifications/send-faults.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { fields, json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('send a marked message to a receiver of notifications now, and tell its answer; as an administrator')
    .argument('<name>', 'the receiver, as the policy of the device names it')
    .addOption(jsonOption())
    .action(async (name: string, options: { json?: true }) => end(await test(io, name, options.json === true)));
};

/**
 * @returns 1: it was not taken
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR,
 * EPM_NOTIFICATION_UNKNOWN
 */
async function test(io: Io, name: string, asJson: boolean): Promise<ExitCode> {
  const result = await askAgent('test-notification', { name });
  const { outcome, fault, answer } = result;
  if (asJson) io.out(json(result));
  else {
    io.out(
      fields([
        ['Receiver', result.name],
        ['Outcome', outcome],
        ['Fault', fault],
        ['', fault && (fault === 'notAllowed' ? 'The policy does not let data leave the device.' : SEND_FAULTS[fault])],
        ['Answer', answer],
      ]),
    );
  }
  return outcome === 'sent' ? EXIT.done : EXIT.negative;
}
