import { RIGHTS, WITHHELD_RIGHTS } from '../../model/role.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { fields, json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('say what you may do with the agent of this device, and why')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => end(await role(io, options.json === true)));
};

/**
 * @returns 1 when it is nothing
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED
 */
async function role(io: Io, asJson: boolean): Promise<ExitCode> {
  const report = await askAgent('role', {});
  const { rights, from, withheld } = report;
  if (asJson) io.out(json(report));
  else {
    io.out(
      fields([
        ['User', report.userName ?? report.userSid],
        ...from.map(({ group, groupName, given }) => ['Group', `${groupName ?? group}: ${given.join(', ')}`] as const),
        ...rights.map((right) => ['May', `${RIGHTS[right].title} (${right})`] as const),
      ]),
    );
    if (rights.length === 0) io.out('You may see and end what is your own, and ask.\n');
    if (withheld !== undefined) io.out(`${WITHHELD_RIGHTS[withheld]}\n`);
  }
  return rights.length === 0 ? EXIT.negative : EXIT.done;
}
