/** A small Debian of its own below the cache folder, for a Wine that is newer than the system's. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { debianMirror, isRoot } from './debian.mjs';
import { run, which } from './process.mjs';
import { cacheRoot, root } from './project.mjs';
import { Missing } from './report.mjs';

const SUITE = 'trixie';
const folder = () => path.join(cacheRoot(), 'wine-chroot');
const mark = () => path.join(folder(), '.epm-complete');

/** Mount points of this machine, longest first. /proc/mounts writes blanks as \040. */
function mountPoints() {
  const unescape = (text) => text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => unescape(line.split(' ')[1] ?? ''))
    .filter((place) => place !== '')
    .sort((a, b) => b.length - a.length);
}

/** Removes a tree, never through something that is mounted into it. */
function removeTree(tree) {
  const inside = mountPoints().filter((place) => place === tree || place.startsWith(`${tree}/`));
  if (inside.length > 0) {
    throw new Missing(`"${tree}" has mounts inside (${inside.join(', ')}); unmount them before it is removed`);
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
    if (name.startsWith('wine-chroot.partial-')) removeTree(path.join(cache, name));
  }
  if (existsSync(folder())) removeTree(folder());
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
 * Folders that are seen inside under their own names, with the reason each is needed. Mounting is idempotent.
 * @returns the chroot's folder
 */
export async function mountChroot() {
  const chroot = folder();
  await unmountStale(chroot);
  const present = new Set(mountPoints());
  const cache = cacheRoot();
  const wanted = [
    { place: '/proc', options: ['-t', 'proc', 'proc'] },
    { place: '/dev', options: ['--bind', '/dev'] },
    ...['/tmp', tmpdir(), root, path.join(cache, 'beds'), path.join(cache, 'windows-packages')].map((place) => ({
      place,
      options: ['--bind', place],
    })),
  ];
  for (const { place, options } of wanted) {
    const covered = [...present].some((mounted) => {
      const inner = mounted.startsWith(`${chroot}/`) ? mounted.slice(chroot.length) : undefined;
      return inner !== undefined && inner !== '/' && (place === inner || place.startsWith(`${inner}/`));
    });
    if (covered) continue;
    const target = path.join(chroot, place);
    mkdirSync(place, { recursive: true });
    mkdirSync(target, { recursive: true });
    try {
      await run('mount', [...options, target]);
    } catch (error) {
      throw new Missing(
        `"${place}" cannot be mounted into the chroot of Wine (${error.message}); no Windows program runs here`,
      );
    }
    present.add(target);
  }
  return chroot;
}
