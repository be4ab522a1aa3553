import { Option } from 'commander';
import { elevate, reportBeside, seconds } from '../elevation/elevate.ts';
import { findProgram } from '../input/find-program.ts';
import type { DeclareVerb } from '../verb.ts';

interface RunOptions {
  readonly justification?: string;
  readonly input?: true;
  readonly window?: true;
  readonly timeout?: number;
  readonly directory?: string;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description(
      'run a program with administrator rights from this terminal, if a rule allows it: what it writes comes here, and its exit ' +
        'code is that of this command',
    )
    .argument('<program>', 'name, which is looked for in the folders of PATH and nowhere else, or a path')
    .argument('[arguments...]', "the program's arguments, all that follows its name")
    .option('--justification <text>', 'why, when a rule asks for it; otherwise it is asked for here')
    .addOption(new Option('--input', 'pass standard input on to the program, up to its end').conflicts('window'))
    .option('--window', 'give a console program a window of its own, for one that asks something')
    .option('--timeout <seconds>', 'end the program and everything it started after so long', seconds)
    .option('--directory <folder>', 'folder to start in, where the rule takes it; by default the current one')
    // What follows the program is its own.
    .passThroughOptions()
    .action(async (program: string, values: string[], { window, directory, ...options }: RunOptions) => {
      const current = process.cwd();
      const path = findProgram(program, current);
      const streams = window === true ? { wait: true as const } : { output: true as const };
      const result = await elevate(io, path, values, { ...options, ...streams, directory: directory ?? current });
      end(reportBeside(io, result));
    });
};
