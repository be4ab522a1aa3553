/**
 * Answers of a real Windows that somebody recorded with `epm agent selftest --json` or scripts/windows-evidence.ps1. A file
 * of tests/recorded is a report as the program wrote it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { differences, type Answer } from '../../src/agent/selftest/probe.ts';
import { PROBES, type ProbeId } from '../../src/agent/selftest/probes.ts';
import type { SelfTestReport } from '../../src/cli/agent/selftest.ts';

export interface Recording {
  /** File name. */
  readonly name: string;
  readonly report: SelfTestReport;
}

const IDS = new Set<string>(PROBES.map(({ id }) => id));
const STATES = new Set<string>(['asExpected', 'differs', 'notPossible']);

/** Recordings of a folder, by name. @throws Error naming a file that is none */
export function readRecordings(folder: string): readonly Recording[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, report: parseRecording(name, readFileSync(path.join(folder, name), 'utf8')) }));
}

/** @throws Error when the text is no report of the self-test, or claims a state that its answers do not have */
export function parseRecording(name: string, text: string): SelfTestReport {
  const report = JSON.parse(text.replace(/^\uFEFF/, '')) as Partial<SelfTestReport>;
  if (report.format !== 'epm-selftest' || report.version !== 1 || !Array.isArray(report.results)) {
    throw new Error(`${name} is no report of the self-test.`);
  }
  for (const result of report.results) {
    const { id, state } = result;
    if (!IDS.has(id) || !STATES.has(state)) throw new Error(`${name} has an unknown probe or state: ${id} ${state}.`);
    const probe = PROBES.find((each) => each.id === id);
    const isRight =
      probe !== undefined && result.answer !== undefined && differences(probe, result.answer).length === 0;
    // The answer is what counts: what is expected may have changed since it was recorded.
    if (state === 'asExpected' && !isRight)
      throw new Error(`${name} says "as expected" of ${id}, and its answer differs.`);
  }
  return report as SelfTestReport;
}

/** Recordings of a real Windows with the production build. */
export function ofWindows(recordings: readonly Recording[]): readonly Recording[] {
  return recordings.filter(({ report }) => !report.windows.wine && !report.epm.testBuild);
}

/** Recordings in which a probe was as expected. */
export function seen(recordings: readonly Recording[], id: ProbeId): readonly Recording[] {
  return recordings.filter(({ report }) =>
    report.results.some((result) => result.id === id && result.state === 'asExpected'),
  );
}

/** The recorded answers to one probe, each with where it was recorded. */
export function answers(
  recordings: readonly Recording[],
  id: ProbeId,
): readonly { readonly name: string; readonly answer: Answer }[] {
  return recordings.flatMap(({ name, report }) => {
    const answer = report.results.find((result) => result.id === id)?.answer;
    return answer === undefined ? [] : [{ name, answer }];
  });
}
