/**
 * Anonymous memory of the agent, with 5,000 rules and after 10,000 requests that are denied (each opens and hashes the
 * file, decides and writes a durable record), beside that of the bare packed runtime. Anonymous is what belongs to no
 * file; the pages of the program itself are shared with the file, as Windows does it and as Wine does it for the image of
 * the test bed.
 */
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import type { BenchResult } from './result.ts';
import { anonymousMegabytes, bareMegabytes, requireWineBed } from './windows/anonymous-memory.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const RULES = 5_000;
const REQUESTS = 10_000;
const STEPS = 4;
const PROGRAM = 'C:\\Tools\\Unknown.exe';

export async function run(): Promise<readonly BenchResult[]> {
  const made = await makeTestBed();
  try {
    const bed = requireWineBed(made);
    const bare = await bareMegabytes(bed);
    const install = bed.installEpm();
    bed.putFile(PROGRAM, bed.readFile(bed.programs.probe));
    await deliverRules(bed, rules());
    const agent = await startAgent(bed, install);
    try {
      const steps: number[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const outcomes = await drive<Record<string, number>>(bed, {
          kind: 'requests',
          install,
          pipe: PIPE_NAMES.user,
          channel: 'elevate',
          body: { path: PROGRAM },
          count: REQUESTS / STEPS,
        });
        if (outcomes['denied'] !== REQUESTS / STEPS)
          throw new Error(`Unexpected outcomes ${JSON.stringify(outcomes)}.`);
        steps.push(anonymousMegabytes(bed, 'epm.exe'));
      }
      const last = steps.at(-1) ?? Number.NaN;
      const half = steps[STEPS / 2 - 1] ?? Number.NaN;
      return [
        {
          id: 'agent.memory',
          value: last,
          unit: 'MB',
          samples: steps.length,
          method: `anonymous memory of the process, ${RULES} rules, after ${REQUESTS} requests; after each quarter: ${steps.map((value) => value.toFixed(1)).join(', ')}`,
        },
        {
          id: 'agent.memory.bare',
          value: bare,
          unit: 'MB',
          samples: 1,
          method: 'the same of the packed runtime with nothing in it',
        },
        {
          id: 'agent.memory.growth',
          value: last - half,
          unit: 'MB',
          samples: 2,
          method: 'growth over the second half of the requests',
        },
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await made.dispose();
  }
}

function rules(): readonly RuleInput[] {
  return Array.from({ length: RULES }, (_, index): RuleInput => {
    const digits = index.toString(16).padStart(64, '0');
    return {
      name: `Rule ${index}`,
      type: 'userConfirmed',
      fileName: `Program${index}.exe`,
      filePath: 'C:\\Programs',
      fileHash: digits,
    };
  });
}
