/** One CommonJS file from src/cli/main.ts. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../../tooling/project.mjs';

export const entry = path.join(root, 'src', 'cli', 'main.ts');

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * @param output file to write
 * @param testBed whether this bundle accepts Wine and announces itself as a test build
 * @param nativeFiles files whose digests the program checks before it loads them
 */
export async function bundle(output, { testBed, nativeFiles }) {
  const { build } = createRequire(path.join(root, 'package.json'))('esbuild');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const hashes = Object.fromEntries(nativeFiles.map((file) => [path.basename(file), sha256(file)]));
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    // One character beyond ASCII would make V8 keep the whole text in two bytes a character, as long as it runs.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
    // Dead branches of the other build are left out, not only switched off.
    minifySyntax: true,
    // The text stays in memory, for functions are compiled when they are first called. Names stay as they are.
    minifyWhitespace: true,
    define: {
      EPM_TEST_BED: String(testBed),
      EPM_VERSION: JSON.stringify(version),
      EPM_NATIVE_HASHES: JSON.stringify(hashes),
    },
  });
  if (result.warnings.length > 0) {
    throw new Error(
      result.warnings.map((warning) => `${warning.location?.file ?? 'bundle'}: ${warning.text}`).join('\n'),
    );
  }
}
