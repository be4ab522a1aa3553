/**
 * Bytes in place of an installer package give facts or a refusal that names the place, take no more than a few times
 * their own length from the file, and never share a byte between two streams. However much a package holds, no stretch of
 * work is long before others get their turn.
 */
import type { ByteSource } from '../../src/facts/byte-source.ts';
import { MalformedContent } from '../../src/facts/malformed.ts';
import { type Entry, MAX_STORAGE_DEPTH } from '../../src/facts/msi/compound-directory.ts';
import { CompoundFile } from '../../src/facts/msi/compound-file.ts';
import { inspectInstaller } from '../../src/facts/msi/index.ts';
import { SIGNATURE_EX_STREAM, SIGNATURE_STREAM } from '../../src/facts/msi/package-digest.ts';
import { tableStreamName } from '../../src/facts/msi/stream-name.ts';
import { Turns } from '../../src/facts/turns.ts';
import {
  innerStream,
  type InstallerSpec,
  PROPERTIES,
  writeInstaller,
  writeSummary,
} from '../unit/facts/msi/installer-writer.ts';
import { Stretches } from '../effort.ts';
import { mutate } from './mutate.ts';
import type { Choices } from './random.ts';

const message = Buffer.concat([Buffer.from([0x30, 0x81, 0xc8]), Buffer.alloc(200, 'm')]);
const SPECS: readonly InstallerSpec[] = [
  {},
  {
    cabinets: ['beside.cab', '#inside.cab'],
    more: [
      { name: SIGNATURE_STREAM, bytes: message },
      innerStream('inside.cab', Buffer.alloc(4500, 'c')),
      {
        name: 'storage',
        children: [
          { name: 'one', bytes: Buffer.from('1') },
          { name: 'inner', children: [] },
        ],
      },
    ],
  },
  { longReferences: true, codePage: 65001, properties: { License: 'x'.repeat(65_600), ...PROPERTIES } },
  { version: 4, cabinets: ['beside.cab'] },
  {
    cabinets: ['#inside.cab', null],
    files: [{ sequence: 1 }, { sequence: 2, attributes: 0x4000 }, { sequence: 3, attributes: 0x2000 }],
    summary: writeSummary({ 1: { short: 1252 }, 15: { long: 2 } }),
    more: [
      { name: SIGNATURE_STREAM, bytes: message },
      { name: SIGNATURE_EX_STREAM, bytes: Buffer.alloc(32, 'e') },
    ],
    free: Buffer.alloc(1024),
    freeShort: Buffer.alloc(128),
  },
  { more: [{ name: SIGNATURE_STREAM, bytes: message }], free: Buffer.alloc(1024), version: 4 },
];
const packages = SPECS.map((spec) => writeInstaller(spec));
/** Packages that hold much, of which few are tried: each takes long. */
const LARGE: readonly InstallerSpec[] = [
  { more: Array.from({ length: 10_000 }, (_, index) => ({ name: `s${String(index)}`, bytes: Buffer.from('s') })) },
  {
    cabinets: Array.from({ length: 8000 }, (_, index) => `${String(index)}.cab`),
    files: Array.from({ length: 20_000 }, () => ({ sequence: 1, attributes: 0x4000 })),
    longReferences: true,
  },
];
let large: typeof packages | undefined;

/** Stretches between two turns of other work, over all inputs. */
export const stretches = new Stretches();

export const corpus: readonly Buffer[] = packages.map(({ bytes }) => bytes);

/** What came of one input, for the tests of this entry. */
export type Outcome = 'facts' | 'refused';

export async function fuzz(bytes: Uint8Array): Promise<Outcome> {
  let asked = 0;
  const source: ByteSource = {
    size: bytes.length,
    check: () => stretches.next(),
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || offset < 0 || length < 0) throw new Error('A read is nowhere.');
      if (offset + length > bytes.length) throw new Error('A read is outside of the file.');
      asked += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  stretches.begin();
  try {
    const { facts, content } = await inspectInstaller(source, new Turns(source));
    const { installer } = facts;
    if (installer === undefined) throw new Error('A package without facts.');
    const { cabinets = [], cabinetCount = 0 } = installer.externalFiles ?? {};
    if (cabinets.some((name) => name === '' || name.startsWith('#'))) {
      throw new Error('A cabinet inside is called one beside.');
    }
    if (cabinets.length > 64 || cabinets.length > cabinetCount) throw new Error('There are too many cabinets.');
    if (cabinets.some((name) => name.length > 256)) throw new Error('The name of a cabinet is too long.');
    for (const code of [installer.productCode, installer.upgradeCode]) {
      if (code !== undefined && !/^\{[0-9A-F-]{36}\}$/.test(code)) throw new Error('A product code is none.');
    }
    for (const text of Object.values(installer.summary))
      if (text.length > 40_000) throw new Error('A text is too long.');
    if (content.coverage.kind !== 'own') throw new Error('The coverage is not its own.');
    if ((await content.coverage.digest('sha256')).length !== 32) throw new Error('The digest is no SHA-256.');
    stretches.next();
    await checkStreams(source);
    return 'facts';
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
    if (error.place === '' || !/^[\w ,-]+$/.test(error.place)) throw new Error('A place is empty or text of the file.');
    return 'refused';
  } finally {
    if (asked > 6 * bytes.length + 16_384) throw new Error(`${asked} bytes were read of ${bytes.length}.`);
  }
}

