/** For every test file: a warning of Node fails the file that caused it. */
import { afterAll, expect } from 'vitest';

const warnings: string[] = [];
process.on('warning', (warning) => {
  warnings.push(warning.stack ?? warning.message);
});

afterAll(() => {
  expect(warnings, 'warnings of the process').toEqual([]);
});
