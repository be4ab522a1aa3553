/** For every test file: its limits by the load of the machine now; and a warning of Node fails the file that caused it. */
import { afterAll, expect, vi } from 'vitest';
import { patient } from '../tooling/patience.mjs';

/** What a test or a hook takes at most, in milliseconds of a quiet machine. It finds what hangs, and bounds nothing else. */
const LONGEST = 120_000;
vi.setConfig({ testTimeout: patient(LONGEST), hookTimeout: patient(LONGEST) });

const warnings: string[] = [];
const keep = (warning: Error): void => {
  warnings.push(warning.stack ?? warning.message);
};
process.on('warning', keep);

afterAll(() => {
  // Pure tests share processes.
  process.off('warning', keep);
  expect(warnings, 'warnings of the process').toEqual([]);
});
