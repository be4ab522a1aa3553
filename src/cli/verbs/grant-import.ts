import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import { PASTED, pastedText } from '../input/pasted-text.ts';
import type { Io } from '../io.ts';
import { describeDeviceGrant } from '../output/describe-device-grant.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('bring a grant to this device; anybody may, for only its signature counts')
    .argument('<grant...>', PASTED)
    .addOption(jsonOption())
    .action(async (words: string[], options: { json?: true }) => {
      end(await grantImport(io, words, options.json === true));
    });
};

/**
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_GRANT_INVALID, EPM_GRANT_REFUSED,
 * EPM_GRANT_LIMIT, EPM_DATA_FOLDER, and the codes of reading files
 */
async function grantImport(io: Io, words: readonly string[], asJson: boolean): Promise<ExitCode> {
  const text = await pastedText(io, words);
  const result = await askAgent('import-grant', { text });
  if (asJson) io.out(json(result));
  else io.out(`${result.known ? 'It was known already.\n' : ''}${describeDeviceGrant(result.grant)}`);
  return EXIT.done;
}
