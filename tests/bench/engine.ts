/** Decisions of the engine: time by number of rules, with trace, compiling, and other engines on the same work. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parsePolicyFile, toPolicyDocuments } from '../../src/policy/formats/json/policy-file.ts';
import { compile, decide } from '../../src/engine/index.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { readPolicy, writePolicy } from '../../src/policy/registry/registry-policy.ts';
import { MACHINE } from '../fuzz/engine-case.ts';
import { BareIndex } from './engine/bare-index.ts';
import { mean, measureBatches } from './engine/batches.ts';
import { makeCorpus } from './engine/corpus.ts';
import { PEERS, type Peer, flatten } from './engine/peers.ts';
import { type BenchResult, summary } from './result.ts';

const SIZES = [10, 100, 1000, 5000, 10_000, 100_000];
const PEER_SIZES = [100, 5000];
/** What a device may hold: more rules are refused when policy is read. */
const POLICY_SIZES = SIZES.filter((size) => size <= 10_000);
/** Smaller policies vanish in what the run itself allocates. */
const MEMORY_SIZES = POLICY_SIZES.filter((size) => size >= 1000);
const QUESTIONS = 4000;

/** @param only beginning of the ids that are asked for; what cannot have such an id is not measured */
export async function run(only: string): Promise<BenchResult[]> {
  const isAsked = (id: string): boolean => id.startsWith(only) || only.startsWith(id);
  const each = (id: string, sizes: readonly number[], measure: (size: number) => readonly BenchResult[]) =>
    sizes.filter((size) => isAsked(`${id}.${size}`)).flatMap(measure);
  const decisions = SIZES.filter((size) => isAsked(`engine.decide.${size}`) || isAsked(`engine.bare.${size}`));
  const results = [
    ...decisions.flatMap(measureDecisions),
    ...each('engine.trace', [5000], measureTrace),
    ...each('engine.compile', SIZES, measureCompile),
    ...each('engine.compile.registry', POLICY_SIZES, measureRegistry),
    ...each('engine.compile.file', POLICY_SIZES, measureFile),
    ...each('engine.memory', MEMORY_SIZES, measureMemory),
  ];
  for (const size of PEER_SIZES) {
    for (const peer of PEERS) {
      if (!isAsked(`engine.peer.${peer.name}.${size}`)) continue;
      const own = results.find((result) => result.id === `engine.decide.${size}`);
      results.push(await measurePeer(peer, size, own));
    }
  }
  return results;
}

/** The engine beside a bare index on the same questions. */
function measureDecisions(size: number): readonly BenchResult[] {
  const corpus = makeCorpus(size, QUESTIONS);
  const compiled = compile([corpus.policy], { machine: MACHINE });
  const bare = new BareIndex(corpus.policy.rules);
  const [own, index] = measureBatches(corpus.questions, [
    {
      id: `engine.decide.${size}`,
      what: 'one decision on prepared facts without trace',
      ask: ({ request, facts }) => decide(compiled, request, facts),
    },
    {
      id: `engine.bare.${size}`,
      what: 'a bare index on the same questions in turn: one look into a map each by digest, certificate, name and folder, no reasons',
      ask: ({ facts }) => bare.allows(facts),
    },
  ]) as [BenchResult, BenchResult];
  const ratio = (own.value / index.value).toFixed(2);
  return [{ ...own, method: `${own.method}; ${ratio} times the bare index` }, index];
}

function measureTrace(size: number): readonly BenchResult[] {
  const corpus = makeCorpus(size, QUESTIONS);
  const compiled = compile([corpus.policy], { machine: MACHINE });
  const [row] = measureBatches(corpus.questions, [
    {
      id: `engine.trace.${size}`,
      what: 'one decision with full trace',
      ask: ({ request, facts }) => decide(compiled, request, facts, { trace: true }),
    },
  ]) as [BenchResult];
  const method = `${row.method}; value is p99, the mean ${row.value.toFixed(1)}`;
  return [{ ...row, value: row.p99 ?? row.value, method }];
}

