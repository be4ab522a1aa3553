import { askAgent } from '../agent/connect.ts';
import { EXIT } from '../exit-codes.ts';
import type { DeclareVerb } from '../verb.ts';

/** Throws EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR, EPM_SECRET_UNKNOWN, EPM_DATA_FOLDER. */
export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('remove a secret from the agent; as an administrator')
    .argument('<name>', 'the secret, as epm agent secret list shows it')
    .action(async (name: string) => {
      await askAgent('secrets', { action: 'remove', name });
      io.out('The agent does not have it any more.\n');
      end(EXIT.done);
    });
};
