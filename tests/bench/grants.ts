/** What 10,000 grants of a policy cost a start of the agent, and what it leaves for the moment when one of them is asked for. */
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { grantTerms, type KnownGrant } from '../../src/agent/approvals/approval-terms.ts';
import { approvalsInForce, type PolicyInForce } from '../../src/agent/policy-in-force.ts';
import { compile } from '../../src/engine/index.ts';
import { sha256 } from '../../src/model/brands.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import { newSigningKey, publicKeyText } from '../../src/requests/ed25519.ts';
import { GrantBook } from '../../src/requests/grants/grant-book.ts';
import { writeGrantText } from '../../src/requests/grants/grant-text.ts';
import { MACHINE } from '../fuzz/engine-case.ts';
import { facts } from '../unit/agent/fake-machine.ts';
import { GRANT } from '../unit/requests/statements.ts';
import { type BenchResult, percentile, summary } from './result.ts';

const GRANTS = 10_000;
const ROUNDS = 12;
const NOW = GRANT.from + 1;
const { id: DEVICE } = GRANT.device as { readonly id: string };

const STORE = {
  writeNote: () => undefined,
  removeNote: () => undefined,
  writeRevocation: () => undefined,
  removeRevocation: () => undefined,
  writeClock: () => undefined,
};
const digestOf = (index: number) => sha256(createHash('sha256').update(`file ${index}`).digest('hex'));

export async function run(): Promise<readonly BenchResult[]> {
  const policy = policyWith(GRANTS);
  const start = (): GrantBook<KnownGrant> => {
    const book = new GrantBook<KnownGrant>({ notes: [], imported: [], revocations: [], clock: undefined }, STORE);
    book.terms = grantTerms(policy, DEVICE, () => undefined);
    return book;
  };
  start();
  const before = usedHeap();
  const kept = start();
  const memory = (usedHeap() - before) / 1e6;
  if (kept.all.length !== GRANTS) throw new Error(`${kept.all.length} grants were read.`);
  const starts: number[] = [];
  const firsts: number[] = [];
  const alls: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const book = start();
    const read = performance.now();
    const [found] = book.counting(subjectOf(round, policy), NOW);
    const asked = performance.now();
    if (found === undefined) throw new Error('The grant does not count.');
    if (book.list(NOW).some(({ fault }) => fault !== undefined)) throw new Error('A grant does not count.');
    const listed = performance.now();
    starts.push(read - began);
    firsts.push(asked - read);
    alls.push(listed - asked);
  }
  const verify = percentile(Float64Array.from(alls).sort(), 0.5);
  const row = (id: string, samples: readonly number[], method: string): BenchResult => {
    const { p50, p99, max } = summary(samples);
    return { id, value: p50, unit: 'ms', p50, p99, max, samples: samples.length, method };
  };
  return [
    row(
      `grants.verify.${GRANTS}`,
      starts,
      `texts of a policy until all that does not depend on signatures is known of them, as a start of the agent does it; a signature is verified when its grant is asked for, which saves the start ${verify.toFixed(0)} ms`,
    ),
    row(
      `grants.verify.${GRANTS}.one`,
      firsts,
      'the first question for a file that one of them approves: one signature',
    ),
    row(`grants.verify.${GRANTS}.all`, alls, 'listing all of them for the first time: all other signatures'),
    {
      id: `grants.verify.${GRANTS}.memory`,
      value: memory,
      unit: 'MB',
      samples: 1,
      method: 'heap that they keep beside the texts of the policy, after a full collection',
    },
  ];
}

function policyWith(count: number): PolicyInForce {
  const key = newSigningKey();
  const approver = {
    name: 'Support desk',
    publicKey: publicKeyText(key),
    approver: 'S-1-5-21-9-9-9-5001',
    rights: { anyUser: false, deviceGroups: [] },
    limits: {},
  };
  const document: PolicyDocument = {
    id: 'bench',
    scope: { kind: 'device' },
    settings: { enabled: true },
    rules: [],
    rejected: [],
    approvals: { approverKeys: [approver], revocations: [], roles: [], notifications: [] },
    grants: Array.from({ length: count }, (_, index) => {
      const statement = { ...GRANT, id: index.toString(16).padStart(16, '0'), sha256: digestOf(index) };
      return { id: statement.id, text: writeGrantText(statement, key) };
    }),
  };
  return {
    compiled: compile([document], { machine: MACHINE }),
    documents: [document],
    approvals: approvalsInForce([document]),
    withheld: new Set(),
    digest: '',
    since: 0,
  };
}

function subjectOf(index: number, { compiled }: PolicyInForce) {
  const { requester } = GRANT;
  if (requester === undefined) throw new Error('The grant is for nobody.');
  return {
    user: { sid: requester, isLocal: true },
    file: { facts: facts({ sha256: digestOf(index) }), settings: compiled.forUser(requester).settings },
  };
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