/** What the compiled policy alone keeps on the heap, after everything that led to it was collected. */
function measureMemory(size: number): readonly BenchResult[] {
  const snapshot = writePolicy(makeCorpus(size, 1).policy);
  const make = () => compile([readPolicy(snapshot, { kind: 'device' })], { machine: MACHINE });
  // Once for nothing: code that is compiled on the way is not the policy's.
  make();
  const before = usedHeap();
  const compiled = make();
  const value = (usedHeap() - before) / 1e6;
  if (compiled.rules.length !== size) throw new Error('The corpus was not taken whole.');
  return [
    {
      id: `engine.memory.${size}`,
      value,
      unit: 'MB',
      samples: 1,
      method: 'heap that the compiled policy keeps, after a full collection',
    },
  ];
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const COMPILE_ROUNDS = 12;

/** The engine's part: JSON texts of the rules to a compiled policy, over reading the same texts alone. */
function measureCompile(size: number): readonly BenchResult[] {
  const { policy } = makeCorpus(size, 1);
  const texts = policy.rules.map((rule) => JSON.stringify(rule));
  const parse = (): RuleInput[] => texts.map((text) => JSON.parse(text) as RuleInput);
  const rounds = Array.from({ length: COMPILE_ROUNDS }, () => {
    const start = performance.now();
    const rules = parse();
    const parsed = performance.now();
    const compiled = compile([{ ...policy, rules }], { machine: MACHINE });
    const end = performance.now();
    if (compiled.rules.length !== size || compiled.rejected.length > 0)
      throw new Error('The corpus was not taken whole.');
    return { parsing: parsed - start, whole: end - start };
  });
  const whole = summary(rounds.map((round) => round.whole)).p50;
  const parsing = summary(rounds.map((round) => round.parsing)).p50;
  const { p50, p99, max } = summary(rounds.map((round) => round.whole / round.parsing));
  return [
    {
      id: `engine.compile.${size}`,
      value: whole / parsing,
      unit: 'ratio',
      p50,
      p99,
      max,
      samples: COMPILE_ROUNDS,
      method: `JSON texts of the rules to compiled policy (p50 ${whole.toFixed(1)} ms) over JSON.parse of the same texts (p50 ${parsing.toFixed(1)} ms)`,
    },
  ];
}

/** The agent's way: one JSON text a rule, as the registry holds them. */
function measureRegistry(size: number): readonly BenchResult[] {
  const snapshot = writePolicy(makeCorpus(size, 1).policy);
  const read = () => [readPolicy(snapshot, { kind: 'device' })];
  return [deliveryRow(`engine.compile.registry.${size}`, size, 'JSON texts of the rules in the registry', read)];
}

/** The author's way: one policy file. */
function measureFile(size: number): readonly BenchResult[] {
  const { policy } = makeCorpus(size, 1);
  const text = JSON.stringify({ version: 1, id: policy.id, settings: policy.settings, rules: policy.rules });
  const read = () => toPolicyDocuments(parsePolicyFile(text), { kind: 'device' });
  return [deliveryRow(`engine.compile.file.${size}`, size, 'text of a policy file, with lines for its author', read)];
}

function deliveryRow(id: string, size: number, what: string, read: () => readonly PolicyDocument[]): BenchResult {
  const reading: number[] = [];
  const samples = Array.from({ length: COMPILE_ROUNDS }, () => {
    const start = performance.now();
    const documents = read();
    reading.push(performance.now() - start);
    const compiled = compile(documents, { machine: MACHINE });
    const time = performance.now() - start;
    if (compiled.rules.length !== size || compiled.rejected.length > 0)
      throw new Error('The corpus was not taken whole.');
    return time;
  });
  // The first runs measure the just-in-time compiler; a running agent has it behind it, a fresh one has not: see max.
  const { p50, p99, max } = summary(samples);
  const took = summary(reading).p50.toFixed(1);
  const method = `${what} to compiled policy, the first run included; value is p50, of which reading takes ${took} ms`;
  return { id, value: p50, unit: 'ms', p50, p99, max, samples: samples.length, method };
}

/** Slow engines get fewer questions: about two seconds each. */
async function measurePeer(peer: Peer, size: number, own: BenchResult | undefined): Promise<BenchResult> {
  const corpus = makeCorpus(size, 400);
  const compiled = compile([corpus.policy], { machine: MACHINE });
  const answer = await peer.prepare(corpus.policy.rules);
  const samples: number[] = [];
  const end = performance.now() + 2000;
  let asked = 0;
  for (const question of corpus.questions) {
    const facts = flatten(question);
    const start = performance.now();
    const allowed = await answer(facts);
    if (asked >= 5) samples.push((performance.now() - start) * 1000);
    asked += 1;
    const { outcome } = decide(compiled, question.request, question.facts);
    if (allowed !== (outcome !== 'denied'))
      throw new Error(`${peer.name} disagrees with the engine on ${question.facts.path}.`);
    if (performance.now() > end && samples.length >= 10) break;
  }
  const { p50, p99, max } = summary(samples);
  const value = mean(samples);
  const factor = own === undefined ? '' : `, ${Math.round(value / own.value)} times the mean of the engine`;
  const method = `the same rules and facts, answers compared with the engine's${factor}; value is the mean of single calls`;
  return {
    id: `engine.peer.${peer.name}.${size}`,
    value,
    unit: 'µs',
    p50,
    p99,
    max,
    samples: samples.length,
    method,
  };
}
