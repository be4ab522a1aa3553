/**
 * Wine's own files for 32-bit programs, which most setup programs are. A 64-bit Wine runs them without any 32-bit
 * library of Linux when it has the PE files of the other architecture. They come from the package of the same version
 * that Debian builds for i386, into a folder of the cache that the Wine of a bed looks into besides its own.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../tooling/process.mjs';
import { cacheRoot } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';
import { runs32Bit } from './kernel32.mjs';

const PACKAGE = 'libwine:i386';
/** Name that Wine looks for in each of its folders. */
const FOLDER = 'i386-windows';

/** Folder below the cache with a folder for each version. */
const programs32Root = () => path.join(cacheRoot(), 'wine-i386');

/** Version of the Debian package that a Wine came with; undefined for one from elsewhere. */
const debianVersion = (version) => /\(Debian ([0-9A-Za-z.+~-]+)\)/.exec(version)?.[1];

/**
 * Gets the files when they are not there.
 * @param wine description from wine.mjs, whose environment names the folder afterwards
 * @returns what was done
 */
export async function prepare32Bit(wine) {
  const version = debianVersion(wine.version);
  if (!runs32Bit()) throw new Missing('the kernel of this system does not serve 32-bit programs (int 0x80)');
  if (version === undefined) throw new Missing(`"${wine.version}" is not Debian's, so there is no ${PACKAGE} of it`);
  const folder = path.join(programs32Root(), version);
  const isThere = existsSync(folder);
  if (!isThere) await unpack(wine, version, folder);
  wine.environment.WINEDLLPATH = folder;
  return isThere ? 'up to date' : `unpacked from ${PACKAGE} ${version}`;
}

/** Builds the folder under another name first, so that half of one is never taken for one. */
async function unpack(wine, version, folder) {
  const root = programs32Root();
  mkdirSync(root, { recursive: true });
  for (const name of readdirSync(root)) rmSync(path.join(root, name), { recursive: true, force: true });
  const work = path.join(root, `partial-${process.pid}`);
  const unpacked = path.join(work, 'unpacked');
  for (const name of ['lists/partial', 'archives/partial', 'unpacked']) {
    mkdirSync(path.join(work, name), { recursive: true });
  }
  // The lists of packages are its own: nothing of the system's apt is changed, and its architectures neither.
  const options = [
    ...['APT::Architecture=i386', 'APT::Architectures::=i386', 'APT::Sandbox::User=root', 'Acquire::Languages=none'],
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    ...[`Dir::State::Lists=${work}/lists`, `Dir::Cache=${work}`, 'Dir::State::Status=/dev/null'],
  ].flatMap((option) => ['-o', option]);
  try {
    // One archive of several may be out of order; what counts is whether there is the package.
    await where(wine, work, 'apt-get', ...options, 'update').catch(() => undefined);
    try {
      await where(wine, work, 'apt-get', ...options, 'download', `${PACKAGE}=${version}`);
    } catch (error) {
      throw new Missing(`apt gives no ${PACKAGE} of version ${version} (${error.message.split('\n').at(-1)})`);
    }
    const script = `dpkg-deb --fsys-tarfile "$1"/*.deb | tar -x -C "$2" --strip-components=5 --wildcards './usr/lib/*/wine/${FOLDER}/*'`;
    await where(wine, work, 'bash', '-o', 'pipefail', '-c', script, 'bash', work, unpacked);
    if (!existsSync(path.join(unpacked, FOLDER, 'ntdll.dll'))) throw new Missing(`${PACKAGE} has no ${FOLDER}`);
    renameSync(unpacked, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs a program where Wine is, in a folder. */
const where = (wine, folder, ...words) => {
  const [program, ...rest] = [...wine.before, 'env', '-C', folder, ...words];
  return run(program, rest);
};
