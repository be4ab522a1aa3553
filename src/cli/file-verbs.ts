/** The verb `epm file`. It is loaded when it is used. */
import type { Command } from 'commander';
import type { Io } from './io.ts';
import { jsonOption } from './options.ts';

export function addFileVerbs(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('file')
    .description('print what rules can ask about a file')
    .argument('<path>')
    .addOption(jsonOption())
    .action(async (path: string, options: { json?: true }) => {
      done(await (await import('./verbs/file.ts')).file(io, path, options));
    });
}
