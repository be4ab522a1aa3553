import { Option } from 'commander';
import { type ElevateOptions, elevate, report, reportBeside, seconds } from '../elevation/elevate.ts';
import { jsonOption } from '../input/options.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('run a program with administrator rights, if a rule allows it')
    .argument('<path>', 'absolute path of the program')
    .argument('[arguments...]', "the program's arguments; put -- before them")
    .option('--justification <text>', 'why, when a rule asks for it')
    .option('--ticket <ticket>', 'ticket of an answer that needed more')
    .option('--credential <text>', 'where Windows authentication is asked for: what `epm credential` printed')
    .option('--wait', 'wait for the program, which ends with this command: by Ctrl+C, or when its window is closed')
    .addOption(new Option('--output', 'pass on what the program writes, and end with its exit code').conflicts('json'))
    .option('--input', 'pass standard input on to the program; only with --output')
    .option('--timeout <seconds>', 'end the program and everything it started after so long', seconds)
    .option('--directory <folder>', 'folder to start in, where the rule takes it')
    .addOption(jsonOption())
    .action(async (path: string, values: string[], options: ElevateOptions) => {
      const result = await elevate(io, path, values, options);
      end(options.output === true ? reportBeside(io, result) : report(io, result, options.json === true));
    });
};
