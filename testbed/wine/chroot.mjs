/** A small Debian of its own below the cache folder, for a Wine that is newer than the system's. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { debianMirror } from './debian-mirror.mjs';
import { isRoot, run, which } from '../../tooling/process.mjs';
import { cacheRoot, isWindows, root } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';

const SUITE = 'trixie';
const folder = () => path.join(cacheRoot(), 'wine-chroot');
const mark = () => path.join(folder(), '.epm-complete');

/** Mount points of this machine, longest first. /proc/mounts writes blanks as \040. */
function mountPoints() {
  if (isWindows) return [];
  const unescape = (text) => text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => unescape(line.split(' ')[1] ?? ''))
    .filter((place) => place !== '')
    .sort((a, b) => b.length - a.length);
}

const mountsInside = (tree) => mountPoints().filter((place) => place === tree || place.startsWith(`${tree}/`));

/**
 * Removes a tree, never through something that is mounted into it: that is unmounted first. A run that was killed leaves
 * such mounts (debootstrap's own /proc, for one).
 * @param {string} tree
 */
export async function removeTree(tree) {
  for (const place of mountsInside(tree)) await run('umount', ['--lazy', place]).catch(() => undefined);
  const left = mountsInside(tree);
  if (left.length > 0) {
    throw new Missing(`"${tree}" has mounts inside (${left.join(', ')}); unmount them before it is removed`);
  }
  rmSync(tree, { recursive: true, force: true });
}

/** The complete chroot, or undefined. */
export const existingChroot = () => (existsSync(mark()) ? folder() : undefined);

/** Builds the chroot if there is none: under another name first, so that half of one is never taken for one. */
export async function buildChroot() {
  if (existingChroot() !== undefined) return 'up to date';
  if (!isRoot()) throw new Missing('Wine 10 is not installed and building a chroot for it needs root');
  const debootstrap = which('debootstrap');
  if (debootstrap === undefined) throw new Missing('Wine 10 is not installed and there is no debootstrap to get one');
  const mirror = debianMirror();
  if (mirror === undefined) throw new Missing('apt names no Debian archive to take Wine 10 from');
  const cache = cacheRoot();
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    if (name.startsWith('wine-chroot.partial-')) await removeTree(path.join(cache, name));
  }
  if (existsSync(folder())) await removeTree(folder());
  const partial = path.join(cache, `wine-chroot.partial-${process.pid}`);
  await run(debootstrap, ['--variant=minbase', '--include=wine,wine64,ca-certificates', SUITE, partial, mirror]);
  rmSync(path.join(partial, 'var', 'cache', 'apt', 'archives'), { recursive: true, force: true });
  writeFileSync(path.join(partial, '.epm-complete'), `${SUITE}\n`);
  renameSync(partial, folder());
  return `built from ${SUITE}`;
}

/** Whether both names lead to the same folder now. */
function isSameFolder(one, other) {
  const [first, second] = [one, other].map((place) => statSync(place, { throwIfNoEntry: false }));
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

/**
 * Takes away what is mounted in a chroot under the name of a folder that has been removed, or made anew, since. Such a
 * mount goes on showing the removed folder, which is empty, and every Windows program started in it ends at once.
 * @param {string} chroot its folder
 */
export async function unmountStale(chroot) {
  for (const mounted of mountPoints()) {
    if (!mounted.startsWith(`${chroot}/`) || mounted === path.join(chroot, 'proc')) continue;
    if (!isSameFolder(mounted, mounted.slice(chroot.length))) await run('umount', ['--lazy', mounted]);
  }
}

/**
 * Shows folders inside under their own names. What is seen there already, by itself or within another one, is left alone;
 * a folder with something else mounted over it on this machine is not, for a mount shows nothing of what is mounted below.
 * @param {string} chroot its folder
 * @param {readonly string[]} places absolute
 */
export async function mountPlaces(chroot, places) {
  await unmountStale(chroot);
  for (const place of places) {
    const target = path.join(chroot, place);
    const isProc = place === '/proc';
    mkdirSync(place, { recursive: true });
    // Every mount of /proc is a file system of its own.
    if (isProc ? mountPoints().includes(target) : isSameFolder(target, place)) continue;
    mkdirSync(target, { recursive: true });
    try {
      await run('mount', isProc ? ['-t', 'proc', 'proc', target] : ['--bind', place, target]);
    } catch (error) {
      throw new Missing(
        `"${place}" cannot be mounted into the chroot of Wine (${error.message}); no Windows program runs here`,
      );
    }
  }
}

/** Makes the folders that Windows programs work with seen inside. @returns the chroot's folder */
export async function mountChroot() {
  const chroot = folder();
  const cache = cacheRoot();
  const own = [root, ...['beds', 'powershell', 'windows-packages', 'wine-i386'].map((name) => path.join(cache, name))];
  await mountPlaces(chroot, ['/proc', '/dev', '/tmp', tmpdir(), ...own]);
  return chroot;
}