async function checkStreams(source: ByteSource): Promise<void> {
  const { root } = await CompoundFile.open(source, new Turns({}));
  let total = 0;
  const walk = (entries: readonly Entry[], depth: number): void => {
    if (depth > MAX_STORAGE_DEPTH) throw new Error('Storages are nested too deep.');
    for (const entry of entries) {
      if (entry.kind === 'stream') total += entry.size;
      else walk(entry.children, depth + 1);
    }
  };
  walk(root.children, 1);
  if (total > source.size) throw new Error(`Streams of ${total} bytes in a file of ${source.size}.`);
}

/** A package with one to four fields of its structure changed, sometimes also cut, extended or mixed up. */
export function mutatePackage(choices: Choices): Uint8Array {
  if (choices.chance(0.05)) return mutate(corpus, choices);
  const some = choices.chance(0.0005) ? (large ??= LARGE.map((spec) => writeInstaller(spec))) : packages;
  const { bytes: original, layout } = choices.of(some);
  const bytes = Buffer.from(original);
  for (let changes = 1 + choices.below(4); changes > 0; changes -= 1) {
    const sectorCount = bytes.length / layout.sectorSize - 1;
    const value = (): number =>
      choices.of([
        () => choices.below(4),
        () => choices.below(sectorCount + 2),
        () => choices.below(layout.entryCount + 2),
        () => 0xfffffffa + choices.below(6),
        () => 2 ** choices.below(32),
        () => choices.below(2 ** 32),
      ])();
    const put = (at: number, width: number): void => {
      if (at < 0 || at + width > bytes.length) return;
      bytes.writeUIntLE(value() % 2 ** (8 * width), at, width);
    };
    choices.of<() => unknown>([
      () => choices.chance(0.1) && put(24 + 2 * choices.below(5), 2),
      () => choices.chance(0.3) && put(40 + 4 * choices.below(12), 4),
      () => put(choices.of(layout.fat) + 4 * choices.below(sectorCount + 2), 4),
      () => put(layout.miniFat + 4 * choices.below(64), 4),
      () => {
        const entry = layout.directory + 128 * choices.below(layout.entryCount);
        const [offset, width] = choices.of([
          ...([
            [64, 2],
            [66, 1],
            [68, 4],
            [72, 4],
            [76, 4],
            [80, 4],
            [116, 4],
            [120, 4],
            [120, 2],
            [124, 4],
          ] as const),
          [2 * choices.below(20), 2] as const,
        ]);
        put(entry + offset, width);
      },
      () => put(offsetIn(bytes, layout, choices.of(TABLES)) + 2 * choices.below(60), 2),
      () => put(offsetIn(bytes, layout, '\u0005SummaryInformation') + 4 * choices.below(60), 4),
      () => put(offsetIn(bytes, layout, SIGNATURE_STREAM) + choices.below(6), 1),
      () => put(choices.below(bytes.length), 1),
    ])();
  }
  if (choices.chance(0.04)) return bytes.subarray(0, choices.below(bytes.length));
  if (choices.chance(0.03)) return Buffer.concat([bytes, Buffer.alloc(choices.below(2 * layout.sectorSize + 1), 'P')]);
  return bytes;
}

const TABLES = ['_StringPool', '_StringData', '_Tables', '_Columns', 'Property', 'Media', 'File'].map(tableStreamName);

/** Where a short stream begins, by the directory as it is now; far before the file: nowhere. */
function offsetIn(bytes: Buffer, layout: (typeof packages)[number]['layout'], name: string): number {
  const entry = bytes.indexOf(Buffer.from(`${name}\0`, 'utf16le'), layout.directory);
  if (entry === -1 || entry + 128 > bytes.length) return -(2 ** 40);
  const start = bytes.readUInt32LE(entry + 116);
  return bytes.readUInt32LE(entry + 120) < 4096 ? layout.miniStream + start * 64 : (start + 1) * layout.sectorSize;
}
