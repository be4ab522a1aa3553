/** Files that are made to keep the agent busy: everybody else has their turn meanwhile, and who gives up is heard. */
import { describe, expect, it } from 'vitest';
import { readCatalog } from '../../src/facts/authenticode/index.ts';
import { gatherFacts } from '../../src/facts/gather.ts';
import { STEPS_PER_TURN, Turns } from '../../src/facts/turns.ts';
import * as cms from '../corpus/cms.ts';
import * as der from '../corpus/der.ts';
import { CORPUS_NOW } from '../corpus/pki.ts';
import { longestEffort } from '../effort.ts';
import { LONGEST_STRETCH } from '../fuzz/run.ts';
import { CA, LEAF, message } from '../unit/facts/authenticode/people.ts';
import { buildProgram, certificateEntry, withCertificateTable } from '../unit/facts/pe-builder.ts';

const MEBIBYTE = 1024 ** 2;

function program(signature: Uint8Array): Buffer {
  return withCertificateTable(buildProgram(), [certificateEntry(signature)]);
}

/** A message with these among its certificates. */
const carrying = (...odd: readonly der.Node[]): Buffer =>
  der.encode(
    der.change(der.parse(message()), [1, 0, 3], (bag) => ({ tag: bag.tag, value: [...der.inside(bag), ...odd] })),
  );
const many = (count: number, node: der.Node): Buffer => Buffer.alloc(count * der.encode(node).length, der.encode(node));
const manifest = (text: string) => buildProgram({ resources: [{ type: 24, data: Buffer.from(text) }] });
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

const FILES: Readonly<Record<string, () => readonly [name: string, bytes: Buffer]>> = {
  'a signature of millions of elements': () => [
    'a.exe',
    program(
      message({ unsignedAttributes: [cms.attribute('1.2.3', { tag: 0x30, value: many(3_000_000, der.nothing()) })] }),
    ),
  ],
  'certificates full of elements': () => [
    'a.exe',
    program(carrying(...Array.from({ length: 61 }, () => ({ tag: 0x30, value: many(32_000, der.nothing()) })))),
  ],
  'certificates with names of a thousand parts': () => {
    const part = der.setOf(der.sequence(der.objectId('2.5.4.3'), der.utf8('\u202e'.repeat(200))));
    const name = der.sequence(...Array.from({ length: 64 }, () => part));
    const odd = (serial: number): der.Node =>
      der.change(
        der.change(der.parse(CA.der), [0, 5], () => name),
        [0, 1],
        () => der.integer(serial),
      );
    return ['a.exe', program(carrying(...Array.from({ length: 60 }, (_, at) => odd(at + 1))))];
  },
  'a manifest of nothing but tags': () => ['a.exe', manifest(`<a>${'<a/>'.repeat(125_000)}</a>`)],
  ...Object.fromEntries(
    ['#', '# ', ' ', "'", "''x", '@"\n', 'word', '\n#x', '#sig#', '# s i g #', '\u4e00'].map((part) => [
      `a script of ${JSON.stringify(part)}`,
      () => ['a.ps1', utf16(part.repeat((4 * MEBIBYTE) / part.length))] as const,
    ]),
  ),
  'a script of characters of four bytes': () => [
    'a.ps1',
    Buffer.concat([Buffer.from('fffe0000', 'hex'), Buffer.alloc(12 * MEBIBYTE, Buffer.from('01f60100', 'hex'))]),
  ],
  'a script of bytes beyond ASCII': () => ['a.ps1', Buffer.alloc(12 * MEBIBYTE, 0xe9)],
};

/** Facts of the file; `other` runs whenever the process has its turn. */
async function facts([name, bytes]: readonly [string, Buffer], other: () => void, signal?: AbortSignal) {
  const source = { size: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const state = { over: false };
  const tick = (): void => {
    if (state.over) return;
    other();
    setImmediate(tick);
  };
  setImmediate(tick);
  try {
    const digests = ['sha384', 'sha512'] as const;
    return await gatherFacts({ path: `C:\\${name}`, source, digests, roots: [], ...(signal && { signal }) });
  } finally {
    state.over = true;
  }
}

describe('a file that takes long', () => {
  it.each(Object.entries(FILES))('AC-98 lets others have their turn: %s', async (_what, make) => {
    const file = make();
    let turns = 0;
    const longest = await longestEffort(LONGEST_STRETCH, (next) =>
      facts(file, () => {
        turns += 1;
        next();
      }),
    );
    expect(turns).toBeGreaterThan(1);
    expect(longest).toBeLessThan(LONGEST_STRETCH);
  });

  it.each(Object.entries(FILES))('AC-98 ends when nobody waits for it any more: %s', async (_what, make) => {
    const waits = new AbortController();
    await expect(facts(make(), () => waits.abort(), waits.signal)).rejects.toMatchObject({
      code: 'EPM_REQUEST_CANCELLED',
    });
  });
});

describe('work that is counted', () => {
  it('AC-98 is so much for so many files in a catalog, and ends at the next look', async () => {
    const digests = Array.from({ length: 5_000 }, (_, index) => cms.hash('sha256', Buffer.from(String(index))));
    const content = cms.catalogContent(digests, 'sha256', CORPUS_NOW);
    const wish = { contentType: cms.CMS.trustList, content, signer: LEAF, certificates: [LEAF, CA] };
    const catalog = cms.makeMessage(wish);
    let looks = 0;
    await readCatalog(catalog, new Turns({ check: () => (looks += 1) }));
    // Fifteen elements a file are gone through, and each file and its attribute is read.
    expect(looks).toBeGreaterThan((digests.length * (15 * 4 + 2 * 64)) / STEPS_PER_TURN / 2);
    const over = new Error('over');
    const check = (): never => {
      throw over;
    };
    await expect(readCatalog(catalog, new Turns({ check }))).rejects.toBe(over);
  });
});
