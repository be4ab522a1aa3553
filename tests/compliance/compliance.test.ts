/** Every case of tests/compliance/rows on both engines. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompiledPolicy, compile, decide, decideChild } from '../../src/engine/index.ts';
import { referenceDecide, referenceDecideChild, referenceRejections, referenceSettings } from '../oracle/decide.ts';
import type { ChildDecision, Decision } from '../../src/model/decision.ts';
import { defined } from '../../src/model/defined.ts';
import type { EngineCase } from '../fuzz/engine-case.ts';
import { checkImport } from './import-row.ts';
import { type EngineRowCase, type Expectation, type RowCase, caseOf, casesOf, readRowFiles } from './row.ts';

const root = new URL('../../', import.meta.url);

for (const { title, rows } of readRowFiles()) {
  describe(title, () => {
    for (const row of rows) {
      const name = `${row.id} ${row.sentence}`;
      const cases = casesOf(row);
      cases.forEach((each, index) => {
        it(cases.length === 1 ? name : `${name} (case ${index + 1} of ${cases.length})`, () => {
          check(each);
        });
      });
      if (row.heldBy !== undefined) {
        it(`${name} (held by ${row.heldBy.map(({ file }) => file).join(', ')})`, () => {
          const missing = row.heldBy?.filter(({ file, test }) => !textOf(file).includes(test));
          expect(missing).toEqual([]);
        });
      }
      if (row.pending !== undefined) it(name, ({ skip }) => skip(`pending: ${row.pending ?? ''}`));
    }
  });
}

it('each row has cases, tests elsewhere, or a reason why it has none yet', () => {
  const rows = readRowFiles().flatMap((file) => file.rows);
  const odd = rows.filter(
    ({ cases, heldBy, pending }) => [cases?.length, heldBy?.length, pending?.length].filter(Boolean).length !== 1,
  );
  expect(odd.map(({ sentence }) => sentence)).toEqual([]);
});

it('each sentence is one row', () => {
  for (const { rows } of readRowFiles()) {
    const sentences = rows.map(({ id, sentence }) => `${id} ${sentence}`);
    expect(sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index)).toEqual([]);
  }
});

function textOf(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}

function check(row: RowCase): void {
  if ('import' in row) {
    checkImport(row);
    return;
  }
  const testCase = caseOf(row);
  checkFast(testCase, row);
  checkReference(testCase, row);
}

function checkFast(testCase: EngineCase, row: EngineRowCase): void {
  const { policies, machine, longPath, request, facts, grants, childProcesses } = testCase;
  const compiled = compile(policies, { machine, ...defined({ longPath }) });
  const decision =
    row.child === undefined
      ? decide(compiled, request, facts, { grants, trace: true })
      : decideChild(compiled, { ...request, childProcesses }, facts, { grants, trace: true });
  checkDecision(decision, row.expect);
  checkSettings(compiled.forUser(request.requester.sid).settings, row.expect);
  checkTrace(decision, row.expect);
  checkReports(compiled, row.expect);
}

function checkReference(testCase: EngineCase, row: EngineRowCase): void {
  const { request, facts, childProcesses } = testCase;
  const decision =
    row.child === undefined
      ? referenceDecide(testCase, request, facts)
      : referenceDecideChild(testCase, { ...request, childProcesses }, facts);
  checkDecision(decision, row.expect);
  checkSettings(referenceSettings(testCase.policies, request.requester.sid), row.expect);
  const rejections = referenceRejections(testCase);
  for (const [name, reasons] of Object.entries(row.expect.rejected ?? {})) {
    const found = rejections.find((rejection) => rejection.name === name);
    expect(found?.reasons.map((reason) => reason.replace(/@.*$/, ''))).toEqual(reasons);
  }
  for (const [name, stillDenies] of Object.entries(row.expect.stillDenies ?? {})) {
    expect(rejections.find((rejection) => rejection.name === name)?.stillDenies).toBe(stillDenies);
  }
}

const DECISION_MEMBERS = [
  'outcome',
  'reason',
  'requirements',
  'identity',
  'childProcesses',
  'grantId',
  'reducedPrivileges',
  'accountScope',
  'notes',
] as const;

function checkDecision(decision: Decision | ChildDecision, expected: Expectation): void {
  const found: Record<string, unknown> = { ...decision };
  for (const member of DECISION_MEMBERS) {
    // Null: the decision does not have it.
    if (expected[member] !== undefined) expect(found[member] ?? null, member).toEqual(expected[member]);
  }
  const winner = decision.basis.kind === 'rule' ? decision.basis.rule.name : undefined;
  if (expected.winner !== undefined || expected.reason === 'defaultResponse') expect(winner).toBe(expected.winner);
}

function checkSettings(settings: object, expected: Expectation): void {
  if (expected.settings !== undefined) expect(settings).toMatchObject(expected.settings);
  for (const list of ['conflicts', 'leftOut'] as const) {
    if (expected[list] === undefined || !(list in settings)) continue;
    const found = (settings as Readonly<Record<string, unknown>>)[list] as readonly { readonly setting: string }[];
    expect(found.map(({ setting }) => setting)).toEqual(expected[list]);
  }
}

function checkTrace(decision: Decision | ChildDecision, expected: Expectation): void {
  const candidates = decision.trace?.candidates ?? [];
  for (const [name, step] of Object.entries(expected.lostOn ?? {})) {
    expect(candidates.filter((each) => each.rule.name === name).map((each) => each.lostOn)).toContain(step);
  }
  if (expected.matching !== undefined) expect(candidates).toHaveLength(expected.matching);
  for (const [name, failed] of Object.entries(expected.nearMiss ?? {})) {
    const near = decision.trace?.nearMisses.find((each) => each.rule.name === name);
    expect(near?.failed.map((each) => each.attribute)).toEqual(failed);
  }
}

function checkReports(compiled: CompiledPolicy, expected: Expectation): void {
  const report = (name: string) => compiled.rules.find((rule) => rule.name === name);
  for (const [name, reasons] of Object.entries(expected.rejected ?? {})) {
    expect(report(name)?.state).toBe('rejected');
    expect(report(name)?.reasons.map((reason) => reason.code)).toEqual(reasons);
  }
  for (const [name, stillDenies] of Object.entries(expected.stillDenies ?? {})) {
    expect(report(name)?.stillDenies).toBe(stillDenies);
  }
  for (const [name, warnings] of Object.entries(expected.warnings ?? {})) {
    expect(report(name)?.warnings.map((warning) => warning.code)).toEqual(warnings);
  }
}
