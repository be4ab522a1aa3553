/** Three groups: `pure` needs nothing but Node, `module` a PowerShell, `windows` a Windows (Wine here). */
import { globSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { tierOf } from './scripts/lib/tiers.mjs';
import { measurePatience, patient } from './tooling/patience.mjs';

const root = import.meta.dirname;
const onBed = globSync('tests/abuse/**/*.test.ts', { cwd: root })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => tierOf(file) === 'windows');

// Handed to the processes of the tests, which also look at the load.
measurePatience();

const common = {
  root,
  setupFiles: ['tests/setup.ts'],
  pool: 'forks' as const,
  expect: { poll: { timeout: patient(20_000) } },
};

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
          // Pure means that nothing is left behind for the next file; a fresh process for each takes as long as the tests.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'module',
          include: ['tests/module/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'windows',
          include: ['tests/windows/**/*.test.ts', ...onBed],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
