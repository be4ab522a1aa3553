/**
 * The native files of the installation. They lie beside the program and are loaded by absolute path only: a name
 * without a folder would be searched for in places that other people can write to.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';
import { EpmError } from '../model/errors.ts';

/** SHA-256 of each native file, hexadecimal, written into the bundle by the build. */
declare const EPM_NATIVE_HASHES: Readonly<Record<string, string>> | undefined;

type NativeFileName =
  'koffi.node' | 'epmnative.dll' | 'epmdesktop.exe' | 'epmbroker.exe' | 'epmlaunch.exe' | 'epmprompt.exe';

/** Folder of the program: of the executable when packed, of the bundle when run by node. */
export function programFolder(): string {
  if (isSea()) return dirname(process.execPath);
  const script = process.argv[1];
  return dirname(script ?? process.execPath);
}

/** The digests the build wrote down; empty when the source runs without a build. */
function builtHashes(): Readonly<Record<string, string>> {
  return typeof EPM_NATIVE_HASHES === 'undefined' ? {} : EPM_NATIVE_HASHES;
}

/**
 * Finds one native file and proves that it is the one this program was built with. The folder is writable for
 * administrators only, so nothing changes between this check and the load that follows.
 * @returns absolute path
 * @throws EpmError EPM_NATIVE_MISSING when it is absent, unreadable, unknown to the build or another file
 */
export function nativeFile(
  name: NativeFileName,
  folder: string = programFolder(),
  hashes: Readonly<Record<string, string>> = builtHashes(),
): string {
  const path = join(folder, name);
  const expected = hashes[name];
  if (expected === undefined) {
    throw new EpmError('EPM_NATIVE_MISSING', `This build does not know which ${name} belongs to it.`, {
      hint: 'Use an epm.exe made by `npm run build`.',
    });
  }
  let content: Uint8Array;
  try {
    content = readFileSync(path);
  } catch (cause) {
    throw new EpmError('EPM_NATIVE_MISSING', `"${path}" is missing or cannot be read.`, { cause });
  }
  if (createHash('sha256').update(content).digest('hex') !== expected.toLowerCase()) {
    throw new EpmError('EPM_NATIVE_MISSING', `"${path}" is not the file that was built with this program.`, {
      hint: 'Do not use this installation; repair it from a trusted source.',
    });
  }
  return path;
}
