/** Bytes of a policy file to text. */
import { EpmError } from '../model/errors.ts';

/**
 * Decodes UTF-8 with or without byte order mark, and UTF-16 with one; Windows tools write all three.
 * @throws EpmError EPM_POLICY_INVALID when the bytes are none of them.
 */
export function decodePolicyText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EpmError('EPM_POLICY_INVALID', 'The policy file is not text in UTF-8 or UTF-16.', {
      hint: 'Save the file as UTF-8.',
      cause,
    });
  }
}
