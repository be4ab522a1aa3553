/** Any bytes as a script: facts, or a refusal with its place; and a signature that counts is where Windows puts it. */
import { createHash } from 'node:crypto';
import { MalformedContent } from '../../src/facts/malformed.ts';
import { inspectScript } from '../../src/facts/script/index.ts';
import type { Turns } from '../../src/facts/turns.ts';

const BLOCK = `\r\n# SIG # Begin signature block\r\n# ${'MIIF'.repeat(16)}\r\n# AAEC\r\n# SIG # End signature block\r\n`;
const signed = (text: string): string => `${text}${BLOCK}`;

export const corpus: readonly Uint8Array[] = [
  Buffer.from(signed("#requires -Version 5.1\r\nparam($Name)\r\nWrite-Output 'hello'\r\n")),
  Buffer.from(signed("\ufeff'é'\r\n#Requires -RunAsAdministrator")),
  Buffer.from(signed("\ufeff'é \u{1f511}'\r\n. .\\lib.ps1"), 'utf16le'),
  Buffer.from(signed("\ufeff'x'\r\n"), 'utf16le').swap16(),
  Buffer.from(signed("'x'") + signed("'y'")),
  Buffer.from([0x23, 0x20, 0xe9, 0x0d, 0x0a]),
  Buffer.from('fffe00002700000027000000', 'hex'),
  Buffer.from('$a = @"\r\n#requires -Modules x\r\n"@; <# # #> "$(1)" `\n${b} --% #requires -Version 1'),
];

/** @throws on a finding. @returns whether the script was described, and its signature counted */
export async function fuzz(
  bytes: Uint8Array,
  turns: Turns,
): Promise<{ readonly described: boolean; readonly counted: boolean }> {
  const before = createHash('sha256').update(bytes).digest('hex');
  let inspection: Awaited<ReturnType<typeof inspectScript>>;
  try {
    inspection = await inspectScript(bytes, turns);
  } catch (error) {
    if (error instanceof MalformedContent && error.place !== '') return { described: false, counted: false };
    throw error;
  }
  if (createHash('sha256').update(bytes).digest('hex') !== before) throw new Error('The bytes were changed.');
  const { script } = inspection.facts;
  const { signatures, coverage } = inspection.content;
  if (script === undefined) throw new Error('There are no facts.');
  const counted = script.signatureBlock === 'counted';
  if (counted !== (signatures.length === 1) || counted !== (coverage.kind === 'own')) {
    throw new Error('The facts and the content differ about the signature.');
  }
  if (coverage.kind === 'own') {
    const digest = Buffer.from(await coverage.digest('sha256'));
    if (!digest.equals(expectedDigest(bytes))) throw new Error('The digest is over other bytes.');
    // A counted block has nothing behind it but its line end.
    if (!/End signature block[\r\n]{1,2}$/.test(asText(bytes))) throw new Error('Something is behind the block.');
  }
  return { described: true, counted };
}

/** The other way to the digest: cut at the block, then to UTF-16LE with the mark left where it is. */
function expectedDigest(bytes: Uint8Array): Buffer {
  const text = asText(bytes);
  const content = text.slice(0, text.indexOf('\r\n# SIG # Begin signature block\r\n'));
  return createHash('sha256').update(content, 'utf16le').digest();
}

function asText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.toString('utf16le');
  if (buffer[0] === 0xfe && buffer[1] === 0xff) return buffer.swap16().toString('utf16le');
  return buffer.toString('utf8');
}
