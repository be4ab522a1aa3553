/** Facts of a PowerShell script. */
import { createHash } from 'node:crypto';
import type { DigestAlgorithm, FileFacts } from '../../model/file-facts.ts';
import type { SignedContent } from '../signed-content.ts';
import { readScriptText } from './encoding.ts';
import { findRequires } from './requires.ts';
import { findSignatureBlock } from './signature-block.ts';

interface ScriptInspection {
  readonly facts: Pick<FileFacts, 'script'>;
  readonly content: SignedContent;
}

/**
 * Reads a script without running or parsing it. Which files it takes in is not told from here (`neighbours` is
 * `unknown`): that needs PowerShell's own parser.
 *
 * The content has one signature or none: a block that is not exactly as Windows writes it, or whose text depends on
 * the machine, does not count, and `signatureBlock` says so. Without one that counts, the content is the whole file, as
 * catalogs list it.
 * @param bytes the whole file; its size is the caller's to limit
 * @throws MalformedContent when the text does not fit its byte order mark
 */
export function inspectScript(bytes: Uint8Array): ScriptInspection {
  const script = readScriptText(bytes);
  const block = findSignatureBlock(script);
  const facts: ScriptInspection['facts'] = {
    script: {
      encoding: script.encoding,
      byteOrderMark: script.byteOrderMark,
      ...(script.encoding === 'ansi' ? { readsDifferently: true as const } : {}),
      requires: findRequires(script),
      neighbours: 'unknown',
      ...(block.state === 'none' ? {} : { signatureBlock: block.state }),
    },
  };
  if (block.state !== 'counted') {
    const ranges = [{ start: 0, end: bytes.length }];
    return { facts, content: { signatures: [], coverage: { kind: 'ranges', ranges } } };
  }
  const signed = Buffer.from(script.text.slice(0, block.signedLength), 'utf16le');
  const digest = (algorithm: DigestAlgorithm): Promise<Uint8Array> =>
    Promise.resolve(createHash(algorithm).update(signed).digest());
  return { facts, content: { signatures: [block.message], coverage: { kind: 'own', digest } } };
}
