/** What it costs a child of an elevated program that it is judged, over the same child of a tree that is not watched. */
import { createHash } from 'node:crypto';
import { PIPE_NAMES } from '../../src/ipc/protocol.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { startAgent } from '../../testbed/agent.ts';
import { makeTestBed } from '../../testbed/make-test-bed.ts';
import { summary, type BenchResult } from './result.ts';
import { requireWineBed } from './windows/anonymous-memory.ts';
import { drive } from './windows/bed-driver.ts';
import { deliverRules } from './windows/rules.ts';

const CHILDREN = 500;
const ROUNDS = 10;
const EACH = CHILDREN / ROUNDS;
const JUDGED = 'C:\\Tools\\Judged.exe';
/** Its rule lets it start nothing. Windows keeps it to that by the job, without a broker; Wine does not keep limits of jobs. */
const UNWATCHED = 'C:\\Tools\\Unwatched.exe';
const CHILD = 'C:\\Tools\\Child.exe';

export async function run(): Promise<readonly BenchResult[]> {
  const made = await makeTestBed();
  try {
    const bed = requireWineBed(made);
    const install = bed.installEpm();
    const child = bed.readFile(bed.programs.exit);
    bed.putFile(CHILD, child);
    const parent = bed.readFile(bed.programs.probe);
    for (const file of [JUDGED, UNWATCHED]) bed.putFile(file, Buffer.concat([parent, Buffer.from(file)]));
    await deliverRules(bed, [
      rule('Judged', bed.readFile(JUDGED)),
      { ...rule('Unwatched', bed.readFile(UNWATCHED)), childProcesses: 'deny' },
      rule('Child', child),
    ]);
    const agent = await startAgent(bed, install);
    try {
      const [judged = [], unwatched = []] = await drive<number[][]>(bed, {
        kind: 'children',
        install,
        pipe: PIPE_NAMES.user,
        programs: [JUDGED, UNWATCHED],
        child: CHILD,
        each: EACH,
        rounds: ROUNDS,
      });
      const net = judged.map((time, index) => time - (unwatched[index] ?? Number.NaN));
      const times = { judged: summary(judged), unwatched: summary(unwatched), net: summary(net) };
      return [
        {
          id: 'child.overhead',
          value: times.net.p50,
          unit: 'ms',
          ...times.net,
          samples: ROUNDS,
          method: `${CHILDREN} children one after the other, each judged by a rule of its own and recorded, less as many of a tree without a broker, ${EACH} of each in turn; of one child: p50 ${times.judged.p50.toFixed(1)} ms against ${times.unwatched.p50.toFixed(1)} ms`,
        },
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await made.dispose();
  }
}

function rule(name: string, program: Uint8Array): RuleInput {
  const fileHash = createHash('sha256').update(program).digest('hex');
  return { name, type: 'automatic', fileName: `${name}.exe`, fileHash };
}
