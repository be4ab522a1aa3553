/** Debian packages that the build and the test bed use, and the mirror this machine was set up with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { capture, run, which } from './process.mjs';
import { isWindows } from './project.mjs';
import { Missing } from './report.mjs';

/** A program that proves the package is there (it may have come another way), and what it is for. */
const PACKAGES = [
  { name: 'g++-mingw-w64-x86-64', program: 'x86_64-w64-mingw32-g++', use: 'native build' },
  { name: 'cmake', program: 'cmake', use: 'native build' },
  { name: 'ninja-build', program: 'ninja', use: 'native build' },
  { name: 'debootstrap', program: 'debootstrap', use: 'Wine, where the system has none of version 10' },
  { name: 'osslsigncode', program: 'osslsigncode', use: 'signed test files' },
  { name: 'msitools', program: 'msiinfo', use: 'installer test files' },
  { name: 'wixl', program: 'wixl', use: 'installer test files' },
  { name: 'xvfb', program: 'Xvfb', use: 'windows of tested programs' },
];

export const isRoot = () => process.getuid?.() === 0;

/** Installs what is missing. */
export async function installDebianPackages() {
  if (isWindows) return 'not needed on Windows';
  const missing = PACKAGES.filter((entry) => which(entry.program) === undefined);
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

/** Address of the Debian archive from apt's own configuration: one-line (`deb …`) and deb822 (`URIs: …`) files. */
export function debianMirror(folder = '/etc/apt') {
  const parts = path.join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [
    ...names
      .filter((name) => name.endsWith('.sources') || name.endsWith('.list'))
      .map((name) => path.join(parts, name)),
    path.join(folder, 'sources.list'),
  ].filter((file) => existsSync(file));
  const addresses = files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.sources') ? deb822Addresses(text) : oneLineAddresses(text);
  });
  // The archive itself serves every suite; the archives of security updates and of other vendors do not.
  return addresses.find((address) => /\/debian\/?$/.test(address));
}

function oneLineAddresses(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s/.exec(line);
    return match ? [match[1]] : [];
  });
}

function deb822Addresses(text) {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .filter((stanza) => /^Types:.*\bdeb\b/im.test(stanza) && !/^Enabled:\s*(no|false|0)\b/im.test(stanza))
    .flatMap((stanza) => (/^URIs:\s*((?:.*)(?:\n[ \t]+.*)*)/im.exec(stanza)?.[1] ?? '').split(/\s+/))
    .filter((address) => address !== '');
}

/** Version of an installed Debian release, for messages. */
export const hostRelease = () => capture('sh', ['-c', '. /etc/os-release && echo "$PRETTY_NAME"']) ?? 'this system';
