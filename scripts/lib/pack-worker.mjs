/** Runs pkg's SEA mode for pack.mjs: in a process of its own because pkg reads the home folder and changes directory. */
import { existsSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';

const { bundle, output, config, version } = JSON.parse(process.argv[2] ?? '{}');
const sea = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js').default;

// Not under the final name until it is whole.
const unfinished = `${output}.unfinished`;
await sea(bundle, {
  targets: [{ nodeRange: `node${version}`, platform: 'win', arch: 'x64', output: unfinished }],
  seaConfig: config,
  signature: false,
});
if (!existsSync(unfinished)) throw new Error('pkg ended without an executable');
renameSync(unfinished, output);
