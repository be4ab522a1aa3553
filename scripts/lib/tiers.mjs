/** Which preparation a test file needs: the division of vitest.config.ts, and of `npm test -- PATTERN`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../tooling/project.mjs';

/**
 * `pure` needs nothing but Node, `module` a PowerShell, `windows` a Windows (Wine here). An abuse case belongs to
 * `windows` when it uses a bed.
 * @param {string} file from the root of the project, with slashes
 */
export function tierOf(file) {
  if (file.startsWith('tests/windows/')) return 'windows';
  if (file.startsWith('tests/module/')) return 'module';
  const onBed =
    file.startsWith('tests/abuse/') && /from '[^']*\/bed\//.test(readFileSync(path.join(root, file), 'utf8'));
  return onBed ? 'windows' : 'pure';
}
