/** Reading 5,000 rules from each format in which a policy travels. */
import type { RuleInput } from '../../src/model/rule.ts';
import { renderAdmx } from '../../src/policy/declaration/admx.ts';
import { POLICY_FORMATS, type PolicyFormat } from '../../src/policy/formats/format.ts';
import { FORMATS } from '../../src/policy/formats/formats.ts';
import { installOperation, policyOperations, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { makeCorpus } from './engine/corpus.ts';
import { type BenchResult, summary } from './result.ts';

const SIZE = 5000;
const SAMPLES = 12;

export function run(): Promise<readonly BenchResult[]> {
  const { policy } = makeCorpus(SIZE, 1);
  return Promise.resolve(POLICY_FORMATS.map((format) => measure(format, input(format, policy))));
}

/** The writers of OMA-URI formats stop at what Intune takes in one value; their readers do not. */
function input(format: PolicyFormat, policy: Parameters<typeof policyOperations>[0]): Uint8Array {
  const operations = [installOperation(renderAdmx()), ...policyOperations(policy)];
  if (format === 'syncml') return Buffer.from(renderSyncMl(operations));
  if (format === 'graph') {
    const { bytes } = FORMATS.graph.write({ ...policy, rules: policy.rules.map(byHash) });
    // On one line, as Graph answers.
    return Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString())));
  }
  if (format !== 'intune-profile') return FORMATS[format].write(policy).bytes;
  const omaSettings = operations.map(({ uri, data }) => ({ omaUri: uri, value: data }));
  return Buffer.from(JSON.stringify({ omaSettings }));
}

/** Graph wants certificates themselves, of which the corpus has digests only. */
function byHash({ certificate, ...rule }: RuleInput, index: number): RuleInput {
  return certificate === undefined ? rule : { ...rule, fileHash: index.toString(16).padStart(64, '0') };
}

function measure(format: PolicyFormat, bytes: Uint8Array): BenchResult {
  let rules = 0;
  const samples = Array.from({ length: SAMPLES }, () => {
    const start = performance.now();
    const { policies } = FORMATS[format].read(bytes, {});
    const time = performance.now() - start;
    rules = policies.reduce((sum, file) => sum + file.rules.length, 0);
    return time;
  });
  const { p50, p99, max } = summary(samples);
  const size = (bytes.length / 1e6).toFixed(1);
  const method = `${size} MB of ${format} to ${rules} rules with a report for each, the first run included; value is p50`;
  return { id: `policy.read.${format}.${SIZE}`, value: p50, unit: 'ms', p50, p99, max, samples: SAMPLES, method };
}
