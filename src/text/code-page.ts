/** Decoders for the code pages of Windows consoles. */
import type { StreamDecoder } from './text-lines.ts';

/** Code pages whose characters have several bytes, and UTF-8, by their names in the Encoding Standard. */
const ENCODINGS: Readonly<Record<number, string>> = {
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  1200: 'utf-16le',
  65001: 'utf-8',
};

/**
 * @param table the 256 characters of a code page with one byte for each, which differ too much to be listed here;
 * undefined where the system does not say
 * @returns a decoder; of a code page that nobody knows one for ASCII
 */
export function codePageDecoder(codePage: number, table: (codePage: number) => string | undefined): StreamDecoder {
  const encoding = ENCODINGS[codePage];
  if (encoding !== undefined) return new TextDecoder(encoding);
  const characters = table(codePage) ?? ASCII;
  return { decode: (bytes) => Array.from(bytes, (byte) => characters[byte]).join('') };
}

const ASCII = Array.from({ length: 256 }, (_, code) => (code < 128 ? String.fromCharCode(code) : '\ufffd')).join('');
