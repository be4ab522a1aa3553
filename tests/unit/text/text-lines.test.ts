import { describe, expect, it } from 'vitest';
import { codePageDecoder } from '../../../src/text/code-page.ts';
import { MAX_LINE, TextLines } from '../../../src/text/text-lines.ts';

const utf8 = () => new TextDecoder('utf-8');

/** The lines of bytes that come in pieces of one size. */
function linesOf(bytes: Uint8Array, size: number, unmarked: ConstructorParameters<typeof TextLines>[0] = utf8) {
  const text = new TextLines(unmarked);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...text.add(bytes.subarray(at, at + size)));
  return [...lines, ...text.end()];
}

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('lines of bytes that come apart', () => {
  const TEXT = 'ä€😀\r\n\r\nzwei\rdrei\nvier';
  const LINES = ['ä€😀', '', 'zwei', 'drei', 'vier'];

  it.each([1, 2, 3, 5, 1000])('are the same in pieces of %d bytes', (size) => {
    expect(linesOf(Buffer.from(TEXT), size)).toEqual(LINES);
    expect(linesOf(Buffer.from(`\ufeff${TEXT}`), size)).toEqual(LINES);
    expect(linesOf(utf16(TEXT), size)).toEqual(LINES);
    expect(linesOf(utf16(TEXT, true), size)).toEqual(LINES);
  });

  it('have no line after the last end, and keep text that only begins like a mark', () => {
    expect(linesOf(Buffer.from('a\r\n'), 1)).toEqual(['a']);
    expect(linesOf(Buffer.from(''), 1)).toEqual([]);
    expect(linesOf(Buffer.from([0xef, 0xbb]), 1)).toEqual(['\ufffd']);
    expect(linesOf(Buffer.from([0xff]), 1, () => new TextDecoder('windows-1252'))).toEqual(['ÿ']);
  });

  it('are given while nothing more has come', () => {
    const text = new TextLines(utf8);
    expect(text.add(Buffer.from('one\r'))).toEqual(['one']);
    expect(text.add(Buffer.from('\ntwo'))).toEqual([]);
    expect(text.add(Buffer.from('\n'))).toEqual(['two']);
    expect(text.end()).toEqual([]);
  });

  it('are cut where they never end', () => {
    const text = new TextLines(utf8);
    const piece = Buffer.alloc(MAX_LINE / 2, 'x');
    expect(text.add(piece)).toEqual([]);
    expect(text.add(piece)).toEqual([]);
    expect(text.add(piece).map(({ length }) => length)).toEqual([MAX_LINE]);
    expect(text.end().map(({ length }) => length)).toEqual([MAX_LINE / 2]);
  });
});

describe('code pages of consoles', () => {
  const none = (): undefined => undefined;

  it('with several bytes a character are put together', () => {
    expect(linesOf(Buffer.from([0x83, 0x65, 0x83, 0x58, 0x0d, 0x0a]), 1, () => codePageDecoder(932, none))).toEqual([
      'テス',
    ]);
    expect(linesOf(Buffer.from('ä\n'), 1, () => codePageDecoder(65001, none))).toEqual(['ä']);
  });

  it('with one byte a character are those of the system', () => {
    const table = Array.from({ length: 256 }, (_, code) => (code === 0x84 ? 'ä' : String.fromCharCode(code))).join('');
    expect(linesOf(Buffer.from([0x84, 0x0a]), 1, () => codePageDecoder(437, () => table))).toEqual(['ä']);
  });

  it('that nobody knows are ASCII', () => {
    expect(linesOf(Buffer.from([0x41, 0x84]), 1, () => codePageDecoder(437, none))).toEqual(['A\ufffd']);
  });
});
