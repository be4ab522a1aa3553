/** Debian packages that the build and the test bed use. */
import { existsSync } from 'node:fs';
import { isRoot, run, which } from '../../tooling/process.mjs';
import { isWindows } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';

/** A program, or a file, that proves the package is there (it may have come another way), and what it is for. */
const PACKAGES = [
  { name: 'g++-mingw-w64-x86-64', program: 'x86_64-w64-mingw32-g++', use: 'native build' },
  { name: 'cmake', program: 'cmake', use: 'native build' },
  { name: 'ninja-build', program: 'ninja', use: 'native build' },
  { name: 'debootstrap', program: 'debootstrap', use: 'Wine, where the system has none of version 10' },
  { name: 'osslsigncode', program: 'osslsigncode', use: 'signed test files' },
  { name: 'msitools', program: 'msiinfo', use: 'installer test files' },
  { name: 'wixl', program: 'wixl', use: 'installer test files' },
  { name: 'nsis', program: 'makensis', use: 'installer test files' },
  { name: 'python3-aiosmtpd', file: '/usr/lib/python3/dist-packages/aiosmtpd', use: 'a mail server for tests' },
  { name: 'mosquitto', program: 'mosquitto', use: 'live channel against a real broker' },
  { name: 'xvfb', program: 'Xvfb', use: 'windows of tested programs' },
  { name: 'imagemagick', program: 'import', use: 'pictures of windows' },
  { name: 'fonts-open-sans', file: '/usr/share/fonts/truetype/open-sans', use: 'pictures of windows' },
  { name: 'fonts-ipafont-gothic', file: '/usr/share/fonts/opentype/ipafont-gothic', use: 'pictures of windows' },
];

const isThere = ({ program, file }) => (file === undefined ? which(program) !== undefined : existsSync(file));

/** Installs what is missing. */
export async function installDebianPackages() {
  if (isWindows) return 'not needed on Windows';
  const missing = PACKAGES.filter((entry) => !isThere(entry));
  if (missing.length === 0) return 'up to date';
  const names = missing.map((entry) => entry.name);
  const uses = [...new Set(missing.map((entry) => entry.use))].join(', ');
  if (which('apt-get') === undefined) {
    throw new Missing(`no apt-get here; install ${names.join(', ')} another way. Without them: no ${uses}`);
  }
  if (!isRoot()) throw new Missing(`run "apt-get install ${names.join(' ')}" as root. Without them: no ${uses}`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env: environment });
  try {
    await install();
  } catch {
    // Package lists may be absent or old.
    await run('apt-get', ['update'], { env: environment });
    await install();
  }
  return `installed ${names.join(', ')}`;
}
