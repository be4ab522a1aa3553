import type { Command } from 'commander';
import { askAgent } from '../agent/connect.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { fields, json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io) => {
  command
    .description('seal the journal with a new key, and print once what verifies it (administrators)')
    .addOption(jsonOption())
    .action(async (_options: object, self: Command) =>
      auditSeal(io, self.optsWithGlobals<{ json?: true }>().json === true),
    );
};

/** @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR, EPM_AUDIT_WRITE */
async function auditSeal(io: Io, asJson: boolean): Promise<void> {
  const result = await askAgent('seal', {});
  if (asJson) {
    io.out(json(result));
    return;
  }
  const { verificationKey, key, since, deviceKey } = result;
  io.out(
    fields([
      ['Verification key', verificationKey],
      ['Name', key],
      ['Seals from', `record ${since}`],
      ['Device key', deviceKey],
    ]),
  );
  io.out(
    'Keep the verification key away from this device: it is shown only now, and whoever has it can seal records as the agent does.\n' +
      'Verify with: epm audit verify --key FILE\n',
  );
}
