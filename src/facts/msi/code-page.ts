/** Text of an installer package by the number of its Windows code page. */

/** Names of the Encoding Standard for code pages that it knows. */
const ENCODINGS: Readonly<Record<number, string>> = {
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  20866: 'koi8-r',
  20932: 'euc-jp',
  21866: 'koi8-u',
  28592: 'iso-8859-2',
  28593: 'iso-8859-3',
  28594: 'iso-8859-4',
  28595: 'iso-8859-5',
  28596: 'iso-8859-6',
  28597: 'iso-8859-7',
  28598: 'iso-8859-8',
  28603: 'iso-8859-13',
  28605: 'iso-8859-15',
  51932: 'euc-jp',
  51949: 'euc-kr',
  54936: 'gb18030',
  65001: 'utf-8',
  ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [1250 + index, `windows-${1250 + index}`])),
};

/**
 * @param codePage number of a Windows code page; 0 is "whatever the machine has"
 * @returns the text; what the code page has no character for is U+FFFD. Of a code page that is not known here, and of
 *   0, only ASCII is read, and every other byte is U+FFFD: a guess could equal what a rule asks for.
 */
export function decodeCodePage(bytes: Uint8Array, codePage: number): string {
  const encoding = ENCODINGS[codePage];
  if (encoding !== undefined) return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\x80-\xff]/g, '\ufffd');
}
