/**
 * What a run says at its end: every skipped test with its reason, and as the last line
 * `N passed, N failed, N skipped`. With EPM_TEST_SUMMARY set the numbers go to that file and the caller prints them; with
 * EPM_TEST_RESULTS set what came of each test goes to that file.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What came of one test, for whoever reads results later. */
export interface TestRecord {
  /** From the root of the project, with slashes. */
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string;
}

export default class EndReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const reasons = new Map<string, string[]>();
    let windowsOnly = 0;
    const records: TestRecord[] = [];
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        const record = { file: module.relativeModuleId, name: test.fullName };
        if (result.state === 'passed' || result.state === 'failed') {
          records.push({ ...record, state: result.state });
          if (result.state === 'passed') counts.passed += 1;
          else failedHere += 1;
        } else {
          counts.skipped += 1;
          const reason = (result.state === 'skipped' ? result.note : undefined) ?? groupReason(test.fullName);
          if (reason.startsWith('windows-only')) windowsOnly += 1;
          records.push({ ...record, state: 'skipped', reason });
          reasons.set(reason, [...(reasons.get(reason) ?? []), `${module.relativeModuleId}: ${test.name}`]);
        }
      }
      // A file can fail without a test: it does not load, or a hook fails.
      if (failedHere === 0 && !module.ok()) failedHere = 1;
      counts.failed += failedHere;
    }
    counts.failed += errors.length;
    if (counts.skipped > 0) process.stdout.write('\nSkipped:\n');
    for (const [reason, names] of reasons) {
      process.stdout.write(`  ${reason}\n${names.map((name) => `    - ${name}\n`).join('')}`);
    }
    if (windowsOnly > 0) process.stdout.write(`  ${windowsOnly} of these run on Windows only.\n`);
    const all = process.env['EPM_TEST_RESULTS'];
    if (all !== undefined)
      writeFileSync(all, JSON.stringify({ format: 'epm-tests', version: 1, results: records }, undefined, 1));
    const file = process.env['EPM_TEST_SUMMARY'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    else process.stdout.write(`\n${lastLine(counts)}\n`);
  }
}

export const lastLine = ({ passed, failed, skipped }: Summary): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** describeWindows puts the reason into the name of a group that it skips. */
function groupReason(fullName: string): string {
  return /(?:^| > )skipped: (.*?)(?: > |$)/.exec(fullName)?.[1] ?? 'no reason given';
}
