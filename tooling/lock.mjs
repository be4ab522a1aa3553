/** Keeping two runs out of each other's way. */
import { mkdirSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

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
