import type { KeyObject } from 'node:crypto';
import { readKeyFile } from '../../requests/key-file.ts';
import type { Io } from '../io.ts';
import { passphraseOf, type PassphraseOptions } from './passphrase.ts';
import { readBytes, requireFile } from './read-file.ts';

/**
 * Opens the key of an approver.
 * @throws EpmError EPM_APPROVER_KEY_INVALID, EPM_ARGUMENT without a passphrase, and the codes of reading files
 */
export async function openApprovalKey(io: Io, path: string, options: PassphraseOptions): Promise<KeyObject> {
  await requireFile(path);
  const text = Buffer.from(await readBytes(path)).toString('utf8');
  return readKeyFile(text, await passphraseOf(io, options));
}
