/** The certificates of a file's signatures as .cer files, as policies and other tools take them. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { displayText } from '../../facts/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { FileFacts, SignatureFacts } from '../../model/file-facts.ts';

/** Certificates of a signature from the root (number 1) to the one that signed; what is carried besides comes first. */
export function chainOf(signature: SignatureFacts) {
  return [...signature.others].reverse().concat(signature.leaf);
}

/**
 * Writes `1.cer` (the root) to `n.cer` (who signed); of a file with several signatures into one folder each,
 * `signature-1` and so on.
 * @returns paths of what was written
 * @throws EpmError EPM_FILE_UNWRITABLE, also when one of the files is there already: then none is written
 */
export async function exportCertificates(facts: FileFacts, folder: string): Promise<readonly string[]> {
  const single = facts.signatures.length === 1;
  const files = facts.signatures.flatMap((signature, index) =>
    chainOf(signature).flatMap(({ der }, position) => {
      const parent = single ? folder : join(folder, `signature-${index + 1}`);
      return der === undefined
        ? []
        : [{ parent, path: join(parent, `${position + 1}.cer`), bytes: Buffer.from(der, 'base64') }];
    }),
  );
  for (const { path } of files) {
    if (await exists(path)) {
      throw new EpmError('EPM_FILE_UNWRITABLE', `"${displayText(path)}" is there already.`, {
        hint: 'Give another folder; nothing is overwritten.',
      });
    }
  }
  try {
    for (const { parent, path, bytes } of files) {
      await mkdir(parent, { recursive: true });
      await writeFile(path, bytes, { flag: 'wx' });
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new EpmError('EPM_FILE_UNWRITABLE', `Certificates cannot be written to "${displayText(folder)}" (${code}).`, {
      cause,
    });
  }
  return files.map(({ path }) => path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
