/** The Debian mirror this machine was set up with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

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
