/** Everything that is built, in order; each part skips itself when its inputs have not changed. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle, entry } from './bundle.mjs';
import { bareFile, bundleFile, EDITIONS, guardFile, layOut, nativeFiles, testNode } from './layout.mjs';
import { buildNative } from './native.mjs';
import { pack } from './pack.mjs';
import { alignedToPages } from '../../testbed/wine/page-aligned.mjs';
import { build, dist, NODE_VERSION, root, windowsNode } from '../../tooling/project.mjs';
import { withoutSignature } from './unsigned-node.mjs';
import { Missing } from '../../tooling/report.mjs';
import { clearFresh, digest, filesBelow, isFresh, setFresh, writeWhole } from '../../tooling/stamp.mjs';

const sources = () =>
  digest(
    [...filesBelow('src'), ...filesBelow('scripts/lib/bundle.mjs', 'package.json', 'package-lock.json')].filter(
      (file) => !file.endsWith('.md'),
    ),
  );

/** The command line for this system: dist/linux/epm.cjs. */
export async function buildPortable() {
  const output = path.join(dist, 'linux', 'epm.cjs');
  return bundled('bundle-portable', output, { testBed: false, nativeFiles: [] });
}

/** Node as the programs of the tests run on it in Wine, where it is mapped; node.exe itself stays as its maker signed it. */
export async function buildTestNode() {
  const inputs = digest(
    filesBelow('testbed/wine/page-aligned.mjs'),
    NODE_VERSION,
    String(statSync(windowsNode()).size),
  );
  if (isFresh('test-node', inputs, [testNode])) return 'up to date';
  mkdirSync(path.dirname(testNode), { recursive: true });
  writeWhole(testNode, alignedToPages(withoutSignature(readFileSync(windowsNode()))));
  setFresh('test-node', inputs);
  return 'built';
}

/** epm.exe and what lies beside it, for one edition. */
export async function buildEdition(edition) {
  const { folder, testBed } = EDITIONS[edition];
  const variant = edition;
  const parts = [await buildNative(variant)];
  const file = bundleFile(edition);
  parts.push(await bundled(`bundle-${edition}`, file, { testBed, nativeFiles: nativeFiles(edition) }));
  if (testBed) parts.push(await buildTestNode());
  const packed = await pack(`pack-${edition}`, file, path.join(folder, 'epm.exe'), {
    guard: guardFile(edition),
    aligned: testBed,
  });
  const changed = layOut(edition);
  return packed || changed > 0 || parts.some((part) => part !== 'up to date')
    ? `built into ${path.relative(root, folder)}`
    : 'up to date';
}

/**
 * The packed runtime with an empty program, which stays or prints its environment when it is told to: what starting
 * epm.exe, and the memory of its agent, are measured against. Once as production is packed, and once as the test bed is.
 */
export async function buildBare() {
  const empty = path.join(build, 'bundle', 'bare.cjs');
  mkdirSync(path.dirname(empty), { recursive: true });
  writeFileSync(
    empty,
    [
      "if (process.argv[2] === 'stay') { console.log('ready'); setInterval(() => undefined, 60_000); }",
      "if (process.argv[2] === 'environment') console.log(JSON.stringify(process.env));",
      '',
    ].join('\n'),
  );
  const packed = [
    await pack('pack-bare', empty, bareFile.production, { guard: guardFile('production') }),
    await pack('pack-bare-test-bed', empty, bareFile.testBed, { guard: guardFile('testBed'), aligned: true }),
  ];
  return packed.includes(true) ? 'built' : 'up to date';
}

async function bundled(name, output, options) {
  if (!existsSync(entry)) throw new Missing('src/cli/main.ts does not exist');
  const inputs = digest(options.nativeFiles, sources(), String(options.testBed));
  if (isFresh(name, inputs, [output])) return 'up to date';
  clearFresh(name);
  mkdirSync(path.dirname(output), { recursive: true });
  await bundle(output, options);
  setFresh(name, inputs);
  return 'built';
}
