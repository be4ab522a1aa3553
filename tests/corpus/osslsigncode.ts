/** Which osslsigncode this machine has. Debian 12 has 2.5, which signs no scripts and has no timestamp authority. */
import { spawnSync } from 'node:child_process';

/** The version whose answers the tests were written against. */
const KNOWN = [2, 9] as const;

/** What the program prints of its version; undefined when it is not installed. */
export function osslsigncodeVersion(): string | undefined {
  const { error, stdout } = spawnSync('osslsigncode', ['--version'], { encoding: 'utf8' });
  return error === undefined ? stdout : undefined;
}

/** Why tests that need a recent version cannot run, or undefined. */
export function whyNoRecentOsslsigncode(): string | undefined {
  const printed = osslsigncodeVersion();
  if (printed === undefined) return 'osslsigncode is not installed';
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(printed) ?? [];
  const isRecent = Number(major) > KNOWN[0] || (Number(major) === KNOWN[0] && Number(minor) >= KNOWN[1]);
  return isRecent ? undefined : `osslsigncode ${major}.${minor} is older than ${KNOWN.join('.')}`;
}
