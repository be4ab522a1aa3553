/** Which osslsigncode this machine has. Debian 12 has 2.5, which signs no scripts and has no timestamp authority. */
import { spawnSync } from 'node:child_process';

/** The version whose answers the tests were written against. */
const KNOWN = [2, 9] as const;

/** What the program prints of its version; undefined when it is not installed. */
export function osslsigncodeVersion(): string | undefined {
  const { error, stdout } = spawnSync('osslsigncode', ['--version'], { encoding: 'utf8' });
  return error === undefined ? stdout : undefined;
}

export interface Trusted {
  /** Files of roots in PEM, for signers and for timestamp authorities. */
  readonly roots: string;
  readonly timestampRoots: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What `osslsigncode verify` says of each signature of a file, in order; it says nothing of an unsigned one. */
export function osslsigncodeVerdicts(
  options: readonly string[],
  { roots, timestampRoots, now }: Trusted,
): ('ok' | 'failed')[] {
  const trusted = ['-CAfile', roots, '-TSA-CAfile', timestampRoots, '-time', String(now / 1000), '-ignore-crl'];
  const { stdout, stderr } = spawnSync('osslsigncode', ['verify', ...trusted, ...options], { encoding: 'utf8' });
  return [...`${stdout}\n${stderr}`.matchAll(/^Signature verification: (ok|failed)/gm)].map(
    (match) => match[1] as 'ok' | 'failed',
  );
}

/** Why tests that need a recent version cannot run, or undefined. */
export function whyNoRecentOsslsigncode(): string | undefined {
  const printed = osslsigncodeVersion();
  if (printed === undefined) return 'osslsigncode is not installed';
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(printed) ?? [];
  const isRecent = Number(major) > KNOWN[0] || (Number(major) === KNOWN[0] && Number(minor) >= KNOWN[1]);
  return isRecent ? undefined : `osslsigncode ${major}.${minor} is older than ${KNOWN.join('.')}`;
}
