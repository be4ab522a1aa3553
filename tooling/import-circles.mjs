/**
 * A lint rule against circles of imports. Unlike import-x/no-cycle it counts imports of types: two files whose types need
 * each other are one idea in two files, and neither can be read or moved alone.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Imports and exports from a file of the project, types and dynamic imports included. */
const IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+\.ts)['"]/g;

let graph;

/** Files below src and what each imports, read once a run. */
function imports(root) {
  graph ??= new Map(
    globSync('src/**/*.ts', { cwd: root }).map((name) => {
      const file = path.join(root, name);
      return [file, importsOf(file, readFileSync(file, 'utf8'))];
    }),
  );
  return graph;
}

function importsOf(file, text) {
  return [...text.matchAll(IMPORT)].map(([, target]) => path.resolve(path.dirname(file), target));
}

/** Files from `start` to `end` by imports, or undefined when none leads there. */
function way(known, start, end) {
  const before = new Map([[start, undefined]]);
  for (const file of before.keys()) {
    if (file === end) {
      const files = [];
      for (let at = file; at !== undefined; at = before.get(at)) files.unshift(at);
      return files;
    }
    for (const next of known.get(file) ?? []) if (!before.has(next)) before.set(next, file);
  }
  return undefined;
}

export const noImportCircle = {
  meta: { type: 'problem', schema: [], messages: { circle: 'A circle of imports: {{files}}.' } },
  create(context) {
    const { cwd, physicalFilename: file } = context;
    const known = imports(cwd);
    const check = ({ source }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const files = way(known, path.resolve(path.dirname(file), source.value), file);
      if (files === undefined) return;
      const names = files.map((each) => path.relative(cwd, each).replaceAll('\\', '/'));
      context.report({ node: source, messageId: 'circle', data: { files: names.join(' → ') } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
