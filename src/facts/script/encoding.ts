/** Bytes of a script to text, as PowerShell reads them. */
import type { ScriptFacts } from '../../model/file-facts.ts';
import { MalformedContent } from '../malformed.ts';

export interface ScriptText {
  readonly encoding: ScriptFacts['encoding'];
  readonly byteOrderMark: boolean;
  /**
   * Every character of the file, a byte order mark included as U+FEFF. Of `ansi` only the characters up to U+007F are
   * sure: the others are the bytes as they are, since their meaning depends on the machine.
   */
  readonly text: string;
}

/** Marks in the order in which .NET's StreamReader tries them: UTF-32LE begins with the mark of UTF-16LE. */
const MARKS: readonly (readonly [encoding: ScriptText['encoding'], mark: readonly number[]])[] = [
  ['utf32le', [0xff, 0xfe, 0x00, 0x00]],
  ['utf32be', [0x00, 0x00, 0xfe, 0xff]],
  ['utf16le', [0xff, 0xfe]],
  ['utf16be', [0xfe, 0xff]],
  ['utf8', [0xef, 0xbb, 0xbf]],
];

/**
 * Reads the text of a script.
 *
 * Both PowerShells open scripts with a StreamReader that knows the marks above. Without one, Windows PowerShell takes
 * the code page of the machine (`ansi`) and pwsh takes UTF-8 (about_Character_Encoding). A script of ASCII characters
 * only is the same in both and is called `utf8`; any other is called `ansi`, because the inbox Windows PowerShell is
 * what runs scripts here.
 *
 * Other control characters than NUL are text: PowerShell takes them in strings, comments and words, and scripts have
 * escape sequences for the console and form feeds in them. It takes NUL there too, but hardly any other reader of text
 * does, and it is what tells binary content from text.
 * @throws MalformedContent when the text has a NUL, or does not fit the encoding that its mark names: PowerShell would
 * replace what does not fit, so that what it runs is not what the file says
 */
export function readScriptText(bytes: Uint8Array): ScriptText {
  const script = read(bytes);
  const at = script.text.indexOf('\0');
  if (at !== -1) throw new MalformedContent(`script, character ${at}`, 'It has a NUL, so it is not text.');
  return script;
}

function read(bytes: Uint8Array): ScriptText {
  const marked = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) return { encoding: marked[0], byteOrderMark: true, text: decode(marked[0], bytes) };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = buffer.every((byte) => byte < 0x80) ? 'utf8' : 'ansi';
  return { encoding, byteOrderMark: false, text: buffer.toString('latin1') };
}

function decode(encoding: ScriptText['encoding'], bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  if (encoding === 'utf32le' || encoding === 'utf32be') return decodeUtf32(buffer, encoding === 'utf32le');
  if (encoding === 'utf8') return exactly('utf-8', buffer);
  if (buffer.length % 2 !== 0) throw unfit(buffer.length - 1);
  return exactly('utf-16le', encoding === 'utf16be' ? buffer.swap16() : buffer);
}

function exactly(label: 'utf-8' | 'utf-16le', buffer: Buffer): string {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(buffer);
  } catch {
    throw unfit(0);
  }
}

function decodeUtf32(buffer: Buffer, littleEndian: boolean): string {
  if (buffer.length % 4 !== 0) throw unfit(buffer.length - (buffer.length % 4));
  const parts: string[] = [];
  for (let start = 0; start < buffer.length; start += 65_536) {
    const points: number[] = [];
    for (let offset = start; offset < Math.min(buffer.length, start + 65_536); offset += 4) {
      const point = littleEndian ? buffer.readUInt32LE(offset) : buffer.readUInt32BE(offset);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw unfit(offset);
      points.push(point);
    }
    parts.push(String.fromCodePoint(...points));
  }
  return parts.join('');
}

function unfit(offset: number): MalformedContent {
  return new MalformedContent(
    `script text, offset 0x${offset.toString(16)}`,
    'The text does not fit the encoding that its byte order mark names.',
  );
}
