/** From a change of the registry to the new policy in force, as a client sees it. */
import { PIPE_NAME } from '../../src/ipc/protocol.ts';
import { POLICY_KEY } from '../../src/policy/declaration/names.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { makeCorpus } from './engine/corpus.ts';
import { summary, type BenchResult } from './result.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const ROUNDS = 30;
const SIZES = [100, 5000];

export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const size of SIZES) results.push(await measure(size));
  return results;
}

async function measure(size: number): Promise<BenchResult> {
  const bed = await makeTestBed();
  try {
    const install = bed.installEpm();
    await deliverRules(bed, makeCorpus(size, 1).policy.rules);
    const agent = await startAgent(bed, install);
    try {
      const times = await drive<number[]>(
        bed,
        {
          kind: 'policyChanges',
          install,
          pipe: PIPE_NAME,
          key: `${POLICY_KEY}\\Rules`,
          rounds: ROUNDS,
          // Longer than the quiet after which the agent reads, so that each change is one of its own.
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
        method: `one rule of ${size} changed with RegSetValueExW until a client is told the new digest, asked every 5 ms; 200 ms of it are the quiet that the agent waits for`,
      };
    } finally {
      await agent.stop();
    }
  } finally {
    await bed.dispose();
  }
}
