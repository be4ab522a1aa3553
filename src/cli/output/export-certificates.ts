/** The certificates of a file's signatures as .cer files, as policies and other tools take them. */
import { join } from 'node:path';
import type { FileFacts, SignatureFacts } from '../../model/file-facts.ts';
import type { Io } from '../io.ts';
import { writeOutputs } from './write-file.ts';

/** Certificates of a signature from the root (number 1) to the one that signed; what is carried besides comes first. */
export function chainOf(signature: SignatureFacts) {
  return [...signature.issuers].reverse().concat(signature.leaf);
}

/**
 * Writes `1.cer` (the root) to `n.cer` (who signed); of a file with several signatures into one folder each,
 * `signature-1` and so on.
 * @returns paths of what was written
 * @throws EpmError EPM_FILE_UNWRITABLE, also when one of the files is there already: then none is written
 */
export async function exportCertificates(io: Io, facts: FileFacts, folder: string): Promise<readonly string[]> {
  const single = facts.signatures.length === 1;
  const files = facts.signatures.flatMap((signature, index) =>
    chainOf(signature).flatMap(({ der }, position) => {
      const parent = single ? folder : join(folder, `signature-${index + 1}`);
      return der === undefined
        ? []
        : [{ path: join(parent, `${position + 1}.cer`), content: Buffer.from(der, 'base64') }];
    }),
  );
  await writeOutputs(io, files, false);
  return files.map(({ path }) => path);
}
