/** The verbs below `epm policy`. Each is loaded when it is used. */
import { type Command, Option } from 'commander';
import type { Io } from './io.ts';
import { jsonOption } from './options.ts';
import { addPolicyCheckVerbs } from './policy-check-verbs.ts';

export function addPolicyVerbs(program: Command, io: Io, done: (code: number) => void): void {
  const policy = program.command('policy').description('policies: show, check, apply, render, lint, test, new-rule');
  policy
    .command('show')
    .description('show the policy in force, or check a policy file')
    .option('--policy <file>', 'a policy file, in place of the policy in force')
    .addOption(jsonOption())
    .action(async (options: { policy?: string; json?: true }) => {
      done(await (await import('./verbs/policy-show.ts')).policyShow(io, options));
    });
  policy
    .command('apply')
    .description("make a policy file this machine's policy (administrators)")
    .argument('<file>')
    .addOption(jsonOption())
    .action(async (file: string, options: { json?: true }) => {
      done(await (await import('./verbs/policy-apply.ts')).policyApply(io, file, options));
    });
  policy
    .command('render')
    .description('write a policy file in the form of a carrier')
    .argument('<file>')
    .addOption(new Option('--to <form>', 'form').choices(['reg', 'syncml', 'json']).makeOptionMandatory())
    .action(async (file: string, options: { to: 'reg' | 'syncml' | 'json' }) => {
      done(await (await import('./verbs/policy-render.ts')).policyRender(io, file, options));
    });
  addPolicyCheckVerbs(policy, io, done);
}
