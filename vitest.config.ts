/** Three groups: `pure` needs nothing but Node, `module` a PowerShell, `windows` a Windows (Wine here). */
import { globSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { tierOf } from './scripts/lib/tiers.mjs';

const root = import.meta.dirname;
const onBed = globSync('tests/abuse/**/*.test.ts', { cwd: root })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => tierOf(file) === 'windows');

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
          include: ['unit', 'compliance', 'abuse', 'fuzz'].map((name) => `tests/${name}/**/*.test.ts`),
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
