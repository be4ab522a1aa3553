import { Option } from 'commander';
import { HASH_ALGORITHMS } from '../../model/file-facts.ts';
import { describeFile } from '../output/describe-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonOption, rootsOption } from '../input/options.ts';
import { json, shown } from '../output/text.ts';
import { exportCertificates } from '../output/export-certificates.ts';
import { fileFacts } from '../input/file-facts.ts';
import { withNeighbours } from '../input/script-neighbours.ts';
import type { DeclareVerb } from '../verb.ts';

interface FileVerbOptions {
  readonly json?: true;
  readonly roots?: readonly string[];
  /** Folder to write the certificates of the signatures to. */
  readonly certificates?: string;
  readonly hash?: readonly (typeof HASH_ALGORITHMS)[number][];
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('print what rules can ask about a file: version, signatures, hash, location')
    .argument('<path>')
    .addOption(rootsOption())
    .option('--certificates <folder>', 'write the certificates to 1.cer (root), 2.cer … in a folder')
    .addOption(new Option('--hash <algorithm...>', 'hashes besides SHA-256').choices(HASH_ALGORITHMS))
    .addOption(jsonOption())
    .action(async (path: string, options: FileVerbOptions) => {
      end(await file(io, path, options));
    });
};

/**
 * Prints what rules can ask about a file.
 * @returns 1 when the file is of a kind that is never elevated, or has no certificates to write
 * @throws EpmError as {@link fileFacts}; EPM_FILE_UNWRITABLE
 */
async function file(io: Io, path: string, options: FileVerbOptions): Promise<ExitCode> {
  const digests = (options.hash ?? []).filter((name) => name !== 'sha256');
  const found = await fileFacts(io, path, { roots: options.roots, digests });
  const { facts, unanswered } = await withNeighbours(found);
  if (unanswered !== undefined) io.error(`epm: What the script takes in is not known. ${shown(unanswered)}\n`);
  io.out(options.json === true ? json(facts) : describeFile(facts));
  if (options.certificates !== undefined) {
    const written = await exportCertificates(io, facts, options.certificates);
    if (written.length === 0) {
      io.error('epm: The file carries no certificates; nothing was written.\n');
      return EXIT.negative;
    }
    if (options.json !== true) io.out(`\nCertificates\n${written.map((name) => `  ${shown(name)}\n`).join('')}`);
  }
  if (facts.refusal === undefined) return EXIT.done;
  if (options.json !== true) io.error(`epm: ${shown(facts.refusal.message)}\n`);
  return EXIT.negative;
}
