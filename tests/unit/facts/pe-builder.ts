/** Makes small programs for tests: valid as they are, or broken in exactly one place by the caller. */

export type Machine = 'x86' | 'x64' | 'arm64';

export interface ProgramParts {
  readonly machine?: Machine;
  readonly library?: boolean;
  /** IMAGE_SUBSYSTEM value; 3, a console program, unless told. */
  readonly subsystem?: number;
  /** Content of the first section behind its code, so that programs differ. */
  readonly mark?: string;
  readonly resources?: readonly ResourceInput[];
  /** Data behind the last section, as installers have it. */
  readonly overlay?: Uint8Array;
}

export interface ResourceInput {
  readonly type: number;
  readonly name?: number;
  readonly language?: number;
  readonly data: Uint8Array;
}

/** Where the fields of a built program lie, for tests that change one. */
export const PE_OFFSET = 0x80;
export const OPTIONAL_OFFSET = PE_OFFSET + 24;
export const CHECKSUM_OFFSET = OPTIONAL_OFFSET + 64;

const FILE_ALIGNMENT = 512;
const SECTION_ALIGNMENT = 4096;
const CODE_ADDRESS = SECTION_ALIGNMENT;
const DIRECTORIES = 16;
const MACHINES: Readonly<Record<Machine, number>> = { x86: 0x14c, x64: 0x8664, arm64: 0xaa64 };
/** Instructions that return zero. */
const CODE: Readonly<Record<Machine, string>> = { x86: '31c0c3', x64: '31c0c3', arm64: '00008052c0035fd6' };

/** Offset of data directory `index`; 2 resources, 4 certificate table. */
export function directoryOffset(index: number, machine: Machine = 'x64'): number {
  return OPTIONAL_OFFSET + (machine === 'x86' ? 96 : 112) + index * 8;
}

/** Offset of the header of section `index`; 0 code, 1 resources. */
export function sectionOffset(index: number, machine: Machine = 'x64'): number {
  return directoryOffset(DIRECTORIES, machine) + index * 40;
}

export function buildProgram(parts: ProgramParts = {}): Buffer {
  const machine = parts.machine ?? 'x64';
  const code = Buffer.concat([Buffer.from(CODE[machine], 'hex'), Buffer.from(`\0${parts.mark ?? ''}`, 'utf8')]);
  const resourceAddress = CODE_ADDRESS + roundUp(code.length, SECTION_ALIGNMENT);
  const tree = parts.resources === undefined ? undefined : resourceTree(parts.resources, resourceAddress);
  const sections = [
    { name: '.text', address: CODE_ADDRESS, data: code, flags: 0x6000_0020 },
    ...(tree === undefined ? [] : [{ name: '.rsrc', address: resourceAddress, data: tree, flags: 0x4000_0040 }]),
  ];
  const last = sections.at(-1)!;
  const header = headers(parts, machine, sections.length, roundUp(last.address + last.data.length, SECTION_ALIGNMENT));
  if (tree !== undefined) {
    header.writeUInt32LE(resourceAddress, directoryOffset(2, machine));
    header.writeUInt32LE(tree.length, directoryOffset(2, machine) + 4);
  }
  const pieces = [header];
  let rawOffset = header.length;
  for (const [index, { name, address, data, flags }] of sections.entries()) {
    const at = sectionOffset(index, machine);
    const raw = padded(data, FILE_ALIGNMENT);
    header.write(name, at, 'latin1');
    [data.length, address, raw.length, rawOffset].forEach((value, field) =>
      header.writeUInt32LE(value, at + 8 + field * 4),
    );
    header.writeUInt32LE(flags, at + 36);
    pieces.push(raw);
    rawOffset += raw.length;
  }
  return Buffer.concat([...pieces, parts.overlay ?? Buffer.alloc(0)]);
}

function headers(parts: ProgramParts, machine: Machine, sections: number, imageSize: number): Buffer {
  const bytes = Buffer.alloc(roundUp(sectionOffset(sections, machine), FILE_ALIGNMENT));
  const wide = machine !== 'x86';
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(PE_OFFSET, 0x3c);
  bytes.write('PE\0\0', PE_OFFSET, 'latin1');
  bytes.writeUInt16LE(MACHINES[machine], PE_OFFSET + 4);
  bytes.writeUInt16LE(sections, PE_OFFSET + 6);
  bytes.writeUInt16LE(sectionOffset(0, machine) - OPTIONAL_OFFSET, PE_OFFSET + 20);
  bytes.writeUInt16LE((wide ? 0x0022 : 0x0102) | (parts.library === true ? 0x2000 : 0), PE_OFFSET + 22);
  const at = (field: number): number => OPTIONAL_OFFSET + field;
  bytes.writeUInt16LE(wide ? 0x20b : 0x10b, at(0));
  bytes.writeUInt32LE(CODE_ADDRESS, at(16));
  if (wide) bytes.writeBigUInt64LE(0x1_4000_0000n, at(24));
  else bytes.writeUInt32LE(0x40_0000, at(28));
  bytes.writeUInt32LE(SECTION_ALIGNMENT, at(32));
  bytes.writeUInt32LE(FILE_ALIGNMENT, at(36));
  bytes.writeUInt16LE(6, at(40));
  bytes.writeUInt16LE(6, at(48));
  bytes.writeUInt32LE(imageSize, at(56));
  bytes.writeUInt32LE(bytes.length, at(60));
  bytes.writeUInt16LE(parts.subsystem ?? 3, at(68));
  bytes.writeUInt32LE(DIRECTORIES, at(wide ? 108 : 92));
  return bytes;
}

