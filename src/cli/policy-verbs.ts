/** The verbs below `epm policy`. Each is loaded when it is used. */
import { type Command, Option } from 'commander';
import { POLICY_FORMS, type PolicyForm } from '../policy/formats/format.ts';
import type { Io } from './io.ts';
import { jsonOption } from './input/options.ts';
import { addPolicyCheckVerbs } from './policy-check-verbs.ts';
import { addPolicyFormVerbs } from './policy-form-verbs.ts';

export interface ApplyOptions {
  readonly from?: PolicyForm;
  readonly certificates?: readonly string[];
  readonly partly?: true;
  readonly check?: true;
  readonly json?: true;
}

export function addPolicyVerbs(program: Command, io: Io, done: (code: number) => void): void {
  const policy = program
    .command('policy')
    .description('policies: show, apply, convert, compare, inspect, lint, test, new-rule');
  policy
    .command('show')
    .description('show the policy in force, or check a policy file')
    .option('--policy <file>', 'a policy file, in place of the policy in force')
    .addOption(
      new Option('--source <source>', 'the policy in force, what MDM delivered, or what is in the registry')
        .choices(['agent', 'mdm', 'registry'])
        .conflicts('policy'),
    )
    .addOption(jsonOption())
    .action(async (options: { policy?: string; source?: 'agent' | 'mdm' | 'registry'; json?: true }) => {
      switch (options.source) {
        case 'mdm':
          done(await (await import('./verbs/policy-show-mdm.ts')).policyShowMdm(io, options));
          break;
        case 'registry':
          done((await import('./verbs/policy-show-registry.ts')).policyShowRegistry(io, options));
          break;
        default:
          done(await (await import('./verbs/policy-show.ts')).policyShow(io, options));
      }
    });
  policy
    .command('apply')
    .description("make a policy this machine's policy (administrators)")
    .argument('<in>', 'a file in any form that `epm policy convert` reads, or - for standard input')
    .addOption(new Option('--from <form>', 'form of the input; otherwise told by its content').choices(POLICY_FORMS))
    .option('--certificates <file...>', 'reusable settings of Graph that the policy refers to')
    .option('--partly', 'take the rest of a policy in which something is rejected; the exit code is then 1')
    .option('--check', 'say what would come of it; write nothing')
    .addOption(jsonOption())
    .action(async (file: string, options: ApplyOptions) => {
      done(await (await import('./verbs/policy-apply.ts')).policyApply(io, file, options));
    });
  addPolicyFormVerbs(policy, io, done);
  addPolicyCheckVerbs(policy, io, done);
}
