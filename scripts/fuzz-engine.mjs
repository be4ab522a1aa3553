/** `npm run fuzz:engine -- --cases N --seed S`: random cases through the engine and its reference, on the pinned Node. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectNode, root } from '../tooling/project.mjs';

const script = path.join(root, 'tests', 'fuzz', 'engine.ts');
const result = spawnSync(projectNode(), [script, ...process.argv.slice(2)], { stdio: 'inherit', cwd: root });
process.exitCode = result.status ?? 1;
