/** Makes a Windows executable of a bundle, without the network. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alignedToPages } from '../../testbed/wine/page-aligned.mjs';
import { run } from '../../tooling/process.mjs';
import { cacheRoot, NODE_VERSION, projectNode, root, windowsNode } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';
import { clearFresh, digest, filesBelow, isFresh, setFresh, writeWhole } from '../../tooling/stamp.mjs';
import { withGuard } from './guarded-node.mjs';
import { withoutSignature } from './unsigned-node.mjs';

/**
 * pkg keeps what it downloads in the home folder; this one is its home, and holds what npm already brought, with the
 * guard in it. Each guard and each Node has a folder of its own.
 */
function home(guard) {
  const source = windowsNode();
  const key = digest(
    filesBelow('scripts/lib/guarded-node.mjs', 'scripts/lib/unsigned-node.mjs'),
    readFileSync(guard).toString('base64'),
    NODE_VERSION,
    String(statSync(source).size),
  );
  const folder = path.join(cacheRoot(), `pkg-home-${key.slice(0, 12)}`);
  const store = path.join(folder, '.pkg-cache', 'sea');
  const name = `node-v${NODE_VERSION}-win-x64`;
  const program = path.join(store, `${name}.exe`);
  const done = path.join(store, `${name}.exe.ok`);
  if (existsSync(done) && existsSync(program)) return folder;
  mkdirSync(store, { recursive: true });
  writeWhole(program, withGuard(withoutSignature(readFileSync(source)), readFileSync(guard)));
  // pkg looks for an archive that was checked and then for the program taken out of it.
  for (const marker of [`${name}.zip`, `${name}.zip.ok`, `${name}.exe.ok`]) writeFileSync(path.join(store, marker), '');
  return folder;
}

/** What runs the packed program, and nothing that comes from outside can add to it. */
export const SEA_CONFIG = {
  disableExperimentalSEAWarning: true,
  useSnapshot: false,
  // Made on another system, a code cache is rejected.
  useCodeCache: false,
  // Arguments do not reach Node; what variables say, the guard takes out.
  execArgvExtension: 'none',
  execArgv: [
    // An empty file: OPENSSL_CONF and the openssl.cnf of a compiled-in folder are not read (CVE-2022-32223).
    '--openssl-config=NUL',
    // The debugger cannot be switched on from another process (process._debugProcess).
    '--disable-sigusr1',
    // Megabytes of V8's young generation. The agent lives long and does little at a time: a small one keeps the memory
    // of a burst of requests from staying with it.
    '--max-semi-space-size=1',
    // The heap grows in small steps, for the same reason.
    '--optimize-for-size',
    // Threads that V8 compiles and collects on, four by default. The agent waits most of its time.
    '--v8-pool-size=1',
  ],
};

/**
 * Packs `bundle` as `output` unless both are as they were.
 * @param name of the stamp. @param guard epmguard.exe. @param aligned whether Wine shall map it; see testbed/wine/page-aligned.mjs
 */
export async function pack(name, bundle, output, { guard, aligned = false }) {
  const tools = [
    'scripts/lib/pack.mjs',
    'scripts/lib/pack-worker.mjs',
    'scripts/lib/unsigned-node.mjs',
    'scripts/lib/guarded-node.mjs',
    'node_modules/@yao-pkg/pkg/package.json',
    ...(aligned ? ['testbed/wine/page-aligned.mjs'] : []),
  ];
  const inputs = digest([bundle, guard, ...filesBelow(...tools)], NODE_VERSION, String(statSync(windowsNode()).size));
  if (isFresh(name, inputs, [output])) return false;
  const node = projectNode();
  if (node === undefined) throw new Missing('the project has no Node of its own yet; run `npm run bootstrap`');
  clearFresh(name);
  mkdirSync(path.dirname(output), { recursive: true });
  const folder = home(guard);
  const job = JSON.stringify({ bundle, output, config: SEA_CONFIG, version: NODE_VERSION });
  await run(node, [path.join(root, 'scripts', 'lib', 'pack-worker.mjs'), job], {
    env: { ...process.env, HOME: folder, USERPROFILE: folder, NODE_OPTIONS: '' },
  });
  if (aligned) writeWhole(output, alignedToPages(readFileSync(output)));
  setFresh(name, inputs);
  return true;
}
