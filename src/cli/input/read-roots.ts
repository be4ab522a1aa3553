import { readCertificate } from '../../facts/certificate/index.ts';
import { displayText } from '../../text/display.ts';
import { MalformedContent } from '../../facts/malformed.ts';
import { EpmError } from '../../model/errors.ts';
import { readBytes } from './read-file.ts';

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Reads root certificates to judge signatures by: one in DER or base64, or any number in PEM, as bundles of roots are.
 * @returns DER of each
 * @throws EpmError EPM_ARGUMENT when a file holds something else; EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE
 */
export async function readRoots(paths: readonly string[]): Promise<readonly Uint8Array[]> {
  const roots: Uint8Array[] = [];
  for (const path of paths) {
    const bytes = await readBytes(path);
    const blocks = Buffer.from(bytes).toString('latin1').match(PEM_BLOCK) ?? [bytes];
    try {
      for (const block of blocks) roots.push(readCertificate(block));
    } catch (error) {
      if (!(error instanceof MalformedContent)) throw error;
      throw new EpmError('EPM_ARGUMENT', `"${displayText(path)}" holds no usable certificate: ${error.message}`, {
        cause: error,
        hint: 'Give root certificates as .cer, .der or .pem files.',
      });
    }
  }
  return roots;
}
