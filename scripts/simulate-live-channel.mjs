/** `node scripts/simulate-live-channel.mjs [--devices N]`: a fleet at a live channel, on the pinned Node. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectNode, root } from '../tooling/project.mjs';

const script = path.join(root, 'tests', 'simulation', 'live-channel.ts');
const result = spawnSync(projectNode(), [script, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
process.exitCode = result.status ?? 1;
