/**
 * Compares the fast engine with the reference on random cases.
 * `npm run fuzz:engine -- --cases N --seed S`; a case that differs is made small and printed as a compliance row.
 */
import { defined } from '../../src/model/defined.ts';
import { placeText } from '../../src/model/diagnostic.ts';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { compile, decide, decideChild } from '../../src/engine/index.ts';
import { referenceDecide, referenceDecideChild, referenceRejections, referenceSettings } from '../oracle/decide.ts';
import { Choices } from './random.ts';
import { type EngineCase, randomCase } from './engine-case.ts';

export interface Difference {
  readonly what: 'decision' | 'child' | 'rejections' | 'settings' | 'trace';
  readonly engine: unknown;
  readonly reference: unknown;
}

/** What the two engines disagree about; undefined when they agree. */
export function compare(testCase: EngineCase): Difference | undefined {
  const { policies, machine, longPath, request, facts, grants } = testCase;
  const world = { policies, machine, grants, ...defined({ longPath }) };
  const compiled = compile(policies, { machine, ...defined({ longPath }) });
  const rejections = compiled.rejected.map((rule) => ({
    policyId: rule.policyId,
    name: rule.name,
    reasons: rule.reasons.map((reason) => `${reason.code}@${placeText(reason.place)}`),
    stillDenies: rule.stillDenies,
  }));
  const expected = referenceRejections(world).map(({ policyId, name, reasons, stillDenies }) => ({
    policyId,
    name,
    reasons,
    stillDenies,
  }));
  const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  if (!isDeepStrictEqual(sorted(rejections), sorted(expected))) {
    return { what: 'rejections', engine: rejections, reference: expected };
  }
  const { conflicts, leftOut, ...settings } = compiled.forUser(request.requester.sid).settings;
  void [conflicts, leftOut];
  const expectedSettings = referenceSettings(policies, request.requester.sid);
  if (!isDeepStrictEqual(settings, expectedSettings)) {
    return { what: 'settings', engine: settings, reference: expectedSettings };
  }
  const decision = decide(compiled, request, facts, { grants });
  const expectedDecision = referenceDecide(world, request, facts);
  if (!isDeepStrictEqual(decision, expectedDecision)) {
    return { what: 'decision', engine: decision, reference: expectedDecision };
  }
  const { trace, ...traced } = decide(compiled, request, facts, { grants, trace: true });
  if (trace === undefined || !isDeepStrictEqual(traced, decision)) {
    return { what: 'trace', engine: traced, reference: decision };
  }
  const child = { ...request, childProcesses: testCase.childProcesses };
  const childDecision = decideChild(compiled, child, facts, { grants });
  const expectedChild = referenceDecideChild(world, child, facts);
  if (!isDeepStrictEqual(childDecision, expectedChild)) {
    return { what: 'child', engine: childDecision, reference: expectedChild };
  }
  const { trace: childTrace, ...tracedChild } = decideChild(compiled, child, facts, { grants, trace: true });
  if (childTrace === undefined || !isDeepStrictEqual(tracedChild, childDecision)) {
    return { what: 'trace', engine: tracedChild, reference: childDecision };
  }
  return undefined;
}

/** Takes away whatever the difference does not need. */
export function shrink(testCase: EngineCase, fails: (candidate: EngineCase) => boolean): EngineCase {
  let smallest = testCase;
  let improved = true;
  while (improved) {
    improved = false;
    for (const candidate of smaller(smallest)) {
      if (!fails(candidate)) continue;
      smallest = candidate;
      improved = true;
      break;
    }
  }
  return smallest;
}

const NEEDED = new Set([
  'id',
  'scope',
  'rules',
  'rejected',
  'name',
  'type',
  'typeText',
  'readable',
  'reasons',
  'sha256',
]);

function* smaller(testCase: EngineCase): Iterable<EngineCase> {
  for (const policies of without(testCase.policies)) yield { ...testCase, policies };
  for (const grants of without(testCase.grants)) yield { ...testCase, grants };
  for (const signatures of without(testCase.facts.signatures))
    yield { ...testCase, facts: { ...testCase.facts, signatures } };
  for (const [index, policy] of testCase.policies.entries()) {
    const put = (changed: typeof policy): EngineCase => ({
      ...testCase,
      policies: testCase.policies.with(index, changed),
    });
    for (const rules of without(policy.rules)) yield put({ ...policy, rules });
    for (const rejected of without(policy.rejected)) yield put({ ...policy, rejected });
    if (policy.trust !== undefined) {
      const { trust: _, ...confirmed } = policy;
      yield put(confirmed);
    }
    for (const settings of withoutMember(policy.settings ?? {})) yield put({ ...policy, settings });
    for (const [place, rule] of policy.rules.entries()) {
      for (const changed of withoutMember(rule)) yield put({ ...policy, rules: policy.rules.with(place, changed) });
    }
  }
  for (const name of [
    'fixedVersion',
    'fileVersionText',
    'productName',
    'internalName',
    'originalName',
    'fileDescription',
    'executable',
    'shortFolder',
    'writableByUsers',
    'place',
    'fromInternet',
    'sha384',
    'sha512',
  ] as const) {
    if (testCase.facts[name] === undefined) continue;
    const facts = Object.fromEntries(Object.entries(testCase.facts).filter(([each]) => each !== name));
    yield { ...testCase, facts: facts as unknown as EngineCase['facts'] };
  }
}

function* without<T>(list: readonly T[]): Iterable<readonly T[]> {
  for (let index = 0; index < list.length; index += 1) yield list.toSpliced(index, 1);
}

function* withoutMember<T extends object>(value: T): Iterable<T> {
  for (const name of Object.keys(value)) {
    if (NEEDED.has(name)) continue;
    yield Object.fromEntries(Object.entries(value).filter(([each]) => each !== name)) as T;
  }
}

/** The case in the form of a row of tests/compliance/rows. */
export function asRow(testCase: EngineCase, difference: Difference): string {
  const row = {
    id: 'FOUND',
    sentence: `The engines disagree about the ${difference.what}: say here who is right and why.`,
    ...testCase,
    longNames: testCase.longPath !== undefined,
    engine: difference.engine,
    reference: difference.reference,
  };
  return JSON.stringify(row, undefined, 2);
}

/**
 * Runs `count` cases; case number n of a seed is always the same case.
 * @returns the first difference, made small, as text; undefined when there is none
 */
export function run(seed: number, count: number, progress?: (done: number) => void): string | undefined {
  for (let index = 0; index < count; index += 1) {
    const testCase = randomCase(new Choices(Math.imul(seed, 0x9e3779b1) + index * 2654435769));
    const difference = compare(testCase);
    if (difference !== undefined) {
      const small = shrink(testCase, (candidate) => compare(candidate)?.what === difference.what);
      return `seed ${seed}, case ${index}\n${asRow(small, compare(small) ?? difference)}`;
    }
    if (index % 100_000 === 99_999) progress?.(index + 1);
  }
  return undefined;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  });
  const cases = Number(values.cases);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write('--cases and --seed take whole numbers.\n');
    process.exitCode = 2;
  } else {
    const start = performance.now();
    const failure = run(seed, cases, (done) => process.stdout.write(`${done} cases agree\n`));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      failure === undefined ? `seed ${seed}: ${cases} cases agree (${seconds} s)\n` : `${failure}\n`,
    );
    process.exitCode = failure === undefined ? 0 : 1;
  }
}
