/** Checks of the sources: layout, lint, types, generated files. */
import path from 'node:path';
import { nativeSources } from './native.mjs';
import { capture, run, which } from '../../tooling/process.mjs';
import { build, projectNode, root } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';

const node = () => {
  const found = projectNode();
  if (found === undefined) throw new Missing('the project has no Node of its own yet; run `npm run bootstrap`');
  return found;
};
const tool = (...parts) => path.join(root, 'node_modules', ...parts);
const CLANG_FORMAT = 14;
const inRoot = { cwd: root };
/** What a tool found out about files by their content, so that it looks only at those that have changed. */
const cacheFile = (name) => path.join(build, 'checks', name);

/** Prettier, and clang-format where there is one. `write` lays the files out instead of complaining. */
export async function layout({ write = false } = {}) {
  const mode = write ? '--write' : '--check';
  const cache = ['--cache', '--cache-strategy', 'content', '--cache-location', cacheFile('prettier')];
  await run(node(), [tool('prettier', 'bin', 'prettier.cjs'), mode, ...cache, '--log-level', 'warn', '.'], inRoot);
  // Other versions lay the same style out differently.
  const clang = which(`clang-format-${CLANG_FORMAT}`) ?? which('clang-format');
  const version = clang === undefined ? undefined : capture(clang, ['--version']);
  if (!version?.includes(`version ${CLANG_FORMAT}.`)) return `done (C++ not: no clang-format ${CLANG_FORMAT})`;
  await run(
    clang,
    [
      ...(write ? ['-i'] : ['--dry-run', '--Werror']),
      ...nativeSources('testBed').filter((file) => /\.(cpp|h)$/.test(file)),
    ],
    inRoot,
  );
  return 'done';
}

/**
 * A file is looked at again when it has changed itself: a type that changed elsewhere may make a finding that is seen only
 * in a run from scratch, as every run of a fresh clone is.
 */
export async function lint() {
  const cache = ['--cache', '--cache-strategy', 'content', '--cache-location', cacheFile('eslint')];
  await run(node(), [tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', ...cache, '.'], inRoot);
}

export async function types() {
  await run(
    node(),
    [tool('typescript', 'bin', 'tsc'), '-p', '.', '--incremental', '--tsBuildInfoFile', cacheFile('types')],
    inRoot,
  );
}

export async function generated() {
  await run(node(), [path.join(root, 'scripts', 'generate.mjs'), '--check'], inRoot);
}
