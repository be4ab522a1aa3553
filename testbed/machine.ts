/** What tests may use on this machine, as `npm run bootstrap` wrote it to build/machine.json. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const projectRoot = path.resolve(import.meta.dirname, '..');
export const isWindows = process.platform === 'win32';

export interface Wine {
  readonly kind: 'system' | 'chroot';
  readonly version: string;
  /** Words that come before a command to run it where Wine is. */
  readonly before: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A prefix that was started once; copied for every test bed. */
  readonly template: string;
}

export interface Machine {
  readonly wine: Wine | null;
  /** Folder of the copies of the prefix. */
  readonly beds: string;
  readonly node: string;
  readonly windowsNode: string;
  /** The same program laid out so that Wine maps it. */
  readonly testNode: string;
  /** Absent where bootstrap has not run since it writes this. */
  readonly powerShell?: { readonly linux: string | null; readonly windows: string | null };
  /** Folder of epmbed.exe and epmprobe.exe. */
  readonly testPrograms: string;
  readonly epm: { readonly production: string; readonly testBed: string };
  /** The packed runtime with nothing in it, packed as each edition is. */
  readonly bare: { readonly production: string; readonly testBed: string };
  readonly lacks: readonly { readonly title: string; readonly reason: string }[];
}

const file = path.join(projectRoot, 'build', 'machine.json');

/** Undefined before the first `npm run bootstrap`. */
export const machine: Machine | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Machine)
  : undefined;

/** Why a step of bootstrap did not do its work. */
export const whyLacking = (title: string, otherwise: string): string =>
  machine?.lacks.find((entry) => entry.title === title)?.reason ?? otherwise;

/** Why no Windows program can be started here; undefined when it can. */
export function whyNoWindows(): string | undefined {
  if (machine === undefined) return 'the machine is not prepared (npm run bootstrap)';
  if (!isWindows && (machine.wine === null || !existsSync(machine.wine.template)))
    return whyLacking('Wine', 'no Wine 10 here');
  if (!existsSync(path.join(machine.testPrograms, 'epmbed.exe'))) {
    return whyLacking('epm.exe for the test bed', 'epmbed.exe is not built (npm run build)');
  }
  return undefined;
}

/** Why no 32-bit program can be started here; undefined when it can. */
export function whyNo32Bit(): string | undefined {
  const template = machine?.wine?.template;
  if (isWindows || template === undefined) return whyNoWindows();
  const title = 'Wine for 32-bit programs';
  // A prefix that was made elsewhere, or earlier, may have the files though nothing runs.
  const hasFiles = existsSync(path.join(template, 'drive_c', 'windows', 'syswow64', 'ntdll.dll'));
  if (hasFiles && machine?.lacks.some((step) => step.title === title) !== true) return undefined;
  return whyLacking(title, 'the Wine here has no files for 32-bit programs');
}

/** Why an edition of epm.exe cannot be tested here; undefined when it can. */
export function whyNoEpm(edition: 'production' | 'testBed' = 'testBed'): string | undefined {
  const reason = whyNoWindows();
  if (reason !== undefined || machine === undefined) return reason;
  if (existsSync(path.join(machine.epm[edition], 'epm.exe'))) return undefined;
  return whyLacking(
    edition === 'production' ? 'epm.exe for Windows' : 'epm.exe for the test bed',
    'epm.exe is not built',
  );
}
