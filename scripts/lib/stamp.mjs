/** Skipping work whose inputs have not changed, and keeping two runs out of each other's way. */
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

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs `work` while no other process holds the same lock. A lock whose owner has died is taken over. */
export async function withLock(folder, work) {
  const lock = path.join(folder, '.lock');
  const owner = path.join(lock, 'pid');
  mkdirSync(folder, { recursive: true });
  for (let waited = false; ;) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock, owner)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!waited) process.stdout.write('  … another run is at work here, waiting for it\n');
    waited = true;
    await sleep(250);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock, owner) {
  let pid;
  try {
    pid = Number(readFileSync(owner, 'utf8'));
  } catch {
    // Between making the folder and writing the number there is nothing to read yet.
    const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - made > 10_000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
