/** Results of policy test cases in the XML form that continuous-integration services read (JUnit). */
import { quietXml } from '../../text/pipeline-commands.ts';
import { escapeXml } from '../../text/xml.ts';
import type { CaseResult } from './run-cases.ts';

export interface CaseRun {
  /** Path of the file of cases, as given. */
  readonly path: string;
  readonly results: readonly CaseResult[];
}

export function toJUnit(runs: readonly CaseRun[]): string {
  const suites = runs.map(({ path, results }) => suite(path, results)).join('');
  const all = runs.flatMap(({ results }) => results);
  return quietXml(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts(all)}>\n${suites}</testsuites>\n`);
}

function suite(path: string, results: readonly CaseResult[]): string {
  const cases = results.map((result) => {
    const start = `    <testcase name="${attribute(result.name)}" classname="${attribute(path)}" file="${attribute(path)}" line="${result.line}" time="${seconds(result.duration)}"`;
    if (result.passed) return `${start}/>\n`;
    const message = attribute(result.differences.join(' '));
    return `${start}>\n      <failure message="${message}">${text(result.explanation)}</failure>\n    </testcase>\n`;
  });
  return `  <testsuite name="${attribute(path)}" ${counts(results)}>\n${cases.join('')}  </testsuite>\n`;
}

function counts(results: readonly CaseResult[]): string {
  const failed = results.filter(({ passed }) => !passed).length;
  const time = results.reduce((sum, { duration }) => sum + duration, 0);
  return `tests="${results.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(time)}"`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(6);
}

function attribute(value: string): string {
  return escapeXml(printable(value));
}

/** Line breaks stay, as a person reads them. */
function text(value: string): string {
  return printable(value).replace(/[&<>]/g, escapeXml);
}

/** XML 1.0 has no way to write other control characters, lone surrogates and two more. */
function printable(value: string): string {
  return value.toWellFormed().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
