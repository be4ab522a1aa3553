/** Bytes of a script to text, as PowerShell reads them. */
import { isAscii } from 'node:buffer';
import type { ScriptFacts } from '../../model/file-facts.ts';
import { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';

export interface ScriptText {
  readonly encoding: ScriptFacts['encoding'];
  readonly byteOrderMark: boolean;
  /**
   * Every character of the file, a byte order mark included as U+FEFF. Of `ansi` only the characters up to U+007F are
   * sure: the others are the bytes as they are, since their meaning depends on the machine.
   */
  readonly text: string;
}

/** Bytes decoded at once, and the steps that takes. */
const PIECE = 256 * 1024;
const STEPS_OF_PIECE = 32_768;

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
 * replace what does not fit, so that what it runs is not what the file says; what `turns` throws
 */
export async function readScriptText(bytes: Uint8Array, turns: Turns): Promise<ScriptText> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marked = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) {
    return { encoding: marked[0], byteOrderMark: true, text: await decode(decoderOf(marked[0]), buffer, turns) };
  }
  const encoding = (await isAsciiInTurns(buffer, turns)) ? 'utf8' : 'ansi';
  return { encoding, byteOrderMark: false, text: await decode((piece) => piece.toString('latin1'), buffer, turns) };
}

async function isAsciiInTurns(buffer: Buffer, turns: Turns): Promise<boolean> {
  for (const piece of piecesOf(buffer)) {
    if (!isAscii(piece)) return false;
    await turns.take(STEPS_OF_PIECE);
  }
  return true;
}

/** Text of one piece after the other; `last`: nothing follows. */
type Decoder = (piece: Buffer, last: boolean) => string;

async function decode(decoder: Decoder, buffer: Buffer, turns: Turns): Promise<string> {
  let text = '';
  const pieces = piecesOf(buffer);
  for (const [index, piece] of pieces.entries()) {
    const part = decoder(piece, index === pieces.length - 1);
    const at = part.indexOf('\0');
    if (at !== -1) {
      throw new MalformedContent(`script, character ${text.length + at}`, 'It has a NUL, so it is not text.');
    }
    text += part;
    await turns.take(STEPS_OF_PIECE);
  }
  return text;
}

/** Whole characters of UTF-16 and UTF-32, but for surrogate pairs. */
function piecesOf(buffer: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < buffer.length; start += PIECE) pieces.push(buffer.subarray(start, start + PIECE));
  return pieces;
}

function decoderOf(encoding: ScriptText['encoding']): Decoder {
  if (encoding === 'utf32le' || encoding === 'utf32be') {
    return (piece) => decodeUtf32(piece, encoding === 'utf32le');
  }
  const decoder = new TextDecoder(encoding === 'utf8' ? 'utf-8' : 'utf-16le', { fatal: true, ignoreBOM: true });
  return (piece, last) => {
    try {
      const bytes = encoding === 'utf16be' ? swapped(piece) : piece;
      return decoder.decode(bytes, { stream: !last });
    } catch {
      throw unfit(0);
    }
  };
}

/** Of an odd length the last byte stays: the decoder refuses it as half of a character. */
function swapped(piece: Buffer): Buffer {
  const even = piece.length - (piece.length % 2);
  return Buffer.concat([Buffer.from(piece.subarray(0, even)).swap16(), piece.subarray(even)]);
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
