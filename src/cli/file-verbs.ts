/** The verb `epm file`. It is loaded when it is used. */
import { type Command, Option } from 'commander';
import type { Io } from './io.ts';
import { jsonOption } from './input/options.ts';
import type { FileVerbOptions } from './verbs/file.ts';

export function addFileVerbs(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('file')
    .description('print what rules can ask about a file: version, signatures, hash, place')
    .argument('<path>')
    .option('--roots <file...>', 'root certificates to judge signatures by, in place of those of Windows')
    .option('--certificates <folder>', 'write the certificates to 1.cer (root), 2.cer … in a folder')
    .addOption(new Option('--hash <algorithm...>', 'hashes besides SHA-256').choices(['sha256', 'sha384', 'sha512']))
    .addOption(jsonOption())
    .action(async (path: string, options: FileVerbOptions) => {
      done(await (await import('./verbs/file.ts')).file(io, path, options));
    });
}
