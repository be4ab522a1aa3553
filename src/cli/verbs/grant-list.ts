import { askGrants } from '../agent/ask-pages.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { describeDeviceGrant } from '../output/describe-device-grant.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('list the grants that this device knows: those that you may use, or all for whoever may see requests')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => end(await grantList(io, options.json === true)));
};

/** @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_DATA_FOLDER */
async function grantList(io: Io, asJson: boolean): Promise<ExitCode> {
  const report = await askGrants();
  if (asJson) io.out(json(report));
  else if (report.grants.length === 0) io.out('The device knows no grant.\n');
  else io.out(report.grants.map(describeDeviceGrant).join('\n'));
  return EXIT.done;
}
