/**
 * Small packages that ask for much work. Whatever a package holds, the reader lets other work of the process go on and
 * looks at its limits after a bounded number of steps, and its facts stay small.
 */
import { describe, expect, it } from 'vitest';
import { gatherFacts } from '../../../../src/facts/gather.ts';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import { inspectInstaller } from '../../../../src/facts/msi/index.ts';
import { SIGNATURE_STREAM } from '../../../../src/facts/msi/package-digest.ts';
import { tableStreamName } from '../../../../src/facts/msi/stream-name.ts';
import { STEPS_PER_TURN, Turns } from '../../../../src/facts/turns.ts';
import type { InstallerFacts } from '../../../../src/model/file-facts.ts';
import { longestEffort } from '../../../effort.ts';
import { CountingSource } from './inspect.ts';
import { innerStream, type InstallerSpec, writeInstaller } from './installer-writer.ts';

const MESSAGE = { name: SIGNATURE_STREAM, bytes: Buffer.concat([Buffer.from([0x30, 0x81, 0xc8]), Buffer.alloc(200)]) };
const LONG = 'x'.repeat(60_000);
/** Milliseconds of CPU time between two looks: some are spent on collecting garbage of the stretches before. */
const LONGEST = 100;

/** Table whose cells of two bytes all refer to one string. */
const cells = (rows: number, reference = 1): Buffer => {
  const bytes = Buffer.alloc(rows * 2);
  for (let at = 0; at < bytes.length; at += 2) bytes.writeUInt16LE(reference, at);
  return bytes;
};

/** Gives `Media` one column only, so that as many rows as possible fit, and fills it. */
const mediaOfOneColumn = (rows: number): NonNullable<InstallerSpec['change']> => {
  return (streams) => {
    const name = tableStreamName('_Columns');
    const columns = Buffer.from(streams.get(name)!);
    const count = columns.length / 8;
    // Rows 2 to 5 are those of Media; its fourth column becomes the first, and the others those of a table nobody asks for.
    const at = (column: number, row: number): number => (column * count + row) * 2;
    for (const row of [2, 3, 4]) columns.writeUInt16LE(columns.readUInt16LE(at(2, 2)), at(0, row));
    columns.writeUInt16LE(0x8001, at(1, 5));
    streams.set(name, columns);
    streams.set(tableStreamName('Media'), cells(rows));
  };
};

const manyStreams = (count: number): InstallerSpec['more'] =>
  Array.from({ length: count }, (_, index) => innerStream(`s${index}`, Buffer.from('s')));

/** What came of a package, and the longest stretch of work between two looks at the limits. */
async function look(bytes: Uint8Array): Promise<{
  readonly outcome: InstallerFacts | string;
  readonly looks: number;
  readonly longest: number;
}> {
  let outcome: InstallerFacts | string = '';
  let looks = 0;
  const once = async (next: () => void): Promise<void> => {
    looks = 0;
    const source = Object.assign(new CountingSource(bytes), {
      check() {
        looks += 1;
        next();
      },
    });
    try {
      const { facts, content } = await inspectInstaller(source, new Turns(source));
      if (content.coverage.kind === 'own') await content.coverage.digest('sha256');
      outcome = facts.installer ?? '';
    } catch (error) {
      if (!(error instanceof MalformedContent)) throw error;
      outcome = error.message;
    }
  };
  const longest = await longestEffort(LONGEST, once);
  return { outcome, looks, longest };
}

describe('a package that asks for much work', () => {
  it('AC-42 with half a million media of one long name is refused at once', async () => {
    const { bytes } = writeInstaller({ properties: { a: LONG }, change: mediaOfOneColumn(524_000) });
    expect(await look(bytes)).toMatchObject({ outcome: 'It has more than 32767 rows.' });
  });

  it('AC-42 with as many media as there may be has small facts', async () => {
    const cabinets = Array.from({ length: 32_767 }, (_, index) => `${String(index)}.cab${'x'.repeat(1000)}`);
    const { outcome, looks } = await look(writeInstaller({ cabinets, longReferences: true }).bytes);
    expect(outcome).toMatchObject({ externalFiles: { cabinetCount: 32_767, uncompressed: false } });
    expect(JSON.stringify(outcome).length).toBeLessThan(32_768);
    expect(looks).toBeGreaterThan((32_767 * 128) / STEPS_PER_TURN - 1);
  });

  it.each<[string, number, () => InstallerSpec]>([
    [
      'properties',
      262_000 * 16,
      () => ({ change: (streams) => void streams.set(tableStreamName('Property'), cells(524_000, 6)) }),
    ],
    [
      'columns',
      131_000 * 16,
      () => ({ change: (streams) => void streams.set(tableStreamName('_Columns'), cells(524_000)) }),
    ],
    [
      'tables',
      524_000 * 16,
      () => ({ change: (streams) => void streams.set(tableStreamName('_Tables'), cells(524_000)) }),
    ],
    [
      'strings',
      1_000_000 * 4,
      () => ({
        change(streams) {
          const name = tableStreamName('_StringPool');
          const pool = streams.get(name)!;
          streams.set(name, Buffer.concat([pool, Buffer.alloc(4_194_304 - pool.length)]));
        },
      }),
    ],
    [
      'files',
      2_000_000 * 32,
      () => ({
        files: [{ sequence: 1, attributes: 0x4000 }],
        change(streams) {
          const row = streams.get(tableStreamName('File'))!;
          const columns = [row.subarray(0, 2), row.subarray(2, 4), row.subarray(4, 8)];
          const fill = (cell: Uint8Array): Buffer => Buffer.alloc(2_000_000 * cell.length, cell);
          streams.set(tableStreamName('File'), Buffer.concat(columns.map(fill)));
        },
      }),
    ],
    ['streams', 60_000 * 512, () => ({ more: [MESSAGE, ...(manyStreams(60_000) ?? [])] })],
  ])('AC-42 with as many %s as fit looks at its limits as it goes', async (_title, steps, spec) => {
    const { looks, longest } = await look(writeInstaller(spec()).bytes);
    // Other parts of the package take steps too.
    expect(looks).toBeGreaterThanOrEqual(Math.floor(steps / STEPS_PER_TURN) - 1);
    expect(longest).toBeLessThan(LONGEST);
  });

  it('AC-42 with one stream of very many sectors, and free sectors that are all looked at', async () => {
    const more = [MESSAGE, innerStream('big.cab', Buffer.alloc(24 * 1024 ** 2, 'b'))];
    const { outcome, looks, longest } = await look(writeInstaller({ more, free: Buffer.alloc(24 * 1024 ** 2) }).bytes);
    expect(outcome).toMatchObject({ textsSigned: false });
    expect(looks).toBeGreaterThan(6);
    expect(longest).toBeLessThan(LONGEST);
  });

  it('AC-42 ends when the caller gives up, also when no read ever waits', async () => {
    const { bytes } = writeInstaller({ more: manyStreams(20_000) ?? [] });
    const source = new CountingSource(bytes);
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const gathering = gatherFacts({ path: 'C:\\Bomb\\a.msi', source, signal: controller.signal });
    await expect(gathering).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    expect(source.asked).toBeLessThan(2 * bytes.length);
  });
});