/** The three levels of directories, then the data entries, then the data. */
function resourceTree(resources: readonly ResourceInput[], address: number): Buffer {
  const all = resources.map((each) => ({ name: 1, language: 0x409, ...each }));
  const types = groups(all, ({ type }) => type);
  const nameTables = types.map(([, members]) => groups(members, ({ name }) => name));
  const tables: { readonly ids: readonly number[]; readonly size: number }[] = [];
  const add = (ids: readonly number[]): void => void tables.push({ ids, size: 16 + ids.length * 8 });
  add(types.map(([type]) => type));
  for (const names of nameTables) add(names.map(([name]) => name));
  const leaves: ResourceInput[] = [];
  for (const [, members] of nameTables.flat()) {
    add(members.map(({ language }) => language));
    leaves.push(...members);
  }
  const tableEnd = tables.reduce((sum, { size }) => sum + size, 0);
  const targets = [
    ...tables
      .slice(1)
      .map((_, index) => 0x8000_0000 + tables.slice(0, index + 1).reduce((sum, each) => sum + each.size, 0)),
    ...leaves.map((_, index) => tableEnd + index * 16),
  ];
  const entries: Buffer[] = [];
  const data: Buffer[] = [];
  let dataAt = address + tableEnd + leaves.length * 16;
  for (const leaf of leaves) {
    const bytes = padded(leaf.data, 8);
    entries.push(words(dataAt, leaf.data.length, 0, 0));
    data.push(bytes);
    dataAt += bytes.length;
  }
  const directories = tables.map(({ ids }) =>
    Buffer.concat([words(0, 0, 0, ids.length * 0x1_0000), ...ids.map((id) => words(id, targets.shift()!))]),
  );
  return Buffer.concat([...directories, ...entries, ...data]);
}

export interface VersionInput {
  readonly version?: readonly [number, number, number, number];
  /** By language and code page, for example `040904b0`. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Languages of the Translation value; those of the tables unless told. */
  readonly translations?: readonly string[];
}

/** Data of a version resource. */
export function versionResource({ version, tables = {}, translations }: VersionInput): Buffer {
  const [major = 0, minor = 0, build = 0, revision = 0] = version ?? [];
  const high = major * 0x1_0000 + minor;
  const low = build * 0x1_0000 + revision;
  const fixed = words(0xfeef04bd, 0x1_0000, high, low, high, low, 0x3f, 0, 0x4_0004, 1, 0, 0, 0);
  const languages = translations ?? Object.keys(tables);
  const pairs = languages.map((language) =>
    words(parseInt(language.slice(0, 4), 16) + parseInt(language.slice(4), 16) * 0x1_0000),
  );
  return versionBlock('VS_VERSION_INFO', version === undefined ? Buffer.alloc(0) : fixed, [
    versionBlock(
      'StringFileInfo',
      '',
      Object.entries(tables).map(([language, texts]) =>
        versionBlock(
          language,
          '',
          Object.entries(texts).map(([name, text]) => versionBlock(name, `${text}\0`)),
        ),
      ),
    ),
    ...(pairs.length === 0
      ? []
      : [versionBlock('VarFileInfo', '', [versionBlock('Translation', Buffer.concat(pairs))])]),
  ]);
}

/** One block of a version resource; a text value counts in characters, a binary one in bytes. */
export function versionBlock(key: string, value: string | Buffer, children: readonly Buffer[] = []): Buffer {
  const isText = typeof value === 'string';
  const bytes = isText ? Buffer.from(value, 'utf16le') : value;
  let block = padded(Buffer.concat([Buffer.alloc(6), Buffer.from(`${key}\0`, 'utf16le')]), 4);
  block = Buffer.concat([block, bytes]);
  for (const child of children) block = Buffer.concat([padded(block, 4), child]);
  block.writeUInt16LE(block.length, 0);
  block.writeUInt16LE(value.length, 2);
  block.writeUInt16LE(isText ? 1 : 0, 4);
  return block;
}

/** Puts a certificate table behind a program: each entry is taken as it is. */
export function withCertificateTable(program: Uint8Array, entries: readonly Uint8Array[]): Buffer {
  const bytes = padded(program, 8);
  const table = Buffer.concat(entries);
  const entry = directoryOffset(4, bytes.readUInt16LE(PE_OFFSET + 4) === MACHINES.x86 ? 'x86' : 'x64');
  bytes.writeUInt32LE(bytes.length, entry);
  bytes.writeUInt32LE(table.length, entry + 4);
  return Buffer.concat([bytes, table]);
}

/** A WIN_CERTIFICATE around a PKCS#7 message, padded to 8 bytes. */
export function certificateEntry(
  message: Uint8Array,
  { revision = 0x0200, type = 2, padding = Buffer.alloc(0) } = {},
): Buffer {
  const entry = padded(Buffer.concat([Buffer.alloc(8), message, padding]), 8);
  entry.writeUInt32LE(entry.length, 0);
  entry.writeUInt16LE(revision, 4);
  entry.writeUInt16LE(type, 6);
  return entry;
}

/** DER of a sequence with `length` bytes of content: enough where only the structure around a message is looked at. */
export function derSequence(length: number): Buffer {
  const header = length < 128 ? [0x30, length] : [0x30, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0x05)]);
}

function groups<T>(items: readonly T[], by: (item: T) => number): [number, T[]][] {
  const map = new Map<number, T[]>();
  for (const item of items) map.set(by(item), [...(map.get(by(item)) ?? []), item]);
  return [...map].sort(([left], [right]) => left - right);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}

function padded(bytes: Uint8Array, unit: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(roundUp(bytes.length, unit) - bytes.length)]);
}

function roundUp(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit;
}
