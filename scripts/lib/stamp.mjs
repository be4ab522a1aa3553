/** Skipping work whose inputs have not changed, and keeping two runs out of each other's way. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
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

/** The owner of a lock shows every so often that it lives; one that has not for a minute does not. In milliseconds. */
const SIGN_OF_LIFE = 2_000;
const NO_LIFE = 60_000;

/** Process ids mean something only in the same start of the same machine and, in a container, only there. */
function processSpace() {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * Runs `work` while no other process holds the same lock. A lock whose owner has died is taken over: at once where its
 * process can be looked for, else after a minute. (In a container that is made anew, its number may be somebody else's.)
 */
export async function withLock(folder, work) {
  const lock = path.join(folder, '.lock');
  const owner = path.join(lock, 'owner');
  mkdirSync(folder, { recursive: true });
  for (let waited = false; ;) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, JSON.stringify({ process: process.pid, space: processSpace() }));
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
  const timer = setInterval(() => {
    try {
      utimesSync(lock, new Date(), new Date());
    } catch {
      // Taken over, after this process had been stopped for long.
    }
  }, SIGN_OF_LIFE);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    rmSync(lock, { recursive: true, force: true });
  }
}

function isAbandoned(lock, owner) {
  const shown = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  if (Date.now() - shown > NO_LIFE) return true;
  try {
    const found = JSON.parse(readFileSync(owner, 'utf8'));
    if (found.space !== processSpace()) return false;
    process.kill(found.process, 0);
    return false;
  } catch (error) {
    // Without such a file, or with half of one, it is just being taken, or was left so.
    return error.code === 'ESRCH';
  }
}
