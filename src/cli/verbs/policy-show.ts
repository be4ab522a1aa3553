import { Option } from 'commander';
import type { MdmDelivery } from '../../policy/formats/mdm/mdm-answer.ts';
import { POLICY_KEY } from '../../policy/declaration/names.ts';
import { foreignPlace, policyFromTree, splitUsers } from '../../policy/registry/policy-keys.ts';
import type { RegistrySnapshot } from '../../policy/registry/registry-snapshot.ts';
import { defined } from '../../model/defined.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { checkPolicy, type CheckedPolicy, shownRules } from '../input/check-policy.ts';
import { fromOption, jsonOption } from '../input/options.ts';
import { readOnePolicy } from '../input/read-policies.ts';
import type { Io } from '../io.ts';
import { describeDelivery, whose } from '../output/describe-delivery.ts';
import { describePolicy, describeReport } from '../output/describe-policy.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

interface ShowOptions {
  readonly from?: PolicyFormat;
  readonly policy?: string;
  readonly source?: 'agent' | 'mdm' | 'registry';
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('show the policy in force, or check a policy file')
    .option('--policy <file>', 'a policy file, in place of the policy in force')
    .addOption(fromOption().conflicts('source'))
    .addOption(
      new Option('--source <source>', 'the policy in force, what MDM delivered, or what is in the registry')
        .choices(['agent', 'mdm', 'registry'])
        .conflicts('policy'),
    )
    .addOption(jsonOption())
    .action(async (options: ShowOptions) => {
      end(await policyShow(io, options));
    });
};

/**
 * Shows a policy: of a file, of the agent, of MDM, or of the registry.
 * @returns 1 when a rule or a setting cannot be taken
 * @throws EpmError EPM_POLICY_INVALID and the codes of reading the file, or of reaching the agent; of MDM
 * EPM_MDM_UNREADABLE, EPM_POWERSHELL_UNAVAILABLE, EPM_POWERSHELL_FAILED, EPM_POWERSHELL_TIMEOUT; of the registry
 * EPM_WINDOWS_API, EPM_POLICY_UNREADABLE; EPM_PLATFORM elsewhere than on Windows
 */
async function policyShow(io: Io, options: ShowOptions): Promise<ExitCode> {
  if (options.policy !== undefined) {
    return showChecked(
      io,
      checkPolicy(await readOnePolicy(io, options.policy, defined({ from: options.from }))),
      {},
      options,
    );
  }
  switch (options.source) {
    case 'mdm': {
      const { readMdm } = await import('../../windows/mdm/read-mdm.ts');
      return showDelivery(io, await readMdm(), options);
    }
    case 'registry': {
      const { loadDlls, readTree } = await import('../../windows/index.ts');
      return showTree(io, readTree(loadDlls(), 'HKLM', POLICY_KEY), options);
    }
    default:
      return showInForce(io, options);
  }
}

async function showInForce(io: Io, options: ShowOptions): Promise<ExitCode> {
  const { askPolicy } = await import('../agent/connect.ts');
  const report = await askPolicy();
  io.out(options.json === true ? json(report) : describeReport(report));
  const isGood =
    report.fault === undefined &&
    report.settings.leftOut.length === 0 &&
    report.rules.every((rule) => rule.state === 'active');
  return isGood ? EXIT.done : EXIT.negative;
}

/** @param more what else the JSON says, before the policy */
function showChecked(io: Io, checked: CheckedPolicy, more: object, options: ShowOptions): ExitCode {
  io.out(options.json === true ? json({ ...more, ...membersOf(checked) }) : describePolicy(checked));
  return isClean(checked) ? EXIT.done : EXIT.negative;
}

/**
 * The device's policy as it is in the registry now, whoever put it there, whether or not the agent runs, and those of the
 * users that the device has a place for.
 * @param tree undefined: there is no such key
 */
export function showTree(io: Io, tree: RegistrySnapshot | undefined, options: ShowOptions): ExitCode {
  const key = `HKLM\\${POLICY_KEY}`;
  if (tree === undefined) {
    io.out(options.json === true ? json({ key, present: false }) : `There is no ${key}: no policy for this device.\n`);
    return EXIT.negative;
  }
  const { own, users: places, others } = splitUsers(tree);
  const device = policyFromTree(own, { kind: 'device' });
  const checked = checkPolicy({ ...device, problems: [...device.problems, ...others.map(foreignPlace)] });
  const users = places.map(({ user, key: place }) =>
    checkPolicy(policyFromTree(place, { kind: 'user', sid: user, place: 'machine' })),
  );
  if (options.json === true) {
    const more = users.map((each) => ({ user: userOf(each), ...membersOf(each) }));
    io.out(json({ key, present: true, ...membersOf(checked), ...(users.length === 0 ? {} : { users: more }) }));
  } else {
    io.out(describePolicy(checked));
    for (const each of users) io.out(`\n${whose(each.file.scope)}:\n${describePolicy(each)}`);
  }
  return [checked, ...users].every(isClean) ? EXIT.done : EXIT.negative;
}

function userOf({ file: { scope } }: CheckedPolicy): string | undefined {
  return scope?.kind === 'user' ? scope.sid : undefined;
}

/** What the JSON says of a policy. */
function membersOf(checked: CheckedPolicy): object {
  const { id, settings, digest, problems } = checked.file;
  return { id, settings, digest, rules: shownRules(checked), problems };
}

/** What the MDM server of this device delivered, and what comes out of it. */
export function showDelivery(io: Io, delivery: MdmDelivery, options: ShowOptions): ExitCode {
  const policies = delivery.policies.map((policy) => checkPolicy(policy));
  if (options.json === true) {
    const shownPolicies = policies.map((checked) => ({ scope: checked.file.scope, ...membersOf(checked) }));
    io.out(json({ ...delivery, policies: shownPolicies }));
  } else {
    io.out(describeDelivery(delivery));
    for (const checked of policies) io.out(`\n${whose(checked.file.scope)}:\n${describePolicy(checked)}`);
  }
  const isGood =
    delivery.problems.length === 0 &&
    delivery.items.every(({ state }) => state === 'inForce') &&
    policies.every(isClean);
  return isGood ? EXIT.done : EXIT.negative;
}

function isClean({ file, rejected }: CheckedPolicy): boolean {
  return rejected.length === 0 && file.problems.length === 0;
}
