import { defined } from '../../model/defined.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import { comparePolicies, type PolicyDifference } from '../../policy/authoring/compare.ts';
import { portable } from '../../policy/formats/convert.ts';
import { POLICY_KEY } from '../../policy/declaration/names.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import { certificatesOption, jsonOption, fromOption } from '../input/options.ts';
import { readOnePolicy } from '../input/read-policies.ts';
import type { DeclareVerb } from '../verb.ts';

interface CompareOptions {
  readonly from?: PolicyFormat;
  readonly certificates?: readonly string[];
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('show how two policies differ: settings, rules by name and their attributes, certificates')
    .argument('<a>', 'file in any format, -, the name of a policy key, or device for HKLM\\Software\\Policies\\EPM')
    .argument('<b>', 'the same')
    .addOption(fromOption())
    .addOption(certificatesOption())
    .addOption(jsonOption())
    .action(async (left: string, right: string, options: CompareOptions) => {
      end(await policyCompare(io, left, right, options));
    });
};

/**
 * Compares two policies, each in whatever format it is.
 * @returns 1 when they differ
 * @throws EpmError EPM_POLICY_INVALID and the codes of {@link readOnePolicy}
 */
async function policyCompare(io: Io, left: string, right: string, options: CompareOptions): Promise<ExitCode> {
  const differences = comparePolicies(await onlyPolicy(io, left, options), await onlyPolicy(io, right, options));
  if (options.json === true) io.out(json({ differences }));
  else io.out(differences.length === 0 ? 'The policies are the same.\n' : differences.map(describe).join(''));
  return differences.length === 0 ? EXIT.done : EXIT.negative;
}

async function onlyPolicy(io: Io, place: string, options: CompareOptions): Promise<PortablePolicy> {
  const from = place === 'device' ? `HKLM\\${POLICY_KEY}` : place;
  const how = defined({ certificates: options.certificates, from: options.from });
  return portable(await readOnePolicy(io, from, how));
}

function describe({ what, name, attribute, left, right }: PolicyDifference): string {
  const subject = [what, name === undefined ? '' : `"${shown(name)}"`, attribute ?? ''].filter((part) => part !== '');
  return `${subject.join(' ')}: ${text(left)} | ${text(right)}\n`;
}

function text(value: unknown): string {
  return value === undefined ? '(none)' : shown(JSON.stringify(value));
}
