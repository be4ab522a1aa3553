import { askRequests } from '../agent/ask-pages.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { describeDeviceRequest } from '../output/describe-device-request.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('list the requests to support of this device: your own, or all for whoever may see them')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => end(await requestList(io, options.json === true)));
};

/** @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_DATA_FOLDER */
async function requestList(io: Io, asJson: boolean): Promise<ExitCode> {
  const report = await askRequests();
  if (asJson) io.out(json(report));
  else if (report.requests.length === 0) io.out('Nothing was asked of support.\n');
  else io.out(report.requests.map(describeDeviceRequest).join('\n'));
  return EXIT.done;
}
