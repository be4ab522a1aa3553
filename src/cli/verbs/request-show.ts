import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { describeDeviceRequest } from '../output/describe-device-request.ts';
import { qrBlocks } from '../output/qr.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

interface ShowOptions {
  readonly text?: true;
  readonly qr?: true;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('show a request to support, and the text that an approver needs of it')
    .argument('<id>', 'the request, as epm request list shows it')
    .option('--text', 'print the text only')
    .option('--qr', 'print the text as a QR code too')
    .addOption(jsonOption())
    .action(async (id: string, options: ShowOptions) => end(await requestShow(io, id, options)));
};

/**
 * @returns 1 when only the text was asked for and there is none
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_REQUEST_MALFORMED,
 * EPM_SUPPORT_REQUEST_UNKNOWN, EPM_DATA_FOLDER
 */
async function requestShow(io: Io, id: string, options: ShowOptions): Promise<ExitCode> {
  const report = await askAgent('support-requests', { id });
  const { requests, text } = report;
  if (options.text === true) {
    if (text !== undefined) io.out(`${text}\n`);
    return text === undefined ? EXIT.negative : EXIT.done;
  }
  if (options.json === true) {
    io.out(json(report));
    return EXIT.done;
  }
  io.out(requests.map(describeDeviceRequest).join('\n'));
  if (text !== undefined) io.out(`\nFor support, all of it in one line:\n${text}\n`);
  if (text !== undefined && options.qr === true) io.out(`\n${qrBlocks(text)}`);
  return EXIT.done;
}
