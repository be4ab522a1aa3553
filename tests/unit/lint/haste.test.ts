/** The lint rules against limits that a slow machine exceeds. */
import path from 'node:path';
import { ESLint } from 'eslint';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-syntax',
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

const messages = async (line: string): Promise<readonly string[]> => {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: path.join(root, 'tests', 'unit', 'x.test.ts') });
  return (result?.messages ?? []).map(({ message }) => message);
};

it.each([
  [`it('x', { timeout: 5_000 }, () => undefined);`, 'patient('],
  [`describe.skipIf(true)('x', { timeout: 60_000 }, () => undefined);`, 'patient('],
  [`it.each([1])('x', { timeout: 5_000 }, () => undefined);`, 'patient('],
  [`await vi.waitFor(() => expect(1).toBe(1), { timeout: 5_000 });`, 'eventually('],
  [`await vi.waitUntil(() => true);`, 'eventually('],
  [`expect(performance.now() - start).toBeLessThan(1000);`, 'effort('],
  [`expect(Date.now() - start, 'x').toBeLessThan(1000);`, 'effort('],
])('refuse %s', async (line, advice) => {
  expect(await messages(line)).toEqual(expect.arrayContaining([expect.stringContaining(advice)]));
});

it.each([
  `it('x', { timeout: patient(600_000) }, () => undefined);`,
  `await eventually(() => expect(1).toBe(1));`,
  `expect(effort(() => work())).toBeLessThan(1000);`,
  `const late = bed().run({ program, timeout: 1_500 });`,
])('take %s', async (line) => {
  expect(await messages(line)).toEqual([]);
});
