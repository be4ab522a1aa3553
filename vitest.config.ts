/**
 * Three groups: `pure` needs nothing but Node, `module` a PowerShell, `windows` a Windows (Wine here).
 * A test of tests/abuse or tests/mdm-client belongs to `windows` when it uses the test bed.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const onBed = globSync('tests/{abuse,mdm-client}/**/*.test.ts', { cwd: root })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /from '[^']*\/bed\//.test(readFileSync(path.join(root, file), 'utf8')));

const common = { root, setupFiles: ['tests/setup.ts'], pool: 'forks' as const };

export default defineConfig({
  test: {
    reporters: ['default', './tests/reporter.ts'],
    passWithNoTests: true,
    projects: [
      {
        test: {
          ...common,
          name: 'pure',
          include: ['unit', 'compliance', 'abuse', 'fuzz', 'mdm-client'].map((name) => `tests/${name}/**/*.test.ts`),
          exclude: onBed,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'module',
          include: ['tests/module/**/*.test.ts'],
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'windows',
          include: ['tests/windows/**/*.test.ts', ...onBed],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
