import { isEpmError } from '../../model/errors.ts';
import {
  readDeclaredConfigurations,
  type DeclaredConfiguration,
} from '../../policy/formats/mdm/declared-configuration.ts';
import { APPROVAL_LISTS, approvalEntries } from '../../policy/declaration/approvals.ts';
import { readPolicies } from '../../policy/formats/formats.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fields, json, shown } from '../output/text.ts';
import { fromOption, jsonOption } from '../input/options.ts';
import { ofInput, readInput } from '../input/read-policies.ts';
import type { DeclareVerb } from '../verb.ts';

interface InspectOptions {
  readonly from?: PolicyFormat;
  readonly json?: true;
}

const BODY_NOTE =
  'What Microsoft’s Endpoint Privilege Management writes into such a document is not published; no rules are read from it.';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('show what a file is: the format of a policy, or the frame of a declared-configuration document')
    .argument('<file>')
    .addOption(fromOption())
    .addOption(jsonOption())
    .action(async (path: string, options: InspectOptions) => {
      end(await policyInspect(io, path, options));
    });
};

/**
 * Says what a file is. Of a policy: its format and how much is in it. Of a declared-configuration document, result or
 * alert: its frame and the states it tells.
 * @returns 1 when a policy has something that cannot be taken, or a document's state says that it failed
 * @throws EpmError EPM_POLICY_INVALID when it is neither, and the codes of reading the file
 */
async function policyInspect(io: Io, path: string, options: InspectOptions): Promise<ExitCode> {
  const { from } = options;
  const input = await readInput(io, path);
  const documents = from === undefined ? declaredConfigurations(input) : undefined;
  if (documents !== undefined) {
    io.out(
      options.json === true
        ? json({ documents, note: BODY_NOTE })
        : documents.map(describe).join('\n') + `${BODY_NOTE}\n`,
    );
    return documents.some(({ state }) => state?.failed === true) ? EXIT.negative : EXIT.done;
  }
  const { format, policies, problems } = ofInput(path, () => readPolicies(input, from));
  const counts = policies.map(
    ({ id, scope, settings, rules, rejected, certificates, approvals, digest, problems: own }) => ({
      id,
      scope: scope?.kind,
      settings: Object.keys(settings ?? {}).length,
      rules: rules.length,
      rejected: rejected.length,
      certificates: certificates?.length ?? 0,
      ...Object.fromEntries(APPROVAL_LISTS.map((list) => [list, approvalEntries(approvals, list).length])),
      digest,
      problems: own.length,
    }),
  );
  io.out(
    options.json === true
      ? json({ format, policies: counts, problems })
      : fields([['Format', format]]) + counts.map((count) => `\n${fields(Object.entries(count))}`).join(''),
  );
  const clean = problems.length === 0 && counts.every((count) => count.rejected === 0 && count.problems === 0);
  return clean ? EXIT.done : EXIT.negative;
}

/** Undefined when it is something else, whose own reader then says what is wrong with it. */
function declaredConfigurations(input: Uint8Array): readonly DeclaredConfiguration[] | undefined {
  try {
    return readDeclaredConfigurations(input);
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}

function describe(document: DeclaredConfiguration): string {
  const { state } = document;
  const items = document.items.map(({ path, status, state: own }) => {
    const what = [status, own === undefined ? undefined : `${own.number} ${own.meaning}`].filter(
      (part) => part !== undefined,
    );
    return `  ${shown(path)}${what.length === 0 ? '' : `: ${shown(what.join(', '))}`}\n`;
  });
  return (
    fields([
      ['Kind', `declared configuration, ${document.kind}`],
      ['Document', document.id],
      ['Context', document.context],
      ['Scenario', document.scenario],
      ['Checksum', document.checksum],
      ['Result checksum', document.resultChecksum],
      ['State', state && `${state.number} ${state.meaning}${state.permanent ? '' : ' (transient)'}`],
    ]) + items.join('')
  );
}
