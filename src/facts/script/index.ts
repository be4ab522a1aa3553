/** Facts of a PowerShell script. */
import { createHash } from 'node:crypto';
import type { DigestAlgorithm, FileFacts } from '../../model/file-facts.ts';
import type { SignedContent } from '../signed-content.ts';
import type { Turns } from '../turns.ts';
import { readScriptText } from './encoding.ts';
import { findRequires } from './requires.ts';
import { findSignatureBlock } from './signature-block.ts';

/** Characters digested at once, and those that are as much work as a step. */
const DIGESTED_AT_ONCE = 128 * 1024;
const CHARACTERS_A_STEP = 4;

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
 * @throws MalformedContent when the text does not fit its byte order mark; what `turns` throws
 */
export async function inspectScript(bytes: Uint8Array, turns: Turns): Promise<ScriptInspection> {
  const script = await readScriptText(bytes, turns);
  const block = await findSignatureBlock(script, turns);
  const facts: ScriptInspection['facts'] = {
    script: {
      encoding: script.encoding,
      byteOrderMark: script.byteOrderMark,
      ...(script.encoding === 'ansi' ? { readsDifferently: true as const } : {}),
      requires: await findRequires(script, turns),
      neighbours: 'unknown',
      ...(block.state === 'none' ? {} : { signatureBlock: block.state }),
    },
  };
  if (block.state !== 'counted') {
    const ranges = [{ start: 0, end: bytes.length }];
    return { facts, content: { signatures: [], coverage: { kind: 'ranges', ranges } } };
  }
  const digest = (algorithm: DigestAlgorithm): Promise<Uint8Array> =>
    digestOfText(script.text, block.signedLength, algorithm, turns);
  return { facts, content: { signatures: [block.message], coverage: { kind: 'own', digest } } };
}

/** As UTF-16LE. */
async function digestOfText(
  text: string,
  length: number,
  algorithm: DigestAlgorithm,
  turns: Turns,
): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  for (let start = 0; start < length; start += DIGESTED_AT_ONCE) {
    const piece = text.slice(start, Math.min(start + DIGESTED_AT_ONCE, length));
    hash.update(Buffer.from(piece, 'utf16le'));
    await turns.take(piece.length / CHARACTERS_A_STEP);
  }
  return hash.digest();
}
