import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const EXPORT = /^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm;

function codeBelow(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/.test(name) && !name.includes('node_modules'))
    .map((name) => path.join(folder, name));
}

/** A word anywhere in another file counts as a use: what this finds is certain, and it takes no type checker. */
it('every name that src exports is used by another file', () => {
  const uses = new Map<string, number>();
  const exported: (readonly [file: string, name: string])[] = [];
  for (const file of ['src', 'tests', 'testbed', 'scripts', 'tooling'].flatMap(codeBelow)) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const word of new Set(text.match(/\w+/g))) uses.set(word, (uses.get(word) ?? 0) + 1);
    if (!file.startsWith(`src${path.sep}`) || file.includes('generated')) continue;
    for (const [, name = ''] of text.matchAll(EXPORT)) exported.push([file, name]);
  }
  expect(exported.length).toBeGreaterThan(500);
  const unused = exported.filter(([, name]) => uses.get(name) === 1);
  expect(unused.map(([file, name]) => `${file}: ${name}`)).toEqual([]);
});
