/**
 * Finding resources: a tree of exactly three levels, type, name and language ("PE Format", "The .rsrc Section"). Only
 * the way to the resources asked for is read, so that resources that a packer compressed do not matter.
 */
import type { ByteSource } from '../byte-source.ts';
import { addressPlace, type Piece, readPiece } from './bytes.ts';
import { MalformedContent } from '../malformed.ts';
import type { ImageHeaders } from './headers.ts';

/** Resource types (RT_VERSION, RT_MANIFEST) and the name both have in a program: VS_VERSION_INFO is 1, too. */
export const VERSION_RESOURCE = 16;
export const MANIFEST_RESOURCE = 24;
const RESOURCE_NAME = 1;

export interface Resource {
  /** Windows language identifier (LANGID). */
  readonly language: number;
  /** Address of the data, relative to the image. */
  readonly address: number;
  /** Bytes, as the file says. */
  readonly size: number;
}

/** Entries of one directory. A program has some dozen types; versions and manifests have one name each. */
const MAX_DIRECTORY_ENTRIES = 1024;
/** One resource in more languages than Windows has is no translation. */
const MAX_LANGUAGES = 256;

const STRUCTURE = 'resource directory';
const DIRECTORY_HEADER = 16;
const DIRECTORY_ENTRY = 8;
const DATA_ENTRY = 16;
/** The high bit of an offset: it leads to another directory, not to data. */
const SUBDIRECTORY = 0x8000_0000;
const LANGUAGE_NEUTRAL = 0;
const LANGUAGE_US_ENGLISH = 0x0409;

/**
 * @returns the resource `type` of name 1 in each language, in the order of the file; empty: there is none
 * @throws MalformedContent, EpmError EPM_FILE_UNREADABLE
 */
export async function findResources(
  source: ByteSource,
  headers: ImageHeaders,
  type: number,
): Promise<readonly Resource[]> {
  const root = headers.resourceAddress;
  if (root === undefined) return [];
  const names = subdirectory(await readDirectory(source, headers, root, 0), type);
  if (names === undefined) return [];
  const languages = subdirectory(await readDirectory(source, headers, root, names), RESOURCE_NAME);
  if (languages === undefined) return [];
  const entries = await readDirectory(source, headers, root, languages);
  if (entries.length > MAX_LANGUAGES) {
    throw new MalformedContent(
      addressPlace(STRUCTURE, root + languages),
      `There are more than ${MAX_LANGUAGES} languages of one resource.`,
    );
  }
  const resources: Resource[] = [];
  for (const { id, offset, isDirectory, fault } of entries) {
    if (isDirectory) throw fault('The directory of languages leads to another directory.');
    const data = await readAddress(source, headers, root + offset, DATA_ENTRY, STRUCTURE);
    resources.push({ language: id, address: data.u32(0), size: data.u32(4) });
  }
  return resources;
}

/**
 * The resource that everybody gets. Windows looks for a resource without a language in this order: language neutral, the
 * languages of the person and of the system, US English, the first in the file (FindResource; Wine's `find_entry` lists
 * it). What a rule matches must not depend on who asks, so the second step is left out.
 */
export function preferredResource(resources: readonly Resource[]): Resource | undefined {
  return (
    resources.find(({ language }) => language === LANGUAGE_NEUTRAL) ??
    resources.find(({ language }) => language === LANGUAGE_US_ENGLISH) ??
    resources[0]
  );
}

/**
 * Reads `length` bytes from where the loader would have mapped them.
 * @throws MalformedContent when no section has them in the file
 */
export async function readAddress(
  source: ByteSource,
  headers: ImageHeaders,
  address: number,
  length: number,
  structure: string,
): Promise<Piece> {
  const offset = fileOffsetOf(headers, address, length);
  if (offset === undefined) {
    throw new MalformedContent(addressPlace(structure, address), 'No section of the file has the data.');
  }
  return readPiece(source, offset, length, structure);
}

interface DirectoryEntry {
  readonly id: number;
  /** From the beginning of the resources. */
  readonly offset: number;
  readonly isDirectory: boolean;
  readonly fault: (problem: string) => MalformedContent;
}

/** Entries with a number; those with a name come before them and are never asked for. */
async function readDirectory(
  source: ByteSource,
  headers: ImageHeaders,
  root: number,
  offset: number,
): Promise<readonly DirectoryEntry[]> {
  const header = await readAddress(source, headers, root + offset, DIRECTORY_HEADER, STRUCTURE);
  const named = header.u16(12);
  const numbered = header.u16(14);
  if (named + numbered > MAX_DIRECTORY_ENTRIES) {
    throw header.malformed(12, `The directory has more than ${MAX_DIRECTORY_ENTRIES} entries.`);
  }
  const start = root + offset + DIRECTORY_HEADER + named * DIRECTORY_ENTRY;
  const table = await readAddress(source, headers, start, numbered * DIRECTORY_ENTRY, STRUCTURE);
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at < table.length; at += DIRECTORY_ENTRY) {
    const id = table.u32(at);
    const target = table.u32(at + 4);
    // Windows halves its way through them: in another order it would not find what is found here. Doubles exist in
    // libraries of .NET that Microsoft signed; of those the first counts.
    if (id < (entries.at(-1)?.id ?? 0)) throw table.malformed(at, 'The entries of the directory are not in order.');
    entries.push({
      id,
      offset: target % SUBDIRECTORY,
      isDirectory: target >= SUBDIRECTORY,
      fault: (problem) => table.malformed(at, problem),
    });
  }
  return entries;
}

function subdirectory(entries: readonly DirectoryEntry[], id: number): number | undefined {
  const entry = entries.find((each) => each.id === id);
  if (entry?.isDirectory === false) throw entry.fault('The entry does not lead to a directory.');
  return entry?.offset;
}

function fileOffsetOf(headers: ImageHeaders, address: number, length: number): number | undefined {
  if (address + length <= headers.sizeOfHeaders) return address;
  const section = headers.sections.find((each) => address >= each.address && address < each.address + each.extent);
  if (section === undefined) return undefined;
  const inside = address - section.address;
  return inside + length <= Math.min(section.rawSize, section.extent) ? section.rawOffset + inside : undefined;
}
