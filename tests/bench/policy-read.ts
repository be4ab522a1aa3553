/** Reading 5,000 rules from each form in which a policy travels. */
import type { RuleInput } from '../../src/model/rule.ts';
import { renderAdmx } from '../../src/policy/declaration/admx.ts';
import { POLICY_FORMS, type PolicyForm } from '../../src/policy/formats/format.ts';
import { FORMS } from '../../src/policy/formats/formats.ts';
import { installOperation, policyOperations, renderSyncMl } from '../../src/policy/formats/mdm/syncml.ts';
import { makeCorpus } from './engine/corpus.ts';
import { type BenchResult, summary } from './result.ts';

const SIZE = 5000;
const SAMPLES = 12;

export function run(): Promise<readonly BenchResult[]> {
  const { policy } = makeCorpus(SIZE, 1);
  return Promise.resolve(POLICY_FORMS.map((form) => measure(form, input(form, policy))));
}

/** The writers of OMA-URI forms stop at what Intune takes in one value; their readers do not. */
function input(form: PolicyForm, policy: Parameters<typeof policyOperations>[0]): Uint8Array {
  const operations = [installOperation(renderAdmx()), ...policyOperations(policy)];
  if (form === 'syncml') return Buffer.from(renderSyncMl(operations));
  if (form === 'graph') {
    const { bytes } = FORMS.graph.write({ ...policy, rules: policy.rules.map(byHash) });
    // On one line, as Graph answers.
    return Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString())));
  }
  if (form !== 'intune-profile') return FORMS[form].write(policy).bytes;
  const omaSettings = operations.map(({ uri, data }) => ({ omaUri: uri, value: data }));
  return Buffer.from(JSON.stringify({ omaSettings }));
}

/** Graph wants certificates themselves, of which the corpus has digests only. */
function byHash({ certificate, ...rule }: RuleInput, index: number): RuleInput {
  return certificate === undefined ? rule : { ...rule, fileHash: index.toString(16).padStart(64, '0') };
}

function measure(form: PolicyForm, bytes: Uint8Array): BenchResult {
  let rules = 0;
  const samples = Array.from({ length: SAMPLES }, () => {
    const start = performance.now();
    const { policies } = FORMS[form].read(bytes, {});
    const time = performance.now() - start;
    rules = policies.reduce((sum, file) => sum + file.rules.length, 0);
    return time;
  });
  const { p50, p99, max } = summary(samples);
  const size = (bytes.length / 1e6).toFixed(1);
  const method = `${size} MB of ${form} to ${rules} rules with a report for each, the first run included; value is p50`;
  return { id: `policy.read.${form}.${SIZE}`, value: p50, unit: 'ms', p50, p99, max, samples: SAMPLES, method };
}
