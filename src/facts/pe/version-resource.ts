/**
 * The version resource (VS_VERSIONINFO, learn.microsoft.com/windows/win32/menurc/vs-versioninfo): the fixed block, the
 * texts of each language, and the list of languages. Its blocks nest four deep, each with a 16-bit length that counts
 * its children, so that the whole never has more than 64 KiB.
 */
import type { Version } from '../../model/brands.ts';
import type { VersionTexts } from '../../model/file-facts.ts';
import type { Piece } from './bytes.ts';

export interface VersionResource {
  readonly fixedVersion: Version | undefined;
  /** In the order of the file. */
  readonly tables: readonly VersionTexts[];
  /** Languages of the Translation value, written as those of the tables are. */
  readonly translations: readonly string[];
}

/** Bytes: what the length of the outermost block can say. */
export const MAX_VERSION_RESOURCE = 0xffff;

const FIXED_BLOCK = 52;
const FIXED_SIGNATURE = 0xfeef_04bd;
const BLOCK_HEADER = 6;
/**
 * Languages that are tried when that of the first translation has no table or no file version, as Explorer does;
 * .NET's FileVersionInfo, which PowerShell shows and rules are written from, documents the list.
 */
const FALLBACK_LANGUAGES: readonly string[] = ['040904b0', '040904e4', '04090000'];
const DEFAULT_LANGUAGE = '040904e4';

interface Block {
  readonly key: string;
  /** Offsets in the resource. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** @throws MalformedContent */
export function readVersionResource(data: Piece): VersionResource {
  const root = readBlock(data, 0, data.length, 'binary');
  if (root.key !== 'VS_VERSION_INFO') throw data.malformed(BLOCK_HEADER, 'The version block has another name.');
  const tables: VersionTexts[] = [];
  const translations: string[] = [];
  for (const part of childrenOf(data, root, 'text')) {
    // VerQueryValue compares the names of blocks without case.
    const key = part.key.toLowerCase();
    if (key === 'stringfileinfo') tables.push(...childrenOf(data, part, 'text').map((table) => readTable(data, table)));
    if (key === 'varfileinfo') translations.push(...readTranslations(data, part));
  }
  return { fixedVersion: readFixedVersion(data, root), tables, translations };
}

/** The table whose texts people see; see {@link FALLBACK_LANGUAGES}. Without any of those, the first one. */
export function shownTexts({ tables, translations }: VersionResource): VersionTexts | undefined {
  const candidates = [translations[0] ?? DEFAULT_LANGUAGE, ...FALLBACK_LANGUAGES]
    .map((language) => tables.find((table) => table.language.toLowerCase() === language))
    .filter((table) => table !== undefined);
  return candidates.find((table) => textOf(table, 'FileVersion') !== undefined) ?? candidates[0] ?? tables[0];
}

/** A text by its name, compared as VerQueryValue does, without case; undefined also when it is empty. */
export function textOf(table: VersionTexts, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const text = Object.entries(table.texts).find(([key]) => key.toLowerCase() === wanted)?.[1];
  return text === '' ? undefined : text;
}

function readFixedVersion(data: Piece, root: Block): Version | undefined {
  if (root.valueEnd === root.valueStart) return undefined;
  const at = root.valueStart;
  if (root.valueEnd - at < FIXED_BLOCK || data.u32(at) !== FIXED_SIGNATURE) {
    throw data.malformed(at, 'The fixed version block has another signature or size.');
  }
  return [data.u16(at + 10), data.u16(at + 8), data.u16(at + 14), data.u16(at + 12)];
}

function readTable(data: Piece, table: Block): VersionTexts {
  if (!/^[0-9a-f]{8}$/i.test(table.key)) {
    throw data.malformed(table.start, 'A table of version texts is not named after a language and a code page.');
  }
  const texts = new Map<string, string>();
  for (const string of childrenOf(data, table, 'text')) {
    if (!texts.has(string.key)) texts.set(string.key, readText(data, string.valueStart, string.valueEnd));
  }
  return { language: table.key, texts: Object.fromEntries(texts) };
}

function readTranslations(data: Piece, part: Block): readonly string[] {
  const values: string[] = [];
  for (const variable of childrenOf(data, part, 'binary')) {
    if (variable.key.toLowerCase() !== 'translation') continue;
    for (let at = variable.valueStart; at + 4 <= variable.valueEnd; at += 4) {
      values.push(hexadecimal(data.u16(at)) + hexadecimal(data.u16(at + 2)));
    }
  }
  return values;
}

function childrenOf(data: Piece, parent: Block, kind: 'text' | 'binary'): readonly Block[] {
  const children: Block[] = [];
  for (let at = align(parent.valueEnd); at + BLOCK_HEADER <= parent.end;) {
    // A length of zero ends the list for Windows too; what follows is padding.
    if (data.u16(at) === 0) break;
    const child = readBlock(data, at, parent.end, kind);
    children.push(child);
    at = align(child.end);
  }
  return children;
}

/**
 * @param limit end of the block around it
 * @param kind how the value is counted: a text runs to its NUL, since compilers disagree whether its length is in bytes
 *   or in characters; a table or list of tables has no value
 */
function readBlock(data: Piece, start: number, limit: number, kind: 'text' | 'binary'): Block {
  const length = data.u16(start);
  const end = start + length;
  if (length < BLOCK_HEADER || end > limit) {
    throw data.malformed(start, 'A block of the version resource ends outside of the one around it.');
  }
  const valueLength = data.u16(start + 2);
  const keyStart = start + BLOCK_HEADER;
  const key = readText(data, keyStart, end);
  const valueStart = Math.min(align(keyStart + (key.length + 1) * 2), end);
  if (kind === 'binary') {
    const valueEnd = valueStart + valueLength;
    if (valueEnd > end) throw data.malformed(start + 2, 'A value of the version resource ends outside of its block.');
    return { key, start, end, valueStart, valueEnd };
  }
  return { key, start, end, valueStart, valueEnd: valueLength === 0 ? valueStart : end };
}

/** UTF-16 text up to a NUL or the end; half surrogates are replaced, so that it can be written anywhere. */
function readText({ bytes }: Piece, start: number, end: number): string {
  let stop = start;
  while (stop + 2 <= end && (bytes[stop] !== 0 || bytes[stop + 1] !== 0)) stop += 2;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start)
    .toString('utf16le')
    .toWellFormed();
}

function align(offset: number): number {
  return Math.ceil(offset / 4) * 4;
}

function hexadecimal(value: number): string {
  return value.toString(16).padStart(4, '0');
}
