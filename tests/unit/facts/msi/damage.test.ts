/** Every part of a package cut off or overwritten: a refusal that names the place, or facts; never anything else. */
import { describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import { CountingSource } from './inspect.ts';
import { inspectInstaller } from '../../../../src/facts/msi/index.ts';
import { Turns } from '../../../../src/facts/turns.ts';
import { innerStream, writeInstaller } from './installer-writer.ts';

const MORE = [
  innerStream('inside.cab', Buffer.alloc(9000, 'c')),
  { name: 'storage', children: [{ name: 'stream', bytes: Buffer.from('s') }] },
];

/** What came of it; throws for anything but facts or a refusal. */
async function outcome(bytes: Uint8Array): Promise<'facts' | string> {
  const source = new CountingSource(bytes);
  try {
    const { content, facts } = await inspectInstaller(source, new Turns({}));
    expect(facts.installer).toBeDefined();
    if (content.coverage.kind === 'own') expect(await content.coverage.digest('sha256')).toHaveLength(32);
    return 'facts';
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
    expect(error.place).not.toBe('');
    return error.place;
  } finally {
    expect(source.largest).toBeLessThanOrEqual(bytes.length);
    expect(source.asked).toBeLessThanOrEqual(4 * bytes.length + 8192);
  }
}

describe.each([3, 4] as const)('a damaged package of version %i', (version) => {
  const { bytes, layout } = writeInstaller({ version, more: MORE });

  it('cut at two hundred places is refused', async () => {
    for (let step = 0; step < 200; step += 1) {
      expect(await outcome(bytes.subarray(0, Math.floor((bytes.length * step) / 200)))).not.toBe('facts');
    }
  });

  it('with any number of its structures replaced is refused or described', async () => {
    const outcomes = new Set<string>();
    const sector = layout.sectorSize;
    const regions: [start: number, end: number][] = [
      [0, 80],
      ...layout.fat.map((start): [number, number] => [start, start + Math.min(sector, 600)]),
      [layout.miniFat, layout.miniFat + Math.min(sector, 300)],
      [layout.directory, layout.directory + layout.entryCount * 128],
      [layout.miniStream, layout.miniStream + 1200],
    ];
    for (const [start, end] of regions) {
      for (let at = start; at + 4 <= end; at += 4) {
        for (const value of [0, 1, 0x7fffffff, 0xfffffffe, 0xffffffff]) {
          const copy = Buffer.from(bytes);
          copy.writeUInt32LE(value, at);
          outcomes.add(await outcome(copy));
        }
      }
    }
    expect(outcomes.has('facts')).toBe(true);
    expect(outcomes.size).toBeGreaterThan(40);
  });

  it('with every byte of its header and directory turned is refused or described', async () => {
    for (const [start, length] of [
      [0, 80],
      [layout.directory, layout.entryCount * 128],
    ] as const) {
      for (let at = start; at < start + length; at += 1) {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
        await outcome(copy);
      }
    }
  });
});
