/** Scripts that call the Windows adapters themselves, run by Node for Windows beside an installed EPM. Benchmarks use it too. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { machine } from '../../testbed/machine.ts';
import type { TestBed } from '../../testbed/test-bed.ts';

const NATIVE_FILES = [
  'koffi.node',
  'epmnative.dll',
  'epmbroker.exe',
  'epmdesktop.exe',
  'epmlaunch.exe',
  'epmprompt.exe',
];

/**
 * Bundles a script of this folder into the installation folder, with the digests of the native files that lie there, as one of the
 * same edition.
 * @param name file name without extension, or the path to it from this folder
 * @returns its path on the device
 */
export async function installScript(bed: TestBed, folder: string, name: string): Promise<string> {
  const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
  const hash = (file: string): string => sha256(bed.hostPath(`${folder}\\${file}`));
  const ofTestBed = sha256(path.join(machine?.epm.testBed ?? '', 'epmnative.dll'));
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    define: {
      EPM_TEST_BED: String(hash('epmnative.dll') === ofTestBed),
      EPM_NATIVE_HASHES: JSON.stringify(Object.fromEntries(NATIVE_FILES.map((file) => [file, hash(file)]))),
    },
  });
  const script = `${folder}\\${path.basename(name)}.cjs`;
  bed.putFile(script, bundle.outputFiles[0]?.contents ?? '');
  return script;
}
