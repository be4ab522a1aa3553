/**
 * Keeping two runs out of each other's way. The lock of a folder is a folder `.lock` with one empty file, whose name says
 * who holds it. It comes into being whole, by a rename; and who takes over an abandoned one renames exactly the file that
 * was seen to be abandoned, which only one can do.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The owner of a lock shows every so often that it lives. In milliseconds. */
const SIGN_OF_LIFE = 2_000;
/** Where its process cannot be looked for, an owner that has shown none for so long is dead. In milliseconds. */
const NO_LIFE = 60_000;

/** Process ids mean something only in the same start of the same machine and, in a container, only there. */
function processSpace() {
  let space = hostname();
  try {
    space = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux: the name of the machine will do.
  }
  return createHash('sha256').update(space).digest('hex').slice(0, 16);
}

/** When a process started, in ticks since the machine did; '0' where the system does not say. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in brackets, may hold anything. The start is the 22nd field.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

/** Name of the file of an owner: process id, its start, where these mean something, and something no other has. */
const ownerName = (pid, start, space) => `${pid}-${start}-${space}-${randomUUID()}`;

/**
 * Runs `work` while no other process holds the same lock. A lock whose owner has died is taken over: at once where its
 * process can be looked for, else after a minute. (In a container that is made anew, its number may be somebody else's.)
 */
export async function withLock(folder, work) {
  const lock = path.join(folder, '.lock');
  const owner = ownerName(process.pid, startOf(process.pid), processSpace());
  const mine = path.join(lock, owner);
  mkdirSync(folder, { recursive: true });
  for (let waited = false; !(create(folder, lock, owner) || takeOver(lock, owner)); waited = true) {
    if (!waited) process.stdout.write('  … another run is at work here, waiting for it\n');
    await sleep(250);
  }
  const timer = setInterval(() => {
    try {
      utimesSync(mine, new Date(), new Date());
    } catch {
      // Taken over, by somebody who could not look for this process after it had been stopped for long.
    }
  }, SIGN_OF_LIFE);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    rmSync(mine, { force: true });
    removeEmpty(lock);
  }
}

/** Makes the lock with its owner in it. @returns false when there is one */
function create(folder, lock, owner) {
  const unborn = path.join(folder, `.lock-${owner}`);
  mkdirSync(unborn);
  writeFileSync(path.join(unborn, owner), '');
  try {
    // Does not replace a folder with something in it.
    renameSync(unborn, lock);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(error.code)) throw error;
    return false;
  } finally {
    rmSync(unborn, { recursive: true, force: true });
  }
}

/** Becomes the owner of a lock whose owner is dead. @returns false when it lives, or another was quicker */
function takeOver(lock, owner) {
  try {
    const [other] = readdirSync(lock);
    if (other === undefined) {
      // Its owner was ended while it gave the lock back. Windows renames over no folder, not even an empty one.
      removeEmpty(lock);
      return false;
    }
    const file = path.join(lock, other);
    if (!isAbandoned(other, statSync(file).mtimeMs)) return false;
    // First the sign of life, so that nobody sees the new name with the old time.
    utimesSync(file, new Date(), new Date());
    renameSync(file, path.join(lock, owner));
    return true;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return false;
  }
}

function isAbandoned(owner, lastSign) {
  const [pid, start, space] = owner.split('-');
  if (space === processSpace()) {
    try {
      process.kill(Number(pid), 0);
    } catch (error) {
      if (error.code === 'ESRCH') return true;
    }
    // A number is given again; a number with a start is not.
    if (start !== '0') return startOf(pid) !== start;
  }
  return Date.now() - lastSign > NO_LIFE;
}

function removeEmpty(lock) {
  try {
    rmdirSync(lock);
  } catch (error) {
    // Gone, or somebody else's by now.
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(error.code)) throw error;
  }
}
