/** Skipping work whose inputs have not changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, root } from './project.mjs';

/** Every file below the given files and folders, sorted, without what builds leave there. */
export function filesBelow(...places) {
  const found = [];
  const visit = (place) => {
    const entry = statSync(place, { throwIfNoEntry: false });
    if (entry === undefined) return;
    if (!entry.isDirectory()) {
      found.push(place);
      return;
    }
    for (const name of readdirSync(place).sort()) {
      if (['node_modules', 'bin', 'obj', '.git'].includes(name)) continue;
      visit(path.join(place, name));
    }
  };
  for (const place of places) visit(path.resolve(root, place));
  return found;
}

/** SHA-256 over names and contents of files and over extra texts. */
export function digest(files, ...texts) {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${path.relative(root, file)}\0`);
    hash.update(createHash('sha256').update(readFileSync(file)).digest());
  }
  for (const text of texts) hash.update(`\0${text}`);
  return hash.digest('hex');
}

const stampFile = (name) => path.join(build, 'stamps', name);

/** Whether the work `name` was done with exactly these inputs and its results are still there. */
export function isFresh(name, inputs, results) {
  const file = stampFile(name);
  return existsSync(file) && readFileSync(file, 'utf8') === inputs && results.every((result) => existsSync(result));
}

export function setFresh(name, inputs) {
  mkdirSync(path.dirname(stampFile(name)), { recursive: true });
  writeWhole(stampFile(name), inputs);
}

export function clearFresh(name) {
  rmSync(stampFile(name), { force: true });
}

/** Writes a file so that nobody ever sees half of it. */
export function writeWhole(file, content) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
