/**
 * What a run says at its end: every skipped test with its reason, and as the last line
 * `N passed, N failed, N skipped`. With EPM_TEST_SUMMARY set the numbers go to that file and the caller prints them.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export default class EndReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const reasons = new Map<string, string[]>();
    let windowsOnly = 0;
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') failedHere += 1;
        else {
          counts.skipped += 1;
          const reason = (result.state === 'skipped' ? result.note : undefined) ?? groupReason(test.fullName);
          if (reason.startsWith('windows-only')) windowsOnly += 1;
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
