/** From a change of the registry to the new policy in force, as a client sees it. */
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { POLICY_DIGEST } from '../../src/policy/declaration/lists.ts';
import { POLICY_KEY } from '../../src/policy/declaration/names.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { makeCorpus } from './engine/corpus.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules, devicePolicy } from './windows/rules.ts';

const ROUNDS = 30;
const SIZES = [100, 5000];
const CHANGED = 'Bench';

export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const size of SIZES) results.push(await measure(size));
  return results;
}

/** The values that differ when a policy has one rule more, or another one of its name. */
function change(rules: readonly RuleInput[], fileName: string): { readonly digest: string; readonly text: string } {
  const { values, subkeys } = devicePolicy([...rules, { name: CHANGED, type: 'deny', fileName }]);
  const written = subkeys.flatMap(({ key }) => key.values);
  const textOf = (wanted: string): string => String([...values, ...written].find(({ name }) => name === wanted)?.data);
  return { digest: textOf(POLICY_DIGEST.valueName), text: textOf(CHANGED) };
}

async function measure(size: number): Promise<BenchResult> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm();
    const { rules } = makeCorpus(size, 1).policy;
    await deliverRules(bed, rules);
    const agent = await startAgent(bed, install);
    try {
      const times = await drive<number[]>(
        bed,
        {
          kind: 'policyChanges',
          install,
          pipe: PIPE_NAMES.user,
          key: POLICY_KEY,
          rule: CHANGED,
          changes: Array.from({ length: ROUNDS }, (_, round) => change(rules, `round${round}.exe`)),
          // Longer than the quiet after which the agent reads once more, so that each change is one of its own.
          pause: 500,
        },
        'administrator',
      );
      const { p50, p99, max } = summary(times);
      return {
        id: `policy.apply.${size}`,
        value: p50,
        unit: 'ms',
        p50,
        p99,
        max,
        samples: ROUNDS,
        method: `one rule of ${size}, and the digest of the policy, changed with RegSetValueExW until a client is told another policy in force, asked every 5 ms`,
      };
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}
