import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const EXPORT = /^export (?:async )?(const|function\*?|class|interface|type) (\w+)/gm;

function codeBelow(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/.test(name) && !name.includes('node_modules'))
    .map((name) => path.join(folder, name));
}

const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const exported = codeBelow('src')
  .filter((file) => !file.includes('generated'))
  .flatMap((file) => [...textOf(file).matchAll(EXPORT)].map(([, kind = '', name = '']) => ({ file, kind, name })));

/** A word anywhere in another file counts as a use: what this finds is certain, and it takes no type checker. */
it('every name that src exports is used by another file', () => {
  const uses = new Map<string, number>();
  for (const file of ['src', 'tests', 'testbed', 'scripts', 'tooling'].flatMap(codeBelow)) {
    for (const word of new Set(textOf(file).match(/\w+/g))) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  expect(exported.length).toBeGreaterThan(500);
  const unused = exported.filter(({ name }) => uses.get(name) === 1);
  expect(unused.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});

it('no two types that src exports have one name', () => {
  const files = new Map<string, string[]>();
  for (const { file, kind, name } of exported) {
    if (['class', 'interface', 'type'].includes(kind)) files.set(name, [...(files.get(name) ?? []), file]);
  }
  expect(files.size).toBeGreaterThan(200);
  expect([...files].filter(([, places]) => places.length > 1)).toEqual([]);
});
