import { gatherNodeFile } from '../../facts/node-file.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { fields, json, shown } from '../output.ts';

/**
 * Prints what rules can ask about a file.
 * @returns 1 when the file is of a kind that is never elevated
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_TOO_LARGE
 */
export async function file(io: Io, path: string, options: { readonly json?: true }): Promise<ExitCode> {
  const facts = await gatherNodeFile(path, { digests: ['sha384', 'sha512'] });
  io.out(options.json === true ? json(facts) : describeFacts(facts));
  if (facts.refusal === undefined) return EXIT.done;
  if (options.json !== true) io.error(`epm: ${shown(facts.refusal.message)}\n`);
  return EXIT.negative;
}

export function describeFacts(facts: FileFacts): string {
  return fields([
    ['Path', facts.path],
    ['Type', facts.type ?? 'none that is elevated'],
    ['Size', `${facts.size} bytes`],
    ['SHA-256', facts.sha256],
    ['Version', facts.fixedVersion?.join('.') ?? facts.fileVersionText],
    ['Product', facts.productName],
    ['Internal name', facts.internalName],
    ['Original name', facts.originalName],
    ['Description', facts.fileDescription],
    ['Company', facts.companyName],
    ...facts.signatures.map(
      (signature) => ['Signed by', `${signature.leaf.subject} (${signature.leaf.sha256})`] as const,
    ),
  ]);
}
