import type { WindowsDlls } from '../dll/load.ts';
import { textFromUtf16 } from '../dll/text.ts';

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** The character of each byte in a code page of one byte a character; undefined for every other one. */
export function codePageTable({ kernel32 }: Pick<WindowsDlls, 'kernel32'>, codePage: number): string | undefined {
  const characters = new Uint8Array(1024);
  const length = kernel32.MultiByteToWideChar(
    codePage,
    0,
    ALL_BYTES,
    ALL_BYTES.length,
    characters,
    characters.length / 2,
  );
  return length === ALL_BYTES.length ? textFromUtf16(characters, length) : undefined;
}
