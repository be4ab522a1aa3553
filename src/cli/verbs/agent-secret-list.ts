import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('list the names of the secrets that the agent has; as an administrator')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => end(await listSecrets(io, options.json === true)));
};

/** @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR, EPM_DATA_FOLDER */
async function listSecrets(io: Io, asJson: boolean): Promise<ExitCode> {
  const report = await askAgent('secrets', { action: 'list' });
  if (asJson) io.out(json(report));
  else if (report.secrets.length === 0) io.out('The agent has no secret.\n');
  else for (const { name, changed } of report.secrets) io.out(`${shown(name)}  ${changed}\n`);
  return EXIT.done;
}
