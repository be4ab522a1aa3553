/** Decisions of the engine: time by number of rules, with trace, compiling, and other engines on the same work. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parsePolicyFile, toPolicyDocuments } from '../../src/policy/formats/json/policy-file.ts';
import { compile, decide } from '../../src/engine/index.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import { readPolicy, writePolicy } from '../../src/policy/registry/registry-policy.ts';
import { MACHINE } from '../fuzz/engine-case.ts';
import { type Corpus, type Question, makeCorpus } from './engine/corpus.ts';
import { PEERS, type Peer, flatten } from './engine/peers.ts';
import { type BenchResult, summary } from './result.ts';

const SIZES = [10, 100, 1000, 5000, 10_000];
const PEER_SIZES = [100, 5000];
/** Smaller policies vanish in what the run itself allocates. */
const MEMORY_SIZES = SIZES.filter((size) => size >= 1000);
const QUESTIONS = 4000;
const WARM_UP = 5;
const ROUNDS = 15;

export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const size of SIZES) results.push(measureDecisions(size));
  results.push(measureTrace(5000), ...SIZES.flatMap(measureCompile), ...MEMORY_SIZES.map(measureMemory));
  for (const size of PEER_SIZES) {
    const own = results.find((result) => result.id === `engine.decide.${size}`);
    for (const peer of PEERS) results.push(await measurePeer(peer, size, own));
  }
  return results;
}

function measureDecisions(size: number): BenchResult {
  const corpus = makeCorpus(size, QUESTIONS);
  const compiled = compile([corpus.policy], { machine: MACHINE });
  const what = 'one decision on prepared facts without trace';
  return quietest(`engine.decide.${size}`, what, corpus, ({ request, facts }) => decide(compiled, request, facts));
}

function measureTrace(size: number): BenchResult {
  const corpus = makeCorpus(size, QUESTIONS);
  const compiled = compile([corpus.policy], { machine: MACHINE });
  const ask = ({ request, facts }: Question): unknown => decide(compiled, request, facts, { trace: true });
  return quietest(`engine.trace.${size}`, 'one decision with full trace', corpus, ask);
}

/**
 * Times every call of several rounds and takes the round with the smallest p99: what a busy machine adds (other
 * processes, interrupts) is not what is asked for. An empty loop that takes about as long is measured beside it.
 */
function quietest(id: string, what: string, corpus: Corpus, ask: (question: Question) => unknown): BenchResult {
  for (let round = 0; round < WARM_UP; round += 1) corpus.questions.forEach(ask);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    own: summary(corpus.questions.map((question) => microseconds(() => ask(question)))),
    noise: summary(corpus.questions.map(() => microseconds(emptyLoop))),
  }));
  const best = rounds.reduce((left, right) => (left.own.p99 <= right.own.p99 ? left : right));
  const { p50, p99, max } = best.own;
  const noise = `an empty loop of ${best.noise.p50.toFixed(1)} µs has p99 ${best.noise.p99.toFixed(1)} µs in it`;
  const method = `${what}; value is p99 of the quietest of ${ROUNDS} rounds; ${noise}`;
  return { id, value: p99, unit: 'µs', p50, p99, max, samples: QUESTIONS, method };
}

function microseconds(call: () => unknown): number {
  const start = performance.now();
  call();
  return (performance.now() - start) * 1000;
}

function emptyLoop(): number {
  let sum = 0;
  for (let index = 0; index < 2500; index += 1) sum += index % 7;
  return sum;
}

/** What the compiled policy alone keeps on the heap, after everything that led to it was collected. */
function measureMemory(size: number): BenchResult {
  const snapshot = writePolicy(makeCorpus(size, 1).policy);
  const make = () => compile([readPolicy(snapshot, { kind: 'device' })], { machine: MACHINE });
  // Once for nothing: code that is compiled on the way is not the policy's.
  make();
  const before = usedHeap();
  const compiled = make();
  const value = (usedHeap() - before) / 1e6;
  if (compiled.rules.length !== size) throw new Error('The corpus was not taken whole.');
  return {
    id: `engine.memory.${size}`,
    value,
    unit: 'MB',
    samples: 1,
    method: 'heap that the compiled policy keeps, after a full collection',
  };
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** The agent's way: one JSON text a rule, as the registry holds them. And the author's: one policy file. */
function measureCompile(size: number): readonly BenchResult[] {
  const { policy } = makeCorpus(size, 1);
  const scope = { kind: 'device' } as const;
  const snapshot = writePolicy(policy);
  const text = JSON.stringify({ version: 1, id: policy.id, settings: policy.settings, rules: policy.rules });
  return [
    compileRow(`engine.compile.${size}`, size, 'JSON texts of the rules in the registry', () => [
      readPolicy(snapshot, scope),
    ]),
    compileRow(`engine.compile.file.${size}`, size, 'text of a policy file, with lines for its author', () =>
      toPolicyDocuments(parsePolicyFile(text), scope),
    ),
  ];
}

function compileRow(id: string, size: number, what: string, read: () => readonly PolicyDocument[]): BenchResult {
  const reading: number[] = [];
  const samples = Array.from({ length: 12 }, () => {
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
  const factor = own?.p50 === undefined ? '' : `, ${Math.round(p50 / own.p50)} times the p50 of the engine`;
  const method = `the same rules and facts, answers compared with the engine's${factor}; value is p50`;
  return {
    id: `engine.peer.${peer.name}.${size}`,
    value: p50,
    unit: 'µs',
    p50,
    p99,
    max,
    samples: samples.length,
    method,
  };
}
