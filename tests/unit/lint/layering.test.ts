import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
// @ts-expect-error -- plain JavaScript without declarations
import { LAYERS, PARTS } from '../../../eslint.config.js';

const root = path.resolve(import.meta.dirname, '../../..');
const parts = PARTS as Readonly<Record<string, readonly string[]>>;
const layers = LAYERS as Readonly<Record<string, readonly string[]>>;

/** A file of each part of the project. */
const PART_FILES: Readonly<Record<string, string>> = {
  src: 'src/model/errors.ts',
  tooling: 'tooling/project.mjs',
  testbed: 'testbed/machine.ts',
  scripts: 'scripts/build.mjs',
  tests: 'tests/bed/index.ts',
};

/** Any TypeScript file of a layer, relative to the project; undefined while the layer is empty. */
function someFile(layer: string): string | undefined {
  const folder = path.join(root, 'src', layer);
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .find((entry) => entry.endsWith('.ts'));
  return name === undefined ? undefined : path.posix.join('src', layer, name.replaceAll('\\', '/'));
}

const files = new Map(
  Object.keys(layers).flatMap((layer) => {
    const file = someFile(layer);
    return file === undefined ? [] : [[layer, file] as const];
  }),
);
// Only the rules looked at here: those that need types would have the whole project read first.
const RULES = ['import-x/no-restricted-paths', 'epm/no-import-circle', 'no-restricted-imports', 'no-console'];
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => RULES.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

/** Rule ids with the source line they were raised on, for `lines` standing in place of `file`. */
async function lint(file: string, lines: readonly string[]): Promise<readonly { rule: string | null; line: string }[]> {
  const [result] = await eslint.lintText(`${lines.join('\n')}\n`, { filePath: path.join(root, file) });
  return (result?.messages ?? []).map((message) => ({ rule: message.ruleId, line: lines[message.line - 1] ?? '' }));
}

describe('the lint rule for the direction of knowing', () => {
  it('knows every folder of src/', () => {
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(Object.keys(layers)).toEqual(expect.arrayContaining(names));
  });

  it.each([...files])('%s: refuses every import it may not have, and only those', async (layer, file) => {
    const imports = [...files].map(([other, target]) => ({
      other,
      line: `import type * as ${other} from '${path.posix.relative(path.posix.dirname(file), target).replace(/^(?!\.)/, './')}';`,
    }));
    const found = await lint(
      file,
      imports.map((entry) => entry.line),
    );
    const refused = found.filter((entry) => entry.rule === 'import-x/no-restricted-paths').map((entry) => entry.line);
    const allowed = [layer, ...(layers[layer] ?? [])];
    expect(refused).toEqual(imports.filter((entry) => !allowed.includes(entry.other)).map((entry) => entry.line));
  });

  it.each(Object.entries(PART_FILES))('%s/: refuses every part that it may not know', async (part, file) => {
    const lines = Object.entries(PART_FILES).map(([other, target]) => ({
      other,
      line: `import * as ${other} from '${path.posix.relative(path.posix.dirname(file), target).replace(/^(?!\.)/, './')}';`,
    }));
    const found = await lint(
      file,
      lines.map(({ line }) => line),
    );
    const refused = found.filter(({ rule }) => rule === 'import-x/no-restricted-paths').map(({ line }) => line);
    const allowed = [part, ...(parts[part] ?? [])];
    expect(refused).toEqual(lines.filter(({ other }) => !allowed.includes(other)).map(({ line }) => line));
  });

  it.each([...files])('%s: koffi, sockets and the console only where they belong', async (layer, file) => {
    const lines = [`import 'koffi';`, `import 'node:net';`, `console.log(1);`];
    const found = await lint(file, lines);
    const rules = found.map((entry) => entry.rule);
    const restricted = found.filter((entry) => entry.rule === 'no-restricted-imports').map((entry) => entry.line);
    const expected = lines
      .slice(0, 2)
      .filter((line) => !(layer === 'windows' || (layer === 'ipc' && line.includes('net'))));
    expect(restricted).toEqual(expected);
    expect(rules.includes('no-console')).toBe(layer !== 'cli');
  });
});

describe('the lint rule against circles of imports', () => {
  it.each([
    ["import type { Sid } from './brands.ts';", true],
    ["export type { Sid } from './brands.ts';", true],
    ["export const brands = import('./brands.ts');", true],
    ["import type { Rule } from './error-codes.ts';", false],
  ])('in src/model/errors.ts, which brands.ts imports: %s', async (line, isCircle) => {
    const found = await lint('src/model/errors.ts', [line]);
    expect(found.filter(({ rule }) => rule === 'epm/no-import-circle')).toHaveLength(isCircle ? 1 : 0);
  });
});
